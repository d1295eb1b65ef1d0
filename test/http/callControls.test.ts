// What an agent can do with a call, and for themselves, over a real server.
import t from 'tap'
import { createPasswords } from '../../src/credentials/passwords.ts'
import { connectCall, dialingRig, token } from './rig.ts'
import { logInAs } from './users.ts'

t.test('hold, keys and back, as the PBX is asked and as the agent is shown', async t => {
  const rig = await dialingRig(t)
  const { call, pbx, clock } = rig
  t.match(await call('POST', '/v1/calls/none/hold'), { status: 404, body: { error: { code: 'unknown-call' } } })
  const callId = await connectCall(rig)
  const post = (what: string, body?: unknown) => call('POST', `/v1/calls/${callId}/${what}`, body)
  const shown = async () => (await call('GET', '/v1/agents/1001')).body.call as Record<string, unknown>
  t.equal((await post('hold')).status, 200)
  t.equal((await post('hold')).status, 200, 'once more is no harm')
  t.match(await shown(), { state: 'connected', heldSince: /^2026/ })
  t.match(await post('digits', { digits: '1' }), { status: 409, body: { error: { code: 'illegal-transition' } } })
  await clock.runUntil(clock.now() + 4_000)
  t.equal((await post('unhold')).status, 200)
  t.match(await shown(), { heldSince: undefined, longestHoldMs: 4_000 })
  t.equal((await post('digits', { digits: '12#' })).status, 200)
  for (const digits of ['', 'x', '1'.repeat(33), '1&2', '1\r\nAction: x'])
    t.equal((await post('digits', { digits })).status, 422, JSON.stringify(digits))
  const ofCall = pbx.asked.filter(asked => /^(hold|unhold|digits)/.test(asked))
  t.strictSame(ofCall, [`hold ${callId}`, `unhold ${callId}`, `digits ${callId} 12#`])
})

