// What an agent can do with a call, and for themselves, over a real server.
import t from 'tap'
import { createPasswords } from '../../src/credentials/passwords.ts'
import { connectCall, dialingRig } from './rig.ts'
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
