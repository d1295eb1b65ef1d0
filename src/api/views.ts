import { type Static, Type } from 'typebox'
import { idSchema } from '../config/campaignFile.ts'
import type { AttemptEnd } from '../core/calls/call.ts'
import type { CampaignCounters } from '../core/campaigns/campaign.ts'
import { answerMax } from '../core/campaigns/script.ts'
import type { Provenance } from '../core/compliance/provenance.ts'
import type { ReachedCap } from '../core/dialing/dayUse.ts'
import { given } from '../core/given.ts'
import { pacingModes } from '../core/pacing/pacer.ts'
import { dispositions, pacingReasons } from '../core/vocabulary.ts'
import type { CallRecord } from '../ports/attempts.ts'
import type { DoNotCallEntry } from '../ports/doNotCall.ts'
import type { RecordedDecision, TrunkFigures } from '../ports/engine.ts'
import type { LeadRecord } from '../ports/leads.ts'
import { alarmView } from './alarms.ts'
import { instant, iso, isoOf } from './instants.ts'
import { lineSchema } from './lines.ts'
import { dayCapSentence, decisionSentence, trunkBreakerSentence } from './sentences.ts'
import { drainView } from './upkeep/drain.ts'

export { instant, iso, isoOf } from './instants.ts'

const count = Type.Integer({ minimum: 0 })
const ratio = Type.Number({ minimum: 0 })
const text = Type.String()
/** `{ error: { code, message } }`. */
export const errorView = Type.Object({ error: Type.Object({ code: text, message: text }) })

/** What a command without a further answer gives back. */
export const doneView = Type.Object({ done: Type.Literal(true) })
/** The answer to such a command. */
export const done: Static<typeof doneView> = { done: true }

/** Agents by state. */
const agentCountsView = Type.Object({
  offline: count,
  calling: count,
  available: count,
  reserved: count,
  'on-call': count,
  'wrap-up': count,
  paused: count,
  breather: count,
})

/** Calls by state. */
const callCountsView = Type.Object({
  originating: count,
  ringing: count,
  screening: count,
  waiting: count,
  connected: count,
  informing: count,
  announcing: count,
})

/** What a campaign has counted. */
const countersView = Type.Object({
  attempts: count,
  answered: count,
  answeredByPerson: count,
  connected: count,
  abandoned: count,
  doNotCallBlocked: count,
})

/** The engine's counters without what the engine may keep beside them. */
export function viewCounters(counters: CampaignCounters): Static<typeof countersView> {
  const { attempts, answered, answeredByPerson, connected, abandoned, doNotCallBlocked } = counters
  return { attempts, answered, answeredByPerson, connected, abandoned, doNotCallBlocked }
}

/** A pacing decision with its reason and its words. */
export const decisionView = Type.Object({
  at: instant,
  originate: count,
  withdraw: count,
  reason: Type.Enum([...pacingReasons]),
  times: count,
  figures: Type.Record(Type.String(), Type.Number()),
  says: text,
})
/** A decision as answers show it. */
export type DecisionView = Static<typeof decisionView>

/** Shows one recorded decision. */
export function viewDecision(recorded: RecordedDecision): DecisionView {
  const { originate, withdraw, reason, figures } = recorded.decision
  return {
    at: iso(recorded.at),
    originate,
    withdraw: withdraw.length,
    reason,
    times: recorded.times,
    figures: { ...figures },
    says: decisionSentence(recorded),
  }
}

/** A cap of the day that has been reached. */
export const dayCapView = Type.Object({
  of: Type.Enum(['campaign', 'installation']),
  what: Type.Enum(['attempts', 'minutes']),
  max: count,
  /** When dialing goes on. */
  until: instant,
  says: text,
})

/** Shows a cap that has been reached. */
export function viewDayCap(cap: ReachedCap): Static<typeof dayCapView> {
  const { of, what, max } = cap
  return { of, what, max, until: iso(cap.until), says: dayCapSentence(cap) }
}

