import { given } from '../../core/given.ts'
import type { AgentId, CallId, InstantMs } from '../../core/ids.ts'
import type { InventoryCall, KeptCall, TelephonyEvent } from '../../core/inputs.ts'
import type { Log } from '../../log.ts'
import type { Clock } from '../../ports/clock.ts'
import type { AriChannel, LegEvent } from '../ari/shapes.ts'
import type { AgentLeg } from './agentLeg.ts'
import { endCauseOf } from './causes.ts'
import type { FinalAnswers } from './finalAnswers.ts'
import { callIdOfChannel } from './names.ts'

/**
 * A customer's leg as the PBX has told of it.
 *
 *     dialing --180/183--> ringing --200--> answered --StasisStart--> waiting <--------> connected
 *                                                                      |   taken out of the bridge
 *                                                  continue, or the    v
 *                                                  PBX's own timer:  announcing
 *
 * Each ends by ChannelDestroyed.
 */
export interface CustomerLeg {
  readonly callId: CallId
  readonly channelId: string
  /** The PBX plays the message so long after the 200 where nobody has taken the call. */
  readonly takeOverMs: number
  state: 'dialing' | 'ringing' | 'answered' | 'waiting' | 'connected' | 'announcing'
  sipCallId: string | undefined
  /** The 200, on our clock. */
  answeredAt: InstantMs | undefined
  /** Joined with, or being joined with. */
  agentId: AgentId | undefined
  /** We have asked the PBX to end it or to play the message, so that it ends of our doing. */
  endedByUs: boolean
  /** We are asking the PBX to end it unless it is answered; settles when the PBX has heard it. */
  givingUp: Promise<void> | undefined
  /** Somebody has hung up: what follows is no take-over. */
  hangingUp: boolean
  /** ARI has set a variable on it, so the PBX's dialplan can write no record of it and {@link Records.write} has to. */
  isTouched: boolean
  /** The opt-out key was told. */
  optedOut: boolean
  /** We are taking it out of its agent's bridge: nobody else has. */
  partedByUs: boolean
  /** It was taken out of a dead agent's bridge, and a record was written for it. */
  wasGivenBack: boolean
  /** Its agent has put it on hold, or is about to: it is in the agent's bridge of music. */
  held: boolean
  /** Its agent has given it to a target, with whom it is. */
  givenOn: boolean
}

/** Whether a person is with this line of an agent's, also on hold, as far as we want it to go on. */
export function isTalk(leg: Pick<AgentLeg, 'agentId' | 'callId' | 'state' | 'endedByUs'>, call: CustomerLeg): boolean {
  const isOn = call.state === 'connected' && call.agentId === leg.agentId && leg.callId === call.callId
  return isOn && leg.state === 'up' && !leg.endedByUs && !call.hangingUp && !call.endedByUs && !call.partedByUs
}

/** The dialplan's own limit behind the 200 where no order names one, as in asterisk-conf's `dialwright-answered`. */
export const defaultTakeOverMs = 1_800
/** A leg that leaves our application for its end is gone by then. */
const takenAfterMs = 250
/** Behind the 200; asterisk-conf's `dialwright-answered` has the same figure. */
const takeOverMaxMs = 3_000

type Emit = (event: TelephonyEvent) => void

/** A 183 with media is ring-back as far as anybody can tell; a carrier that sends it may never send a 180. */
const ringingStatuses: ReadonlySet<string> = new Set(['RINGING', 'PROGRESS'])
const ringingState = 'Ringing'

/** Whether the event tells that a phone rings. */
export function tellsOfRinging(event: LegEvent): boolean {
  if (event.type === 'Dial') return ringingStatuses.has(event.dialStatus)
  return event.type === 'ChannelStateChange' && event.channel.state === ringingState
}

/** What the customers' legs need of the rest. */
export interface CustomersContext {
  readonly emit: Emit
  /** Told, after the event, of every leg that has ended or that the PBX has taken from us. */
  readonly onGone: (leg: CustomerLeg) => void
  /** Calls back with the carrier's final status of a SIP call, or `undefined` when it does not come. */
  readonly finalAnswer: FinalAnswers['await']
  readonly clock: Clock
  readonly log: Pick<Log, 'warn'>
  readonly strayAnswerMs: number
}

/** The customers' legs of one node: turns what the PBX tells into events, each at most once and in order. */
export class Customers {
  readonly #legs = new Map<CallId, CustomerLeg>()
  readonly #context: CustomersContext
  readonly #emit: Emit
  readonly #onGone: (leg: CustomerLeg) => void

