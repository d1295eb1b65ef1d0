import { OperatingError } from '../errors.ts'

/** Watches a request: where neither side moves anything for some time, it is given up. */
export interface Silence {
  /** Aborted with the error that says so. */
  readonly signal: AbortSignal
  /** Something has come, or has been taken. */
  broken(): void
  /** The request has ended. */
  end(): void
}

/** Starts to listen for a silence of so many milliseconds. */
export function startSilence(url: string, ms: number): Silence {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    const says = `the daemon at ${url} has not said a word for ${ms / 1000} s: see its log; what was asked for may still be done`
    controller.abort(new OperatingError('daemon-silent', says))
  }, ms)
  return {
    signal: controller.signal,
    broken: () => void timer.refresh(),
    end: () => clearTimeout(timer),
  }
}

/** The bytes, each piece of which breaks the silence. `after`: what is done when they have ended, or nobody wants more. */
export async function* breaking(
  bytes: AsyncIterable<Uint8Array>,
  silence: Silence,
  after: () => void = () => {},
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of bytes) {
      silence.broken()
      yield piece
    }
  } finally {
    after()
  }
}
