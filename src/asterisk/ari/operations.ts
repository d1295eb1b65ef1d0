import type { AriChannel } from './shapes.ts'

/** What an originate asks for. */
export interface AriOriginate {
  readonly channelId: string
  readonly endpoint: string
  readonly context: string
  readonly callerId?: string
  /** Whole seconds of setup and ringing. */
  readonly timeoutSec: number
  readonly variables: Readonly<Record<string, string>>
}

/**
 * The operations that we use. What a call takes goes straight over HTTP (`callOperations.ts`), the rest by ari-client from the
 * server's own description. Each settles within the request limit; rejections are TelephonyErrors.
 */
export interface AriOperations {
  originate(order: AriOriginate): Promise<void>
  /** Gone already is done. `cause`: Q.850, for a call that is turned away. */
  hangUp(channelId: string, cause?: number): Promise<void>
  answer(channelId: string): Promise<void>
  setVariable(channelId: string, variable: string, value: string): Promise<void>
  /** Undefined: it is not set, is empty, or the channel is gone. */
  variable(channelId: string, variable: string): Promise<string | undefined>
  /** Plays the keys' tones to whoever is on the channel. */
  sendDigits(channelId: string, digits: string): Promise<void>
  continueAt(channelId: string, context: string): Promise<void>
  /** One sound, or several with commas between them. */
  play(channelId: string, media: string, playbackId?: string): Promise<void>
  /** Makes a channel, and takes it into our application, whose sounds the other one hears beside all else: its own name. */
  whisperTo(channelId: string, whisperId: string): Promise<void>
  /** Over already is done. */
  stopPlayback(playbackId: string): Promise<void>
  /** RTP packets so far from the phone and to it. */
  packets(channelId: string): Promise<{ readonly received: number; readonly sent: number }>
  channel(channelId: string): Promise<AriChannel>
  channels(): Promise<readonly AriChannel[]>
  bridges(): Promise<readonly { readonly id: string; readonly channels: readonly string[] }[]>
  /** The channels in it; undefined: there is no such bridge. */
  channelsIn(bridgeId: string): Promise<readonly string[] | undefined>
  /** Creates it, or finds it there. */
  ensureBridge(bridgeId: string, type: string): Promise<void>
  /** Whoever is in it stays without one. Gone already is done. */
  destroyBridge(bridgeId: string): Promise<void>
  /** Moves the channels into the bridge, in this order, out of whatever bridge they are in. */
  addToBridge(bridgeId: string, channelIds: readonly string[]): Promise<void>
  /** Music for everybody in a holding bridge; it ends when the last one leaves. Playing already is no error. */
  startMusic(bridgeId: string): Promise<void>
  removeFromBridge(bridgeId: string, channelId: string): Promise<void>
  subscribe(eventSources: readonly string[]): Promise<void>
  filterEvents(types: readonly string[]): Promise<void>
  setGlobal(variable: string, value: string): Promise<void>
  /** A global's value; empty where there is none. */
  global(variable: string): Promise<string>
  /** Whether somebody's event socket is open, or was, under our application's name. */
  hasApplication(): Promise<boolean>
  /** The PBX's clock, milliseconds since the epoch. */
  ping(): Promise<number>
  /** When the PBX was started, by its clock. */
  startedAt(): Promise<number>
  /**
   * Writes an object of PJSIP into the PBX's memory, or changes it there; what is not named of one that is there stays. Rejects with
   * `unauthorized` where it stands in a file, and where the PBX keeps no such objects in memory.
   */
  putPhonePart(part: PhonePart, name: string, fields: Readonly<Record<string, string>>): Promise<void>
  hasPhonePart(part: PhonePart, name: string): Promise<boolean>
  /** Not there, or in a file and so not ours to take, is done. */
  removePhonePart(part: PhonePart, name: string): Promise<void>
}

/** The objects of PJSIP that make a phone. */
export type PhonePart = 'auth' | 'aor' | 'endpoint'
