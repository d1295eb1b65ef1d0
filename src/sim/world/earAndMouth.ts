import type { InstantMs } from '../../core/ids.ts'
import {
  aheadMaxMs,
  frameMs,
  type HeardFrame,
  type HeardMark,
  type MediaLeg,
  type SampleRate,
  type TapEnd,
} from '../../ports/media.ts'
import { lengthMs, type Run } from './mediaRun.ts'

/** Hears silence, a frame when its time is over. */
export function listen<Leg extends MediaLeg>(
  run: Run<TapEnd>,
  { leg, rate, hear }: { readonly leg: Leg; readonly rate: SampleRate; hear(frame: HeardFrame<Leg>): void },
): { heardMs(): number } {
  const silence = new Int16Array((rate * frameMs) / 1000)
  let frames = 0
  const next = (): void => {
    run.at(run.startedAt + (frames + 1) * frameMs, () => {
      const atMs = frames * frameMs
      frames += 1
      next()
      hear({ kind: 'frame', leg, atMs, samples: silence })
    })
  }
  next()
  return { heardMs: () => frames * frameMs }
}

/** What is said to a person: how much is still ahead of the ear, who waits for it, and which marks are to come. */
export class Mouth {
  readonly #run: Run<TapEnd>
  readonly #rate: SampleRate
  readonly #hear: (mark: HeardMark) => void
  readonly #marks = new Set<() => void>()
  readonly #waiting = new Set<() => void>()
  /** When the last sample said will have been heard. */
  #silentAt: InstantMs
  /** Milliseconds of audio said since the stream began, without what was flushed. */
  #saidMs = 0

  constructor(run: Run<TapEnd>, order: { readonly rate: SampleRate; hear(mark: HeardMark): void }) {
    this.#run = run
    this.#rate = order.rate
    this.#hear = mark => order.hear(mark)
    this.#silentAt = run.startedAt
  }

  say(samples: Int16Array): Promise<void> {
    const run = this.#run
    if (!run.isOn) return Promise.resolve()
    const ms = lengthMs(samples, this.#rate)
    this.#silentAt = Math.max(run.now(), this.#silentAt) + ms
    this.#saidMs += ms
    if (this.#silentAt <= run.now() + aheadMaxMs) return Promise.resolve()
    return new Promise(resolve => {
      const settle = () => {
        this.#waiting.delete(settle)
        cancel()
        resolve()
      }
      const cancel = run.at(this.#silentAt - aheadMaxMs, settle)
      this.#waiting.add(settle)
    })
  }

  mark(name: string): void {
    if (!this.#run.isOn) return
    const saidMs = this.#saidMs
    const cancel = this.#run.at(Math.max(this.#run.now(), this.#silentAt), () => {
      this.#marks.delete(cancel)
      this.#hear({ kind: 'mark', name, saidMs })
    })
    this.#marks.add(cancel)
  }

  flush(): { readonly saidMs: number } {
    const now = this.#run.now()
    this.#saidMs -= Math.max(0, this.#silentAt - now)
    this.#silentAt = now
    for (const cancel of this.#marks) cancel()
    this.#marks.clear()
    for (const settle of [...this.#waiting]) settle()
    return { saidMs: this.#saidMs }
  }
}
