import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import WebSocket from 'ws'
import { SetupFailure } from '../../scripts/lib/index.js'

const pollMs = 50

/** Where the private Asterisk of this test run listens, and its secret. */
export interface SandboxAddresses {
  /** `host:port` of the manager interface. */
  readonly ami: string
  /** Base URL of ARI. */
  readonly ari: string
  readonly user: string
  readonly secret: string
}

/** The sandbox this process runs in; throws where there is none, so that a live test cannot pass by not running. */
export function sandbox(): SandboxAddresses {
  const { env } = process
  const { DIALWRIGHT_SANDBOX_AMI: ami, DIALWRIGHT_SANDBOX_ARI: ari } = env
  const { DIALWRIGHT_SANDBOX_USER: user, DIALWRIGHT_SANDBOX_SECRET: secret } = env
  if (!ami || !ari || !user || !secret)
    throw new SetupFailure('not-in-sandbox', 'A live test runs by "npm test" only: it brings its own Asterisk.', 1)
  return { ami, ari, user, secret }
}

/** The HTTP header that ARI asks for. */
export function ariAuthorization(): string {
  const { user, secret } = sandbox()
  return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
}

/** One raw ARI request, for tests that must not depend on our own adapter. */
export async function ari(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
  const response = await fetch(`${sandbox().ari}${path}`, {
    method,
    headers: { authorization: ariAuthorization(), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, text: await response.text() }
}

/** What the raw application below is told: the start of a leg. */
export interface StasisStart {
  readonly channelId: string
  readonly args: readonly string[]
}

/** Connects as the ARI application "dialwright" that does nothing but what `onStart` does. */
export async function openApplication(onStart: (start: StasisStart) => void): Promise<{ close(): Promise<void> }> {
  const url = `${sandbox().ari.replace('http', 'ws')}/events?app=dialwright`
  const socket = new WebSocket(url, { headers: { authorization: ariAuthorization() } })
  socket.on('message', data => {
    const event = JSON.parse(String(data))
    if (event.type === 'StasisStart') onStart({ channelId: event.channel.id, args: event.args })
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  return {
    close: () => {
      socket.close()
      return closed
    },
  }
}

/** Waits until a condition holds; throws, naming it, when it does not in time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadlineAt = Date.now() + timeoutMs
  while (!(await holds())) {
    if (Date.now() > deadlineAt) throw new SetupFailure('timeout', `not within ${timeoutMs} ms: ${what}`, 1)
    await delay(pollMs)
  }
}

/** A folder for one test's logs; the caller removes it by calling `remove`. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'dialwright-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
