import { setTimeout as sleep } from 'node:timers/promises'
import { expect, say, wrong } from './steps.js'

/** @import { Container, Ended, Running } from './container.js' */

export const API = 'http://127.0.0.1:7420'
const READY_WITHIN_MS = 120_000
const ASK_EVERY_MS = 25

/**
 * Starts the daemon and waits until it is ready.
 * @param {Container} container
 * @param {string[]} options of `serve`
 */
export async function serve(container, ...options) {
  const startedAt = Date.now()
  const daemon = container.start('serve', ...options)
  /** @type {Ended[]} */
  const ends = []
  daemon.ended.then(end => ends.push(end))
  for (;;) {
    const { ok, text } = await askReady()
    const readyMs = Date.now() - startedAt
    if (ok) {
      say('serve', `ready after ${readyMs} ms`)
      return { daemon, readyMs }
    }
    for (const { code, output } of ends) wrong('serve', `ended with ${code}: ${output}`)
    if (readyMs > READY_WITHIN_MS) wrong('serve', `not ready: ${text} ${daemon.output()}`)
    await sleep(ASK_EVERY_MS)
  }
}

async function askReady() {
  try {
    const ready = await fetch(`${API}/v1/ready`)
    // A daemon without that route is asked how it is.
    const answer = [200, 503].includes(ready.status) ? ready : await fetch(`${API}/v1/health`)
    const text = await answer.text()
    return { ok: answer.ok && !text.includes('"degraded"'), text }
  } catch (error) {
    return { ok: false, text: String(error) }
  }
}

/**
 * Ends the daemon as a container runtime does.
 * @param {Running} daemon
 */
export async function stop(daemon) {
  daemon.signal('SIGTERM')
  expect('SIGTERM', await daemon.ended, /SIGTERM: calls in flight/)
}
