// What settings would change, or all that is wrong with them, before anybody applies them.
import t from 'tap'
import { startRig } from './rig.ts'

const spring = { id: 'spring', message: 'sorry' }

t.test('all that is wrong is told at once, each by its path, and nothing is changed', async t => {
  const { call } = await startRig(t)
  await call('PUT', '/v1/campaigns/spring', spring)
  const written = { ...spring, mesage: 'x', pacing: { dialLevelMax: 'four' }, retry: { attempts: 0 } }
  const { status, body } = await call('POST', '/v1/campaigns/spring/check', written)
  t.equal(status, 200)
  const problems = body.problems as readonly { readonly path: string }[]
  t.same(problems.map(({ path }) => path).sort(), ['mesage', 'pacing.dialLevelMax', 'retry.attempts'])
  t.equal(body.changed, undefined)
})

t.test('what does not go together is told where it stands', async t => {
  const { call } = await startRig(t)
  const check = (more: object) => call('POST', '/v1/campaigns/spring/check', { ...spring, ...more })
  t.match(await check({ ringTimeout: '5s' }), {
    body: { problems: [{ path: 'ringTimeout', says: /15 seconds of ringing/ }] },
  })
  t.match(await check({ pacing: { abandonmentTarget: 0.05 } }), {
    body: { problems: [{ path: 'pacing.abandonmentTarget' }] },
  })
  t.match(await check({ trunks: ['none'] }), { body: { problems: [{ path: 'trunks', says: /use main/ }] } })
})

t.test('what would change is told, and is not changed', async t => {
  const { call } = await startRig(t)
  t.same((await call('POST', '/v1/campaigns/spring/check', spring)).body, { problems: [], changed: 'new' })
  t.equal((await call('GET', '/v1/campaigns/spring')).status, 404)
  await call('PUT', '/v1/campaigns/spring', spring)
  const { body } = await call('GET', '/v1/campaigns/spring')
  const document = body.campaign as object
  t.same((await call('POST', '/v1/campaigns/spring/check', document)).body, { problems: [], changed: [] })
  t.same((await call('POST', '/v1/campaigns/spring/check', { ...document, hours: '10:00-18:00' })).body.changed, [
    { path: 'hours', before: '09:00-20:00', now: '10:00-18:00' },
  ])
  t.match(await call('GET', '/v1/campaigns/spring'), { body: { campaign: { hours: '09:00-20:00' } } })
})
