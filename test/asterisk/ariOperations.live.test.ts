// What every call takes goes past ari-client: on the real Asterisk both ways do and say the same.
import ari, { type Client } from 'ari-client'
import t from 'tap'
import { connectAri } from '../../src/asterisk/ari/connect.ts'
import type { AriOperations } from '../../src/asterisk/ari/operations.ts'
import { createAriSocket } from '../../src/asterisk/ari/socket.ts'
import { defaultTiming } from '../../src/asterisk/link/timing.ts'
import { TelephonyError } from '../../src/errors.ts'
import { createLog } from '../../src/log.ts'
import { until } from '../support/sandbox.ts'
import { liveClock, liveOptions } from './support/liveHarness.ts'

type CallOperations = Pick<
  AriOperations,
  'originate' | 'hangUp' | 'setVariable' | 'continueAt' | 'play' | 'addToBridge' | 'removeFromBridge'
>

const { ari: address } = liveOptions()
const limits = { requestTimeoutMs: 5_000, connectTimeoutMs: 10_000 }
const { operations, close } = await connectAri(address, limits)
// Over the HTTP that `connectAri` has laid below it, so that its errors are mapped by the same table.
const client = await ari.connect(new URL(address.url).origin, address.user, address.secret)
let isOpen = false
const socket = createAriSocket(address, {
  ...{ clock: liveClock, timing: defaultTiming, log: createLog({ level: 'error' }) },
  onUp: () => {
    isOpen = true
  },
  onDown: () => {},
  onEvent: () => {},
})
// Our application exists while somebody listens.
socket.start()
await until('the application', () => isOpen)
t.teardown(() => {
  socket.close()
  close()
})

/** The same over ari-client's operations, as its swagger description has them. */
function byClient({ channels, bridges }: Client): CallOperations {
  return {
    originate: async ({ variables, context, timeoutSec, ...rest }) => {
      const order = { ...rest, timeout: timeoutSec, extension: 's', context, priority: 1, variables }
      await channels.originate(order)
    },
    hangUp: channelId => channels.hangup({ channelId }),
    setVariable: (channelId, variable, value) => channels.setChannelVar({ channelId, variable, value }),
    continueAt: (channelId, context) =>
      channels.continueInDialplan({ channelId, context, extension: 's', priority: 1 }),
    play: async (channelId, media) => void (await channels.play({ channelId, media })),
    addToBridge: (bridgeId, channelIds) => bridges.addChannel({ bridgeId, channel: channelIds.join(',') }),
    removeFromBridge: (bridgeId, channelId) => bridges.removeChannel({ bridgeId, channel: channelId }),
  }
}

/** What became of it: `done`, or the code of our table. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'done'
  } catch (error) {
    return error instanceof TelephonyError ? error.code : `not one of ours: ${String(error)}`
  }
}

/** A call through all of its operations, and every one of them on what is not there. */
async function callThrough(way: CallOperations, name: string): Promise<readonly string[]> {
  const said: string[] = []
  const [channelId, bridge] = [`dw-same-${name}`, `dw-same-bridge-${name}`]
  const note = async (what: string, work: Promise<unknown>) => said.push(`${what}: ${await outcome(work)}`)
  const order = { endpoint: `Local/*700@dialwright-agents/n`, context: 'dialwright-agent', timeoutSec: 10 }
  const variables = { DIALWRIGHT_AGENT: 'a name, with "everything" & ümlauts; in=it' }
  await operations.ensureBridge(bridge, 'mixing')
  await note('originate', way.originate({ ...order, channelId, variables }))
  // Not with an id that is taken: Asterisk 22 refuses that, and cannot be stopped in order any more.
  const strange = { ...order, endpoint: 'Nowhere/700', channelId: `${channelId}-strange` }
  await note('originate by a technology that is not there', way.originate({ ...strange, variables }))
  await note('originate without an endpoint', way.originate({ ...strange, endpoint: '', variables }))
  await until('the channel', async () =>
    (await operations.channels()).some(each => each.id === channelId && each.application === 'Stasis'),
  )
  await note('variable', way.setVariable(channelId, 'ARRAY(ONE,TWO)', 'eins,zwei & drei'))
  await note('variable without a name', way.setVariable(channelId, '', 'x'))
  said.push(`value: ${(await client.channels.getChannelVar({ channelId, variable: 'TWO' })).value}`)
  said.push(`variables: ${(await client.channels.getChannelVar({ channelId, variable: 'DIALWRIGHT_AGENT' })).value}`)
  await note('join', way.addToBridge(bridge, [channelId]))
  await note('join what is not there', way.addToBridge(bridge, [channelId, 'dw-nobody']))
  await note('join nowhere', way.addToBridge('dw-no-bridge', [channelId]))
  await note('play', way.play(channelId, 'sound:dialwright/beep'))
  await note('play in a strange way', way.play(channelId, 'shout:loud'))
  await note('leave', way.removeFromBridge(bridge, channelId))
  await note('leave again', way.removeFromBridge(bridge, channelId))
  await note('continue', way.continueAt(channelId, 'dialwright-message'))
  for (const [what, work] of Object.entries({
    variable: () => way.setVariable('dw-nobody', 'X', '1'),
    play: () => way.play('dw-nobody', 'sound:dialwright/beep'),
    continue: () => way.continueAt('dw-nobody', 'dialwright-message'),
  }))
    await note(`${what} of nobody`, work())
  await note('hang up', way.hangUp(channelId))
  await client.bridges.destroy({ bridgeId: bridge })
  return said
}

t.test('the same order is obeyed, and refused with the same code, whichever way it goes', async t => {
  const ours = await callThrough(operations, 'ours')
  const theirs = await callThrough(byClient(client), 'theirs')
  t.strictSame(ours, theirs)
  t.comment(ours)
  t.ok(ours.filter(line => line.endsWith(': done')).length >= 6 && ours.some(line => line.endsWith(': channel-gone')))
})

t.test('what is gone is hung up already', async t => {
  t.equal(await outcome(operations.hangUp('dw-nobody')), 'done')
  t.equal(await outcome(client.channels.hangup({ channelId: 'dw-nobody' })), 'channel-gone')
})
