// How dialing ends in order, asked for over the API.
import t from 'tap'
import { connectCall, dialingRig, type Rig, token } from './rig.ts'

const originated = ({ pbx }: Rig) => pbx.asked.filter(asked => asked.startsWith('originate')).length
const told = ({ pbx }: Rig) => pbx.asked.filter(asked => asked.startsWith('tell 1001')).at(-1)
const pass = ({ clock }: Rig, ms: number) => clock.runUntil(clock.now() + ms)
const shown = async (rig: Rig) => (await rig.call('GET', '/v1/drain')).body.drain

/** How the drain ends, while time passes. */
async function ending(rig: Rig, ms: number) {
  const end = rig.call('GET', '/v1/drain/end')
  // The request must be there before time goes on.
  await rig.call('GET', '/v1/status')
  await pass(rig, ms)
  return (await end).body
}

t.test('the talk goes on, nothing is dialed after it, and the end comes behind its wrap-up', async t => {
  const rig = await dialingRig(t)
  const { pbx, clock, dialer } = rig
  const callId = await connectCall(rig)
  const before = originated(rig)
  t.match(await rig.call('POST', '/v1/drain', {}), {
    status: 200,
    body: {
      drain: { state: 'draining', finish: 'end', calls: 1, talks: 1, wrapUps: 0, cut: 0, deadlineAt: undefined },
    },
  })
  t.match((await rig.call('GET', '/v1/status')).body, { drain: { state: 'draining' } })
  t.match((await rig.call('GET', '/v1/health')).body, { draining: true })
  t.equal(told(rig)?.endsWith('draining'), false, 'who talks is not talked into')
  await pass(rig, 60_000)
  t.match(await shown(rig), { state: 'draining', calls: 1 })
  pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: clock.now() })
  t.match(await shown(rig), { state: 'draining', calls: 0, wrapUps: 1 })
  await rig.call('POST', `/v1/calls/${callId}/wrap-up`, { code: 'refused' })
  t.match(await ending(rig, 100), { how: 'drained', cut: 0, left: 0 })
  t.match(await dialer.drained, { handOver: false }, 'the daemon is told to end')
  t.equal(originated(rig), before, 'not one call more')
  t.equal(told(rig), 'tell 1001 dialwright/agent/en/draining')
  t.match((await rig.call('GET', '/v1/campaigns/spring/pacing/decisions')).body, {
    decisions: [{ reason: 'draining' }],
  })
  t.match((await rig.call('GET', '/v1/campaigns')).body, { campaigns: [{ state: 'running' }] }, 'for the next start')
})

t.test('at the deadline talks are ended and counted', async t => {
  const rig = await dialingRig(t)
  const { pbx, clock } = rig
  const callId = await connectCall(rig)
  await rig.call('POST', '/v1/drain', { deadline: '1m' })
  await pass(rig, 59_000)
  t.notOk(pbx.asked.includes(`hang-up ${callId}`))
  const end = rig.call('GET', '/v1/drain/end')
  await rig.call('GET', '/v1/status')
  await pass(rig, 1_500)
  t.ok(pbx.asked.includes(`hang-up ${callId}`))
  pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-us', at: clock.now() })
  t.match((await end).body, { how: 'drained', cut: 1, left: 0 })
})

t.test('a hand-over waits for whoever is between two hands, and for nobody who talks', async t => {
  const rig = await dialingRig(t)
  const { pbx, clock, dialer } = rig
  const [, callId = ''] = /"callId":"([^"]+)"/.exec(JSON.stringify((await rig.call('GET', '/v1/calls')).body)) ?? []
  pbx.tell({ kind: 'call-ringing', callId, at: clock.now() })
  await pass(rig, 1_000)
  pbx.tell({ kind: 'call-answered', callId, at: clock.now() })
  await rig.call('POST', '/v1/drain', { finish: 'hand-over' })
  t.match(await shown(rig), { state: 'draining' }, 'the join is not confirmed yet')
  pbx.tell({ kind: 'call-connected', callId, agentId: '1001', at: clock.now() })
  t.same(await dialer.drained, { handOver: true, toNext: false })
  t.match(await shown(rig), { state: 'drained', talks: 1, cut: 0 })
  t.notOk(pbx.asked.includes(`hang-up ${callId}`))
})

t.test('to a daemon that stands ready whoever waits for an agent is left', async t => {
  const rig = await dialingRig(t)
  const next = { finish: 'hand-over', wait: true, nextIsReady: true }
  t.match(await rig.call('POST', '/v1/drain', { ...next, wait: false }), { status: 422 })
  t.equal(await shown(rig), undefined)
  const [, callId = ''] = /"callId":"([^"]+)"/.exec(JSON.stringify((await rig.call('GET', '/v1/calls')).body)) ?? []
  const at = rig.clock.now()
  rig.pbx.tell({ kind: 'agent-leg-down', agentId: '1001', cause: 'hung-up-by-peer', at })
  rig.pbx.tell({ kind: 'call-ringing', callId, at })
  rig.pbx.tell({ kind: 'call-answered', callId, at })
  const asked = rig.call('POST', '/v1/drain', next)
  // The request must be there before time goes on.
  await rig.call('GET', '/v1/status')
  await pass(rig, 1)
  t.match((await asked).body, { end: { how: 'drained', left: 1, talks: 0 } })
  t.same(await rig.dialer.drained, { handOver: true, toNext: true })
})

