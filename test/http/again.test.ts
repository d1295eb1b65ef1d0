// Who has not heard the answer asks again: a verb that is obeyed once is obeyed twice, and means no more.
import t from 'tap'
import { connectCall, dialingRig, startRig } from './rig.ts'

t.test('every verb of an agent can be said twice', async t => {
  const { call, pbx, clock } = await dialingRig(t)
  await call('POST', '/v1/campaigns/spring/stop', { force: true })
  const state = async () => (await call('GET', '/v1/agents/1001')).body.agent
  const twice = async (verb: string, wanted: object, body?: object) => {
    for (const time of ['once', 'twice']) {
      t.match(
        await call('POST', `/v1/agents/1001/${verb}`, body),
        { status: 200, body: { done: true } },
        `${verb} ${time}`,
      )
      t.match(await state(), wanted, `${verb} ${time}`)
    }
  }
  await twice('pause', { state: 'paused', pauseReason: 'lunch' }, { reason: 'lunch', force: true })
  await twice('resume', { state: 'available' })
  await twice('logout', { state: 'offline' }, { force: true })
  const rung = pbx.asked.filter(asked => asked === 'call-agent 1001').length
  await twice('login', { state: 'calling' }, { campaign: 'spring' })
  t.equal(pbx.asked.filter(asked => asked === 'call-agent 1001').length, rung + 1, 'the phone rings once')
  await call('PUT', '/v1/campaigns/autumn', { id: 'autumn', message: 'sorry' })
  t.match(await call('POST', '/v1/agents/1001/login', { campaign: 'autumn' }), {
    status: 409,
    body: { error: { code: 'illegal-transition' } },
  })
  pbx.tell({ kind: 'agent-leg-up', agentId: '1001', nodeId: 'pbx1', by: 'engine', at: clock.now() })
  await clock.runUntil(clock.now() + 1000)
  t.match(await state(), { state: 'available', campaignId: 'spring' })
  t.match(await call('POST', '/v1/agents/1001/login'), { status: 409 }, 'no phone rings, and that is said')
})

t.test('a verb that the state forbids is refused however often it is said', async t => {
  const { call } = await startRig(t)
  const refused = { status: 409, body: { error: { code: 'illegal-transition', message: /not logged in|not paused/ } } }
  for (const verb of ['pause', 'resume', 'pause', 'resume'])
    t.match(await call('POST', `/v1/agents/1001/${verb}`), refused, verb)
  t.match(await call('POST', '/v1/agents/1001/logout'), { status: 200 }, 'who is off the line is logged out')
})

t.test('a pause that is asked for again does not begin to wait anew', async t => {
  const rig = await dialingRig(t)
  const { call, clock, dialer } = rig
  for (let asked = 0; asked < 4; asked += 1) {
    t.match(await call('POST', '/v1/agents/1001/pause', { reason: 'lunch' }), { status: 200 })
    await clock.runUntil(clock.now() + 6_000)
  }
  t.match(dialer.gateway.agent('1001')?.phase, { state: 'paused', reason: 'lunch' })
})

t.test('every verb of a campaign can be said twice, and is told once', async t => {
  const { call, dialer } = await startRig(t)
  const told: string[] = []
  dialer.gateway.subscribe(event => {
    if (event.kind === 'campaign-state') told.push(event.state)
  })
  await call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  for (const verb of ['start', 'pause', 'start', 'stop']) {
    for (const time of ['once', 'twice'])
      t.match(
        await call('POST', `/v1/campaigns/spring/${verb}`),
        { status: 200, body: { done: true } },
        `${verb} ${time}`,
      )
  }
  t.same(told, ['running', 'paused', 'running', 'stopping', 'stopped'])
})

t.test('a stop that waits for calls can be said again, and be forced', async t => {
  const { call, dialer, clock } = await dialingRig(t)
  const told: string[] = []
  dialer.gateway.subscribe(event => {
    if (event.kind === 'campaign-state') told.push(event.state)
  })
  for (const body of [{}, {}, { force: true }, { force: true }])
    t.match(await call('POST', '/v1/campaigns/spring/stop', body), { status: 200 })
  await clock.runUntil(clock.now() + 1000)
  t.same(
    told.filter(state => state === 'stopping'),
    ['stopping'],
  )
})

