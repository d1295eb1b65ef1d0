import type { InstantMs } from '../ids.ts'

/** Why the data of a person may be processed at all: the words of GDPR Art. 6(1). */
export const legalBases = ['consent', 'contract', 'legitimate-interest', 'legal-obligation', 'public-task'] as const

/** The legal basis of a person's data; `other:` and the operator's own words where another law gives the reason. */
export type LegalBasis = (typeof legalBases)[number] | `other:${string}`

/** Where a number came from: told to whoever asks, and at the first contact (GDPR Art. 14(2)(f), 14(3)). */
export interface Provenance {
  /** In words that the called person understands: `trade fair Berlin`. */
  readonly origin: string
  /** The day the data were obtained, its midnight in UTC; absent: not stated. */
  readonly obtainedAt?: InstantMs
  readonly legalBasis: LegalBasis
}

/** What to write for a legal basis, for messages. */
export const legalBasisWords = `one of ${legalBases.join(', ')}, or other:TEXT`

const otherBasis = /^other:\s*(\S.{0,99})$/i

/** Reads a legal basis as people write it (`Legitimate interest`); `undefined`: it is none. */
export function readLegalBasis(text: string): LegalBasis | undefined {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
  const known = legalBases.find(basis => basis === plain)
  if (known !== undefined) return known
  const other = otherBasis.exec(text.trim())?.[1]
  return other === undefined ? undefined : `other:${other.trim()}`
}
