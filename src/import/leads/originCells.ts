import { type LegalBasis, legalBasisWords, type Provenance, readLegalBasis } from '../../core/compliance/provenance.ts'
import { given } from '../../core/given.ts'
import { dayMs } from '../../core/time.ts'
import { InputError } from '../../errors.ts'
import { keyText } from '../../numbers/keyText.ts'
import { dateWords, readDate } from '../dates.ts'
import type { Header } from './header.ts'

/** What is known of the origin of a whole file. */
export interface FileOrigin {
  readonly provenance?: Partial<Provenance>
  readonly withoutOrigin?: boolean
}

/** Where a row says it is from; a text: why that cannot be. */
export type RowOrigin = { readonly provenance?: Provenance } | { readonly reason: string; readonly value: string }

const originMaxCharacters = 200

/**
 * Makes the reader of a row's origin: its own columns first, then what holds for the file.
 * @throws InputError `no-origin`: nothing says where the numbers come from, and nobody allowed that
 */
export function createOriginReader(
  header: Pick<Header, 'origin' | 'obtainedAt' | 'legalBasis'>,
  { provenance = {}, withoutOrigin = false }: FileOrigin,
): (cells: readonly string[]) => RowOrigin {
  const missing =
    (header.origin === undefined && provenance.origin === undefined) ||
    (header.legalBasis === undefined && provenance.legalBasis === undefined)
  if (missing && !withoutOrigin) throw noOrigin()
  const { origin, obtainedAt, legalBasis } = header
  if (origin === undefined && obtainedAt === undefined && legalBasis === undefined) {
    const ofAll = originOf(['', '', ''], { provenance, withoutOrigin })
    return () => ofAll
  }
  const known = new Map<string, RowOrigin>()
  return cells => {
    const cell = (index: number | undefined) => (index === undefined ? '' : keyText(cells[index] ?? ''))
    const written = [cell(origin), cell(obtainedAt), cell(legalBasis)] as const
    const key = written.join('\n')
    const found = known.get(key) ?? originOf(written, { provenance, withoutOrigin })
    // Rows that each have an origin of their own are not worth remembering.
    if (known.size < 1_000) known.set(key, found)
    return found
  }
}

function noOrigin(): InputError {
  const message = `nothing says where these numbers come from: add --origin 'trade fair Berlin' --obtained 2026-10-01 --basis consent (${legalBasisWords}), or columns origin, obtained and basis; --without-origin takes them so`
  return new InputError('no-origin', message)
}

function originOf(
  [writtenOrigin, writtenDate, writtenBasis]: readonly [origin: string, obtainedAt: string, basis: string],
  { provenance, withoutOrigin }: Required<FileOrigin>,
): RowOrigin {
  const origin = writtenOrigin === '' ? provenance.origin : writtenOrigin.slice(0, originMaxCharacters)
  const obtainedAt = writtenDate === '' ? provenance.obtainedAt : readDate(writtenDate)
  if (obtainedAt === undefined && writtenDate !== '')
    return { reason: `bad-date: is not ${dateWords}`, value: writtenDate }
  // A day that began east of here is no mistake.
  if (obtainedAt !== undefined && obtainedAt > Date.now() + dayMs)
    return {
      reason: 'bad-date: lies in the future',
      value: writtenDate || new Date(obtainedAt).toISOString().slice(0, 10),
    }
  const legalBasis: LegalBasis | undefined = writtenBasis === '' ? provenance.legalBasis : readLegalBasis(writtenBasis)
  if (legalBasis === undefined && writtenBasis !== '')
    return { reason: `bad-legal-basis: is not ${legalBasisWords}`, value: writtenBasis }
  if (origin !== undefined && legalBasis !== undefined)
    return { provenance: { origin, legalBasis, ...given({ obtainedAt }) } }
  if (withoutOrigin) return {}
  return { reason: 'no-origin: says neither where the number comes from nor why it may be called', value: '' }
}
