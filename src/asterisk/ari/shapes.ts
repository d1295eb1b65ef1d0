import { given } from '../../core/given.ts'

/** What we read of a channel. */
export interface AriChannel {
  readonly id: string
  /** `PJSIP/1001-00000001`. */
  readonly name: string
  /** `Down`, `Ring`, `Ringing`, `Up`, ... */
  readonly state: string
  /** The SIP Call-ID. */
  readonly sipCallId: string | undefined
  /** The dialplan application that holds it: `Stasis`, `Playback`, ... */
  readonly application: string | undefined
  readonly context: string | undefined
  /** What was dialed, where it came in. */
  readonly exten?: string
  /** Who calls, as their network wrote it: anything. */
  readonly caller?: string
}

/** An event that we know. Its time is the PBX's, in milliseconds since the epoch. */
export type AriEvent =
  | {
      readonly type: 'StasisStart'
      readonly args: readonly string[]
      readonly channel: AriChannel
      readonly pbxAt: number
    }
  | { readonly type: 'StasisEnd' | 'ChannelStateChange'; readonly channel: AriChannel; readonly pbxAt: number }
  | { readonly type: 'ChannelHangupRequest'; readonly channel: AriChannel; readonly pbxAt: number }
  | {
      readonly type: 'ChannelDestroyed'
      readonly channel: AriChannel
      /** Q.850. */
      readonly cause: number
      /** The final SIP code, where there was one. */
      readonly sipCode: number | undefined
      readonly pbxAt: number
    }
  | { readonly type: 'Dial'; readonly dialStatus: string; readonly channel: AriChannel; readonly pbxAt: number }
  | {
      readonly type: 'ChannelDtmfReceived'
      readonly digit: string
      readonly channel: AriChannel
      readonly pbxAt: number
    }
  | {
      readonly type: 'PlaybackFinished'
      readonly playbackId: string
      readonly media: string
      /** `done`, `failed`, ... */
      readonly state: string
      readonly channel: AriChannel
      readonly pbxAt: number
    }
  /** Our dialplan tells something, as AMI's event of the same name does: its headers, in small letters. */
  | {
      readonly type: 'ChannelUserevent'
      readonly told: Readonly<Record<string, string>>
      readonly channel: AriChannel
      readonly pbxAt: number
    }
  /** A channel has gone out of a bridge, by whatever cause. */
  | { readonly type: 'ChannelLeftBridge'; readonly bridgeId: string; readonly channel: AriChannel }
  | { readonly type: 'BridgeDestroyed'; readonly bridgeId: string }
  | { readonly type: 'ApplicationReplaced' }

/** What is told of a bridge. */
export type BridgeEvent = Extract<AriEvent, { type: 'ChannelLeftBridge' | 'BridgeDestroyed' }>
/** What is told of a leg by itself. */
export type LegEvent = Exclude<AriEvent, BridgeEvent | { type: 'ApplicationReplaced' }>

/** Events that the PBX is asked to send; all others it keeps. At 800 calls everything would be 315 Mbit/s. */
export const wantedEvents = [
  'StasisStart',
  'StasisEnd',
  'ChannelStateChange',
  'ChannelHangupRequest',
  'ChannelDestroyed',
  'Dial',
  'ChannelDtmfReceived',
  'PlaybackFinished',
  'ChannelUserevent',
  'ChannelLeftBridge',
  'BridgeDestroyed',
  'ApplicationReplaced',
] as const

/** Reads a channel as ARI writes it; tolerant of what is missing. */
export function readChannel(raw: unknown): AriChannel {
  const channel = record(raw)
  const dialplan = record(channel.dialplan)
  return {
    id: text(channel.id) ?? '',
    name: text(channel.name) ?? '',
    state: text(channel.state) ?? '',
    sipCallId: text(channel.protocol_id) || undefined,
    application: text(dialplan.app_name) || undefined,
    context: text(dialplan.context) || undefined,
    ...given({
      exten: text(dialplan.exten) || undefined,
      caller: text(record(channel.caller).number) || undefined,
    }),
  }
}

/** Reads a bridge as ARI writes it. */
export function readBridge(raw: unknown): { readonly id: string; readonly channels: readonly string[] } {
  const bridge = record(raw)
  return { id: text(bridge.id) ?? '', channels: texts(bridge.channels) }
}

/** Reads one message of the event socket; undefined: an event that we do not know, or not an event at all. */
export function readEvent(message: string): AriEvent | undefined {
  const raw = parse(message)
  const channel = readChannel(raw.channel ?? raw.peer)
  const pbxAt = Date.parse(text(raw.timestamp) ?? '')
  switch (raw.type) {
    case 'StasisStart':
      return { type: raw.type, args: texts(raw.args), channel, pbxAt }
    case 'StasisEnd':
    case 'ChannelStateChange':
    case 'ChannelHangupRequest':
      return { type: raw.type, channel, pbxAt }
    case 'ChannelDestroyed':
      return {
        type: raw.type,
        channel,
        cause: count(raw.cause) ?? 0,
        sipCode: count(raw.tech_cause) || undefined,
        pbxAt,
      }
    case 'Dial':
      return { type: raw.type, dialStatus: text(raw.dialstatus) ?? '', channel: readChannel(raw.peer), pbxAt }
    case 'ChannelDtmfReceived':
      return { type: raw.type, digit: text(raw.digit) ?? '', channel, pbxAt }
    case 'PlaybackFinished':
      return { type: raw.type, ...readPlayback(raw.playback), pbxAt }
    case 'ChannelUserevent':
      return { type: raw.type, told: readUserEvent(raw), channel, pbxAt }
    case 'ChannelLeftBridge':
      return { type: raw.type, bridgeId: readBridge(raw.bridge).id, channel }
    case 'BridgeDestroyed':
      return { type: raw.type, bridgeId: readBridge(raw.bridge).id }
    case 'ApplicationReplaced':
      return { type: raw.type }
    default:
      return undefined
  }
}

/** A playback names the channel that hears it by its id alone: `channel:1764462720.12`. */
function readPlayback(raw: unknown) {
  const playback = record(raw)
  const target = text(playback.target_uri) ?? ''
  return {
    playbackId: text(playback.id) ?? '',
    media: text(playback.media_uri) ?? '',
    state: text(playback.state) ?? '',
    channel: readChannel({ id: target.slice(target.indexOf(':') + 1) }),
  }
}

function readUserEvent(raw: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const headers = Object.entries(record(raw.userevent)).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
  )
  return { ...Object.fromEntries(headers), userevent: text(raw.eventname) ?? '' }
}

function parse(message: string): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(message))
  } catch {
    // Not JSON: nothing that an Asterisk sends, and no reason to end the daemon.
    return {}
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  // Every property is read as unknown afterwards.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
