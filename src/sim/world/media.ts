import type { NodeId } from '../../core/ids.ts'
import { TelephonyError } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type {
  HeardFrame,
  HeardMark,
  Media,
  MediaEndCause,
  MediaLeg,
  PersonLeg,
  PlaybackEnd,
  Recording,
  RecordingEnd,
  Running,
  SampleRate,
  Sound,
  Stream,
  Tap,
  TapEnd,
} from '../../ports/media.ts'
import { listen, Mouth } from './earAndMouth.ts'
import type { LegWatch } from './legWatch.ts'
import { lengthMs, Run } from './mediaRun.ts'

/** What the silent twin needs. */
export interface SimulatedMediaOptions {
  readonly nodeId: NodeId
  readonly clock: Clock
  readonly legs: LegWatch
  /** How long the PBX's own sounds are, by name, milliseconds; default 4 000. */
  readonly fileMs?: (name: string) => number
}

/** The Media port without a sound: everything takes as long as it would, and nobody says anything. It knows no time but its clock's. */
export function createSimulatedMedia(options: SimulatedMediaOptions): Media {
  return new SilentMedia(options)
}

class SilentMedia implements Media {
  readonly nodeId: NodeId
  readonly #options: SimulatedMediaOptions
  readonly #running = new Set<{ end(cause: MediaEndCause): void }>()

  constructor(options: SimulatedMediaOptions) {
    this.nodeId = options.nodeId
    this.#options = options
  }

  async tap<Leg extends MediaLeg>(order: {
    readonly leg: Leg
    readonly rate: SampleRate
    hear(frame: HeardFrame<Leg>): void
  }): Promise<Tap<Leg>> {
    const run = this.#begin<TapEnd>(order.leg)
    const ear = listen(run, order)
    run.endsWith(cause => ({ cause, heardMs: ear.heardMs() }))
    return { leg: order.leg, rate: order.rate, startedAt: run.startedAt, ended: run.ended, stop: () => run.stop() }
  }

  async stream(order: {
    readonly leg: PersonLeg
    readonly rate: SampleRate
    hear(heard: HeardFrame<PersonLeg> | HeardMark): void
  }): Promise<Stream> {
    const { leg, rate } = order
    const run = this.#begin<TapEnd>(leg)
    const ear = listen(run, order)
    const mouth = new Mouth(run, order)
    run.endsWith(cause => {
      mouth.flush()
      return { cause, heardMs: ear.heardMs() }
    })
    return {
      leg,
      rate,
      startedAt: run.startedAt,
      ended: run.ended,
      stop: () => run.stop(),
      say: samples => mouth.say(samples),
      mark: name => mouth.mark(name),
      flush: async () => mouth.flush(),
    }
  }

  async play({ leg, sound }: { readonly leg: MediaLeg; readonly sound: Sound }): Promise<Running<PlaybackEnd>> {
    const run = this.#begin<PlaybackEnd>(leg)
    const lengthMs = this.#lengthOf(sound)
    run.endsWith(cause => ({ cause, playedMs: Math.min(lengthMs, run.sinceMs()) }))
    run.at(run.startedAt + lengthMs, () => run.end('done'))
    return { ended: run.ended, stop: () => run.stop() }
  }

  async record({ leg, name }: { readonly leg: PersonLeg; readonly name: string }): Promise<Recording> {
    const run = this.#begin<RecordingEnd>(leg)
    const pauses: { readonly fromMs: number; readonly untilMs: number }[] = []
    let pausedMs: number | undefined
    const resume = () => {
      if (pausedMs !== undefined) pauses.push({ fromMs: pausedMs, untilMs: run.sinceMs() })
      pausedMs = undefined
    }
    run.endsWith(cause => {
      resume()
      return { cause, name, lengthMs: run.sinceMs(), pauses }
    })
    return {
      ended: run.ended,
      stop: () => run.stop(),
      async pause() {
        if (run.isOn) pausedMs ??= run.sinceMs()
      },
      async resume() {
        if (run.isOn) resume()
      },
    }
  }

  async close(): Promise<void> {
    for (const one of [...this.#running]) one.end('stopped')
  }

  #begin<End extends { readonly cause: MediaEndCause }>(leg: MediaLeg): Run<End> {
    const { legs, clock, nodeId } = this.#options
    if (!legs.isLinked) throw new TelephonyError('unreachable', `the link to ${nodeId} is down`)
    if (!legs.isUp(leg)) throw new TelephonyError('leg-gone', 'there is no such leg, or it is not up')
    const run = new Run<End>(clock)
    const forget = legs.whenGone(leg, loss => run.end(loss))
    this.#running.add(run)
    void run.ended.then(() => {
      forget()
      this.#running.delete(run)
    })
    return run
  }

  #lengthOf(sound: Sound): number {
    if (sound.kind === 'file') return this.#options.fileMs?.(sound.name) ?? 4_000
    return lengthMs(sound.samples, sound.rate)
  }
}
