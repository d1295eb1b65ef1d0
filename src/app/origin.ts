import { ApiError } from '../api/apiError.ts'
import type { WrittenOrigin } from '../api/leads.ts'
import { legalBasisWords, type Provenance, readLegalBasis } from '../core/compliance/provenance.ts'
import { given } from '../core/given.ts'

/** Where the numbers of a file come from, as an import wants it. */
interface Origin {
  readonly provenance?: Partial<Provenance>
  readonly withoutOrigin?: boolean
}

/** What a request says of where the numbers come from. @throws ApiError 422 */
export function readOrigin({ origin, obtainedAt: obtained, legalBasis: basis, withoutOrigin }: WrittenOrigin): Origin {
  const legalBasis = basis === undefined ? undefined : readLegalBasis(basis)
  if (basis !== undefined && legalBasis === undefined)
    throw new ApiError(422, 'bad-legal-basis', `"${basis}" is no legal basis: use ${legalBasisWords}`)
  const provenance = given({
    origin,
    obtainedAt: obtained === undefined ? undefined : readDay(obtained),
    legalBasis,
  })
  return given({ provenance: Object.keys(provenance).length === 0 ? undefined : provenance, withoutOrigin })
}

/** A day in UTC. @throws ApiError 422 where there is no such day */
function readDay(written: string): number {
  const at = Date.parse(written)
  if (Number.isFinite(at) && new Date(at).toISOString().startsWith(written.slice(0, 10))) return at
  throw new ApiError(422, 'bad-date', `"${written}" is no day: write a date like 2026-10-01`)
}
