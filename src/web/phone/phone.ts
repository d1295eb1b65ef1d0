import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { AgentShowView } from '../../api/agents/agents.ts'
import type { BrowserPhoneView } from '../../api/agents/phones.ts'
import { ask, Refusal } from '../parts/api.ts'
import { keepCallLine, keptCallLine } from './keptLine.ts'
import { addLook, type CallLine, figuresOf, newCallLine } from './meter.ts'
import { countsOf, type LineCounts, type LineQuality, type LineTest, qualityOf, verdictOf } from './quality.ts'
import type { Softphone } from './softphone.ts'

/**
 * Where the phone of this page is.
 *
 *     elsewhere --use--> starting --> ready <--> on-line
 *                          |  ^        |  ^        |
 *     no-microphone <------+  |       lost        taken (another page, or a telephone, has the line)
 *     refused <---------------+
 */
export type PhoneState = 'elsewhere' | 'starting' | 'no-microphone' | 'refused' | 'ready' | 'on-line' | 'lost' | 'taken'

/** The phone in the page. */
export interface Phone {
  readonly state: ReadonlySignal<PhoneState>
  /** What the daemon said as it refused. */
  readonly why: ReadonlySignal<string | undefined>
  readonly isMuted: ReadonlySignal<boolean>
  /** Leaving the line would end a call. */
  readonly isNeeded: ReadonlySignal<boolean>
  /** Undefined: nothing is known of the line yet. */
  readonly quality: ReadonlySignal<LineQuality | undefined>
  /** `running`: the line is being tried; undefined: it was not tried here. */
  readonly test: ReadonlySignal<LineTest | 'running' | 'failed' | undefined>
  /** When the certificate of this page's address ends; undefined: it has none of the daemon's. */
  readonly certificateEndsAt: ReadonlySignal<string | undefined>
  /** Speaks with the PBX's echo for a few seconds. */
  tryLine(): Promise<void>
  /** Makes the agent's line this page's, also from where it was taken to. */
  use(): Promise<void>
  /** Gives it back to the telephone; not in a call, which would end. */
  leave(): Promise<void>
  toggleMute(): void
  press(key: string): void
}

const kept = 'dialwright.phone'
/** How often the line is looked at, milliseconds. */
const lookEveryMs = 1_000
/** How often, at this distance, a line is looked at that is tried. */
const testLooks = 12
const testEveryMs = 400
const path = '/v1/session/phone'

/** The phone of this page's agent. One that was used before the page was loaded is used again at once. */
export function createPhone(shown: ReadonlySignal<AgentShowView | null | undefined>): Phone {
  const phone = new PagePhone(shown)
  if (localStorage.getItem(kept) === 'page') afterPaint(() => void phone.use())
  return phone
}

/** The phone's code is half of all that the page loads: what is to be seen comes first. */
function afterPaint(work: () => void): void {
  requestAnimationFrame(() => setTimeout(work, 0))
}

class PagePhone implements Phone {
  readonly state: Signal<PhoneState> = signal('elsewhere')
  readonly why = signal<string | undefined>(undefined)
  readonly isMuted = signal(false)
  readonly isNeeded: ReadonlySignal<boolean>
  readonly quality = signal<LineQuality | undefined>(undefined)
  readonly test = signal<LineTest | 'running' | 'failed' | undefined>(undefined)
  readonly certificateEndsAt = signal<string | undefined>(undefined)
  readonly #shown: ReadonlySignal<AgentShowView | null | undefined>
  readonly #speaker = new Audio()
  #softphone: Softphone | undefined
  #counts: LineCounts | undefined
  /** How the line is in the call that goes on. */
  #callLine = keptCallLine()
  #renewal: ReturnType<typeof setTimeout> | undefined

