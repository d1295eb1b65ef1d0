import { tellOfDrain } from '../agents/agentVoice.ts'
import type { Command, ShellAnswer } from '../inputs.ts'
import type { EngineState } from '../state.ts'
import type { Step } from '../step.ts'
import type { Obstacle } from '../vocabulary.ts'

/** What stands in the way of every originate, the machine's trouble before anybody's wish; undefined: nothing. */
export function obstacleOf({ obstacle, draining }: Pick<EngineState, 'obstacle' | 'draining'>): Obstacle | undefined {
  return obstacle ?? (draining ? 'draining' : undefined)
}

/** Something of the machine stands in the way of every originate, or has gone. Calls that ring or talk go on. */
export function onObstacle({ state }: Step, { what }: Extract<ShellAnswer, { kind: 'obstacle' }>): void {
  if (state.obstacle === what) return
  state.obstacle = what
  lookAgain(state)
}

/** Nothing is originated any more, or it is again. Agents on the line hear so: nobody waits unknowing. */
export function onDrain(step: Step, { on }: Extract<Command, { kind: 'drain' }>): void {
  const { state } = step
  if (state.draining === on) return
  state.draining = on
  lookAgain(state)
  tellOfDrain(step)
}

/** What the store gave while something was in the way says nothing of the leads: when it has gone, every campaign asks at once. */
function lookAgain(state: EngineState): void {
  const isClear = obstacleOf(state) === undefined
  for (const campaign of state.campaigns.values()) {
    if (isClear) campaign.hopper.emptyUntil = 0
    campaign.dirty = true
  }
}
