// Whether calls can be made now, and why not.
import t from 'tap'
import { notReady } from '../../src/api/system.ts'
import { createReadyAnswer, whyNotReady } from '../../src/app/monitoring/ready.ts'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import type { EngineBoard, EngineReads, NodeFigures, TrunkFigures } from '../../src/ports/engine.ts'
import { loadRuleBook } from '../../src/rules/ruleBook.ts'
import { startAt, startRig } from './rig.ts'

function node(nodeId: string, more: Partial<NodeFigures> = {}): NodeFigures {
  return { nodeId, link: 'up', ...more }
}

function trunk(trunkId: string, nodeId: string, state: 'closed' | 'open' | 'probing' = 'closed'): TrunkFigures {
  const breaker = { state, since: startAt, openings: 0, refusedRate: 0, falseAnswerRate: 0 }
  return { trunkId, nodeId, channelsInUse: 0, channelsMax: 1, callsPerSecondMax: 1, shortCallRate: 0, breaker }
}

const slow = { state: 'open', cause: 'pbx-slow', since: startAt } as const

function board(more: Partial<EngineBoard>): EngineBoard {
  const agents = {
    offline: 0,
    calling: 0,
    available: 0,
    reserved: 0,
    'on-call': 0,
    'wrap-up': 0,
    paused: 0,
    breather: 0,
  }
  const calls = { originating: 0, ringing: 0, informing: 0, screening: 0, waiting: 0, connected: 0, announcing: 0 }
  const empty = { at: startAt, agents, calls, occupancy: 0, campaigns: [], alarms: [] }
  return { ...empty, nodes: [node('a'), node('b')], trunks: [trunk('ta', 'a'), trunk('tb', 'b')], ...more }
}

function reads(shown: EngineBoard, more: Partial<EngineReads> = {}) {
  const laws = createLawFinder(loadRuleBook({}))
  return { board: () => shown, campaigns: () => [], laws, now: () => startAt, ...more }
}

const alarm = { code: 'store-failed', severity: 'critical', says: 'x', todo: 'x', since: startAt } as const
const down = { link: 'down' } as const
const campaign = (place: string) => ({ settings: { seller: { place }, purpose: 'sales' }, state: 'running' })

t.test('each thing that keeps every call from being made has its word, and what keeps some has none', async t => {
  const cases: readonly (readonly [what: string, board: Partial<EngineBoard>, reasons: readonly string[]])[] = [
    ['all is well', {}, []],
    ['one PBX is away', { nodes: [node('a'), node('b', down)] }, []],
    ['every PBX is away', { nodes: [node('a', down), node('b', down)] }, ['node-down']],
    ['one is away and one slow', { nodes: [node('a', down), node('b', { breaker: slow })] }, ['node-breaker']],
    ['one carrier fails', { trunks: [trunk('ta', 'a', 'open'), trunk('tb', 'b')] }, []],
    ['every carrier fails', { trunks: [trunk('ta', 'a', 'open'), trunk('tb', 'b', 'probing')] }, ['trunk-failing']],
    [
      'the trunk of the PBX that is there fails',
      { nodes: [node('a'), node('b', down)], trunks: [trunk('ta', 'a', 'open'), trunk('tb', 'b')] },
      ['trunk-failing'],
    ],
    ['the store', { alarms: [{ what: 'store', stopsDialing: true, ...alarm }] }, ['store-unavailable']],
    ['a disk that will be full', { alarms: [{ what: 'store', stopsDialing: false, ...alarm }] }, []],
    ['the clock', { alarms: [{ what: 'clock', stopsDialing: true, ...alarm }] }, ['clock-jumped']],
    ['a clock that is ahead', { alarms: [{ what: 'clock', stopsDialing: false, ...alarm }] }, []],
  ]
  for (const [what, more, reasons] of cases) {
    const shown = board(more)
    t.same(whyNotReady(reads(shown), shown, {}), reasons, what)
  }
  const shown = board({})
  const drain = { state: 'draining', finish: 'end', since: startAt, calls: 0, talks: 0, wrapUps: 0, cut: 0 } as const
  t.same(whyNotReady(reads(shown), board({ drain }), { ready: () => false }), ['starting', 'draining'])
  const years = { now: () => Date.parse('2036-01-01T00:00:00Z') }
  t.same(whyNotReady(reads(shown, years), shown, {}), ['zone-data-old'])
  const sold = (...places: string[]) => ({ campaigns: () => places.map(campaign) }) as unknown as Partial<EngineReads>
  t.same(whyNotReady(reads(shown, sold('MX')), shown, {}), ['rules-missing'])
  t.same(whyNotReady(reads(shown, sold('MX', 'US')), shown, {}), [])
})

t.test('a store that refuses, or does not answer, is no store; it is not asked all the time', async t => {
  const shown = board({})
  let asked = 0
  const refusing = {
    tryWriting: async () => {
      asked += 1
      throw new TypeError('no')
    },
  }
  const answer = createReadyAnswer(reads(shown), refusing, {})
  t.match(await answer(), {
    ready: false,
    reasons: [{ code: 'store-unavailable', says: /does not take/ }],
    remarks: [],
  })
  await answer()
  t.equal(asked, 1)
})

t.test('it is answered without a token, with 503 and the reasons where it is not ready', async t => {
  const { url, pbx, clock } = await startRig(t)
  const ready = async () => {
    const answer = await fetch(`${url}/v1/ready`)
    const body: unknown = await answer.json()
    return { status: answer.status, body }
  }
  t.match(await ready(), {
    status: 503,
    body: { ready: false, reasons: [{ code: 'node-down', says: /see that Asterisk runs/ }] },
  })
  pbx.tell({ kind: 'node-up', nodeId: 'pbx1', inventory: { calls: [], agents: [], unattended: [] }, at: clock.now() })
  t.same(await ready(), { status: 200, body: { ready: true, reasons: [], remarks: [] } })
  pbx.tell({ kind: 'manager-link', nodeId: 'pbx1', up: false, at: clock.now() })
  t.match(await ready(), {
    status: 503,
    body: { reasons: [{ code: 'node-breaker' }], remarks: [{ code: 'node-breaker', of: 'pbx1' }] },
  })
  t.equal((await fetch(`${url}/v1/health`)).status, 200, 'alive it is all the same')
  t.equal(new Set(notReady).size, notReady.length)
})
