import {
  onAgentAdd,
  onAgentLogin,
  onAgentRemove,
  onLogout,
  onMoreTime,
  onPause,
  onResume,
  onWrapUp,
  settlePending,
} from './agents/agentCommands.ts'
import { onAgentDeadline } from './agents/agentDeadlines.ts'
import { onLegDown, onLegUp, onMedia, onRegistration } from './agents/agentEvents.ts'
import { onKey } from './agents/agentKeys.ts'
import { onBreather } from './agents/breather.ts'
import { onHelp } from './agents/help.ts'
import {
  onAnswered,
  onCallDeadline,
  onConnected,
  onConnectFailed,
  onEnded,
  onOptedOut,
  onParted,
  onRinging,
  onTakenOver,
} from './calls/callFlow.ts'
import { onHangUpCommand } from './calls/hangUp.ts'
import { onDigits, onHoldCommand, onHoldFailed } from './calls/holding.ts'
import { endLongCalls } from './calls/longestCall.ts'
import { defaultLineMax, onCallKey, onIncoming, onPromptEnded, onTraced } from './calls/respectLine.ts'
import { onTargetDown, onTargetJoined, onTargetUp, onTransfer, onTransferEnd } from './calls/transfer.ts'
import {
  finishStopping,
  onApply,
  onBlocked,
  onHopperFilled,
  onLeadsChanged,
  onPauseCampaign,
  onPlacesCounted,
  onRestored,
  onStart,
  onStop,
} from './campaigns/campaignFlow.ts'
import { onAbandonmentCounted, onLateMachine } from './campaigns/ownerFlow.ts'
import { createLawFinder, type LawFinder } from './compliance/law.ts'
import { noRules } from './compliance/rules.ts'
import { type Deadline, DeadlineHeap } from './deadlines.ts'
import { onOriginateFailed, onRefused } from './dialing/answers.ts'
import { onAgentDial } from './dialing/byHand.ts'
import { DayUse } from './dialing/dayUse.ts'
import { decide } from './dialing/decide.ts'
import { onBreakerDeadline, onManagerLink, onNodePace } from './dialing/nodeBreaker.ts'
import { createNodeHealth } from './dialing/nodeHealth.ts'
import { onDrain, onObstacle } from './dialing/obstacle.ts'
import { onOfferCall, onOfferSkip } from './dialing/offers.ts'
import { createTrunk, refillTokens, type Trunk, type TrunkSettings } from './dialing/trunk.ts'
import type { Effect } from './effects.ts'
import type { InstantMs } from './ids.ts'
import type { Input, ShellAnswer } from './inputs.ts'
import { isWorking } from './metrics.ts'
import { createPacer } from './pacing/index.ts'
import type { PacerFactory } from './pacing/pacer.ts'
import { onNodeDown, onNodeUp, onRecovered } from './recovery.ts'
import type { Campaign, EngineState } from './state.ts'
import type { Step } from './step.ts'

/**
 * An engine that knows nothing yet. `callIdPrefix` must differ between two runs on the same store. `pacers` makes the campaigns'
 * pacers; absent: the product's own. `laws` finds the law of a campaign; absent: no law, the settings alone.
 */
export function createEngineState(
  callIdPrefix: string,
  pacers: PacerFactory = createPacer,
  laws: LawFinder = createLawFinder(noRules),
): EngineState {
  return {
    createPacer: pacers,
    laws,
    callIds: { prefix: callIdPrefix, next: 1 },
    nodes: new Map(),
    trunks: new Map(),
    campaigns: new Map(),
    owners: new Map(),
    agents: new Map(),
    calls: new Map(),
    numbersInFlight: new Set(),
    personsInFlight: new Set(),
    respectLineMax: defaultLineMax,
    callers: new Map(),
    wrapUpAwaited: new Map(),
    unresolved: new Map(),
    recentCalls: new Map(),
    deadlines: new DeadlineHeap(),
    obstacle: undefined,
    draining: false,
    day: new DayUse(),
    pendingAgents: new Set(),
  }
}

/**
 * Takes one step: an input comes in, the state moves, and what is to be done comes out. Deterministic: the same state, inputs and
 * instants give the same effects, in simulation, replay and production.
 *
 * 1. what is due by time, 2. the input, 3. requests that waited for calls to settle, 4. pacing decisions, 5. the next wake.
 */
export function takeStep(state: EngineState, input: Input, now: InstantMs): readonly Effect[] {
  const context: Step = { state, now, effects: [] }
  meetDeadlines(context)
  handle(context, input)
  settle(context)
  wake(context)
  return context.effects
}

function meetDeadlines(step: Step): void {
  const { deadlines } = step.state
  for (let due = deadlines.popDue(step.now); due !== undefined; due = deadlines.popDue(step.now)) {
    if (due.kind === 'call') onCallDeadline(step, due)
    else if (due.kind === 'trunk') endLongCalls(step, due.trunkId)
    else if (due.kind === 'node') onBreakerDeadline(step, due.nodeId, due.phase)
    else onAgentDeadline(step, due)
  }
}

