import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { asteriskCommand, callIn, dialIn, startCarrier, startSoftphones } from '../../../scripts/lib/index.js'
import { type AsteriskOptions, createAsteriskTelephony } from '../../../src/asterisk/telephony.ts'
import type { AgentSettings } from '../../../src/core/agents/agent.ts'
import type { OriginateOrder } from '../../../src/core/effects.ts'
import type { TelephonyEvent } from '../../../src/core/inputs.ts'
import { createSystemClock } from '../../../src/dialer/clock.ts'
import { createLog } from '../../../src/log.ts'
import { createIncomingNumberReader } from '../../../src/numbers/incoming.ts'
import type { Telephony } from '../../../src/ports/telephony.ts'
import type { TelephonyHarness } from '../../contract/telephony.ts'
import { sandbox, temporaryFolder, until } from '../../support/sandbox.ts'
import type { RtpPhone } from './rtpPhone.ts'

/** The private Asterisk of this run, with a carrier and two softphones, behind our adapter. */
export interface LiveHarness extends TelephonyHarness {
  /** A folder for more phones' logs. */
  folder(name: string): string
  close(): Promise<void>
}

export const liveClock = createSystemClock()
const callerId = '+12125550199'
let orders = 0

/** How to reach the sandbox's PBX, by other ports where wires lie between. */
export function liveOptions(ports: { readonly ami?: number; readonly ari?: number } = {}): AsteriskOptions {
  const { ami, ari, user, secret } = sandbox()
  const url = new URL(ari)
  if (ports.ari !== undefined) url.port = String(ports.ari)
  return {
    nodeId: 'live',
    ami: { host: '127.0.0.1', port: ports.ami ?? Number(ami.split(':')[1]), user, secret },
    ari: { url: url.href, user, secret, app: 'dialwright' },
    trunkEndpoints: ['trunk-main'],
    incoming: {
      number: createIncomingNumberReader('US'),
      trunkId: endpoint => (endpoint === 'trunk-main' ? 'main' : undefined),
    },
  }
}

/** A telephony on the sandbox's PBX that is silent unless something breaks. */
export function liveTelephony(options: AsteriskOptions = liveOptions()): Telephony {
  return createAsteriskTelephony(options, { log: createLog({ level: 'error' }), clock: liveClock })
}

/** An agent of the sandbox. */
export function liveAgent(agentId: string): AgentSettings {
  return { agentId, name: `Agent ${agentId}`, endpoint: `PJSIP/${agentId}`, nodeId: 'live' }
}

/** An order to the sandbox's carrier, with a call id of its own. */
export function liveOrder(number: string, timeoutMs = 30_000): OriginateOrder {
  orders += 1
  const callId = `t${process.pid}-${orders}`
  const route = { trunkId: 'main', nodeId: 'live', endpoint: `PJSIP/${number}@trunk-main`, callerId }
  const ids = { origin: 'campaign', callId } as const
  const attempt = { ...ids, campaignId: 'test', leadId: orders, number, nodeId: 'live', trunkId: 'main', callerId }
  return {
    attempt: { ...attempt, originatedAt: liveClock.now() },
    route,
    timeoutMs,
    messageSound: 'dialwright/demo-message',
    optOutKey: '9',
  }
}

/** Starts carrier, phones and adapter. */
export async function createLiveHarness(telephony: Telephony = liveTelephony()): Promise<LiveHarness> {
  const place = temporaryFolder()
  const folder = (name: string) => join(place.path, name)
  const [first, second, absent] = ['1001', '1002', '1003'].map(liveAgent) as [
    AgentSettings,
    AgentSettings,
    AgentSettings,
  ]
  const carrier = await startCarrier({ folder: folder('carrier') })
  const phones = await startSoftphones({ folder: folder('phones'), agents: [second.agentId] })
  const dialed: { stop(): Promise<void> }[] = []
  const events: TelephonyEvent[] = []
  telephony.watchAgents([first, second, absent])
  telephony.start(event => events.push(event))
  return {
    telephony,
    agents: { first, second, absent },
    events,
    folder,
    order: liveOrder,
    until: (what, holds) => until(what, holds, 20_000),
    elapse: durationMs => delay(durationMs),
    async agentDialsIn({ agentId }) {
      dialed.push(
        await dialIn({ folder: folder(`dials-${dialed.length}`), agents: [agentId], port: 5090 + dialed.length }),
      )
    },
    async agentHangsUp({ agentId }) {
      await hangUpFromOutside(`PJSIP/${agentId}-`)
    },
    async callIn(call) {
      const [name, port] = [`caller-${dialed.length}`, 5200 + dialed.length]
      dialed.push(await callIn({ folder: folder(name), port, ...call }))
    },
    async close() {
      await telephony.close()
      for (const { stop } of [...dialed, phones, carrier]) await stop()
      await asteriskCommand('channel request hangup all')
      place.remove()
    },
  }
}

/** SIPp cannot be told to hang up at a given moment; to our application the PBX's console looks the same. */
async function hangUpFromOutside(prefix: string): Promise<void> {
  const channels = await asteriskCommand('core show channels concise')
  for (const line of channels.split('\n'))
    if (line.startsWith(prefix)) await asteriskCommand(`channel request hangup ${line.split('!')[0]}`)
}

/** What a talk is made of. */
export interface TalkParts {
  readonly telephony: Telephony
  readonly events: readonly TelephonyEvent[]
  readonly carrier: Awaited<ReturnType<typeof startCarrier>>
  readonly customerPhone: RtpPhone
}

/** Calls somebody who answers at once and speaks; `toldOf`: whether an event of that call has come. */
export async function callSpeaker({ telephony, events, carrier, customerPhone }: TalkParts) {
  const order = liveOrder('+12025550118')
  const { callId } = order.attempt
  const toldOf = (kind: string) =>
    events.some(event => event.kind === kind && 'callId' in event && event.callId === callId)
  await telephony.originate(order)
  await until('call-answered', () => toldOf('call-answered'))
  customerPhone.talkTo((await carrier.statistics()).calls.at(-1)?.rtpPort ?? 0, 'words')
  await until('the person speaks', () => customerPhone.said > 5)
  return { callId, toldOf }
}
