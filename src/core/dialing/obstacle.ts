import type { ShellAnswer } from '../inputs.ts'
import type { Step } from '../step.ts'

/**
 * Something of the machine stands in the way of every originate, or has gone. Calls that ring or talk go on. What the store gave
 * while it was in the way says nothing of the leads: when it has gone, every campaign asks at once.
 */
export function onObstacle({ state }: Step, { what }: Extract<ShellAnswer, { kind: 'obstacle' }>): void {
  if (state.obstacle === what) return
  state.obstacle = what
  for (const campaign of state.campaigns.values()) {
    if (what === undefined) campaign.hopper.emptyUntil = 0
    campaign.dirty = true
  }
}