t.test('how the line was is kept once, within what can have been, and a poor one is counted', async t => {
  const rig = await dialingRig(t, { passwords: createPasswords({ N: 16, r: 1, p: 1 }) })
  const callId = await connectCall(rig)
  const put = (line: object, id = callId) => rig.call('PUT', `/v1/calls/${id}/line`, line)
  const spread = { p50: 4, p95: 60, max: 80 }
  const line = { seconds: 6, packets: 300, lossRate: 0.01, jitterMs: spread, heard: 0.1, said: 0.2 }
  const wrong: readonly object[] = [
    ...[{}, [], { ...line, seconds: 100_000 }, { ...line, seconds: 3_000 }, { ...line, packets: -1 }],
    ...[
      { ...line, lossRate: 1.01 },
      { ...line, heard: '1' },
      { ...line, more: 1 },
      { ...line, packets: 1e12 },
    ],
    ...[
      { ...line, jitterMs: { ...spread, p50: 61 } },
      { ...line, roundTripMs: { p50: 1, p95: 3, max: 2 } },
    ],
  ]
  for (const body of wrong) t.equal((await put(body)).status, 422, JSON.stringify(body))
  t.match(await put(line, 'none'), { status: 404, body: { error: { code: 'unknown-call' } } })
  t.notOk((await rig.call('GET', `/v1/calls/${callId}`)).body.line)
  t.equal((await put(line)).status, 200)
  t.match(await put({ ...line, packets: 0 }), { status: 409, body: { error: { code: 'line-kept' } } })
  t.strictSame((await rig.call('GET', `/v1/calls/${callId}`)).body.line, line)
  const scrape = await (await fetch(`${rig.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text()
  t.match(scrape, /dialwright_agent_lines_total\{light="poor"\} 1\n/)
  t.match(scrape, /dialwright_agent_lines_total\{light="good"\} 0\n/)
})

t.test('a hold that the PBX refuses is no hold', async t => {
  const rig = await dialingRig(t)
  const callId = await connectCall(rig)
  rig.pbx.hold = async () => {
    throw new TypeError('the PBX is busy')
  }
  t.equal((await rig.call('POST', `/v1/calls/${callId}/hold`)).status, 200)
  t.notOk(((await rig.call('GET', '/v1/agents/1001')).body.call as Record<string, unknown>).heldSince)
})

t.test('a raised hand and a breather are shown, the hand is lowered by whoever comes', async t => {
  const rig = await dialingRig(t, { passwords: createPasswords({ N: 16, r: 1, p: 1 }) })
  const password = 'four words are enough'
  await rig.call('POST', '/v1/users', { name: 'ann', role: 'agent', agentId: '1001' })
  await rig.call('POST', '/v1/users', { name: 'sam', role: 'supervisor', campaigns: ['spring'] })
  const by = async (name: string) => {
    await rig.call('PUT', `/v1/users/${name}/password`, { password })
    const { headers } = await logInAs(rig.url, { name, password })
    return async (method: string, path: string) => (await fetch(`${rig.url}${path}`, { method, headers })).status
  }
  const [ann, sam] = [await by('ann'), await by('sam')]
  const shown = async () => (await rig.call('GET', '/v1/agents/1001')).body.agent
  t.equal(await ann('POST', '/v1/agents/1001/breather'), 409, 'nobody has been rude to them yet')
  const callId = await connectCall(rig)
  t.equal(await ann('POST', `/v1/calls/${callId}/hold`), 200, 'their own call')
  t.equal(await ann('POST', '/v1/calls/another/hold'), 404)
  t.equal(await ann('PUT', '/v1/agents/1002/help'), 404, 'no hand but their own')
  t.equal(await ann('PUT', '/v1/agents/1001/help'), 200)
  t.match(await shown(), { state: 'on-call', helpSince: /^2026/ })
  t.equal(await sam('DELETE', '/v1/agents/1001/help'), 200)
  t.match(await shown(), { helpSince: undefined })
  t.equal(await ann('POST', '/v1/agents/1001/breather'), 200)
  t.match(await shown(), { state: 'on-call', pending: 'breather' })
  rig.pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: rig.clock.now() })
  await rig.call('POST', '/v1/campaigns/spring/pause')
  t.equal((await rig.call('POST', `/v1/calls/${callId}/wrap-up`, { code: 'done' })).status, 200)
  await rig.clock.runUntil(rig.clock.now() + 30_000)
  t.match(await shown(), { state: 'breather', breatherUntil: /^2026/, breathers: 1 })
  t.match((await rig.call('GET', '/v1/status')).body, { agents: { breather: 1, paused: 0, available: 0 } })
  t.equal(await ann('POST', '/v1/agents/1001/breather'), 200, 'asked once more, it is so already')
  t.equal(await ann('POST', '/v1/agents/1001/resume'), 200)
  t.match(await shown(), { state: 'available' })
})

t.test('a person is given to whom the configuration permits, and to nobody else', async t => {
  const transfers = [
    { targetId: 'desk', name: 'The desk', endpoint: 'PJSIP/2001' },
    { targetId: 'legal', name: 'Legal', endpoint: 'PJSIP/2002', campaigns: ['autumn'] },
  ]
  const rig = await dialingRig(t, { transfers })
  const { call, pbx, clock } = rig
  t.match(await call('POST', '/v1/calls/none/transfer', { targetId: 'desk' }), { status: 404 })
  const callId = await connectCall(rig)
  const post = (what: string, body?: unknown) => call('POST', `/v1/calls/${callId}/${what}`, body)
  const shown = async () => (await call('GET', '/v1/agents/1001')).body as Record<string, Record<string, unknown>>
  t.strictSame((await shown()).call?.targets, [{ targetId: 'desk', name: 'The desk' }])
  for (const targetId of ['legal', 'PJSIP', 'nobody'])
    t.match(await post('transfer', { targetId }), {
      status: 404,
      body: { error: { code: 'unknown-target', message: /desk/ } },
    })
  t.equal((await post('transfer', { targetId: '+12025550199' })).status, 422, 'no number of their own')
  t.equal((await post('transfer/complete')).status, 409)

  t.equal((await post('transfer', { targetId: 'desk' })).status, 200)
  t.match((await shown()).call, { heldSince: /^2026/, transfer: { targetId: 'desk', blind: false, state: 'calling' } })
  pbx.tell({ kind: 'target-up', callId, at: clock.now() })
  await clock.runUntil(clock.now() + 100)
  t.match((await shown()).call, { transfer: { state: 'talking' } })
  t.equal((await post('unhold')).status, 200, 'all three')
  t.equal((await post('transfer/return')).status, 200)
  t.match((await shown()).call, { transfer: undefined, heldSince: undefined })

  t.equal((await post('transfer', { targetId: 'desk', blind: true })).status, 200)
  pbx.tell({ kind: 'target-up', callId, at: clock.now() })
  await clock.runUntil(clock.now() + 100)
  t.match(await shown(), { agent: { state: 'wrap-up' }, call: { state: 'ended' } })
  const asked = pbx.asked.filter(one => /target/.test(one))
  const ring = `call-target ${callId} PJSIP/2001`
  const ordered = [ring, `join-target ${callId} agent`, `drop-target ${callId}`, ring, `join-target ${callId} person`]
  t.strictSame(asked, ordered)
  t.equal((await post('wrap-up', { code: 'done' })).status, 200)
  pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: clock.now() })
  await clock.runUntil(clock.now() + 100)
  t.match((await call('GET', `/v1/calls/${callId}`)).body, {
    ...{ disposition: 'connected', agentId: '1001', transferredTo: 'desk', transferredAt: /^2026/, wrapUpCode: 'done' },
  })
})