  constructor(context: CustomersContext) {
    this.#context = context
    this.#emit = context.emit
    this.#onGone = context.onGone
  }

  get(callId: CallId): CustomerLeg | undefined {
    return this.#legs.get(callId)
  }

  /** An originate is about to leave. */
  expect(callId: CallId, channelId: string, takeOverMs = defaultTakeOverMs): void {
    if (!this.#legs.has(callId)) this.#legs.set(callId, { ...newLeg(callId, channelId), takeOverMs })
  }

  /** The originate was refused: no such leg exists. */
  forget(callId: CallId): void {
    this.#legs.delete(callId)
  }

  /** Begins anew from what lives on the PBX. */
  reset(calls: readonly InventoryCall[], channelIdOf: (callId: CallId) => string): void {
    const before = new Map(this.#legs)
    this.#legs.clear()
    for (const call of calls) {
      const leg = before.get(call.callId) ?? newLeg(call.callId, channelIdOf(call.callId))
      leg.state = call.state === 'originating' ? 'dialing' : call.state
      leg.sipCallId = call.sipCallId ?? leg.sipCallId
      leg.agentId = call.agentId
      leg.held = call.held === true
      leg.givenOn = call.transferred === true
      leg.isTouched ||= call.state === 'connected'
      this.#legs.set(call.callId, leg)
    }
  }

  /** When they were answered, as far as the PBX knows and we do not. */
  answeredBefore(kept: readonly KeptCall[]): void {
    for (const { callId, answeredAt } of kept) {
      const leg = this.#legs.get(callId)
      if (leg !== undefined) leg.answeredAt ??= answeredAt
    }
  }

  /** Whether the event is about a customer's leg, known or not. */
  handle(event: LegEvent, at: InstantMs): boolean {
    const callId = callIdOfChannel(event.channel.id)
    if (callId === undefined) return false
    const leg = this.#legs.get(callId)
    // A leg that is not in the books ended before the inventory was taken, or belongs to another daemon's past.
    if (leg === undefined) return true
    leg.sipCallId ??= event.channel.sipCallId
    this.#apply(leg, event, at)
    return true
  }

  /** The person pressed the key; told twice, it counts once. */
  optedOut(callId: CallId, at: InstantMs): void {
    const leg = this.#legs.get(callId)
    if (leg?.optedOut) return
    if (leg !== undefined) leg.optedOut = true
    this.#emit({ kind: 'call-opted-out', callId, at })
  }

  #apply(leg: CustomerLeg, event: LegEvent, at: InstantMs): void {
    switch (event.type) {
      case 'Dial':
        this.#dialed(leg, event.dialStatus, at)
        break
      case 'ChannelStateChange':
        this.#stateChanged(leg, event.channel, at)
        break
      case 'StasisStart':
        this.#enteredStasis(leg, at)
        break
      case 'ChannelHangupRequest':
        leg.hangingUp = true
        break
      case 'StasisEnd':
        this.#leftStasis(leg, at)
        break
      case 'ChannelDestroyed':
        this.#ended(leg, event, at)
        break
      case 'ChannelDtmfReceived':
      case 'PlaybackFinished':
      case 'ChannelUserevent':
        break
    }
  }

  #dialed(leg: CustomerLeg, dialStatus: string, at: InstantMs): void {
    if (ringingStatuses.has(dialStatus)) this.#rings(leg, at)
    else if (dialStatus === 'ANSWER') this.#answers(leg, at)
  }

