import { createHash } from 'node:crypto'
import type { SayOrder, TurnedAway } from '../../core/effects.ts'
import { given } from '../../core/given.ts'
import type { CallId, InstantMs, NodeId, PhoneNumber, TrunkId } from '../../core/ids.ts'
import type { IncomingLeg, InventoryCall } from '../../core/inputs.ts'
import { errorCode, errorMessage } from '../../errors.ts'
import type { AriOperations } from '../ari/operations.ts'
import type { AriChannel, LegEvent } from '../ari/shapes.ts'
import type { NodeContext } from '../context.ts'
import { hasCode } from '../errors.ts'
import { endpointOfChannel } from './names.ts'

/** How what a carrier writes of a call that comes in is read. */
export interface IncomingReading {
  /** A number as carriers write it; undefined: it is none. */
  number(written: string): PhoneNumber | undefined
  /** The trunk of a SIP endpoint; undefined: none of ours. */
  trunkId(endpoint: string): TrunkId | undefined
}

/** asterisk-conf's context for calls that come in. */
const context = 'dialwright-inbound'
/** What its line to our application says. */
const role = 'caller'
/** Q.850: nobody has this number; busy. */
const causes: Readonly<Record<TurnedAway, number>> = { 'not-ours': 1, busy: 17 }

interface CallerLeg {
  readonly callId: CallId
  readonly channelId: string
  answered: boolean
  endedByUs: boolean
  hangingUp: boolean
  /** What it hears, or is about to. */
  playback: { readonly id: string; readonly said: number } | undefined
  /** Orders of one leg, one after the other. */
  work: Promise<void>
  lastKeyAt: number | undefined
}

/** The legs of those who call in: told once each, played to, and listened to for keys. */
export class Callers {
  readonly #node: NodeContext
  readonly #reading: IncomingReading
  /** The operations while orders may be given; throws `unreachable` while they may not. */
  readonly #orderable: () => AriOperations
  readonly #byCall = new Map<CallId, CallerLeg>()
  readonly #byChannel = new Map<string, CallerLeg>()

  constructor(node: NodeContext, reading: IncomingReading, orderable: () => AriOperations) {
    this.#node = node
    this.#reading = reading
    this.#orderable = orderable
  }

  has(callId: CallId): boolean {
    return this.#byCall.has(callId)
  }

  /** Begins anew from what lives on the PBX, and gives the part of its inventory that came in. */
  reset(channels: readonly AriChannel[]): readonly InventoryCall[] {
    const before = new Map(this.#byChannel)
    this.#byCall.clear()
    this.#byChannel.clear()
    const found: InventoryCall[] = []
    for (const channel of channels) {
      const incoming = isCaller(channel) ? this.#read(channel) : undefined
      if (incoming === undefined) continue
      const leg = this.#add(channel, before.get(channel.id))
      leg.answered = channel.state === 'Up'
      const { callId } = leg
      const { sipCallId } = channel
      found.push({ callId, state: leg.answered ? 'waiting' : 'ringing', incoming, ...given({ sipCallId }) })
    }
    return found
  }

  /** Whether the event is about a caller's leg. */
  handle(event: LegEvent, at: InstantMs): boolean {
    if (event.type === 'PlaybackFinished') return this.#played(event, at)
    if (event.type === 'StasisStart' && event.args[0] === role) {
      this.#entered(event.channel, at)
      return true
    }
    const leg = this.#byChannel.get(event.channel.id)
    if (leg === undefined) return false
    if (event.type === 'ChannelHangupRequest') leg.hangingUp = true
    else if (event.type === 'ChannelDtmfReceived') this.#pressed(leg, event, at)
    // Out of our application it is out of our hands; the dialplan ends it.
    else if (event.type === 'StasisEnd' || event.type === 'ChannelDestroyed') this.#ended(leg, at)
    return true
  }

  #add(channel: AriChannel, known: CallerLeg | undefined): CallerLeg {
    const leg = known ?? newLeg(callIdOf(this.#node.nodeId, channel.id), channel.id)
    this.#byCall.set(leg.callId, leg)
    this.#byChannel.set(leg.channelId, leg)
    return leg
  }

  #entered(channel: AriChannel, at: InstantMs): void {
    // Told already, by the inventory that was taken when the link came up.
    if (this.#byChannel.has(channel.id)) return
    const incoming = this.#read(channel)
    if (incoming === undefined) {
      this.#inBackground(channel.id, this.#orderable().hangUp(channel.id, causes['not-ours']))
      return
    }
    const { callId } = this.#add(channel, undefined)
    const { nodeId } = this.#node
    const { sipCallId } = channel
    this.#node.emit({ kind: 'call-incoming', callId, nodeId, ...incoming, ...given({ sipCallId }), at })
  }

  /** Who calls whom, from what the network wrote: digits and a plus sign, or nothing. */
  #read(channel: AriChannel): IncomingLeg | undefined {
    const called = this.#number(channel.exten)
    const endpoint = endpointOfChannel(channel.name)
    const trunkId = this.#reading.trunkId(endpoint) ?? endpoint
    if (called === undefined) return undefined
    return { trunkId, called, ...given({ number: this.#number(channel.caller) }) }
  }

  #number(written = ''): PhoneNumber | undefined {
    const digits = written.replace(/[-. ()]/g, '')
    return /^\+?\d{3,18}$/.test(digits) ? this.#reading.number(digits) : undefined
  }

  /** We are subscribed to the leg and to its endpoint, so the PBX tells each key twice. */
  #pressed(leg: CallerLeg, event: Extract<LegEvent, { type: 'ChannelDtmfReceived' }>, at: InstantMs): void {
    if (leg.lastKeyAt === event.pbxAt) return
    leg.lastKeyAt = event.pbxAt
    this.#node.emit({ kind: 'call-key', callId: leg.callId, key: event.digit, at })
  }

  #played(event: Extract<LegEvent, { type: 'PlaybackFinished' }>, at: InstantMs): boolean {
    for (const leg of this.#byCall.values()) {
      if (leg.playback?.id !== event.playbackId) continue
      const { said } = leg.playback
      leg.playback = undefined
      // Who hangs up ends what they hear.
      if (leg.hangingUp || leg.endedByUs) return true
      if (event.state === 'failed')
        this.#node.log.error({ media: event.media }, 'a caller cannot be told: is the sound there?')
      this.#node.emit({ kind: 'prompt-ended', callId: leg.callId, said, at })
      return true
    }
    return false
  }

  #ended(leg: CallerLeg, at: InstantMs): void {
    this.#byCall.delete(leg.callId)
    this.#byChannel.delete(leg.channelId)
    const byPeer = leg.hangingUp && !leg.endedByUs
    const cause = byPeer ? 'hung-up-by-peer' : 'hung-up-by-us'
    this.#node.emit({ kind: 'call-ended', callId: leg.callId, cause, at })
  }