/** A campaign at work, as the board shows it. */
export const campaignStatusView = Type.Object({
  campaignId: idSchema,
  name: text,
  state: Type.Enum(['stopped', 'running', 'paused', 'stopping']),
  mode: Type.Enum([...pacingModes]),
  startedAt: Type.Optional(instant),
  agents: agentCountsView,
  calls: callCountsView,
  counters: countersView,
  dialLevel: ratio,
  dialLevelMax: ratio,
  abandonmentRate: ratio,
  abandonmentTarget: ratio,
  abandonmentRateMax: ratio,
  occupancy: ratio,
  /** The windows in which the law counts abandonments, the one with the least left first; empty without a law. */
  windows: Type.Array(
    Type.Object({
      /** Of a line of law its name. */
      window: text,
      of: Type.Enum(['campaign', 'seller']),
      rateMax: ratio,
      answers: count,
      abandoned: count,
      /** Abandonments that may still happen before the limit is reached; negative beyond it. */
      left: Type.Number(),
    }),
  ),
  /** Calls that agents have made by themselves since the daemon began; absent: none. `counters` are pacing's. */
  byHand: Type.Optional(Type.Object({ attempts: count, connected: count })),
  /** Nothing is dialed: a cap of the day is reached. */
  dayCap: Type.Optional(dayCapView),
  hopper: count,
  decisions: Type.Array(decisionView),
})
/** A campaign's figures as answers show them. */
export type CampaignStatus = Static<typeof campaignStatusView>

/** A trunk as answers show it. */
export const trunkView = Type.Object({
  trunkId: idSchema,
  nodeId: idSchema,
  channelsInUse: count,
  channelsMax: count,
  callsPerSecondMax: Type.Number(),
  shortCallRate: ratio,
  breaker: Type.Object({
    state: Type.Enum(['closed', 'open', 'probing']),
    since: instant,
    fault: Type.Optional(Type.Enum(['refusals', 'unknown-numbers', 'false-answers', 'short-calls'])),
    probeAt: Type.Optional(instant),
    openings: count,
    refusedRate: ratio,
    falseAnswerRate: ratio,
    says: Type.String(),
  }),
})

/** A trunk's figures as answers show them. */
export function viewTrunk({ breaker, ...trunk }: TrunkFigures): Static<typeof trunkView> {
  const { since, probeAt, ...figures } = breaker
  const says = trunkBreakerSentence(breaker)
  return { ...trunk, breaker: { ...figures, since: iso(since), ...given({ probeAt: isoOf(probeAt) }), says } }
}

/** Everything the live board shows. */
export const statusView = Type.Object({
  at: instant,
  agents: agentCountsView,
  calls: callCountsView,
  occupancy: ratio,
  nodes: Type.Array(
    Type.Object({
      nodeId: idSchema,
      link: Type.Enum(['up', 'down']),
      breaker: Type.Optional(
        Type.Object({
          state: Type.Enum(['open', 'probing']),
          cause: Type.Enum(['pbx-slow', 'manager-link-down', 'pbx-took-over', 'joins-failed', 'legs-lost']),
          since: instant,
          says: text,
        }),
      ),
    }),
  ),
  trunks: Type.Array(trunkView),
  campaigns: Type.Array(campaignStatusView),
  /** Nothing more is dialed; absent: campaigns dial as they are set. */
  drain: Type.Optional(drainView),
  /** What people must know of, the gravest first, what is silenced last; absent: nothing. */
  alarms: Type.Optional(Type.Array(alarmView)),
})
/** The board's figures as answers show them. */
export type Status = Static<typeof statusView>

/** Where a lead's number came from. */
export const provenanceView = Type.Object({
  origin: text,
  /** A day, `2026-10-01`. */
  obtainedAt: Type.Optional(text),
  legalBasis: text,
})

/** Shows where a number came from. */
export function viewProvenance({ origin, obtainedAt, legalBasis }: Provenance): Static<typeof provenanceView> {
  return { origin, ...given({ obtainedAt: isoOf(obtainedAt)?.slice(0, 10) }), legalBasis }
}

/** A lead as stored. */
export const leadView = Type.Object({
  leadId: count,
  campaignId: idSchema,
  number: text,
  timeZones: Type.Array(text),
  priority: Type.Number(),
  data: Type.Record(Type.String(), text),
  attempts: count,
  state: Type.Enum(['new', 'retry', 'finished']),
  dialableAt: Type.Optional(instant),
  lastDisposition: Type.Optional(Type.Enum([...dispositions])),
  reason: Type.Optional(text),
  list: text,
  /** By address. */
  places: Type.Array(text),
  personId: Type.Optional(text),
  /** Where the number came from; absent: nobody said. */
  provenance: Type.Optional(provenanceView),
  /** The agent who promised the call-back that it waits for. */
  callbackAgentId: Type.Optional(text),
})
/** A lead as answers show it. */
export type LeadView = Static<typeof leadView>