/** Which function obeys which input: one line a kind, and the compiler misses none. */
const handlers: { readonly [Kind in Input['kind']]: (step: Step, input: Extract<Input, { kind: Kind }>) => void } = {
  'node-up': onNodeUp,
  'node-down': (step, event) => onNodeDown(step, event.nodeId),
  'node-pace': onNodePace,
  'manager-link': onManagerLink,
  'call-ringing': onRinging,
  'call-answered': onAnswered,
  'call-connected': onConnected,
  'connect-failed': onConnectFailed,
  'call-parted': onParted,
  'call-taken-over': onTakenOver,
  'call-opted-out': onOptedOut,
  'call-incoming': onIncoming,
  'call-key': onCallKey,
  'prompt-ended': onPromptEnded,
  'call-ended': onEnded,
  'target-up': onTargetUp,
  'target-down': onTargetDown,
  'agent-leg-up': onLegUp,
  'agent-leg-down': onLegDown,
  'agent-media': onMedia,
  'agent-key': onKey,
  'agent-registration': onRegistration,
  'campaign-apply': (step, command) => onApply(step, command.settings),
  'campaign-start': (step, command) => onStart(step, command.campaignId),
  'campaign-pause': (step, command) => onPauseCampaign(step, command.campaignId),
  'campaign-stop': onStop,
  'agent-add': (step, command) => onAgentAdd(step, command.settings),
  'agent-remove': onAgentRemove,
  'agent-login': onAgentLogin,
  'agent-logout': onLogout,
  'agent-pause': onPause,
  'agent-resume': onResume,
  'agent-breather': onBreather,
  'agent-help': onHelp,
  'agent-more-time': onMoreTime,
  'offer-call': onOfferCall,
  'offer-skip': onOfferSkip,
  'agent-dial': onAgentDial,
  'wrap-up': onWrapUp,
  'call-hang-up': onHangUpCommand,
  'call-hold': onHoldCommand,
  'call-digits': onDigits,
  'call-transfer': onTransfer,
  'call-transfer-end': onTransferEnd,
  'number-blocked': (step, command) => onBlocked(step, command),
  drain: onDrain,
  'late-machine': onLateMachine,
  'leads-changed': (step, command) => onLeadsChanged(step, command.campaignId),
  'hopper-filled': onHopperFilled,
  'originate-refused': onRefused,
  'originate-failed': onOriginateFailed,
  'hold-failed': onHoldFailed,
  'target-joined': onTargetJoined,
  'campaign-restored': onRestored,
  'abandonment-counted': onAbandonmentCounted,
  'day-began': onDayBegan,
  obstacle: onObstacle,
  'caller-traced': onTraced,
  'respect-line': (step, answer) => {
    step.state.respectLineMax = answer.callsMax
  },
  'places-counted': onPlacesCounted,
  recovered: onRecovered,
  trunks: onTrunks,
  nodes: onNodes,
  wake: () => {},
}

function handle(step: Step, input: Input): void {
  // The table's type pairs each kind with its input; TypeScript cannot carry that pairing through an index.
  const handler = handlers[input.kind] as (step: Step, input: Input) => void
  handler(step, input)
}

function onTrunks(step: Step, answer: Extract<ShellAnswer, { kind: 'trunks' }>): void {
  const { trunks, campaigns } = step.state
  for (const settings of answer.trunks) {
    const known = trunks.get(settings.trunkId)
    if (known === undefined) trunks.set(settings.trunkId, createTrunk(settings, step.now))
    else changeTrunk(step, known, settings)
  }
  for (const campaign of campaigns.values()) campaign.dirty = true
}

/** Its calls, its breaker and what it has carried stay; tokens of the old pace are no burst of the new one. */
function changeTrunk(step: Step, trunk: Trunk, settings: TrunkSettings): void {
  refillTokens(trunk, step.now)
  trunk.settings = settings
  refillTokens(trunk, step.now)
  trunk.longestCallAt = step.now
  endLongCalls(step, settings.trunkId)
}

/** What was capped yesterday is dialed again. */
function onDayBegan({ state }: Step, answer: Extract<ShellAnswer, { kind: 'day-began' }>): void {
  state.day.begin(answer)
  for (const campaign of state.campaigns.values()) campaign.dirty = true
}

function onNodes(step: Step, answer: Extract<ShellAnswer, { kind: 'nodes' }>): void {
  for (const nodeId of answer.nodeIds) {
    const began = { link: 'down', breaker: { state: 'closed' } } as const
    step.state.nodes.set(nodeId, { nodeId, ...began, heeded: new Set(), health: createNodeHealth() })
  }
}

/** Pacing after everything that has happened: connect on event, dial on decision. */
function settle(step: Step): void {
  for (const campaign of step.state.campaigns.values()) {
    if (campaign.dirty) settlePending(step)
    if (campaign.dirty) finishStopping(step, campaign)
    if (campaign.dirty || (needsTick(step, campaign) && campaign.decideAt <= step.now)) decide(step, campaign)
  }
}

/** A campaign without a working agent has nothing to decide until one comes. */
function needsTick(step: Step, campaign: Campaign): boolean {
  if (campaign.state !== 'running') return false
  for (const agent of step.state.agents.values()) {
    if (agent.campaignId === campaign.settings.campaignId && isWorking(agent)) return true
  }
  return false
}

/** The call or agent has moved on since the deadline was set. */
function isMoot(state: EngineState, deadline: Deadline | undefined): boolean {
  if (deadline?.kind === 'node') return state.nodes.get(deadline.nodeId)?.breaker !== deadline.phase
  if (deadline?.kind === 'call') return state.calls.get(deadline.callId)?.phase !== deadline.phase
  return (
    deadline?.kind === 'agent' &&
    deadline.what !== 'pending' &&
    state.agents.get(deadline.agentId)?.phase !== deadline.phase
  )
}

function wake(step: Step): void {
  const { deadlines } = step.state
  // What has come to nothing needs nobody woken for it.
  while (isMoot(step.state, deadlines.first())) deadlines.popDue(Number.POSITIVE_INFINITY)
  let at = deadlines.nextAt()
  for (const campaign of step.state.campaigns.values()) {
    if (needsTick(step, campaign)) at = Math.min(at, campaign.decideAt)
  }
  if (Number.isFinite(at)) step.effects.push({ kind: 'wake-at', at })
}
