// Joins that fail and legs that are parted, against a PBX of literals: what is asked of it, and what the engine is told.
import t from 'tap'
import type { AriOperations } from '../../../src/asterisk/ari/operations.ts'
import type { NodeContext } from '../../../src/asterisk/context.ts'
import { telephonyError } from '../../../src/asterisk/errors.ts'
import { AgentAudio } from '../../../src/asterisk/legs/agentAudio.ts'
import { Agents } from '../../../src/asterisk/legs/agents.ts'
import { Connector } from '../../../src/asterisk/legs/connector.ts'
import { Customers } from '../../../src/asterisk/legs/customers.ts'
import { Holds } from '../../../src/asterisk/legs/holds.ts'
import { callChannelId } from '../../../src/asterisk/legs/names.ts'
import { Partings } from '../../../src/asterisk/legs/partings.ts'
import { Records } from '../../../src/asterisk/legs/records.ts'
import { createPbxClock } from '../../../src/asterisk/link/pbxClock.ts'
import { defaultTiming } from '../../../src/asterisk/link/timing.ts'
import type { TelephonyEvent } from '../../../src/core/inputs.ts'
import { createManualClock } from '../support/manualClock.ts'

const order = { callId: 'c', agentId: 'ann', nodeId: 'n', maxCallMs: 60_000 }
const customer = callChannelId('c')

