// The last hours, minute by minute.
import t from 'tap'
import { createCourse } from '../../src/app/live/course.ts'
import { connectCall, dialingRig, startAt, startRig, token } from './rig.ts'

t.test('each minute has what came in it, and agents as they were at its end', async t => {
  const rig = await dialingRig(t)
  const course = createCourse(rig.dialer.gateway)
  t.teardown(() => course.close())
  t.strictSame(course.view().campaigns, [], 'nothing has been counted yet')
  course.look()
  await connectCall(rig)
  course.look()
  course.look()
  t.match(course.view().campaigns, [
    {
      campaignId: 'spring',
      attempts: [0, 0, 0],
      answers: [0, 1, 0],
      reached: [0, 1, 0],
      abandoned: [0, 0, 0],
      atWork: [1, 1, 1],
      talking: [0, 1, 1],
    },
  ])
})

t.test('a campaign that comes later has nothing before, and half a day is kept', async t => {
  const rig = await startRig(t)
  const { gateway } = rig.dialer
  const board = gateway.board.bind(gateway)
  let dialed = 0
  await rig.call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry' })
  const course = createCourse({
    now: () => startAt,
    counts: () => gateway.counts(),
    board: () => {
      const now = board()
      const campaigns = now.campaigns.map(one => ({ ...one, counters: { ...one.counters, attempts: dialed } }))
      return { ...now, campaigns }
    },
  })
  t.teardown(() => course.close())
  course.look()
  dialed = 7
  course.look()
  t.match(course.view(), { from: '2026-01-13T15:00:00.000Z', campaigns: [{ attempts: [0, 7] }] })
  dialed = 9
  for (let minute = 0; minute < 719; minute += 1) course.look()
  const { from, since, campaigns } = course.view()
  t.equal(since, '2026-01-13T15:00:00.000Z')
  t.equal(from, '2026-01-13T15:01:00.000Z', 'the oldest minute has gone')
  t.strictSame(campaigns[0]?.attempts.slice(0, 3), [7, 2, 0])
  t.equal(campaigns[0]?.attempts.length, 720)
  dialed = 0
  course.look()
  t.equal(course.view().campaigns[0]?.attempts.at(-1), 0, 'what was taken back is no call')
  for (let minute = 0; minute < 720; minute += 1) course.look()
  t.strictSame(course.view().campaigns, [], 'half a day without anything')
})

t.test('the course is answered, with why the gate has put leads off', async t => {
  const rig = await dialingRig(t)
  await rig.call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry', hours: '01:00-02:00' })
  await fetch(`${rig.url}/v1/campaigns/spring/leads/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: '+12025550113,Dora\n',
  })
  await rig.clock.runUntil(rig.clock.now() + 5_000)
  const { status, body } = await rig.call('GET', '/v1/status/course')
  t.equal(status, 200)
  t.match(body, {
    campaigns: [{ campaignId: 'spring', heldBack: [{ reason: 'outside-calling-hours', says: /hours/ }] }],
  })
})
