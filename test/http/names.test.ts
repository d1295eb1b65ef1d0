// One name for one thing: requests are named like answers, take the files' words too, and refuse what contradicts itself.
import t from 'tap'
import { connectCall, dialingRig, startRig } from './rig.ts'

t.test('an agent and a campaign are sent under the names that answers have, or those of the files', async t => {
  const { call } = await startRig(t)
  await call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  t.match(await call('PUT', '/v1/campaigns/autumn', { campaignId: 'autumn', message: 'sorry' }), {
    status: 200,
    body: { campaign: { id: 'autumn' }, status: { campaignId: 'autumn' } },
  })
  const agent = { status: 200, body: { agentId: '7', nodeId: 'pbx1', campaignId: 'spring' } }
  t.match(await call('POST', '/v1/agents', { agentId: '7', nodeId: 'pbx1', campaignId: 'spring' }), agent)
  t.match(await call('POST', '/v1/agents', { id: '7', node: 'pbx1', campaign: 'spring' }), agent)
  t.match(
    await call('POST', '/v1/agents', { id: '7', agentId: '7' }),
    { status: 200 },
    'twice the same is no contradiction',
  )
  for (const query of ['campaign=spring', 'campaignId=spring', 'campaign=spring&campaignId=spring'])
    t.match(await call('GET', `/v1/agents?${query}`), { status: 200, body: { agents: [{ agentId: '7' }] } }, query)
})

t.test('what is said twice and differently is refused, and nothing is done', async t => {
  const { call, dialer } = await startRig(t)
  await call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  const refused = { error: { code: 'contradiction', message: /send \w+ alone/ } }
  for (const [method, path, status, body] of [
    ['POST', '/v1/agents', 422, { id: '8', agentId: '9' }],
    ['POST', '/v1/agents', 422, { id: '8', node: 'pbx1', nodeId: 'pbx2' }],
    ['POST', '/v1/agents', 422, { id: '8', campaign: 'spring', campaignId: '' }],
    ['POST', '/v1/agents', 422, { id: '8', campaign: null, campaignId: 'spring' }],
    ['POST', '/v1/agents/1001/login', 422, { campaign: 'spring', campaignId: 'autumn' }],
    ['POST', '/v1/agents/1001/pause', 422, { reason: 'lunch', pauseReason: 'break' }],
    ['POST', '/v1/calls/x/wrap-up', 422, { code: 'done', wrapUpCode: 'refused' }],
    ['PUT', '/v1/campaigns/spring', 422, { id: 'spring', campaignId: 'autumn', message: 'x' }],
    ['GET', '/v1/calls?campaign=spring&campaignId=autumn', 400, undefined],
    ['GET', '/v1/calls/export?campaign=spring&campaignId=autumn', 400, undefined],
    ['GET', '/v1/agents?campaign=spring&campaignId=autumn', 400, undefined],
    ['GET', '/v1/events?agent=1&agentId=2', 400, undefined],
    ['GET', '/v1/do-not-call/proposals?campaign=spring&campaignId=autumn', 400, undefined],
    ['GET', '/v1/reports/abandonment?campaign=spring&campaignId=autumn', 400, undefined],
    ['GET', '/v1/reports/abandonment/calls?campaign=spring&campaignId=autumn', 400, undefined],
  ] as const)
    t.match(await call(method, path, body), { status, body: refused }, `${method} ${path}`)
  t.equal(dialer.gateway.agents().length, 1)
})

t.test('a key that only objects have is no other name', async t => {
  const { call } = await startRig(t)
  for (const body of [
    { id: '8', constructor: 1 },
    { id: '8', toString: 1 },
    { id: '8', hasOwnProperty: 1 },
  ])
    t.match(await call('POST', '/v1/agents', body), { body: { error: { code: /invalid-request|body-not-json/ } } })
})

t.test('a wrap-up, a pause and a log-in go by both names', async t => {
  for (const [pause, wrapUp] of [
    [{ pauseReason: 'lunch' }, { wrapUpCode: 'done' }],
    [{ reason: 'lunch' }, { code: 'done' }],
  ] as const) {
    const rig = await dialingRig(t)
    const { call } = rig
    const callId = await connectCall(rig)
    t.match(await call('POST', '/v1/agents/1001/pause', pause), { status: 200 })
    t.match(await call('POST', `/v1/calls/${callId}/wrap-up`, wrapUp), { status: 200 })
    t.match(await call('GET', `/v1/calls/${callId}`), { body: { wrapUpCode: 'done' } })
    t.equal(rig.dialer.gateway.agent('1001')?.pending?.reason, 'lunch')
  }
})

t.test('where numbers come from goes by both names', async t => {
  const { url, call, nextImport } = await startRig(t)
  await call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  for (const query of ['obtainedAt=2026-10-01&legalBasis=consent', 'obtained=2026-10-01&basis=consent']) {
    const done = nextImport('done')
    const answer = await fetch(`${url}/v1/campaigns/spring/leads/import?origin=fair&${query}`, {
      method: 'POST',
      headers: { authorization: 'Bearer a-token-of-some-length', 'content-type': 'text/csv' },
      body: '+12025550111,Bob\n',
    })
    t.equal(answer.status, 200, await answer.text())
    await done
  }
  const twice = 'origin=fair&basis=consent&legalBasis=contract'
  const answer = await fetch(`${url}/v1/campaigns/spring/leads/import?${twice}`, {
    method: 'POST',
    headers: { authorization: 'Bearer a-token-of-some-length', 'content-type': 'text/csv' },
    body: '+12025550111,Bob\n',
  })
  t.match(await answer.json(), { error: { code: 'contradiction' } })
})