  #stateChanged(leg: CustomerLeg, channel: AriChannel, at: InstantMs): void {
    if (channel.state === ringingState) this.#rings(leg, at)
    else if (channel.state === 'Up') this.#answers(leg, at)
  }

  #rings(leg: CustomerLeg, at: InstantMs): void {
    if (leg.state !== 'dialing') return
    leg.state = 'ringing'
    this.#emit({ kind: 'call-ringing', callId: leg.callId, ...sipCallIdOf(leg), at })
  }

  #answers(leg: CustomerLeg, at: InstantMs): void {
    if (leg.state !== 'dialing' && leg.state !== 'ringing') return
    leg.state = 'answered'
    leg.answeredAt = at
    if (leg.givingUp !== undefined) this.#answeredAfterAll(leg)
  }

  /**
   * The answer was before our order to give up, which has no effect then (`CustomerOrders` says why). Only where
   * the order came between the answer and the first line of the dialplan may the PBX play the message before we see the call.
   */
  #answeredAfterAll(leg: CustomerLeg): void {
    const { clock, strayAnswerMs } = this.#context
    leg.endedByUs = false
    clock.wakeAt(clock.now() + strayAnswerMs, () => {
      if (leg.state === 'answered' && this.#legs.get(leg.callId) === leg) this.#takenOver(leg, clock.now())
    })
  }

  #enteredStasis(leg: CustomerLeg, at: InstantMs): void {
    this.#answers(leg, at)
    if (leg.state === 'answered') this.#tellAnswered(leg, at)
  }

  #tellAnswered(leg: CustomerLeg, at: InstantMs): void {
    leg.state = 'waiting'
    this.#emit({ kind: 'call-answered', callId: leg.callId, ...sipCallIdOf(leg), at: leg.answeredAt ?? at })
  }

  /** Out of our hands without a hang-up and without our asking: a timer of the PBX's. */
  #leftStasis(leg: CustomerLeg, at: InstantMs): void {
    if (leg.hangingUp || leg.endedByUs || (leg.state !== 'waiting' && leg.state !== 'connected')) return
    // The dialplan tells its two timers apart by the same clock: later than this it is the longest call allowed.
    const isLongestCall = leg.state === 'connected' && at - (leg.answeredAt ?? 0) > takeOverMaxMs
    if (isLongestCall) this.#leftTalk(leg)
    else this.#takenOver(leg, at)
  }

  /**
   * Out of a conversation: the longest call allowed, whose end follows at once; or another program has sent the person elsewhere.
   * That is their talk no longer ours: it is over for us, and the channel is left to whoever has taken it.
   */
  #leftTalk(leg: CustomerLeg): void {
    const { clock, log } = this.#context
    leg.endedByUs = true
    clock.wakeAt(clock.now() + takenAfterMs, () => {
      if (this.#legs.get(leg.callId) !== leg) return
      const { callId } = leg
      log.warn({ callId }, 'another program has taken a person out of their conversation: it is over for us')
      this.#legs.delete(callId)
      this.#emit({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', ...sipCallIdOf(leg), at: clock.now() })
      this.#onGone(leg)
    })
  }

  #takenOver(leg: CustomerLeg, at: InstantMs): void {
    leg.state = 'announcing'
    this.#emit({ kind: 'call-taken-over', callId: leg.callId, at })
    this.#onGone(leg)
  }

  #ended(leg: CustomerLeg, event: Extract<LegEvent, { type: 'ChannelDestroyed' }>, at: InstantMs): void {
    // Answered and gone before it reached us: a person all the same.
    if (leg.state === 'answered') this.#tellAnswered(leg, at)
    this.#legs.delete(leg.callId)
    const wasAnswered = leg.state !== 'dialing' && leg.state !== 'ringing'
    // The channel of a call that was given up is gone before the carrier has said its last word.
    if (wasAnswered || event.sipCode !== undefined) this.#tellEnded(leg, event, at)
    else this.#context.finalAnswer(leg.sipCallId, sipCode => this.#tellEnded(leg, { ...event, sipCode }, at))
  }

  #tellEnded(leg: CustomerLeg, event: Extract<LegEvent, { type: 'ChannelDestroyed' }>, at: InstantMs): void {
    const wasAnswered = leg.state !== 'dialing' && leg.state !== 'ringing'
    const endedByUs = leg.endedByUs || leg.state === 'announcing'
    const sip = given({ sipCode: event.sipCode })
    const cause = endCauseOf({ q850: event.cause, ...sip, wasAnswered, endedByUs })
    this.#emit({ kind: 'call-ended', callId: leg.callId, cause, ...sip, ...sipCallIdOf(leg), at })
    this.#onGone(leg)
  }
}

function newLeg(callId: CallId, channelId: string): CustomerLeg {
  return {
    callId,
    channelId,
    takeOverMs: defaultTakeOverMs,
    state: 'dialing',
    sipCallId: undefined,
    answeredAt: undefined,
    agentId: undefined,
    endedByUs: false,
    givingUp: undefined,
    hangingUp: false,
    isTouched: false,
    optedOut: false,
    partedByUs: false,
    wasGivenBack: false,
    held: false,
    givenOn: false,
  }
}

function sipCallIdOf(leg: CustomerLeg): { readonly sipCallId?: string } {
  return given({ sipCallId: leg.sipCallId })
}
