import { errorCode } from '../errors.ts'
import type { StoreWatch } from '../ports/storeWatch.ts'

/** So long an answer is waited for: it comes at once, or from a disk that hangs. */
const answerMaxMs = 5_000

/**
 * Whether the store's writer lives. A disk that is full or does not answer is no fault of the daemon's: started anew it would have the
 * same disk, and what it holds in memory until the disk takes it, refusals for one, would be lost. One question at a time.
 */
export function watchWriterLife(store: Pick<StoreWatch, 'tryWriting'>, waitMs = answerMaxMs): () => Promise<boolean> {
  let asked: Promise<boolean> | undefined
  function ask(): Promise<boolean> {
    return store
      .tryWriting()
      .then(
        () => true,
        error => errorCode(error) !== 'writer-gone',
      )
      .finally(() => {
        asked = undefined
      })
  }
  return async () => {
    asked ??= ask()
    let timer: NodeJS.Timeout | undefined
    const hangs = new Promise<true>(resolve => {
      timer = setTimeout(() => resolve(true), waitMs)
    })
    return Promise.race([asked, hangs]).finally(() => clearTimeout(timer))
  }
}
