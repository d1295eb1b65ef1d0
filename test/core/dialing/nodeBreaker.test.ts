// When a node is given no calls, one at a time, or all it can take.
import t from 'tap'
import type { Effect } from '../../../src/core/effects.ts'
import type { Input } from '../../../src/core/inputs.ts'
import { createEngineHarness, ofKind } from '../../support/engineHarness.ts'

/** A campaign at work with these agents; what it does from then on is kept. */
function world(agents = 3) {
  const harness = createEngineHarness({ agents })
  const told: string[] = []
  const calls: string[] = []
  const keep = (effects: readonly Effect[]) => {
    for (const { order } of ofKind(effects, 'originate')) calls.push(order.attempt.callId)
    for (const { event } of ofKind(effects, 'notify'))
      if (event.kind === 'node-breaker') told.push(`${event.state} ${event.cause} ${harness.now()}`)
    return effects
  }
  const feed = (input: Input, now: number) => keep(harness.feed(input, now))
  /** In steps, so that what is told has its time. */
  const pass = (now: number) => {
    const all: Effect[] = []
    for (let at = (Math.floor(harness.now() / 100) + 1) * 100; at < now; at += 100)
      all.push(...keep(harness.passUntil(at)))
    return [...all, ...keep(harness.passUntil(now))]
  }
  const answered = (callId: string, at: number) =>
    ofKind(feed({ kind: 'call-answered', callId, at }, at), 'connect')[0]?.order.agentId ?? 'nobody'
  const joined = (callId: string, at: number) =>
    feed({ kind: 'call-connected', callId, agentId: answered(callId, at), at: at + 5 }, at + 5)
  const takenOver = (callId: string, at: number) => feed({ kind: 'call-taken-over', callId, at }, at)
  const ended = (callId: string, at: number) => feed({ kind: 'call-ended', callId, cause: 'no-answer', at }, at)
  const pace = (answerMs: number, at: number) => feed({ kind: 'node-pace', nodeId: 'pbx', answerMs, at }, at)
  const manager = (up: boolean, at: number) => feed({ kind: 'manager-link', nodeId: 'pbx', up, at }, at)
  feed({ kind: 'campaign-start', campaignId: 'spring' }, 1_000)
  const breaker = () => harness.state.nodes.get('pbx')?.breaker.state
  return { harness, told, calls, feed, pass, joined, answered, takenOver, ended, pace, manager, breaker }
}

/** Of a call that ended, the next one is made: unless the breaker is open. */
function dialsOn({ calls, ended, pass }: ReturnType<typeof world>, at: number): boolean {
  const before = calls.length
  ended(calls[0] ?? '', at)
  pass(at + 500)
  return calls.length > before
}

t.test('a slow PBX is given no calls, says why, and is given some again when it has been quick for 2 s', async t => {
  const slow = world()
  slow.pace(300, 2_000)
  t.strictSame(slow.told, [], 'a third of a second is no reason')
  slow.pace(600, 3_000)
  t.notOk(dialsOn(slow, 4_000))
  slow.pace(0, 10_000)
  slow.pass(11_999)
  t.equal(slow.breaker(), 'open')
  slow.pace(1_200, 11_999)
  slow.pace(0, 12_500)
  slow.pass(14_499)
  t.equal(slow.breaker(), 'open', 'the two seconds begin anew')
  const before = slow.calls.length
  slow.pass(14_600)
  t.strictSame(slow.told, ['open pbx-slow 3000', 'closed pbx-slow 14500'])
  t.ok(slow.calls.length > before)
})

t.test('the reason of the decisions says so', async t => {
  const { pace, pass } = world()
  const effects = [...pace(1_200, 3_000), ...pass(4_000)]
  t.equal(ofKind(effects, 'decision').at(-1)?.decision.reason, 'node-breaker')
})

t.test('without its manager link a node joins whoever answers and calls nobody', async t => {
  const deaf = world()
  deaf.manager(false, 2_000)
  deaf.joined(deaf.calls[1] ?? '', 2_500)
  t.match(deaf.harness.state.calls.get(deaf.calls[1] ?? ''), { phase: { state: 'connected', connectedAt: 2_505 } })
  t.notOk(dialsOn(deaf, 3_000))
  deaf.pace(0, 4_000)
  deaf.pass(60_000)
  t.equal(deaf.breaker(), 'open', 'for as long as it lasts')
  deaf.manager(true, 60_000)
  deaf.pass(62_100)
  t.strictSame(deaf.told, ['open manager-link-down 2000', 'closed manager-link-down 62000'])
})

t.test('a node that has come up anew has all its links', async t => {
  const { manager, feed, pass, breaker } = world()
  manager(false, 2_000)
  feed({ kind: 'node-down', nodeId: 'pbx', at: 3_000 }, 3_000)
  const inventory = { calls: [], agents: ['a1', 'a2', 'a3'], unattended: [] }
  feed({ kind: 'node-up', nodeId: 'pbx', inventory, at: 5_000 }, 5_000)
  pass(7_100)
  t.equal(breaker(), 'closed')
})

