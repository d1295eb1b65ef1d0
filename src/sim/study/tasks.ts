import type { PacingSettings } from '../../core/pacing/pacer.ts'
import { createLog } from '../../log.ts'
import type { Knobs, PolicyName } from '../rivals/policies.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { type SimulationResult, simulate } from './run.ts'

/** One run to simulate; plain data, so that a thread can be asked for it. */
export interface Task {
  readonly scenario: Scenario
  readonly seed: number
  readonly policy: PolicyName
  readonly knobs?: Knobs
  /** Changes of the pacing settings that the scenario implies. */
  readonly pacing?: Partial<PacingSettings>
  /** Samples over time; absent: none. */
  readonly samples?: number
  /** Gives what the pacer has learned. */
  readonly remember?: boolean
}

/** Runs one task in this thread. */
export function runTask(task: Task): Promise<SimulationResult> {
  return simulate({ ...task, log: createLog({ level: 'fatal' }) })
}