t.test(
  'what ends while a PBX is told of the hand-over is on record, what comes later is left to the next run',
  async t => {
    const { pbx, clock, dialer, store, call } = await dialingRig(t)
    const [, callId = ''] = /"callId":"([^"]+)"/.exec(JSON.stringify((await call('GET', '/v1/calls')).body)) ?? []
    const end = { kind: 'call-ended', callId, at: clock.now() } as const
    pbx.handOver = async () => pbx.tell({ ...end, cause: 'busy', sipCode: 486 })
    const stopped = dialer.stop({ graceMs: 0, handOver: true })
    // What time has to do with it is how long a store may take.
    await clock.runUntil(clock.now() + 1)
    await stopped
    pbx.tell({ ...end, cause: 'rejected' })
    t.match((await store.call(callId))?.end, { disposition: 'busy', sipCode: 486 })
  },
)

t.test('when the daemon that stands ready has gone, the one in office goes on', async t => {
  const rig = await dialingRig(t)
  const [, callId = ''] = /"callId":"([^"]+)"/.exec(JSON.stringify((await rig.call('GET', '/v1/calls')).body)) ?? []
  rig.pbx.tell({ kind: 'call-ringing', callId, at: rig.clock.now() })
  rig.pbx.tell({ kind: 'call-answered', callId, at: rig.clock.now() })
  const gone = new AbortController()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ finish: 'hand-over', wait: true, nextIsReady: true })
  const asked = fetch(`${rig.url}/v1/drain`, { method: 'POST', headers, body, signal: gone.signal })
  while ((await shown(rig)) === undefined) await rig.call('GET', '/v1/status')
  await pass(rig, 1)
  t.match(await shown(rig), { state: 'draining' }, 'a join is not confirmed yet')
  gone.abort()
  await t.rejects(asked)
  for (let looks = 0; (await shown(rig)) !== undefined && looks < 200; looks += 1) await rig.call('GET', '/v1/status')
  t.equal(await shown(rig), undefined)
})

t.test('one that stays can be taken back, and dialing goes on', async t => {
  const rig = await dialingRig(t)
  const callId = await connectCall(rig)
  await rig.call('POST', '/v1/drain', { finish: 'stay' })
  rig.pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: rig.clock.now() })
  await rig.call('POST', `/v1/calls/${callId}/wrap-up`, { code: 'refused' })
  await pass(rig, 60_000)
  t.match(await shown(rig), { state: 'drained', finish: 'stay' })
  const before = originated(rig)
  t.match(await rig.call('DELETE', '/v1/drain'), { status: 200 })
  await pass(rig, 5_000)
  t.equal(await shown(rig), undefined)
  t.ok(originated(rig) > before, 'the second lead is called')
  t.ok(rig.pbx.asked.includes('tell 1001 dialwright/agent/en/dialing'))
  t.match(await rig.call('DELETE', '/v1/drain'), { status: 200 }, 'said twice it means no more')
})

t.test('whoever waits hears that it was taken back; nobody waits for one that is not there', async t => {
  const rig = await dialingRig(t)
  t.match((await rig.call('GET', '/v1/drain/end')).body, { how: 'none' })
  await connectCall(rig)
  await rig.call('POST', '/v1/drain', {})
  const end = rig.call('GET', '/v1/drain/end')
  await rig.call('GET', '/v1/status')
  await rig.call('DELETE', '/v1/drain')
  t.match((await end).body, { how: 'cancelled', cut: 0, talks: 1 })
  t.match(await rig.call('POST', '/v1/drain', { finish: 'sleep' }), { status: 422 })
})

t.test('with a deadline a hand-over waits for phones that ring, so long and no longer', async t => {
  const rig = await dialingRig(t)
  const [, callId = ''] = /"callId":"([^"]+)"/.exec(JSON.stringify((await rig.call('GET', '/v1/calls')).body)) ?? []
  rig.pbx.tell({ kind: 'call-ringing', callId, at: rig.clock.now() })
  await rig.call('POST', '/v1/drain', { finish: 'hand-over', deadline: '5s' })
  await pass(rig, 4_900)
  t.match(await shown(rig), { state: 'draining', calls: 1 })
  t.match(await ending(rig, 200), { how: 'drained', cut: 0, left: 1, talks: 0 })
})

t.test('once the daemon ends nothing is taken back and nothing begun', async t => {
  const stopping = { status: 409, body: { error: { code: 'stopping', message: /^the daemon is about to end/ } } }
  for (const way of ['stop', 'drain'] as const) {
    const rig = await dialingRig(t)
    const { dialer, pbx, clock } = rig
    const callId = await connectCall(rig)
    const before = originated(rig)
    if (way === 'stop') void dialer.stop({ graceMs: 60_000 })
    else await rig.call('POST', '/v1/drain', { finish: 'hand-over' })
    await pass(rig, 100)
    t.match(await rig.call('DELETE', '/v1/drain'), stopping, way)
    t.match(await rig.call('POST', '/v1/drain', { finish: 'stay' }), stopping, way)
    pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: clock.now() })
    await pass(rig, 5_000)
    t.equal(originated(rig), before, way)
  }
})

t.test('with a deadline a hand-over waits for wrap-ups too, without one for none', async t => {
  for (const deadline of ['20s', undefined]) {
    const rig = await dialingRig(t)
    const callId = await connectCall(rig)
    rig.pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: rig.clock.now() })
    await rig.call('POST', '/v1/drain', { finish: 'hand-over', deadline })
    await pass(rig, 1_000)
    t.match(await shown(rig), { state: deadline === undefined ? 'drained' : 'draining', wrapUps: 1 })
    await rig.call('POST', `/v1/calls/${callId}/wrap-up`, { code: 'refused' })
    await pass(rig, 100)
    t.match(await shown(rig), { state: 'drained', wrapUps: 0 })
  }
})
