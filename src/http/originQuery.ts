import { type Static, Type } from 'typebox'
import { legalBasisWords, type Provenance, readLegalBasis } from '../core/compliance/provenance.ts'
import { ApiError } from './apiError.ts'

/** Query parameters that say where the numbers of a file come from. */
export const originQuery = {
  origin: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  obtained: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$', 'x-says': 'a date like 2026-10-01' })),
  basis: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  withoutOrigin: Type.Optional(Type.Boolean()),
}

const query = Type.Object(originQuery)

/** What the parameters say. @throws ApiError 422 */
export function readOrigin({ origin, obtained, basis, withoutOrigin }: Static<typeof query>): {
  readonly provenance?: Partial<Provenance>
  readonly withoutOrigin?: boolean
} {
  const legalBasis = basis === undefined ? undefined : readLegalBasis(basis)
  if (basis !== undefined && legalBasis === undefined)
    throw new ApiError(422, 'bad-legal-basis', `"${basis}" is no legal basis: use ${legalBasisWords}`)
  const provenance = {
    ...(origin === undefined ? {} : { origin }),
    ...(obtained === undefined ? {} : { obtainedAt: readDay(obtained) }),
    ...(legalBasis === undefined ? {} : { legalBasis }),
  }
  return {
    ...(Object.keys(provenance).length === 0 ? {} : { provenance }),
    ...(withoutOrigin === undefined ? {} : { withoutOrigin }),
  }
}

/** A day in UTC. @throws ApiError 422 where there is no such day */
export function readDay(written: string): number {
  const at = Date.parse(written)
  if (Number.isFinite(at) && new Date(at).toISOString().startsWith(written.slice(0, 10))) return at
  throw new ApiError(422, 'bad-date', `"${written}" is no day: write a date like 2026-10-01`)
}
