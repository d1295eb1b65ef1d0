import { type Command, InvalidArgumentError } from 'commander'
import { legalBasisWords, readLegalBasis } from '../../../core/compliance/provenance.ts'

/** Where the numbers of a file come from. */
export interface OriginOptions {
  readonly origin?: string
  readonly obtained?: string
  readonly basis?: string
  readonly withoutOrigin?: string
}

/** Adds the options that say where numbers come from. */
export function withOrigin(command: Command): Command {
  return command
    .option('--origin <text>', "where the numbers come from, as the called person will hear it: 'trade fair Berlin'")
    .option('--obtained <date>', 'the day they were obtained: 2026-10-01', day)
    .option('--basis <basis>', `why these people may be called: ${legalBasisWords}`, legalBasis)
    .option('--without-origin', 'take numbers that nobody knows the origin of; the leads say so')
}

function legalBasis(written: string): string {
  if (readLegalBasis(written) !== undefined) return written
  throw new InvalidArgumentError(`write ${legalBasisWords}.`)
}

/** An option that is a day, as ISO 8601 writes it. */
export function day(written: string): string {
  const at = /^\d{4}-\d\d-\d\d$/.test(written) ? Date.parse(written) : Number.NaN
  if (Number.isFinite(at) && new Date(at).toISOString().startsWith(written)) return written
  throw new InvalidArgumentError('write a date such as 2026-10-01.')
}
