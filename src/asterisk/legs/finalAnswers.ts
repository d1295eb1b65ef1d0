import type { Clock } from '../../ports/clock.ts'
import type { SipCapture } from '../capture/sipCapture.ts'

/** First of the final codes; below it nothing is decided. RFC 3261 7.2. */
const firstFinal = 200

/** Waits for what the carrier says in the end to calls whose channel is gone. */
export interface FinalAnswers {
  /**
   * Calls back once: at once with the final code where it is known or cannot be, else when it comes, or without one when it
   * does not come in time.
   */
  await(sipCallId: string | undefined, then: (sipCode: number | undefined) => void): void
  close(): void
}

/** Makes them; `waitMs` is the longest wait. */
export function createFinalAnswers(
  capture: Pick<SipCapture, 'codeOf' | 'listen'>,
  { clock, waitMs }: { readonly clock: Clock; readonly waitMs: number },
): FinalAnswers {
  const waiting = new Map<string, (sipCode: number | undefined) => void>()
  const unlisten = capture.listen((sipCallId, code) => {
    if (code >= firstFinal) waiting.get(sipCallId)?.(code)
  })
  return {
    await(sipCallId, then) {
      const known = sipCallId === undefined ? undefined : capture.codeOf(sipCallId)
      // Of a call that was never seen nothing will be seen: its PBX captures nothing.
      if (sipCallId === undefined || known === undefined) return then(undefined)
      if (known >= firstFinal) return then(known)
      const settle = (sipCode: number | undefined) => {
        waiting.delete(sipCallId)
        cancel()
        then(sipCode)
      }
      const cancel = clock.wakeAt(clock.now() + waitMs, () => settle(undefined))
      waiting.set(sipCallId, settle)
    },
    close() {
      unlisten()
      for (const settle of [...waiting.values()]) settle(undefined)
    },
  }
}
