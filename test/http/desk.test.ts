// What stands on an agent's desk beside the call: over a real server and the real engine, the PBX in the test's hands.
import t, { type Test } from 'tap'
import { createPasswords } from '../../src/credentials/passwords.ts'
import { type Answer, connectCall, dialingRig, type Rig } from './rig.ts'
import { logInAs } from './users.ts'

const script = {
  steps: [
    { title: 'Opening', say: 'Good day, {name}' },
    { say: 'This call is recorded', duty: { name: 'recorded', says: 'Said' } },
  ],
  form: [{ name: 'budget', label: 'Budget', type: 'number', min: 1, max: 10, requiredFor: ['done'] }],
}
const spring = { id: 'spring', message: 'sorry', pacing: { mode: 'progressive' } }
const password = 'four words are enough'

/** Ann talks to Bob; `ann` asks with the rights of an agent. */
async function talking(t: Test, more: object = {}) {
  const rig = await dialingRig(t, { passwords: createPasswords({ N: 16, r: 1, p: 1 }) })
  await rig.call('PUT', '/v1/campaigns/spring', { ...spring, ...more })
  await rig.call('POST', '/v1/users', { name: 'ann', role: 'agent', agentId: '1001' })
  await rig.call('PUT', '/v1/users/ann/password', { password })
  const { headers } = await logInAs(rig.url, { name: 'ann', password })
  const callId = await connectCall(rig)
  const ann = async (method: string, path: string, body?: object) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(`${rig.url}${path}`, { method, headers: { ...headers, ...type }, ...text })
    return { status: response.status, body: (await response.json()) as Answer }
  }
  return { rig, callId, ann, person: async () => (await ann('GET', '/v1/agents/1001/desk')).body.person as Answer }
}

async function end({ pbx, clock }: Rig, callId: string): Promise<void> {
  pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: clock.now() })
  await clock.runUntil(clock.now() + 500)
}

t.test('an agent finds script, clocks and what was before, and of nobody else', async t => {
  const { rig, callId, ann } = await talking(t, { script })
  const { body } = await ann('GET', '/v1/agents/1001/desk')
  t.match(body, { campaign: { topic: 'sales', script }, person: { callId, history: [] } })
  t.match(body, { person: { clocks: [{ zone: 'America/New_York', offsetMinutes: -300 }] } })
  t.match(body, { person: { topics: [{ topic: 'sales', says: 'not-said' }] } })
  t.equal((await ann('GET', '/v1/agents/1002/desk')).status, 404)
  t.equal((await ann('GET', '/v1/persons/%2B12025550111')).status, 403)
  await ann('POST', `/v1/calls/${callId}/wrap-up`, {
    ...{ wrapUpCode: 'not-interested', note: 'the other phone is 202 555 0177', form: { budget: '' } },
  })
  await end(rig, callId)
  t.equal((await ann('GET', '/v1/agents/1001/desk')).body.person, undefined, 'nobody is on the line')
})

t.test('earlier calls are shown with who talked and what was noted, numbers masked', async t => {
  const { rig, callId, person } = await talking(t)
  const { store, clock } = rig
  const { number = '' } = (await store.call(callId)) ?? {}
  const begun = { callId: 'old-1', campaignId: 'spring', nodeId: 'pbx1', trunkId: 'main', callerId: '+12025550100' }
  const attempt = { ...begun, origin: 'campaign', leadId: 1, number, originatedAt: clock.now() - 86_400_000 } as const
  await store.beginAttempt(attempt)
  const times = {
    answeredAt: attempt.originatedAt,
    connectedAt: attempt.originatedAt,
    endedAt: attempt.originatedAt + 60_000,
  }
  await store.endAttempt({
    ...{ ...attempt, ...times, disposition: 'connected', agentId: '1001', leadRetryAt: null, countsAsAttempt: true },
  })
  await store.recordWrapUp({ callId: 'old-1', code: 'done', note: 'call 202 555 0177', refusal: false })
  const { history } = await person()
  t.match(history, [{ disposition: 'connected', talkMs: 60_000, wrapUpCode: 'done', mine: true, campaign: 'spring' }])
  t.notMatch(JSON.stringify(history), '0177')
})

