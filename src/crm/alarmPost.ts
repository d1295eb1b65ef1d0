import { createHmac } from 'node:crypto'
import { viewNotice } from '../api/alarms.ts'
import { errorMessage } from '../errors.ts'
import type { AlarmPost, PostOutcome, SentNotice } from '../ports/alarms.ts'

/** A receiver must answer within this time. */
const defaultTimeLimitMs = 5_000

/** Where alarms go, and with which key they are signed. */
export interface AlarmReceiver {
  readonly url: string
  /** `whsec_` and the key in base64. */
  readonly secret: string
  readonly timeLimitMs?: number
}

/**
 * Posts alarms as Standard Webhooks 1.0 (https://www.standardwebhooks.com) has it: `webhook-id` is the same whenever a notice is sent
 * again, `webhook-signature` is over id, timestamp and body.
 */
export function createAlarmPost({ url, secret, timeLimitMs = defaultTimeLimitMs }: AlarmReceiver): AlarmPost {
  const closing = new AbortController()
  const receiver = new URL(url).origin
  return {
    receiver,
    async send(notice) {
      const { body, headers } = signedMessage(notice, secret, Date.now())
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
          // A redirect could lead it to somebody the operator never named.
          redirect: 'manual',
          signal: AbortSignal.any([closing.signal, AbortSignal.timeout(timeLimitMs)]),
        })
        await response.body?.cancel()
        return outcomeOf(response.status)
      } catch (error) {
        return { taken: false, again: true, reason: failureOf(error, timeLimitMs) }
      }
    },
    close: () => closing.abort(),
  }
}

/** The body, and the headers that prove who has sent it and when. */
export function signedMessage(notice: SentNotice, secret: string, nowMs: number) {
  const body = JSON.stringify(viewNotice(notice))
  const timestamp = String(Math.floor(nowMs / 1000))
  const signature = signatureOf({ id: notice.id, timestamp, body }, secret)
  const headers = { 'webhook-id': notice.id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }
  return { body, headers }
}

/** What is signed. */
interface Signed {
  readonly id: string
  readonly timestamp: string
  readonly body: string
}

/** `v1,` and the HMAC-SHA256 of id, timestamp and body under the key, in base64. */
export function signatureOf({ id, timestamp, body }: Signed, secret: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}

function outcomeOf(status: number): PostOutcome {
  if (status >= 200 && status < 300) return { taken: true }
  if (status >= 300 && status < 400)
    return {
      taken: false,
      again: false,
      reason: `it redirects (${status}), which is not followed: name the last address`,
    }
  const again = status >= 500 || status === 408 || status === 429
  return { taken: false, again, reason: `it answers ${status}` }
}

function failureOf(error: unknown, timeLimitMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${timeLimitMs / 1000} s`
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return errorMessage(cause)
}
