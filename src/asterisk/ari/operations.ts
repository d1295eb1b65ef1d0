import ari, { type Client } from 'ari-client'
import { given } from '../../core/given.ts'
import { errorMessage, TelephonyError } from '../../errors.ts'
import { hasCode, telephonyError } from '../errors.ts'
import { type AriChannel, readBridge, readChannel } from './shapes.ts'
import { type AriOptions, type AriTransport, installTransport } from './transport.ts'

/** What an originate asks for. */
export interface AriOriginate {
  readonly channelId: string
  readonly endpoint: string
  readonly context: string
  readonly callerId?: string
  /** Whole seconds of setup and ringing. */
  readonly timeoutSec: number
  readonly variables: Readonly<Record<string, string>>
}

/** The operations that we use, by ari-client. Each settles within the request limit; rejections are TelephonyErrors. */
export interface AriOperations {
  originate(order: AriOriginate): Promise<void>
  /** Gone already is done. */
  hangUp(channelId: string): Promise<void>
  setVariable(channelId: string, variable: string, value: string): Promise<void>
  continueAt(channelId: string, context: string): Promise<void>
  play(channelId: string, media: string): Promise<void>
  /** RTP packets so far from the phone and to it. */
  packets(channelId: string): Promise<{ readonly received: number; readonly sent: number }>
  channel(channelId: string): Promise<AriChannel>
  channels(): Promise<readonly AriChannel[]>
  bridges(): Promise<readonly { readonly id: string; readonly channels: readonly string[] }[]>
  /** Creates it, or finds it there. */
  ensureBridge(bridgeId: string, type: string): Promise<void>
  /** Moves the channels into the bridge, in this order, out of whatever bridge they are in. */
  addToBridge(bridgeId: string, channelIds: readonly string[]): Promise<void>
  /** Music for everybody in a holding bridge; it ends when the last one leaves. Playing already is no error. */
  startMusic(bridgeId: string): Promise<void>
  removeFromBridge(bridgeId: string, channelId: string): Promise<void>
  subscribe(eventSources: readonly string[]): Promise<void>
  filterEvents(types: readonly string[]): Promise<void>
  setGlobal(variable: string, value: string): Promise<void>
  /** The PBX's clock, milliseconds since the epoch. */
  ping(): Promise<number>
  /** When the PBX was started, by its clock. */
  startedAt(): Promise<number>
}

/**
 * Reads the server's description of its interface and makes the operations from it. Rejects with one clear line when
 * the PBX is not there or refuses us.
 */
export async function connectAri(
  options: AriOptions,
  limits: { readonly requestTimeoutMs: number; readonly connectTimeoutMs: number },
): Promise<{ readonly operations: AriOperations; readonly transport: AriTransport }> {
  const transport = installTransport(options, limits.requestTimeoutMs)
  try {
    await transport.probe()
    const url = new URL(options.url)
    const client = await within(limits.connectTimeoutMs, ari.connect(url.origin, options.user, options.secret))
    return { operations: operationsOf(client, options.app), transport }
  } catch (error) {
    transport.close()
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

function operationsOf(client: Client, app: string): AriOperations {
  return { ...channelOperations(client), ...bridgeOperations(client), ...serverOperations(client, app) }
}

function channelOperations({ channels }: Client) {
  return {
    originate: ({ timeoutSec, callerId, ...order }: AriOriginate) =>
      run(() =>
        channels.originate({
          ...order,
          extension: 's',
          priority: 1,
          timeout: timeoutSec,
          ...given({ callerId }),
        }),
      ).then(done),
    hangUp: (channelId: string) =>
      run(() => channels.hangup({ channelId })).then(done, error => {
        if (!hasCode(error, 'channel-gone')) throw error
      }),
    setVariable: (channelId: string, variable: string, value: string) =>
      run(() => channels.setChannelVar({ channelId, variable, value })),
    continueAt: (channelId: string, context: string) =>
      run(() => channels.continueInDialplan({ channelId, context, extension: 's', priority: 1 })),
    play: (channelId: string, media: string) => run(() => channels.play({ channelId, media })).then(done),
    packets: (channelId: string) =>
      run(() => channels.rtpstatistics({ channelId })).then(({ rxcount, txcount }) => ({
        received: rxcount,
        sent: txcount,
      })),
    channel: (channelId: string) => run(() => channels.get({ channelId })).then(readChannel),
    channels: () => run(() => channels.list()).then(list => list.map(readChannel)),
  }
}

function bridgeOperations({ bridges }: Client) {
  return {
    bridges: () => run(() => bridges.list()).then(list => list.map(readBridge)),
    ensureBridge: (bridgeId: string, type: string) =>
      run(() => bridges.createWithId({ bridgeId, type, name: bridgeId })).then(done, error => {
        // 409: it exists. Every bridge of this name is one of ours.
        if (!hasCode(error, 'channel-gone')) throw error
      }),
    addToBridge: (bridgeId: string, channelIds: readonly string[]) =>
      run(() => bridges.addChannel({ bridgeId, channel: channelIds.join(',') })),
    startMusic: (bridgeId: string) => run(() => bridges.startMoh({ bridgeId })),
    removeFromBridge: (bridgeId: string, channelId: string) =>
      run(() => bridges.removeChannel({ bridgeId, channel: channelId })),
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