  constructor(shown: ReadonlySignal<AgentShowView | null | undefined>) {
    this.#shown = shown
    this.isNeeded = computed(() => ['on-call', 'reserved'].includes(shown.value?.agent.state ?? ''))
    this.#speaker.autoplay = true
    setInterval(() => void this.#look(), lookEveryMs)
    effect(() => this.#turnTo(shown.value?.agent))
    addEventListener('pagehide', () => this.#callLine && keepCallLine(this.#callLine))
  }

  async use(): Promise<void> {
    if (this.#softphone !== undefined && this.state.value === 'taken') {
      this.state.value = 'starting'
      this.#softphone.take(await this.#ask())
      this.#softphone.dial()
      return
    }
    if (this.#softphone !== undefined) return
    this.state.value = 'starting'
    this.why.value = undefined
    try {
      const microphone = await askMicrophone()
      if (microphone === undefined) {
        this.state.value = 'no-microphone'
        return
      }
      const [config, { createSoftphone }] = await Promise.all([this.#ask(), import('./softphone.ts')])
      localStorage.setItem(kept, 'page')
      this.#softphone = createSoftphone(config, { microphone, play: sound => this.#play(sound), told: this.#events() })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.why.value = error.message
      this.state.value = 'refused'
      // The daemon may only be starting.
      if (error.status === 0 || error.status === 503) setTimeout(() => void this.use(), 2_000)
    }
  }

  #events() {
    return {
      registered: (anew: boolean) => this.#registered(anew),
      lost: () => {
        this.state.value = 'lost'
      },
      line: (isUp: boolean, byPbx: boolean) => this.#line(isUp, byPbx),
      renew: () => this.#ask(),
    }
  }

  /** A session that goes on without its line, because the page was loaded anew or the PBX was away: the line is dialed. */
  #registered(anew: boolean): void {
    const wasLost = anew || this.state.value === 'starting'
    if (this.state.value !== 'on-line') this.state.value = 'ready'
    if (!wasLost) return
    const stop = effect(() => {
      const state = this.#shown.value?.agent.state
      if (state === undefined) return
      queueMicrotask(() => stop())
      if (state !== 'offline' && state !== 'calling') this.#softphone?.dial()
    })
  }

  #line(isUp: boolean, byPbx: boolean): void {
    this.#counts = undefined
    this.quality.value = undefined
    if (isUp) this.state.value = 'on-line'
    else if (this.state.value === 'lost') return
    else {
      const state = this.#shown.value?.agent.state
      const goesOn = state !== undefined && state !== 'offline' && state !== 'calling'
      // Who ended it has another line for the agent, or ends the session, which the page is told of in a moment.
      this.state.value = goesOn && byPbx ? 'taken' : 'ready'
      if (goesOn && !byPbx) setTimeout(() => this.state.value === 'ready' && this.#softphone?.dial(), 2_000)
    }
  }

  async #ask(): Promise<BrowserPhoneView> {
    const config = await ask<BrowserPhoneView>('POST', path)
    this.certificateEndsAt.value = config.certificateEndsAt
    clearTimeout(this.#renewal)
    this.#renewal = setTimeout(() => void this.#renew(), (Date.parse(config.expiresAt) - Date.now()) / 2)
    return config
  }

  async #renew(): Promise<void> {
    try {
      this.#softphone?.take(await this.#ask())
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.#renewal = setTimeout(() => void this.#renew(), 30_000)
    }
  }

  async leave(): Promise<void> {
    if (this.isNeeded.value) return
    localStorage.removeItem(kept)
    clearTimeout(this.#renewal)
    this.#softphone?.close()
    this.#softphone = undefined
    this.state.value = 'elsewhere'
    await ask('DELETE', path).catch(() => undefined)
  }

  /** A call that is over is told how its line was; nothing is known yet of the agent of a page that has just been loaded. */
  #turnTo(agent: AgentShowView['agent'] | undefined): void {
    if (agent === undefined) return
    const callId = agent.state === 'on-call' ? agent.callId : undefined
    if (callId === this.#callLine?.callId) return
    const over = this.#callLine
    this.#callLine = callId === undefined ? undefined : newCallLine(callId)
    if (over !== undefined) void tell(over)
  }

  async tryLine(): Promise<void> {
    if (this.#softphone === undefined || this.test.value === 'running') return
    this.test.value = 'running'
    const looks: LineCounts[] = []
    const isAnswered = await this.#softphone.echo(async statistics => {
      for (let look = 0; look < testLooks; look += 1) {
        await new Promise(resolve => setTimeout(resolve, testEveryMs))
        looks.push(countsOf(entriesOf(await statistics())))
      }
    })
    this.test.value = (isAnswered ? verdictOf(looks) : undefined) ?? 'failed'
  }

  toggleMute(): void {
    this.isMuted.value = !this.isMuted.value
    this.#softphone?.mute(this.isMuted.value)
  }

  press(key: string): void {
    this.#softphone?.press(key)
  }

  #play(sound: MediaStream): void {
    this.#speaker.srcObject = sound
    // A browser that wants a click first has had one: the microphone was asked for.
    this.#speaker.play().catch(() => undefined)
  }

  async #look(): Promise<void> {
    const report = this.state.value === 'on-line' ? await this.#softphone?.statistics() : undefined
    if (report === undefined) return
    const counts = countsOf(entriesOf(report))
    const before = this.#counts
    this.#counts = counts
    if (before === undefined) return
    this.quality.value = qualityOf(before, counts)
    if (this.#callLine !== undefined) addLook(this.#callLine, before, counts)
  }
}

/** What becomes of it changes nothing for the agent. */
async function tell(line: CallLine): Promise<void> {
  const figures = figuresOf(line, lookEveryMs)
  if (figures === undefined) return
  try {
    await ask('PUT', `/v1/calls/${encodeURIComponent(line.callId)}/line`, figures)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}

function entriesOf(report: RTCStatsReport): readonly (readonly [string, Readonly<Record<string, unknown>>])[] {
  const entries: (readonly [string, Readonly<Record<string, unknown>>])[] = []
  report.forEach((entry, id) => {
    entries.push([id, entry])
  })
  return entries
}

/** The microphone; undefined: it was refused, or there is none. */
async function askMicrophone(): Promise<MediaStream | undefined> {
  try {
    // Without encryption browsers hide it from all pages but those of this very machine.
    return await navigator.mediaDevices?.getUserMedia({ audio: true })
  } catch {
    return undefined
  }
}