t.test('the person on the line sets their hours and topics, and only while they are there', async t => {
  const { rig, callId, ann, person } = await talking(t)
  const days = { mon: ['17:00-21:00'], wed: ['17:00-21:00'] }
  t.match(await ann('PUT', `/v1/calls/${callId}/hours`, { days }), { status: 200, body: { days } })
  t.match(await person(), { hours: { days, how: `said on the telephone to agent 1001, call ${callId}` } })
  t.match(await ann('PUT', `/v1/calls/${callId}/hours`, { days: {} }), {
    status: 422,
    body: { error: { code: 'no-hours' } },
  })
  const topic = (wanted: boolean) => ann('PUT', `/v1/calls/${callId}/topics`, { topic: 'sales', wanted })
  t.equal((await topic(true)).status, 200)
  t.match(await person(), { topics: [{ topic: 'sales', says: 'yes' }] })
  await rig.clock.runUntil(rig.clock.now() + 1_000)
  t.equal((await topic(false)).status, 200)
  t.match(await person(), { topics: [{ topic: 'sales', says: 'no' }] })
  const unknown = await ann('PUT', `/v1/calls/${callId}/topics`, { topic: 'cars', wanted: true })
  t.match(unknown, { status: 422, body: { error: { code: 'unknown-topic' } } })
  t.equal((await ann('DELETE', `/v1/calls/${callId}/hours`)).status, 200)
  t.equal((await person()).hours, undefined)
  await ann('POST', `/v1/calls/${callId}/wrap-up`, { wrapUpCode: 'done' })
  await end(rig, callId)
  await rig.clock.runUntil(rig.clock.now() + 1_000)
  const over = await ann('PUT', `/v1/calls/${callId}/hours`, { days })
  t.match(over, { status: 409, body: { error: { code: 'call-over' } } })
})

t.test('a call-back is refused outside law, campaign and wishes, with the next time that is not', async t => {
  const { rig, callId, ann } = await talking(t, { hours: '09:00-20:00' })
  const asks = async (query: string) => (await ann('GET', `/v1/calls/${callId}/call-back?${query}`)).body
  t.match(await asks('local=2026-01-14T10:00'), { permitted: true, at: '2026-01-14T15:00:00.000Z' })
  // The rig's campaign calls from Monday to Friday: the 16th is a Friday.
  t.match(await asks('local=2026-01-16T20:30'), {
    ...{ permitted: false, reason: 'outside-calling-hours', rule: 'campaign/hours' },
    nextAt: '2026-01-19T14:00:00.000Z',
  })
  await ann('PUT', `/v1/calls/${callId}/hours`, { days: { thu: ['17:00-19:00'] } })
  const own = await asks('local=2026-01-14T10:00')
  t.match(own, { permitted: false, reason: 'outside-own-hours', nextAt: '2026-01-15T22:00:00.000Z' })
  const wrapUp = (callbackAt: string) =>
    ann('POST', `/v1/calls/${callId}/wrap-up`, { wrapUpCode: 'callback', callbackAt, callbackOwn: true })
  const refused = await wrapUp('2026-01-14T15:00:00Z')
  t.match(refused, { status: 422, body: { error: { code: 'callback-not-permitted' } } })
  t.match(refused.body, { error: { message: /wants to be called at other hours.*2026-01-15T22:00:00/ } })
  for (const [query, code] of Object.entries({
    'local=2026-01-12T10:00': 'callback-in-the-past',
    'local=2028-01-12T10:00': 'callback-too-far',
    '': 'invalid-request',
    'local=2026-01-14T10:00&at=2026-01-14T10:00:00Z': 'invalid-request',
  }))
    t.match(await asks(query), { error: { code } }, query)
  t.equal((await wrapUp('2026-01-15T22:00:00Z')).status, 200)
  await end(rig, callId)
  t.match(await ann('GET', '/v1/agents/1001/call-backs'), {
    body: { callBacks: [{ at: '2026-01-15T22:00:00.000Z', due: false, number: /\*|…|x/i, lead: { name: 'Bob' } }] },
  })
})

t.test(
  'what is promised is what the gate will let out: nobody is promised a call that their refusal forbids',
  async t => {
    const { callId, ann } = await talking(t, { retry: { attempts: 1 } })
    const last = await ann('GET', `/v1/calls/${callId}/call-back?local=2026-01-14T10:00`)
    t.match(last.body, { permitted: false, reason: 'attempts-exhausted' })
    await ann('PUT', `/v1/calls/${callId}/topics`, { topic: 'sales', wanted: false })
    const refused = await ann('GET', `/v1/calls/${callId}/call-back?local=2026-01-14T10:00`)
    t.match(refused.body, { permitted: false, reason: 'consent-withdrawn' })
    t.equal(refused.body.nextAt, undefined)
  },
)

