// For what agents pause, as their campaign names it.
import t from 'tap'
import { dialingRig } from './rig.ts'

const spring = { id: 'spring', message: 'sorry', pacing: { mode: 'progressive' } }

t.test('a campaign names its pauses: others are refused, and who is over theirs is told apart', async t => {
  const rig = await dialingRig(t, {})
  const pauses = { break: '15m', training: 'any' }
  t.match(await rig.call('PUT', '/v1/campaigns/spring', { ...spring, pauses }), { status: 200 })
  t.match(
    JSON.stringify((await rig.call('GET', '/v1/campaigns/spring')).body),
    JSON.stringify(pauses),
    'as it was said',
  )
  t.match((await rig.call('GET', '/v1/agents/1001/desk')).body, {
    campaign: { pauses: [{ name: 'break', maxMs: 900_000 }, { name: 'training' }] },
  })
  const shown = async () =>
    ((await rig.call('GET', '/v1/agents/1001')).body as { agent: { since: string; pauseUntil?: string } }).agent
  const pause = (reason: string) => rig.call('POST', '/v1/agents/1001/pause', { reason, force: true })
  t.match(await pause('weather'), {
    status: 422,
    body: { error: { code: 'unknown-pause-reason', message: /break, training/ } },
  })
  t.match((await rig.call('GET', '/v1/agents/1001')).body, { agent: { state: 'available' } }, 'nothing is half done')
  t.equal((await pause('break')).status, 200)
  await rig.clock.runUntil(rig.clock.now() + 3_000)
  const { since, pauseUntil } = await shown()
  t.equal(Date.parse(pauseUntil ?? '') - Date.parse(since), 900_000)
  await rig.call('POST', '/v1/agents/1001/resume')
  t.equal((await pause('training')).status, 200)
  t.match(await shown(), { state: 'paused', pauseReason: 'training', pauseUntil: undefined }, 'any time')
})

t.test('without names the usual ones stand on the desk, and any reason is taken', async t => {
  const rig = await dialingRig(t, {})
  const { campaign } = (await rig.call('GET', '/v1/agents/1001/desk')).body as {
    campaign: { pauses: { name: string }[] }
  }
  t.same(
    campaign.pauses.map(({ name }) => name),
    ['break', 'lunch', 'training', 'meeting'],
  )
  t.equal((await rig.call('POST', '/v1/agents/1001/pause', { reason: 'weather' })).status, 200)
})

t.test('a pause of seconds, or of more than a working day, is refused with its name', async t => {
  const rig = await dialingRig(t, {})
  for (const max of ['59s', '13h', '0']) {
    const { status, body } = await rig.call('PUT', '/v1/campaigns/spring', { ...spring, pauses: { break: max } })
    t.ok(status === 422 || status === 400, max)
    t.match(JSON.stringify(body), 'break')
  }
  t.equal((await rig.call('PUT', '/v1/campaigns/spring', { ...spring, pauses: { break: '1m' } })).status, 200)
})
