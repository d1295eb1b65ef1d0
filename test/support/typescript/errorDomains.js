// Stands in for the package by which tap knows whose an error is that nobody caught. That one hears of the birth and the end of every
// promise: half of the time of a test that has many. The storage that Node has for it hears of their birth alone.
import { AsyncLocalStorage } from 'node:async_hooks'

/** @type {AsyncLocalStorage<Domain>} */
const current = new AsyncLocalStorage()

process.on('uncaughtExceptionMonitor', (error, origin) => {
  if (process.hasUncaughtExceptionCaptureCallback() || process.listenerCount('uncaughtException') > 0) return
  const domain = current.getStore()?.living()
  if (domain === undefined) return
  domain.onerror(error, origin)
  // What the test was told of does not end the process.
  process.setUncaughtExceptionCaptureCallback(() => process.setUncaughtExceptionCaptureCallback(null))
})

/** Whoever is told of the errors of all that began here. */
export class Domain {
  #ended = false
  #parent = current.getStore()

  /** @param {(error: unknown, origin: string) => void} onerror */
  constructor(onerror) {
    this.onerror = onerror
    current.enterWith(this)
  }

  destroy() {
    this.#ended = true
  }

  /** The nearest that has not ended. @returns {Domain | undefined} */
  living() {
    return this.#ended ? this.#parent?.living() : this
  }
}