/** Shows a lead. Only one that rests has a time when it may be dialed. */
export function viewLead(lead: LeadRecord): LeadView {
  const { leadId, campaignId, number, priority, attempts, state, lastDisposition, reason } = lead
  const rests = state !== 'finished' && lead.dialableAt !== 0
  return {
    leadId,
    campaignId,
    number,
    timeZones: [...lead.timeZones],
    priority,
    data: { ...lead.data },
    attempts,
    state,
    ...given({ dialableAt: rests ? iso(lead.dialableAt) : undefined, lastDisposition, reason }),
    list: lead.list,
    places: [...lead.places],
    ...given({
      personId: lead.personId,
      provenance: lead.provenance && viewProvenance(lead.provenance),
      callbackAgentId: lead.callbackAgentId,
    }),
  }
}

/** Answers to a form, by the names of its fields. */
export const formSchema = Type.Record(
  Type.String({ pattern: '^[a-z0-9-]{1,40}$' }),
  Type.String({ maxLength: answerMax }),
  { additionalProperties: false, maxProperties: 100 },
)

/** One attempt with its end and the agent's word. */
export const callView = Type.Object({
  callId: text,
  campaignId: idSchema,
  leadId: Type.Optional(count),
  number: Type.Optional(text),
  nodeId: idSchema,
  trunkId: idSchema,
  callerId: text,
  originatedAt: instant,
  disposition: Type.Optional(Type.Enum([...dispositions])),
  detail: Type.Optional(text),
  sipCode: Type.Optional(Type.Integer()),
  sipCallId: Type.Optional(text),
  ringingAt: Type.Optional(instant),
  answeredAt: Type.Optional(instant),
  connectedAt: Type.Optional(instant),
  endedAt: Type.Optional(instant),
  agentId: Type.Optional(idSchema),
  /** When the agent gave the person on, and to which target: the agent's talk ends there. */
  transferredAt: Type.Optional(instant),
  transferredTo: Type.Optional(idSchema),
  wrapUpCode: Type.Optional(text),
  wrapUpAt: Type.Optional(instant),
  note: Type.Optional(text),
  callbackAt: Type.Optional(instant),
  refusal: Type.Optional(Type.Boolean()),
  /** Answers to the form of the campaign's script. */
  form: Type.Optional(formSchema),
  /** How the agent's line was, as their phone in the page has counted it. */
  line: Type.Optional(lineSchema),
  /** Who began it: pacing, an agent, or somebody outside. */
  origin: Type.Enum(['campaign', 'manual', 'inbound']),
})
/** A call record as answers show it. */
export type CallView = Static<typeof callView>

/** Names of a call's columns in exports, in order. */
export const callColumns = Object.keys(callView.properties)

/** Shows a call record, flat. */
export function viewCall(call: CallRecord): CallView {
  const { end, wrapUp, originatedAt, callId, campaignId, leadId, number, nodeId, trunkId, callerId } = call
  return {
    callId,
    campaignId,
    ...given({ leadId, number }),
    nodeId,
    trunkId,
    callerId,
    originatedAt: iso(originatedAt),
    ...(end && viewEnd(end)),
    ...given({
      wrapUpCode: wrapUp?.code,
      refusal: wrapUp?.refusal,
      wrapUpAt: isoOf(wrapUp?.at),
      note: wrapUp?.note,
      callbackAt: isoOf(wrapUp?.callbackAt),
      form: wrapUp?.form && { ...wrapUp.form },
      line: call.line && { ...call.line },
    }),
    origin: call.origin,
  }
}

function viewEnd(end: AttemptEnd): Partial<CallView> {
  const { disposition, detail, sipCode, sipCallId, ringingAt, answeredAt, connectedAt, endedAt, agentId } = end
  return {
    disposition,
    ...given({
      detail,
      sipCode,
      sipCallId,
      ringingAt: isoOf(ringingAt),
      answeredAt: isoOf(answeredAt),
      connectedAt: isoOf(connectedAt),
    }),
    endedAt: iso(endedAt),
    ...given({ agentId, transferredAt: isoOf(end.transferredAt), transferredTo: end.transferredTo }),
  }
}

/** Why a number must not be called. */
export const doNotCallView = Type.Object({
  number: text,
  listed: Type.Boolean(),
  list: Type.Optional(text),
  source: Type.Optional(Type.Enum(['agent', 'opt-out-key', 'operator', 'import', 'network'])),
  at: Type.Optional(instant),
  note: Type.Optional(text),
  /** It was said at this other number of the person. */
  through: Type.Optional(text),
})

/** Shows whether a number is listed and why. */
export function viewDoNotCall(number: string, entry: DoNotCallEntry | undefined): Static<typeof doNotCallView> {
  if (entry === undefined) return { number, listed: false }
  const { list, source, note, through } = entry
  return { number, listed: true, list, source, at: iso(entry.at), ...given({ note, through }) }
}
