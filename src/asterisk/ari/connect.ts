import type { Client } from 'ari-client'
import type { DurationTally } from '../../core/tally.ts'
import { errorMessage, TelephonyError } from '../../errors.ts'
import { hasCode, telephonyError } from '../errors.ts'
import { callOperations } from './callOperations.ts'
import { AriHttp, type AriOptions } from './http.ts'
import type { AriOperations } from './operations.ts'
import { phoneOperations } from './phoneOperations.ts'
import { readBridge, readChannel } from './shapes.ts'
import { installBelowSwagger } from './swagger.ts'

/** A node's operations, and what ends them. */
export interface AriConnection {
  readonly operations: AriOperations
  close(): void
}

/** The client has a hundred files of others' below it, which nothing but a connection needs. */
const clientCode = () => import('ari-client')

/** Reads the client's code: while something else is waited for, so that a connection need not. Whoever connects hears of a failure. */
export async function readAhead(): Promise<void> {
  await clientCode().catch(() => {})
}

/**
 * Reads the server's description of its interface and makes the operations from it. Rejects with one clear line when
 * the PBX is not there or refuses us.
 */
export async function connectAri(
  options: AriOptions,
  limits: { readonly requestTimeoutMs: number; readonly connectTimeoutMs: number },
  latency?: DurationTally,
): Promise<AriConnection> {
  const http = new AriHttp(options, limits.requestTimeoutMs, latency)
  const url = new URL(options.url)
  const uninstall = installBelowSwagger(url.host, http)
  const close = () => {
    uninstall()
    http.close()
  }
  try {
    // Something small first: whether the PBX is there and knows us.
    await http.send({ method: 'GET', path: '/asterisk/ping' })
    const { default: ari } = await clientCode()
    const client = await within(limits.connectTimeoutMs, ari.connect(url.origin, options.user, options.secret))
    return { operations: operationsOf(client, http, options.app), close }
  } catch (error) {
    close()
    throw clear(error, options)
  }
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(telephonyError('timeout', 'ARI: no description in time')), limitMs)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

function clear(error: unknown, { url, user }: AriOptions): Error {
  if (hasCode(error, 'unauthorized'))
    return telephonyError('unauthorized', `ARI refuses user "${user}": check user and password in ari.conf`, error)
  if (hasCode(error, 'unreachable', 'timeout'))
    return telephonyError('unreachable', `Asterisk's ARI cannot be reached at ${url}: is it running?`, error)
  return telephonyError('rejected', `No usable ARI at ${url}: ${errorMessage(error)}`, error)
}

/** ari-client may throw a bare string for a parameter it misses: that too becomes ours. */
async function run<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (error) {
    throw error instanceof TelephonyError ? error : telephonyError('rejected', `ARI: ${errorMessage(error)}`, error)
  }
}

const done = () => {}

function operationsOf(client: Client, http: AriHttp, app: string): AriOperations {
  return {
    ...channelOperations(client, app),
    ...bridgeOperations(client),
    ...serverOperations(client, app),
    ...ownerOperations(http, app),
    ...callOperations(http),
    ...phoneOperations(http),
  }
}

function channelOperations({ channels }: Client, app: string) {
  return {
    whisperTo: (channelId: string, snoopId: string) =>
      run(() => channels.snoopChannelWithId({ channelId, snoopId, whisper: 'out', app, appArgs: 'whisper' })).then(
        done,
      ),
    channel: (channelId: string) => run(() => channels.get({ channelId })).then(readChannel),
    channels: () => run(() => channels.list()).then(list => list.map(readChannel)),
  }
}

function bridgeOperations({ bridges }: Client) {
  return {
    bridges: () => run(() => bridges.list()).then(list => list.map(readBridge)),
    channelsIn: (bridgeId: string) =>
      run(() => bridges.get({ bridgeId })).then(
        bridge => readBridge(bridge).channels,
        error => {
          if (!hasCode(error, 'channel-gone')) throw error
          return undefined
        },
      ),
    ensureBridge: (bridgeId: string, type: string) =>
      run(() => bridges.createWithId({ bridgeId, type, name: bridgeId })).then(done, error => {
        // 409: it exists. Every bridge of this name is one of ours.
        if (!hasCode(error, 'channel-gone')) throw error
      }),
    destroyBridge: (bridgeId: string) =>
      run(() => bridges.destroy({ bridgeId })).then(done, error => {
        if (!hasCode(error, 'channel-gone')) throw error
      }),
    startMusic: (bridgeId: string) => run(() => bridges.startMoh({ bridgeId })),
  }
}

function ownerOperations(http: AriHttp, app: string) {
  const valueAt = async (path: string, key: string): Promise<unknown> => {
    try {
      const answer: unknown = JSON.parse(await http.send({ method: 'GET', path }))
      return new Map(Object.entries(answer ?? {})).get(key)
    } catch (error) {
      if (hasCode(error, 'channel-gone')) return undefined
      throw error instanceof TelephonyError ? error : telephonyError('rejected', `ARI: ${errorMessage(error)}`, error)
    }
  }
  return {
    async global(variable: string) {
      const value = await valueAt(`/asterisk/variable?variable=${encodeURIComponent(variable)}`, 'value')
      return typeof value === 'string' ? value : ''
    },
    hasApplication: async () => (await valueAt(`/applications/${encodeURIComponent(app)}`, 'name')) === app,
  }
}

function serverOperations({ applications, asterisk }: Client, app: string) {
  return {
    subscribe: (eventSources: readonly string[]) =>
      run(() => applications.subscribe({ applicationName: app, eventSource: eventSources.join(',') })).then(done),
    filterEvents: (types: readonly string[]) =>
      run(() => applications.filter({ applicationName: app, filter: { allowed: types.map(type => ({ type })) } })).then(
        done,
      ),
    setGlobal: (variable: string, value: string) => run(() => asterisk.setGlobalVar({ variable, value })),
    startedAt: () => run(() => asterisk.getInfo()).then(({ status }) => Date.parse(String(status?.startup_time))),
    ping: () => run(() => asterisk.ping()).then(({ timestamp }) => Date.parse(String(timestamp))),
  }
}
