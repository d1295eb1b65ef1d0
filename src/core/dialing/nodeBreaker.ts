import type { CallPhase } from '../calls/call.ts'
import type { NodeId } from '../ids.ts'
import type { TelephonyEvent } from '../inputs.ts'
import type { PbxNode } from '../state.ts'
import type { Step } from '../step.ts'
import type { BreakerCause, NodeBreaker } from './nodeHealth.ts'

/*
 * A PBX that is slow or half deaf loses the people whom it answers for. So each node has a breaker: while it is not closed nobody is
 * called over the node; whoever is on the line is cared for as ever.
 *
 *                        two troubles, no join between
 *     closed ------------------------------------------------> open: until its time is over ---> probing: one call at a time
 *       ^  |                                                    ^                                    |    |
 *       |  +-- it answers slowly, or its manager link is down --+--- another trouble: twice as long -+    |
 *       |      (open: as long as that lasts, and 2 s more)      |                                         |
 *       +-------------------------------------------------------+------------------- somebody is joined --+
 *
 * Probing that nothing disturbs for 5 minutes ends as well. A trouble: the PBX took a call over, a join failed by a line or by the PBX, the end of a leg was never told. That the PBX is slow, or
 * cannot tell by AMI, is seen without calling anybody, so it also closes without a probe.
 */

/** A join is one request, and a person has waited 1.8 s when the PBX takes over: this leaves them two thirds. */
const slowMs = 600
/** A PBX that was slow must be quick for so long. */
const steadyMs = 2_000
const troublesMax = 2
/** Troubles further apart than this have nothing to do with each other. */
const troubleMemoryMs = 60_000
/** Nothing bad for so long, whether or not anybody was called: what was bad is over. */
const quietMs = 300_000
const openMinMs = 3_000
const openMaxMs = 60_000

/** Whether one more call may be originated on this node now. */
export function mayDialOn({ state }: Pick<Step, 'state'>, nodeId: NodeId): boolean {
  const breaker = state.nodes.get(nodeId)?.breaker
  if (breaker === undefined || breaker.state === 'open') return false
  if (breaker.state === 'closed') return true
  for (const call of state.calls.values()) {
    if (call.nodeId === nodeId && call.origin !== 'inbound' && isUndecided(call.phase)) return false
  }
  return true
}

/** It is not known yet whether the person who is called will be joined. */
function isUndecided(phase: CallPhase): boolean {
  if (phase.state === 'connected') return phase.connectedAt === undefined
  return phase.state !== 'announcing' && phase.state !== 'informing'
}

/** Something went wrong with a call by the PBX's doing. */
export function nodeTrouble(step: Step, nodeId: NodeId, cause: BreakerCause): void {
  const node = step.state.nodes.get(nodeId)
  if (node === undefined) return
  const { health, breaker } = node
  if (step.now - health.lastTroubleAt > troubleMemoryMs) health.troubles = 0
  health.lastTroubleAt = step.now
  health.troubles += 1
  if (breaker.state === 'probing') openForTrouble(step, node, { cause, tries: breaker.tries + 1 })
  else if (breaker.state === 'closed' && health.troubles >= troublesMax) openForTrouble(step, node, { cause, tries: 0 })
}

/** Two people talk: the node does what it is for. */
export function nodeJoined(step: Step, nodeId: NodeId): void {
  const node = step.state.nodes.get(nodeId)
  if (node === undefined) return
  node.health.troubles = 0
  if (node.breaker.state === 'probing') move(step, node, { state: 'closed' })
}

/** How long the PBX takes to answer. */
export function onNodePace(step: Step, { nodeId, answerMs }: Extract<TelephonyEvent, { kind: 'node-pace' }>): void {
  const node = step.state.nodes.get(nodeId)
  if (node === undefined) return
  node.health.answerMs = answerMs
  followHealth(step, node)
}

/** The manager interface has gone or is back, while calls can be followed and joined. */
export function onManagerLink(step: Step, { nodeId, up }: Extract<TelephonyEvent, { kind: 'manager-link' }>): void {
  const node = step.state.nodes.get(nodeId)
  if (node === undefined) return
  node.health.managerUp = up
  followHealth(step, node)
}

/** A node that has come up anew has all its links; how quick it is will be told. */
export function nodeIsUp(step: Step, node: PbxNode): void {
  node.health.managerUp = true
  node.health.answerMs = 0
  followHealth(step, node)
}

/** The time of a breaker is over. */
export function onBreakerDeadline(step: Step, nodeId: NodeId, phase: object): void {
  const node = step.state.nodes.get(nodeId)
  if (node?.breaker !== phase || node.breaker.state === 'closed') return
  const { breaker } = node
  if (breaker.state === 'probing' || lasts(breaker.cause)) {
    move(step, node, { state: 'closed' })
    return
  }
  const { cause, tries, until } = breaker
  move(step, node, { state: 'probing', cause, tries, since: until })
  wakeFor(step, node)
}

function lasts(cause: BreakerCause): boolean {
  return cause === 'pbx-slow' || cause === 'manager-link-down'
}

function followHealth(step: Step, node: PbxNode): void {
  const { answerMs, managerUp } = node.health
  const { breaker } = node
  const cause = managerUp ? (answerMs >= slowMs ? 'pbx-slow' : undefined) : 'manager-link-down'
  if (cause !== undefined) {
    // The same again, before it had been over for long enough: no news.
    if (breaker.state === 'open' && breaker.cause === cause)
      node.breaker = { ...breaker, until: Number.POSITIVE_INFINITY }
    else move(step, node, { state: 'open', cause, since: step.now, until: Number.POSITIVE_INFINITY, tries: 0 })
  } else if (breaker.state === 'open' && breaker.until === Number.POSITIVE_INFINITY) {
    node.breaker = { ...breaker, until: step.now + steadyMs }
    wakeFor(step, node)
  }
}

function openForTrouble(
  step: Step,
  node: PbxNode,
  how: { readonly cause: BreakerCause; readonly tries: number },
): void {
  const until = step.now + Math.min(openMaxMs, openMinMs * 2 ** Math.min(how.tries, 10))
  move(step, node, { state: 'open', ...how, since: step.now, until })
  wakeFor(step, node)
}

function wakeFor(step: Step, { nodeId, breaker }: PbxNode): void {
  if (breaker.state === 'closed') return
  const at = breaker.state === 'open' ? breaker.until : breaker.since + quietMs
  step.state.deadlines.push({ kind: 'node', nodeId, phase: breaker, at })
}

function move(step: Step, node: PbxNode, breaker: NodeBreaker): void {
  const before = node.breaker
  node.breaker = breaker
  if (breaker.state === 'closed') node.health.troubles = 0
  for (const campaign of step.state.campaigns.values()) campaign.dirty = true
  const cause = breaker.state === 'closed' ? (before.state === 'closed' ? undefined : before.cause) : breaker.cause
  if (cause === undefined) return
  step.effects.push({
    kind: 'notify',
    event: { kind: 'node-breaker', nodeId: node.nodeId, state: breaker.state, cause },
  })
}
