import { departureMaxMs } from '../core/compliance/verdict.ts'
import { obstacleOf } from '../core/dialing/obstacle.ts'
import type { OriginateOrder } from '../core/effects.ts'
import { given } from '../core/given.ts'
import type { CallId, CampaignId, InstantMs, NodeId, PhoneNumber } from '../core/ids.ts'
import type { Input } from '../core/inputs.ts'
import type { EngineState } from '../core/state.ts'
import type { RefusalReason } from '../core/vocabulary.ts'
import { errorCode, errorMessage, TelephonyError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { AttemptStore } from '../ports/attempts.ts'
import { type Clock, dateOf } from '../ports/clock.ts'
import type { LeadStore } from '../ports/leads.ts'
import type { Telephony } from '../ports/telephony.ts'
import { askGate, type GateParts } from './gate.ts'
import { createTrunkGate } from './trunkGate.ts'
import type { Writer } from './writer.ts'

/** Carries out originates: facts, verdict, the attempt on disk, and only then the order to the PBX. */
export interface Originator {
  originate(order: OriginateOrder): void
  /** The number went onto a do-not-call list: an order of it that has not left yet does not leave. */
  block(blocked: { readonly number: PhoneNumber; readonly topic?: string; readonly campaignId?: CampaignId }): void
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
}

/** What says nothing of the lead. */
const passing: ReadonlySet<RefusalReason> = new Set([
  ...(['store-unavailable', 'clock-jumped', 'restore-unconfirmed', 'draining', 'campaign-not-running'] as const),
])

interface OriginatorOptions extends GateParts {
  readonly store: Pick<LeadStore, 'facts' | 'deferLead'> & Pick<AttemptStore, 'beginAttempt'>
  readonly state: Pick<EngineState, 'campaigns' | 'laws' | 'calls' | 'trunks' | 'obstacle' | 'draining'>
  readonly clock: Clock
  readonly log: Pick<Log, 'warn' | 'error'>
  readonly nodes: ReadonlyMap<NodeId, Pick<Telephony, 'originate'>>
  readonly writer: Writer
  /** The store did not take an attempt. */
  storeRefused(): void
  submit(input: Extract<Input, { kind: 'originate-refused' | 'originate-failed' }>): void
}

/** An order that has not left yet. */
interface Departure {
  readonly number: PhoneNumber
  readonly topic: string | undefined
  readonly campaignId: CampaignId
  blocked: boolean
  done: Promise<void>
}

/** An originator with nothing under way. */
export function createOriginator(options: OriginatorOptions): Originator {
  const { clock, store, state, log, submit, nodes, writer } = options
  const trunkGate = createTrunkGate(options)
  const underWay = new Map<CallId, Departure>()

  function refuse(callId: CallId, reason: RefusalReason, retryAt?: number): void {
    submit({ kind: 'originate-refused', callId, reason, ...given({ retryAt }) })
  }

  /** When the verdict was given, once the attempt is on disk and the order may leave; `undefined`: it may not. */
  async function cleared(order: OriginateOrder): Promise<InstantMs | undefined> {
    const { callId, leadId } = order.attempt
    try {
      const { verdict, clearance } = await askGate(options, order)
      if (!verdict.allowed) {
        if (!passing.has(verdict.reason))
          writer.keep(callId, () => store.deferLead(leadId, verdict.retryAt ?? null, verdict.reason))
        refuse(callId, verdict.reason, verdict.retryAt)
        return undefined
      }
      // A disk that takes its time lets the verdict grow old as much as a trunk does.
      const clearedAt = clearance?.at ?? dateOf(clock)
      await store.beginAttempt(order.attempt, clearance)
      return clearedAt
    } catch (error) {
      log.error({ callId, code: errorCode(error), error: errorMessage(error) }, 'nothing is dialed: the store refused')
      options.storeRefused()
      refuse(callId, 'store-unavailable')
      return undefined
    }
  }

  async function run(order: OriginateOrder): Promise<void> {
    const { callId, nodeId } = order.attempt
    const clearedAt = await cleared(order)
    if (clearedAt === undefined) return
    const left = await trunkGate(order.attempt.trunkId)
    try {
      const late = whyTooLate(state, dateOf(clock) - clearedAt)
      if (late !== undefined) throw new TelephonyError('too-late', late)
      if (underWay.get(callId)?.blocked) throw new TelephonyError('blocked', 'the number went onto a do-not-call list')
      const telephony = nodes.get(nodeId)
      if (telephony === undefined) throw new TelephonyError('node-down', `no telephony drives node ${nodeId}`)
      await telephony.originate(order)
    } catch (error) {
      log.warn({ callId, code: errorCode(error), error: errorMessage(error) }, 'the PBX did not take the originate')
      submit({ kind: 'originate-failed', callId, ...(errorCode(error) === 'rejected' ? { refused: true } : {}) })
    } finally {
      left()
    }
  }

  return {
    originate(order) {
      const { callId, number, campaignId } = order.attempt
      const topic = state.campaigns.get(campaignId)?.settings.topic
      const entry = { number, topic, campaignId, blocked: false, done: Promise.resolve() }
      underWay.set(callId, entry)
      entry.done = run(order).finally(() => underWay.delete(callId))
    },
    block(bound) {
      for (const entry of underWay.values()) if (isMeant(entry, bound)) entry.blocked = true
    },
    async settled() {
      await Promise.all([...underWay.values()].map(entry => entry.done))
    },
  }
}

/** Why an order whose verdict is so old must not leave any more; absent: it may. */
function whyTooLate(state: Pick<EngineState, 'obstacle' | 'draining'>, verdictAgeMs: number): string | undefined {
  if (verdictAgeMs > departureMaxMs) return 'its turn on the trunk came too late'
  const obstacle = obstacleOf(state)
  return obstacle && `since its verdict nothing is dialed any more: ${obstacle}`
}

/** Whether a departure is one of those that a refusal is about. */
function isMeant(entry: Departure, { number, topic, campaignId }: Parameters<Originator['block']>[0]): boolean {
  const isAbout = topic === undefined || topic === entry.topic
  return entry.number === number && isAbout && (campaignId === undefined || campaignId === entry.campaignId)
}
