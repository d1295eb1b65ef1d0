import { UA, WebSocketInterface } from 'jssip'
import type { RTCSession } from 'jssip/lib/RTCSession'
import type { BrowserPhoneView } from '../../api/agents/phones.ts'

/** A registration holds so long; the PBX takes nothing shorter. Seconds. */
const registerSec = 60
/** A failed registration, or a line that did not come, is tried again after this time, milliseconds. */
const againMs = 2_000
/** asterisk-conf's dialplan: what is said comes back. */
const echoNumber = '*702'

/** What a phone tells of itself. */
export interface SoftphoneEvents {
  /** It can be rung. `anew`: after a time in which it could not. */
  registered(anew: boolean): void
  /** The PBX cannot be reached: it is tried again. */
  lost(): void
  /** The line is up, or is not any more. `byPbx`: the other side has ended it. */
  line(isUp: boolean, byPbx: boolean): void
  /** The password holds no more. */
  renew(): Promise<BrowserPhoneView>
}

/** SIP and audio of one agent's line. */
export interface Softphone {
  /** Dials the line, unless it is up. */
  dial(): void
  mute(isMuted: boolean): void
  press(key: string): void
  /** Dials the PBX's echo; `talk` goes on until it settles. False: it was not answered. */
  echo(talk: (statistics: () => Promise<RTCStatsReport>) => Promise<void>): Promise<boolean>
  /** Of the connection that carries the sound; undefined: there is none. */
  statistics(): Promise<RTCStatsReport | undefined>
  /** A newer password. */
  take(config: BrowserPhoneView): void
  close(): void
}

/** Makes one and registers it. `play`: what is heard. */
export function createSoftphone(
  first: BrowserPhoneView,
  { microphone, play, told }: { microphone: MediaStream; play: (sound: MediaStream) => void; told: SoftphoneEvents },
): Softphone {
  return new JsSipPhone(first, { microphone, play, told })
}

interface Surroundings {
  readonly microphone: MediaStream
  readonly play: (sound: MediaStream) => void
  readonly told: SoftphoneEvents
}

class JsSipPhone implements Softphone {
  readonly #ua: UA
  readonly #around: Surroundings
  #config: BrowserPhoneView
  #session: RTCSession | undefined
  #isMuted = false
  /** The call that is being made is one to the echo. */
  #isEcho = false
  #wasLost = false
  #isClosed = false

  constructor(config: BrowserPhoneView, around: Surroundings) {
    this.#config = config
    this.#around = around
    const socket = new WebSocketInterface(socketAddress(config.socketUrl))
    this.#ua = new UA({
      sockets: [socket],
      uri: config.uri,
      authorization_user: config.user,
      password: config.password,
      register_expires: registerSec,
      // Its socket tells a page sooner that the PBX is gone.
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 4,
      user_agent: 'Dialwright',
    })
    this.#listen()
    this.#ua.start()
  }

  #listen(): void {
    const { told } = this.#around
    this.#ua.on('registered', () => {
      const anew = this.#wasLost
      this.#wasLost = false
      told.registered(anew)
    })
    this.#ua.on('disconnected', () => {
      if (this.#isClosed) return
      this.#wasLost = true
      told.lost()
    })
    this.#ua.on('registrationFailed', () => {
      if (this.#isClosed) return
      this.#wasLost = true
      told.lost()
      setTimeout(() => void this.#registerAgain(), againMs)
    })
    this.#ua.on('newRTCSession', ({ session, originator }: { session: RTCSession; originator: string }) => {
      if (this.#isEcho) return
      this.#take(session)
      // Nobody but the PBX has this phone's address: who calls is the agent's own line.
      if (originator === 'remote') session.answer(this.#callOptions())
    })
  }

  async #registerAgain(): Promise<void> {
    if (this.#isClosed) return
    try {
      this.take(await this.#around.told.renew())
    } catch {
      setTimeout(() => void this.#registerAgain(), againMs)
      return
    }
    if (this.#ua.isConnected()) this.#ua.register()
  }

  #callOptions() {
    const iceServers = this.#config.iceServers.map(server => ({ ...server }))
    return { mediaStream: this.#around.microphone, pcConfig: { iceServers } }
  }

  #take(session: RTCSession): void {
    const before = this.#session
    this.#session = session
    const { play, told } = this.#around
    const hear = (connection: RTCPeerConnection): void =>
      connection.addEventListener('track', ({ streams: [sound], track }) => play(sound ?? new MediaStream([track])))
    if (session.connection) hear(session.connection)
    else session.on('peerconnection', ({ peerconnection }) => hear(peerconnection))
    session.on('confirmed', () => {
      if (this.#session !== session) return
      if (this.#isMuted) session.mute({ audio: true })
      // The PBX has the new line in the old one's place by now.
      if (before?.isEnded() === false) before.terminate()
      told.line(true, false)
    })
    const over = (byPbx: boolean): void => {
      if (this.#session !== session) return
      this.#session = before?.isEnded() === false ? before : undefined
      if (this.#session === undefined) told.line(false, byPbx)
    }
    session.on('ended', ({ originator }) => over(String(originator) === 'remote'))
    session.on('failed', () => over(false))
  }

  dial(): void {
    if (this.#isClosed) return
    this.#ua.call(this.#config.logInNumber, this.#callOptions())
  }

  echo(talk: (statistics: () => Promise<RTCStatsReport>) => Promise<void>): Promise<boolean> {
    this.#isEcho = true
    const session = this.#ua.call(echoNumber, this.#callOptions())
    this.#isEcho = false
    const { connection } = session
    connection.addEventListener('track', ({ track }) => this.#around.play(new MediaStream([track])))
    return new Promise(resolve => {
      session.on('failed', () => resolve(false))
      session.on('confirmed', async () => {
        await talk(() => connection.getStats())
        if (!session.isEnded()) session.terminate()
        resolve(true)
      })
    })
  }

  mute(isMuted: boolean): void {
    this.#isMuted = isMuted
    if (this.#session?.isEstablished() !== true) return
    if (isMuted) this.#session.mute({ audio: true })
    else this.#session.unmute({ audio: true })
  }

  press(key: string): void {
    // `RFC2833` is how JsSIP calls tones in the sound itself.
    if (this.#session?.isEstablished() === true) this.#session.sendDTMF(key, { transportType: 'RFC2833' } as never)
  }

  async statistics(): Promise<RTCStatsReport | undefined> {
    return this.#session?.connection?.getStats()
  }

  take(config: BrowserPhoneView): void {
    this.#config = config
    this.#ua.set('password', config.password)
  }

  close(): void {
    this.#isClosed = true
    this.#ua.stop()
  }
}

function socketAddress(path: string): string {
  const url = new URL(path, location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}