/** An agent who is up and idle, a person who waits; `refuses`: how often and why channels are not added to a bridge. */
function pbx({
  refuses = 0,
  why = 'channel-gone',
}: {
  refuses?: number
  why?: 'channel-gone' | 'rejected' | 'timeout'
} = {}) {
  const clock = createManualClock()
  const asked: string[] = []
  const told: TelephonyEvent[] = []
  const inside = new Map<string, string[]>([['dw-bridge-ann', []]])
  let left = refuses
  const state = {
    expectedMs: 0,
    refuses: (times: number) => {
      left = times
    },
  }
  const ari = new Proxy({} as AriOperations, {
    get:
      (_target, name: string) =>
      async (...values: readonly unknown[]) => {
        const [first, second] = values as [string, readonly string[]]
        if (name === 'addToBridge') {
          asked.push(`add ${second.join('+')} to ${first}`)
          if (left > 0 && !first.startsWith('dw-idle')) {
            left -= 1
            throw telephonyError(why, 'no')
          }
          for (const list of inside.values())
            for (const id of second) if (list.includes(id)) list.splice(list.indexOf(id), 1)
          inside.set(first, [...(inside.get(first) ?? []), ...second])
        } else if (name === 'ensureBridge') {
          asked.push(`make ${first.replace(/~.*/, '~')}`)
          inside.set(first, inside.get(first) ?? [])
        } else if (name === 'channelsIn') return inside.get(first)
        else if (name === 'packets') return { received: 0, sent: 0 }
        return undefined
      },
  })
  const context: NodeContext = {
    nodeId: 'n',
    clock,
    timing: defaultTiming,
    log: { warn() {}, debug() {} } as unknown as NodeContext['log'],
    beep: '',
    ari: () => ari,
    emit: event => told.push(event),
  }
  const silent = { action: async () => ({}), list: async () => [] } as unknown as ConstructorParameters<
    typeof Records
  >[1]
  const agents = new Agents(context)
  const customers = new Customers({
    ...context,
    strayAnswerMs: 500,
    onGone() {},
    finalAnswer: (_id, then) => then(undefined),
  })
  const parts = { context, customers, agents }
  const connector = new Connector({
    ...parts,
    agentAudio: new AgentAudio(context, agents),
    agentVoice: { hush() {} },
    records: new Records(context, silent, { pbxClock: createPbxClock(), owner: undefined }),
    pace: { expectedMs: () => state.expectedMs },
  })
  const holds = new Holds(parts)
  const partings = new Partings({
    ...parts,
    holds,
    giveBack: (call, { agentId }) => connector.giveBack(call, agentId),
  })
  agents.reset([{ agentId: 'ann', channelId: 'line', state: 'up', callId: undefined }])
  customers.reset([{ callId: 'c', state: 'waiting' }], callChannelId)
  const leg = agents.get('ann')
  const call = customers.get('c')
  if (leg === undefined || call === undefined) throw new TypeError('a line and a call expected')
  call.answeredAt = clock.now()
  /** Lets this time pass, and what was begun in it. */
  const pass = async (durationMs: number) => {
    for (let passed = 0; passed < durationMs; passed += 50) {
      clock.advance(50)
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  const kinds = () => told.map(event => ('broken' in event ? `${event.kind} ${event.broken}` : event.kind))
  return { ...state, clock, agents, customers, connector, partings, leg, call, inside, asked, kinds, pass }
}

t.test('a join that the bridge refuses is tried once more in a bridge made anew: nobody notices', async t => {
  for (const why of ['channel-gone', 'rejected'] as const) {
    const { connector, kinds, leg, asked } = pbx({ refuses: 1, why })
    await connector.connect(order)
    t.strictSame(kinds(), ['call-connected'], why)
    t.match(leg.bridgeId, /^dw-bridge-ann~/)
    t.strictSame(
      asked.map(what => what.replace(/~.*/, '~')),
      [`add line+${customer} to dw-bridge-ann`, 'make dw-bridge-ann~', `add line+${customer} to dw-bridge-ann~`],
    )
  }
})

t.test(
  'refused again, it is the agent whose line takes nobody; a PBX that does not answer is not asked twice',
  async t => {
    const refused = pbx({ refuses: 2 })
    await refused.connector.connect(order)
    t.strictSame(refused.kinds(), ['connect-failed agent-leg'])
    t.equal(refused.call.state, 'waiting', 'and the person waits again')
    const late = pbx({ refuses: 1, why: 'timeout' })
    await t.rejects(late.connector.connect(order), { code: 'timeout' })
    t.equal(late.asked.filter(what => what.startsWith('make')).length, 0)
  },
)

async function talking(how: Parameters<typeof pbx>[0] = {}) {
  const world = pbx(how)
  await world.connector.connect(order)
  await world.pass(5_000)
  world.asked.length = 0
  const take = (channelId: string) => {
    const list = world.inside.get(world.leg.bridgeId)
    list?.splice(list.indexOf(channelId), 1)
    const channel = {
      id: channelId,
      name: '',
      state: 'Up',
      sipCallId: undefined,
      application: 'Stasis',
      context: undefined,
    }
    world.partings.handle({ type: 'ChannelLeftBridge', bridgeId: world.leg.bridgeId, channel })
  }
  return { ...world, take }
}

t.test('whoever is taken out of the bridge comes back, alone or together', async t => {
  for (const taken of [[customer], ['line'], ['line', customer]]) {
    const { take, pass, inside, leg, kinds, asked } = await talking()
    for (const channelId of taken) take(channelId)
    await pass(200)
    t.strictSame(inside.get(leg.bridgeId)?.toSorted(), [customer, 'line'].toSorted())
    t.equal(asked.length, 1, 'one request')
    t.strictSame(kinds(), ['call-connected'])
  }
})

t.test('a bridge that is gone under a conversation is replaced, and both are in it', async t => {
  const { partings, pass, inside, leg } = await talking()
  inside.delete('dw-bridge-ann')
  partings.handle({ type: 'BridgeDestroyed', bridgeId: 'dw-bridge-ann' })
  await pass(200)
  t.strictSame(inside.get(leg.bridgeId)?.toSorted(), [customer, 'line'].toSorted())
  t.not(leg.bridgeId, 'dw-bridge-ann')
})

t.test('they cannot be joined again: the engine is told, once', async t => {
  const { take, pass, kinds, refuses } = await talking()
  refuses(5)
  take(customer)
  await pass(500)
  t.strictSame(kinds(), ['call-connected', 'call-parted'])
})

t.test('what ends, or is taken out by us, is no parting', async t => {
  const endings = {
    'the person hangs up': ({ call }: Awaited<ReturnType<typeof talking>>) => {
      call.hangingUp = true
    },
    'we end it': ({ call }) => {
      call.endedByUs = true
    },
    'we take it from a silent phone': ({ call }) => {
      call.partedByUs = true
    },
    'the agent is released': ({ leg }) => {
      leg.endedByUs = true
    },
    'the line has left us': ({ leg }) => {
      leg.state = 'ending'
    },
    'it was given to another': ({ call }) => {
      call.agentId = 'bob'
    },
  } satisfies Record<string, (world: Awaited<ReturnType<typeof talking>>) => void>
  for (const [what, end] of Object.entries(endings)) {
    const world = await talking()
    world.take(customer)
    end(world)
    await world.pass(500)
    t.strictSame(world.asked, [], what)
  }
})

t.test('a line or a person that another program takes is over for us', async t => {
  const channel = (id: string) => ({ id, name: '', state: 'Up', sipCallId: undefined, application: 'x', context: 'x' })
  const one = await talking()
  one.customers.handle({ type: 'StasisEnd', channel: channel(customer), pbxAt: Number.NaN }, one.clock.now())
  await one.pass(300)
  t.strictSame(one.kinds(), ['call-connected', 'call-ended'])
  const other = await talking()
  other.agents.handle({ type: 'StasisEnd', channel: channel('line'), pbxAt: Number.NaN }, other.clock.now())
  await other.pass(300)
  t.strictSame(other.kinds(), ['call-connected', 'agent-leg-down'])
})
