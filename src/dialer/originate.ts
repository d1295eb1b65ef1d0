import { clearanceOf } from '../core/compliance/clear.ts'
import type { Clearance } from '../core/compliance/clearance.ts'
import { no, type Verdict } from '../core/compliance/facts.ts'
import { decideVerdict } from '../core/compliance/verdict.ts'
import type { OriginateOrder } from '../core/effects.ts'
import type { CallId, NodeId, PhoneNumber, TrunkId } from '../core/ids.ts'
import { createTrunk, nextTokenAt, refillTokens, type Trunk } from '../core/trunk.ts'
import type { RefusalReason } from '../core/words.ts'
import { errorCode, errorMessage, TelephonyError } from '../errors.ts'
import type { Telephony } from '../ports.ts'
import type { EffectRunnerOptions } from './effects.ts'
import { gateFacts } from './gateFacts.ts'
import type { Writer } from './writer.ts'

/** Carries out originates: facts, verdict, the attempt on disk, and only then the order to the PBX. */
export interface Originator {
  originate(order: OriginateOrder): void
  /** The number went onto a do-not-call list: an order of it that has not left yet does not leave. */
  block(blocked: { readonly number: PhoneNumber; readonly topic?: string }): void
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
}

interface OriginatorOptions extends EffectRunnerOptions {
  readonly nodes: ReadonlyMap<NodeId, Telephony>
  readonly writer: Writer
}

/**
 * Lets orders leave no faster than their trunk permits. The engine has paced them already; after a stall of the machine
 * they would still leave in one burst, and the carrier would answer it with 503.
 */
function createTrunkGate({ clock, state }: OriginatorOptions): (trunkId: TrunkId) => Promise<void> {
  const gates = new Map<TrunkId, { readonly bucket: Trunk; tail: Promise<void> }>()

  async function pass(bucket: Trunk): Promise<void> {
    for (refillTokens(bucket, clock.now()); bucket.tokens < 1; refillTokens(bucket, clock.now())) {
      await new Promise<void>(resolve => clock.wakeAt(nextTokenAt(bucket), resolve))
    }
    bucket.tokens -= 1
  }

  return trunkId => {
    const settings = state.trunks.get(trunkId)?.settings
    if (settings === undefined) return Promise.resolve()
    const gate = gates.get(trunkId) ?? { bucket: createTrunk(settings, clock.now()), tail: Promise.resolve() }
    gates.set(trunkId, gate)
    gate.tail = gate.tail.then(() => pass(gate.bucket))
    return gate.tail
  }
}

/** The verdict, and what a yes rests on. */
interface Answer {
  readonly verdict: Verdict
  readonly clearance?: Clearance
}

/** An order that has not left yet. */
interface Departure {
  readonly number: PhoneNumber
  readonly topic: string | undefined
  blocked: boolean
  done: Promise<void>
}

/** Makes the originator. */
export function createOriginator(options: OriginatorOptions): Originator {
  const { clock, store, state, log, submit, nodes, writer } = options
  const trunkGate = createTrunkGate(options)
  const underWay = new Map<CallId, Departure>()

  /** The gate: every fact is fresh, and the identity that is presented is the one that was asked about. */
  async function askGate({ attempt }: OriginateOrder): Promise<Answer> {
    const { callId, campaignId, leadId, callerId } = attempt
    if (!writer.healthy()) return { verdict: no('store-unavailable') }
    // The person's last call may have ended in this very step: until its end is on disk the facts ask for no rest.
    await writer.settled()
    // A disk that failed meanwhile has let the call's time run out.
    if (!state.calls.has(callId)) return { verdict: no('store-unavailable') }
    const found = await gateFacts(options, { campaignId, leadId })
    if (found === undefined) return { verdict: no('campaign-not-running') }
    const { facts } = found
    const agentReserved = state.calls.get(callId)?.lead.agentId !== undefined
    const rules = { ...found.rules, callerIds: [callerId], agentReserved }
    const now = clock.now()
    const verdict = decideVerdict(facts, rules, now)
    return verdict.allowed ? { verdict, clearance: clearanceOf(facts, rules, now) } : { verdict }
  }

  function refuse(callId: CallId, reason: RefusalReason, retryAt?: number): void {
    submit({ kind: 'originate-refused', callId, reason, ...(retryAt === undefined ? {} : { retryAt }) })
  }

  /** True when the attempt is on disk and the order may leave. */
  async function cleared(order: OriginateOrder): Promise<boolean> {
    const { callId, leadId } = order.attempt
    try {
      const { verdict, clearance } = await askGate(order)
      if (!verdict.allowed) {
        const lasting = verdict.reason !== 'store-unavailable' && verdict.reason !== 'campaign-not-running'
        if (lasting) writer.keep(callId, () => store.deferLead(leadId, verdict.retryAt ?? null, verdict.reason))
        refuse(callId, verdict.reason, verdict.retryAt)
        return false
      }
      await store.beginAttempt(order.attempt, clearance)
      return true
    } catch (error) {
      log.error({ callId, code: errorCode(error), error: errorMessage(error) }, 'nothing is dialed: the store refused')
      refuse(callId, 'store-unavailable')
      return false
    }
  }

  async function run(order: OriginateOrder): Promise<void> {
    const { callId, nodeId } = order.attempt
    if (!(await cleared(order))) return
    await trunkGate(order.attempt.trunkId)
    try {
      if (underWay.get(callId)?.blocked) throw new TelephonyError('blocked', 'the number went onto a do-not-call list')
      const telephony = nodes.get(nodeId)
      if (telephony === undefined) throw new TelephonyError('node-down', `no telephony drives node ${nodeId}`)
      await telephony.originate(order)
    } catch (error) {
      log.warn({ callId, code: errorCode(error), error: errorMessage(error) }, 'the PBX did not take the originate')
      submit({ kind: 'originate-failed', callId })
    }
  }

  return {
    originate(order) {
      const { callId, number } = order.attempt
      const topic = state.campaigns.get(order.attempt.campaignId)?.settings.topic
      const entry = { number, topic, blocked: false, done: Promise.resolve() }
      underWay.set(callId, entry)
      entry.done = run(order).finally(() => underWay.delete(callId))
    },
    block({ number, topic }) {
      for (const entry of underWay.values()) {
        if (entry.number === number && (topic === undefined || topic === entry.topic)) entry.blocked = true
      }
    },
    async settled() {
      await Promise.all([...underWay.values()].map(entry => entry.done))
    },
  }
}