t.test(
  'two troubles without a join between open it; it probes by one call at a time, and a join closes it',
  async t => {
    const { takenOver, joined, calls, pass, told, ended, breaker } = world()
    const [c1 = '', c2 = '', c3 = ''] = calls
    takenOver(c1, 2_000)
    joined(c2, 2_200)
    takenOver(c3, 2_300)
    t.equal(breaker(), 'closed', 'the join between proved the node')
    const c4 = calls.at(-1) ?? ''
    takenOver(c4, 4_000)
    t.equal(breaker(), 'open')
    for (const callId of [c1, c3, c4]) ended(callId, 4_500)
    const dialed = calls.length
    pass(6_900)
    t.equal(calls.length, dialed, 'nothing while it is open')
    for (const callId of calls) if (callId !== c2) ended(callId, 6_950)
    pass(7_600)
    t.equal(breaker(), 'probing')
    t.equal(calls.length, dialed + 1, 'one call, for two free agents')
    joined(calls.at(-1) ?? '', 8_000)
    t.strictSame(told, ['open pbx-took-over 4000', 'probing pbx-took-over 7000', 'closed pbx-took-over 8005'])
  },
)

type World = ReturnType<typeof world>

function failed(
  { feed, answered, harness }: World,
  callId: string,
  broken: 'pbx' | 'agent-leg' | 'customer-leg',
): void {
  const agentId = answered(callId, harness.now())
  const at = harness.now()
  feed({ kind: 'connect-failed', callId, agentId, broken, at }, at)
}

const deeds: Record<string, { readonly troubles: number; readonly deed: (world: World, callId: string) => void }> = {
  'a join that the PBX did not do': { troubles: 1, deed: (one, callId) => failed(one, callId, 'pbx') },
  'a join that the line did not take': { troubles: 1, deed: (one, callId) => failed(one, callId, 'agent-leg') },
  'a person who was gone': { troubles: 0, deed: (one, callId) => failed(one, callId, 'customer-leg') },
  'a join that nobody confirmed': {
    troubles: 1,
    deed: ({ answered, pass, harness }, callId) => {
      answered(callId, harness.now())
      pass(harness.now() + 2_000)
    },
  },
  'an end that was never told': {
    troubles: 1,
    deed: ({ feed, answered, pass, harness }, callId) => {
      const agentId = answered(callId, harness.now())
      const at = harness.now()
      feed({ kind: 'call-connected', callId, agentId, at }, at)
      feed({ kind: 'call-hang-up', callId }, at + 100)
      pass(at + 10_200)
    },
  },
  'a person who hung up': { troubles: 0, deed: ({ ended, harness }, callId) => ended(callId, harness.now()) },
}

t.test('what counts as a trouble, and what does not', async t => {
  for (const [what, { troubles, deed }] of Object.entries(deeds)) {
    const one = world(1)
    one.pass(2_000)
    deed(one, one.calls.at(-1) ?? '')
    t.equal(one.harness.state.nodes.get('pbx')?.health.troubles, troubles, what)
  }
})

t.test('a probe that fails keeps it open for twice as long, up to a minute', async t => {
  const { harness, feed, calls, pass, breaker } = world(1)
  const takenOver = () => {
    const at = harness.now()
    const callId = calls.at(-1) ?? ''
    feed({ kind: 'call-taken-over', callId, at }, at)
    feed({ kind: 'call-ended', callId, cause: 'hung-up-by-us', at }, at)
    return at
  }
  takenOver()
  pass(1_500)
  let openedAt = takenOver()
  const waits: number[] = []
  for (let tries = 0; tries < 7; tries += 1) {
    while (breaker() === 'open') pass(harness.now() + 100)
    waits.push(harness.now() - openedAt)
    pass(harness.now() + 500)
    openedAt = takenOver()
  }
  t.strictSame(waits, [3_000, 6_000, 12_000, 24_000, 48_000, 60_000, 60_000])
})

t.test('troubles a minute apart have nothing to do with each other', async t => {
  const { feed, calls, pass, told } = world(1)
  for (const at of [2_000, 63_000]) {
    const callId = calls.at(-1) ?? ''
    feed({ kind: 'call-taken-over', callId, at }, at)
    feed({ kind: 'call-ended', callId, cause: 'hung-up-by-us', at: at + 1_000 }, at + 1_000)
    pass(at + 1_500)
  }
  t.strictSame(told, [])
})

t.test('a node that probes and meets nothing bad for five minutes is taken for well', async t => {
  const { takenOver, calls, ended, pass, breaker } = world(2)
  const made = [...calls]
  for (const callId of made) takenOver(callId, 2_000)
  for (const callId of made) ended(callId, 3_000)
  pass(5_000)
  t.equal(breaker(), 'probing')
  for (let at = 10_000; at < 305_000; at += 10_000) {
    pass(at)
    ended(calls.at(-1) ?? '', at)
  }
  t.equal(breaker(), 'probing')
  pass(305_100)
  t.equal(breaker(), 'closed')
})
