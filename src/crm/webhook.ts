import { iso, viewProvenance } from '../api/views.ts'
import type { Provenance } from '../core/compliance/provenance.ts'
import type { EngineEvent } from '../core/effects.ts'
import { given } from '../core/given.ts'
import type { CampaignId, InstantMs, LeadId } from '../core/ids.ts'
import { errorMessage } from '../errors.ts'
import type { Log } from '../log.ts'

/** Deliveries that may wait. An agent who has the call needs the lead now: what is older is worth less than what is new. */
export const webhookQueueMax = 500
/** Deliveries under way at once. */
const atOnceMax = 8

type Connected = Extract<EngineEvent, { kind: 'call-connected' }>

/** What a webhook's sender stands on. */
export interface WebhookOptions {
  readonly log: Log
  /** Where a campaign's events go; undefined: nowhere. */
  readonly urlOf: (campaignId: CampaignId) => string | undefined
  /** The lead's own columns, for the agent's screen. */
  readonly leadData: (leadId: LeadId) => Promise<Readonly<Record<string, string>>>
  /** Where the lead's number came from: the agent must be able to say it. */
  readonly leadProvenance?: (leadId: LeadId) => Promise<Provenance | undefined>
  /** A receiver must answer within this time. */
  readonly timeLimitMs?: number
  /** Waits before the second, third ... try; its length bounds the tries. */
  readonly retryDelaysMs?: readonly number[]
}

/** Sends `call-connected` to the campaigns' webhooks; never in the way of the dialing. */
export interface WebhookSender {
  /** Takes an event of the engine; those without a webhook are passed over. Returns at once. */
  notify(event: EngineEvent, at: InstantMs): void
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>
  /** Idempotent: gives up what waits and what is under way. */
  close(): Promise<void>
}

interface Delivery {
  readonly event: Connected
  readonly at: InstantMs
  readonly url: string
}

/** Makes a sender; subscribe its `notify` to the engine's events. */
export function createWebhookSender(options: WebhookOptions): WebhookSender {
  const { log, urlOf } = options
  const waiting: Delivery[] = []
  const closing = new AbortController()
  const idlers: (() => void)[] = []
  let underWay = 0

  const pump = (): void => {
    while (underWay < atOnceMax) {
      const delivery = waiting.shift()
      if (delivery === undefined) break
      underWay += 1
      void deliver(delivery, options, closing.signal).finally(() => {
        underWay -= 1
        pump()
      })
    }
    if (underWay === 0) for (const idler of idlers.splice(0)) idler()
  }

  return {
    notify(event, at) {
      if (event.kind !== 'call-connected' || closing.signal.aborted) return
      const url = urlOf(event.campaignId)
      if (url === undefined) return
      waiting.push({ event, at, url })
      if (waiting.length > webhookQueueMax) {
        const dropped = waiting.shift()
        log.warn({ callId: dropped?.event.callId }, 'a webhook was dropped: too many wait')
      }
      pump()
    },
    idle: () =>
      underWay === 0 && waiting.length === 0 ? Promise.resolve() : new Promise(resolve => idlers.push(resolve)),
    async close() {
      waiting.length = 0
      closing.abort()
      if (underWay > 0) await new Promise<void>(resolve => idlers.push(resolve))
    },
  }
}

/** Sends until the receiver has taken it, has refused it, or has failed too often. Never rejects. */
async function deliver(delivery: Delivery, options: WebhookOptions, closed: AbortSignal): Promise<void> {
  const { log, retryDelaysMs = [1_000, 5_000, 15_000] } = options
  const { callId, campaignId } = delivery.event
  for (let tries = 1; ; tries += 1) {
    const outcome = await send(delivery, options, closed)
    if (outcome.done || closed.aborted) return
    const delayMs = outcome.retry ? retryDelaysMs[tries - 1] : undefined
    const fields = { callId, campaignId, receiver: receiverOf(delivery.url), tries, reason: outcome.reason }
    if (delayMs === undefined) {
      log.warn(fields, 'a webhook was given up')
      return
    }
    log.debug(fields, 'a webhook will be tried again')
    await pause(delayMs, closed)
  }
}

async function send({ event, at, url }: Delivery, options: WebhookOptions, closed: AbortSignal): Promise<Outcome> {
  try {
    const body = JSON.stringify(await message(options, event, at))
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      // A redirect could lead the lead's data to somebody the operator never named.
      redirect: 'manual',
      signal: AbortSignal.any([closed, AbortSignal.timeout(options.timeLimitMs ?? 5_000)]),
    })
    await response.body?.cancel()
    return outcomeOf(response.status)
  } catch (error) {
    return { done: false, retry: true, reason: failureOf(error) }
  }
}

type Outcome = { readonly done: true } | { readonly done: false; readonly retry: boolean; readonly reason: string }

function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return { done: true }
  if (status >= 300 && status < 400)
    return { done: false, retry: false, reason: `redirects (${status}), which are not followed` }
  return { done: false, retry: status >= 500 || status === 408 || status === 429, reason: `status ${status}` }
}

async function message(options: WebhookOptions, event: Connected, at: InstantMs) {
  const { callId, campaignId, agentId, leadId, number, connectDelayMs } = event
  const lead = leadId === undefined ? {} : await options.leadData(leadId)
  const provenance = leadId === undefined ? undefined : await options.leadProvenance?.(leadId)
  return {
    event: event.kind,
    at: iso(at),
    callId,
    campaignId,
    agentId,
    leadId,
    number,
    connectDelayMs,
    lead,
    ...given({ provenance: provenance && viewProvenance(provenance) }),
  }
}

/** An address without what may be secret in it: user, path, query. */
function receiverOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'an unreadable address'
}

function failureOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? errorMessage(error.cause) : undefined
  return cause ?? errorMessage(error)
}

/** Waits, or less if aborted. */
function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) {
      resolve()
      return
    }
    const stop = (): void => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, delayMs)
    signal.addEventListener('abort', stop, { once: true })
  })
}
