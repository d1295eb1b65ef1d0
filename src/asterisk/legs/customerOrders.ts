import type { OriginateOrder } from '../../core/effects.ts'
import { given } from '../../core/given.ts'
import type { CallId } from '../../core/ids.ts'
import type { AmiLink } from '../ami/link.ts'
import type { AriOperations } from '../ari/operations.ts'
import type { NodeContext } from '../context.ts'
import { hasCode, telephonyError } from '../errors.ts'
import { type CustomerLeg, type Customers, defaultTakeOverMs } from './customers.ts'
import { callChannelId } from './names.ts'
import { type Records, recordOf } from './records.ts'

/** Where the PBX keeps how a call ended that nobody has answered. */
const endKept = 'dialwright-unanswered,s,1'
/** Seconds; a time-out of nothing would mean "never". */
const atOnce = '0.001'

/** What orders for customers' legs work with. */
export interface CustomerOrdersParts {
  readonly context: NodeContext
  readonly customers: Customers
  readonly records: Records
  readonly ami: AmiLink
  /** The operations while orders may be given; throws `unreachable` while they may not. */
  orderable(): AriOperations
}

/** What the engine orders for a customer's leg alone: to be called, to hear the message, to end. */
export class CustomerOrders {
  readonly #parts: CustomerOrdersParts

  constructor(parts: CustomerOrdersParts) {
    this.#parts = parts
  }

  async originate(order: OriginateOrder): Promise<void> {
    const { customers, records, orderable } = this.#parts
    const ari = orderable()
    const { callId } = order.attempt
    const channelId = callChannelId(callId)
    if (customers.get(callId)) throw telephonyError('rejected', `The call ${callId} exists already`)
    const takeOverMs = order.takeOverMs ?? defaultTakeOverMs
    customers.expect(callId, channelId, takeOverMs)
    try {
      await ari.originate({
        channelId,
        endpoint: order.route.endpoint,
        context: 'dialwright-answered',
        callerId: order.route.callerId,
        timeoutSec: Math.ceil((order.timeoutMs + (order.lateRingMs ?? 0)) / 1000),
        variables: {
          DIALWRIGHT_CALL: callId,
          DIALWRIGHT_NUMBER: order.attempt.number,
          DIALWRIGHT_MESSAGE: order.messageSound,
          DIALWRIGHT_OPTOUT_KEY: order.optOutKey,
          DIALWRIGHT_TAKEOVER: (takeOverMs / 1000).toFixed(3),
          ...given({ 'CHANNEL(hangup_handler_push)': records.keepsUnanswered ? endKept : undefined }),
        },
      })
    } catch (error) {
      if (await this.#mayExist(error, channelId)) return
      customers.forget(callId)
      throw error
    }
  }

  /**
   * A lost answer is no lost call: its channel is looked for under the name that we gave it. While the PBX cannot be
   * asked the call stays on the books, and the inventory of the next resync settles it.
   */
  async #mayExist(error: unknown, channelId: string): Promise<boolean> {
    if (!hasCode(error, 'timeout', 'unreachable')) return false
    try {
      await this.#parts.context.ari().channel(channelId)
      return true
    } catch (lookup) {
      return !hasCode(lookup, 'channel-gone')
    }
  }

  async playMessage(callId: CallId): Promise<void> {
    const { context, customers, records, orderable } = this.#parts
    const ari = orderable()
    const leg = customers.get(callId)
    if (leg === undefined || leg.state === 'announcing') return
    const before = leg.state
    leg.state = 'announcing'
    try {
      await ari.continueAt(leg.channelId, 'dialwright-message')
    } catch (error) {
      // Gone, or the PBX's own timer was first and plays it already.
      if (hasCode(error, 'channel-gone')) return
      if (leg.state === 'announcing') leg.state = before
      throw error
    }
    if (leg.isTouched) await records.write({ ...recordOf(leg, context.clock.now()), reason: 'app-decided' })
  }

  async hangUp(callId: CallId): Promise<void> {
    const { customers, orderable } = this.#parts
    const ari = orderable()
    const leg = customers.get(callId)
    // The answer has crossed the order: a person is there, who is never cut off. The engine hears of them next.
    if (leg?.state === 'answered') return
    if (leg !== undefined) leg.endedByUs = true
    if (leg?.state !== 'dialing' && leg?.state !== 'ringing') return ari.hangUp(callChannelId(callId))
    leg.givingUp = this.#giveUp(leg)
    try {
      await leg.givingUp
    } catch (error) {
      leg.givingUp = undefined
      throw error
    }
  }

  /**
   * Ends a call that we take for unanswered by its time-out, not by a hang-up: that would also cut off a person whose answer
   * has reached the PBX and not yet us. A dial that is timed out is cancelled; an answered call's dialplan sets a time-out of
   * its own in its first line, and when this one is later, it leads to the message.
   */
  async #giveUp(leg: CustomerLeg): Promise<void> {
    const { ami, orderable } = this.#parts
    try {
      await ami.action({ Action: 'AbsoluteTimeout', Channel: leg.channelId, Timeout: atOnce })
    } catch (error) {
      // Gone already, the manager user may not, or there is no AMI: then as everything else is ended, unless it has been answered by
      // now. ARI has no gentler way for a channel that is not in our application.
      if (!hasCode(error, 'rejected', 'unreachable', 'timeout')) throw error
      if (leg.state === 'dialing' || leg.state === 'ringing') await orderable().hangUp(leg.channelId)
    }
  }
}
