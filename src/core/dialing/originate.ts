import type { Agent } from '../agents/agent.ts'
import { type Call, type CampaignCall, createCall, type ManualCall } from '../calls/call.ts'
import { noRingAt, setupAndRingMs, takeOverAfter } from '../calls/callLimits.ts'
import { hold } from '../calls/hold.ts'
import { dueForAgents, holdAgent, waitsForAgent } from '../calls/personalCalls.ts'
import { type HopperLead, leadKind } from '../campaigns/lead.ts'
import { departureMaxMs } from '../compliance/verdict.ts'
import type { OriginateOrder } from '../effects.ts'
import { nextCallId } from '../ids.ts'
import type { Campaign } from '../state.ts'
import { moveAgent, pushCallDeadline, type Step } from '../step.ts'
import { followDayCap } from './dayCap.ts'
import { mayDialOn } from './nodeBreaker.ts'
import { dialEndpoint, type Trunk } from './trunk.ts'
import { callDeparts } from './trunkEvidence.ts'
import { freeTrunk, usableTrunks } from './trunks.ts'

/** Originates up to this many calls: as many as there are channels, tokens and leads that are free. */
export function originateMany(
  step: Step,
  campaign: Campaign,
  what: { readonly count: number; readonly trunks: readonly Trunk[] },
): void {
  for (let made = 0; made < what.count; made += 1) {
    const trunk = freeTrunk(what.trunks, step.now)
    if (trunk === undefined || !mayDialOn(step, trunk.settings.nodeId)) return
    const lead = nextLead(step, campaign)
    if (lead === undefined) return
    originate(step, campaign, { trunk, lead })
    if (followDayCap(step, campaign)) return
  }
}

/** Call-backs that agents promised, each for its agent alone. */
export function dialForAgents(step: Step, campaign: Campaign): void {
  if (!campaign.hopper.leads.some(lead => lead.agentId !== undefined)) return
  for (const nodeId of campaign.picture.nodes.keys()) {
    const trunks = usableTrunks(step, campaign, nodeId)
    for (const lead of dueForAgents(step, campaign, nodeId)) {
      originatePersonal(step, campaign, { lead, trunks })
      if (followDayCap(step, campaign)) return
    }
  }
}

function originatePersonal(
  step: Step,
  campaign: Campaign,
  { lead, trunks }: { readonly lead: HopperLead; readonly trunks: readonly Trunk[] },
): void {
  const trunk = freeTrunk(trunks, step.now)
  if (trunk === undefined || isTaken(step, lead) || !mayDialOn(step, trunk.settings.nodeId)) return
  const { leads } = campaign.hopper
  leads.splice(leads.indexOf(lead), 1)
  originate(step, campaign, { trunk, lead })
}

/** The next lead whose person has no call in flight in any campaign; the others wait their turn in the hopper. */
function nextLead(step: Step, campaign: Campaign): HopperLead | undefined {
  const { leads } = campaign.hopper
  const index = leads.findIndex(lead => !isTaken(step, lead) && !waitsForAgent(step, campaign, lead))
  const [lead] = index === -1 ? [] : leads.splice(index, 1)
  if (lead?.agentId === undefined) return lead
  // Its agent has left: nobody is reserved for the call, and the gate must not think so.
  const { agentId: _, ...anybodys } = lead
  return anybodys
}

/** Whether the lead's person is being called, calls us, or was just talked with and nobody has said yet what came of it. */
export function isTaken(step: Step, { number, personKey }: HopperLead): boolean {
  const { numbersInFlight, personsInFlight, unresolved, callers, wrapUpAwaited } = step.state
  if (numbersInFlight.has(number) || (personKey !== undefined && personsInFlight.has(personKey))) return true
  for (const talk of wrapUpAwaited.values()) {
    if (talk.number === number || (personKey !== undefined && talk.personKey === personKey)) return true
  }
  for (const caller of callers.values()) {
    if (caller.number === number || (personKey !== undefined && caller.personKey === personKey)) return true
  }
  // A call of before a restart may still ring on a node that has not come back.
  for (const attempt of unresolved.values()) if (attempt.number === number) return true
  return false
}

/** How many times as often as the mean: what the store knows of a lead, else what its like have taught. */
export function answerFactorOf(step: Step, campaign: Campaign, lead: HopperLead): number | undefined {
  return lead.answerFactor ?? campaign.pacer.answerFactor?.(leadKind(lead, step.now))
}

interface Dialed {
  readonly trunk: Trunk
  readonly lead: HopperLead
}

function originate(step: Step, campaign: Campaign, what: Dialed): void {
  const begun = begin(step, campaign, what)
  if (begun === undefined) return
  const { lead } = what
  const call = createCall({ ...begun, origin: 'campaign', lead, phase: { state: 'originating' } })
  call.view.answerFactor = answerFactorOf(step, campaign, lead)
  hold(step, call)
  holdAgent(step, call)
  campaign.progress.counters.attempts += 1
  depart(step, campaign, { ...what, call, attempt: { ...begun, origin: 'campaign', leadId: lead.leadId } })
}

/** A call that an agent has asked for: they are reserved for it until it ends. */
export function originateByHand(step: Step, campaign: Campaign, what: Dialed & { readonly agent: Agent }): void {
  const begun = begin(step, campaign, what)
  if (begun === undefined) return
  const { lead, agent } = what
  const { agentId } = agent
  const call: ManualCall = { ...begun, origin: 'manual', agentId, lead, phase: { state: 'originating' } }
  hold(step, call)
  moveAgent(step, agent, { state: 'reserved', since: step.now, callId: call.callId })
  depart(step, campaign, { ...what, call, attempt: { ...begun, origin: 'manual', agentId, leadId: lead.leadId } })
}

type Begun = Pick<CampaignCall, 'callId' | 'campaignId' | 'number' | 'nodeId' | 'trunkId' | 'callerId' | 'originatedAt'>

/** Whom it is to, by which way out, with the identity whose turn it is; `undefined`: there is none to present. */
function begin(step: Step, campaign: Campaign, { trunk, lead }: Dialed): Begun | undefined {
  const { settings } = campaign
  const callerIds = lead.callerIds ?? settings.callerIds
  const callerId = callerIds[campaign.nextCallerId % callerIds.length]
  if (callerId === undefined) return undefined
  campaign.nextCallerId += 1
  const { trunkId, nodeId } = trunk.settings
  const callId = nextCallId(step.state.callIds)
  const { campaignId } = settings
  return { callId, campaignId, number: lead.number, nodeId, trunkId, callerId, originatedAt: step.now }
}

/** The order leaves, by one token of its trunk. */
function depart(
  step: Step,
  campaign: Campaign,
  what: { readonly trunk: Trunk; readonly call: Call; readonly attempt: OriginateOrder['attempt'] },
): void {
  const { trunk, call, attempt } = what
  const { settings } = campaign
  const { trunkId, nodeId, callerId, number } = attempt
  callDeparts(step, call)
  trunk.tokens -= 1
  // Nobody's phone has been heard to ring: after that no more is waited for it.
  pushCallDeadline(step, call, { what: 'ring-timeout', at: noRingAt(call, campaign) })
  step.effects.push({
    kind: 'originate',
    order: {
      attempt,
      route: { trunkId, nodeId, endpoint: dialEndpoint(trunk.settings, number), callerId },
      timeoutMs: setupAndRingMs(call, campaign),
      lateRingMs: departureMaxMs,
      takeOverMs: takeOverAfter(call, campaign),
      messageSound: settings.messageSound,
      optOutKey: settings.optOutKey,
    },
  })
}
