import type { PolicyName } from '../../../sim/rivals/policies.ts'
import type { Cli } from '../../cli.ts'
import { elapsed, plural } from '../../terminal/format.ts'
import type { Effort } from './simulating.ts'

/** What the command line of `simulate` may say. */
export interface SimulateOptions {
  readonly scenario?: string
  readonly fromHistory?: string
  readonly policy?: readonly PolicyName[]
  readonly seeds?: number
  readonly seed: number
  readonly tune?: boolean
  readonly target?: readonly number[]
  readonly html?: string
  readonly threads?: number
  readonly agents?: readonly number[]
  readonly days?: number
}

/** Which seeds, and how long it took: never beside the answer, which is the same for the same seeds. */
export function tellEffort(
  cli: Cli,
  told: { readonly seed: number; readonly seeds: number; readonly effort: Effort },
): void {
  const { seed, seeds, effort } = told
  const { eventsPerSecond, runs } = effort
  const wallSec = Number(effort.wallSec.toFixed(3))
  if (cli.options().json === true) cli.terminal.err(`${JSON.stringify({ seed, seeds, eventsPerSecond, wallSec })}\n`)
  const range = seeds === 1 ? `seed ${seed}` : `seeds ${seed} to ${seed + seeds - 1}`
  cli.remark(`\n${plural(runs, 'run')} with ${range} in ${elapsed(wallSec * 1000)}, ${eventsPerSecond} events a second`)
}