t.test('a conversation is hung up however often that is asked, and a call that nobody knows is not', async t => {
  const rig = await dialingRig(t)
  const { call, pbx, clock } = rig
  const callId = await connectCall(rig)
  t.match(await call('POST', `/v1/calls/${callId}/hang-up`), { status: 200 })
  pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-us', at: clock.now() })
  await clock.runUntil(clock.now() + 1000)
  t.match(await call('POST', `/v1/calls/${callId}/hang-up`), { status: 200, body: { done: true } })
  await call('POST', `/v1/calls/${callId}/wrap-up`, { code: 'done' })
  t.match(await call('POST', `/v1/calls/${callId}/hang-up`), { status: 200 })
  t.match(await call('POST', '/v1/calls/nobody/hang-up'), { status: 404, body: { error: { code: 'unknown-call' } } })
})

t.test('a cursor that nobody knows is not there, and the store is well', async t => {
  const { call } = await startRig(t)
  for (const path of ['/v1/calls?after=nobody', '/v1/reports/abandonment/calls?after=nobody'])
    t.match(
      await call('GET', path),
      { status: 404, body: { error: { code: 'unknown-call', message: /nobody/ } } },
      path,
    )
})

t.test('a body that may be left out may be left out in every way', async t => {
  const { call, url } = await dialingRig(t)
  await call('POST', '/v1/agents/1001/pause', { force: true })
  const types = [undefined, 'application/json', 'application/x-www-form-urlencoded', 'text/plain', 'text/csv']
  const verbs = ['campaigns/spring/start', 'campaigns/spring/pause', 'campaigns/spring/stop', 'agents/1001/resume']
  for (const verb of [...verbs, 'agents/1001/pause', 'agents/1001/logout']) {
    await call('POST', '/v1/campaigns/spring/start')
    for (const type of types) {
      const headers = { authorization: 'Bearer a-token-of-some-length', ...(type && { 'content-type': type }) }
      const answer = await fetch(`${url}/v1/${verb}`, { method: 'POST', headers, body: type === undefined ? null : '' })
      t.equal(answer.status, 200, `${verb}, ${type}: ${await answer.text()}`)
      if (verb.endsWith('stop')) await call('POST', '/v1/campaigns/spring/start')
    }
    for (const body of ['null', '{}']) {
      const headers = { authorization: 'Bearer a-token-of-some-length', 'content-type': 'application/json' }
      const answer = await fetch(`${url}/v1/${verb}`, { method: 'POST', headers, body })
      t.equal(answer.status, 200, `${verb}, ${body}: ${await answer.text()}`)
      if (verb.endsWith('stop')) await call('POST', '/v1/campaigns/spring/start')
    }
  }
  t.match(await call('POST', '/v1/agents/1001/logout', { force: 'yes' }), {
    status: 422,
    body: { error: { code: 'invalid-request' } },
  })
  const headers = { authorization: 'Bearer a-token-of-some-length', 'content-type': 'text/plain' }
  const answer = await fetch(`${url}/v1/agents/1001/logout`, { method: 'POST', headers, body: '{"force":true}' })
  t.equal(answer.status, 415, 'what is there must be JSON')
})

t.test('an instant that no clock shows is refused wherever it is sent', async t => {
  const { call } = await startRig(t)
  const permission = { number: '+12025550111', basis: 'purchase', topics: [], how: 'order 7' }
  for (const wrong of ['2016-12-31T23:59:60Z', '2026-02-30T00:00:00Z', '2026-01-01T25:00:00Z']) {
    for (const key of ['givenAt', 'expiresAt'])
      t.match(await call('POST', '/v1/permissions', { ...permission, [key]: wrong }), {
        status: 422,
        body: { error: { code: /invalid-request|bad-date/ } },
      })
    t.match((await call('GET', `/v1/calls?since=${wrong}`)).status, /400|422/)
  }
  t.match(await call('GET', '/v1/permissions/+12025550111'), { body: { permissions: [] } })
})