t.test('the form is held to the script, kept with the call, and exported', async t => {
  const { rig, callId, ann } = await talking(t, { script })
  const wrapUp = (form: object, code = 'done') => ann('POST', `/v1/calls/${callId}/wrap-up`, { wrapUpCode: code, form })
  const missing = await wrapUp({})
  t.match(missing, { status: 422, body: { error: { code: 'form-wrong', message: /budget has no answer/ } } })
  t.match(await wrapUp({ budget: '11', size: 'L' }), {
    body: { error: { message: /budget is more.*size is not asked/ } },
  })
  t.equal((await rig.store.call(callId))?.wrapUp, undefined, 'nothing is kept of what is refused')
  t.equal((await wrapUp({ budget: '7', recorded: 'said' })).status, 200)
  const form = { budget: '7', recorded: 'said' }
  t.match((await rig.store.call(callId))?.wrapUp, { form })
  t.match(await rig.call('GET', `/v1/calls/${callId}`), { body: { form } })
  await end(rig, callId)
  const csv = await (
    await fetch(`${rig.url}/v1/calls/export`, { headers: { authorization: 'Bearer a-token-of-some-length' } })
  ).text()
  t.match(csv, '"{""budget"":""7"",""recorded"":""said""}"')
  const form2 = { steps: [], form: [{ name: 'x', label: 'X', type: 'choice' }] }
  const wrong = await rig.call('PUT', '/v1/campaigns/spring', { ...spring, script: form2 })
  t.match(wrong, { status: 422, body: { error: { message: /x is a choice and names none/ } } })
})

t.test('the wrap-up lasts longer for whoever asks, once for each end they saw, ten times', async t => {
  const { rig, callId, ann } = await talking(t)
  await end(rig, callId)
  const until = async () => ((await ann('GET', '/v1/agents/1001')).body.agent as Answer).wrapUpUntil
  const more = (wrapUpUntil: unknown) => ann('POST', '/v1/agents/1001/more-time', { wrapUpUntil })
  const first = await until()
  t.equal((await more(first)).status, 200)
  t.equal((await more(first)).status, 200, 'asked again, it is done')
  t.equal(Date.parse(String(await until())) - Date.parse(String(first)), 30_000)
  await rig.clock.runUntil(Date.parse(String(first)) + 5_000)
  t.match(
    (await ann('GET', '/v1/agents/1001')).body,
    { agent: { state: 'wrap-up' } },
    'the first end means nothing now',
  )
  for (let time = 2; time <= 10; time += 1) t.equal((await more(await until())).status, 200)
  t.match(await more(await until()), { status: 409 })
  await rig.clock.runUntil(Date.parse(String(await until())) + 2_000)
  t.match((await ann('GET', '/v1/agents/1001')).body, { agent: { state: 'available' } })
  t.match((await rig.store.call(callId))?.wrapUp, { code: 'timeout' })
})

t.test("the day's figures begin when they are known, and count what happens", async t => {
  const { rig, callId, ann } = await talking(t)
  const since = '2026-01-13T00:00:00Z'
  await rig.clock.runUntil(rig.clock.now() + 59_000)
  await end(rig, callId)
  await ann('POST', `/v1/calls/${callId}/wrap-up`, { wrapUpCode: 'done' })
  await rig.clock.runUntil(rig.clock.now() + 1_000)
  const { body } = await ann('GET', `/v1/agents/1001/day?since=${since}`)
  t.match(body, { calls: 1, pausedMs: 0, outcomes: { done: 1 }, knownSince: '2026-01-13T15:00:00.000Z' })
  t.ok(Number(body.talkMs) >= 59_000 && Number(body.talkMs) < 65_000, `talked ${body.talkMs}`)
  t.equal(body.wrapUpMs, 500)
  const later = await ann('GET', '/v1/agents/1001/day?since=2026-01-14T00:00:00Z')
  t.match(later.body, { calls: 0, talkMs: 0, outcomes: {} }, 'a day that has not begun has nothing')
})