  say(order: SayOrder): Promise<void> {
    const ari = this.#orderable()
    const leg = this.#byCall.get(order.callId)
    if (leg === undefined) return Promise.resolve()
    const before = leg.playback
    const playback = { id: `dw-say-${order.callId}-${order.said}`, said: order.said }
    leg.playback = playback
    const work = leg.work.then(() => this.#say(ari, leg, { order, before, playback }))
    leg.work = work.catch(() => {})
    return work
  }

  async #say(
    ari: AriOperations,
    leg: CallerLeg,
    what: { order: SayOrder; before: CallerLeg['playback']; playback: NonNullable<CallerLeg['playback']> },
  ): Promise<void> {
    const { order, before, playback } = what
    const { channelId } = leg
    try {
      if (before !== undefined) await ari.stopPlayback(before.id)
      if (!leg.answered) await ari.answer(channelId)
      leg.answered = true
      // Another order has come meanwhile.
      if (leg.playback !== playback) return
      const seconds = String(Math.ceil(order.maxMs / 1000))
      await ari.setVariable(channelId, 'ARRAY(TIMEOUT(absolute),DIALWRIGHT_TAKEN)', `${seconds},1`)
      await ari.play(channelId, order.sounds.map(sound => `sound:${sound}`).join(','), playback.id)
    } catch (error) {
      // Gone: its end is told.
      if (hasCode(error, 'channel-gone')) return
      if (leg.playback === playback) this.#failed(leg, playback.said)
      throw error
    }
  }

  /** What could not be said is as if it had been: the line goes on, or ends. */
  #failed(leg: CallerLeg, said: number): void {
    leg.playback = undefined
    this.#node.emit({ kind: 'prompt-ended', callId: leg.callId, said, at: this.#node.clock.now() })
  }

  async turnAway(callId: CallId, why: TurnedAway): Promise<void> {
    await this.#hangUp(callId, causes[why])
  }

  async hangUp(callId: CallId): Promise<void> {
    await this.#hangUp(callId)
  }

  async #hangUp(callId: CallId, cause?: number): Promise<void> {
    const ari = this.#orderable()
    const leg = this.#byCall.get(callId)
    if (leg === undefined) return
    leg.endedByUs = true
    await ari.hangUp(leg.channelId, cause)
  }

  #inBackground(channelId: string, work: Promise<void>): void {
    work.catch(error =>
      this.#node.log.warn(
        { channelId, code: errorCode(error), reason: errorMessage(error) },
        'a caller was not let go',
      ),
    )
  }
}

function isCaller(channel: AriChannel): boolean {
  return channel.context === context && channel.application === 'Stasis'
}

/** Our id of a call that we have not named: the same whenever its channel is seen, and another on another node. */
function callIdOf(nodeId: NodeId, channelId: string): CallId {
  return `in-${createHash('sha256').update(`${nodeId}/${channelId}`).digest('hex').slice(0, 32)}`
}

function newLeg(callId: CallId, channelId: string): CallerLeg {
  return {
    callId,
    channelId,
    answered: false,
    endedByUs: false,
    hangingUp: false,
    playback: undefined,
    work: Promise.resolve(),
    lastKeyAt: undefined,
  }
}
