// Agents who dial by themselves, over a real server and the real engine, the PBX in the test's hands.
import t, { type Test } from 'tap'
import { createCourse } from '../../src/app/live/course.ts'
import { modeRig, password } from './modeRig.ts'
import { type Answer, connectCall, type Rig } from './rig.ts'
import { logInAs } from './users.ts'

const known = { purpose: 'sales', origin: 'trade fair Berlin', legalBasis: 'consent' }

/** `ann` asks with the rights of an agent, of their own line. */
async function working(t: Test, mode: string, more: object = {}) {
  const rig = await modeRig(t, { pacing: { mode }, ...more })
  const { headers } = await logInAs(rig.url, { name: 'ann', password })
  const ann = async (method: string, path: string, body?: object) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(`${rig.url}/v1/agents/1001${path}`, {
      method,
      headers: { ...headers, ...type },
      ...text,
    })
    return { status: response.status, body: (await response.json()) as Answer }
  }
  const shown = async () => (await ann('GET', '/offer')).body.offer as Answer | undefined
  return { rig, ann, shown }
}

const dialed = ({ pbx }: Rig) => pbx.asked.filter(what => what.startsWith('originate'))

t.test('preview: one lead with all that is known of it, called or skipped by its agent', async t => {
  const preview = { decide: '20s', skipReasons: { busy: '1h', 'no-fit': 'never' } }
  const { rig, ann, shown } = await working(t, 'preview', { preview })
  t.match(await shown(), {
    ...{ leadId: 1, campaign: 'spring', lead: { name: 'Bob' }, timeUp: 'skip', skipReasons: ['busy', 'no-fit'] },
    ...{ verdict: { allowed: true }, person: { history: [], clocks: [{ zone: 'America/New_York' }] } },
  })
  t.notMatch(JSON.stringify(await shown()), '0111', 'numbers are masked')
  t.same(dialed(rig), [])
  const skip = (leadId: number, skipReason: string) => ann('POST', '/offer/skip', { leadId, skipReason })
  t.match(await skip(1, 'weather'), { status: 422, body: { error: { code: 'unknown-skip-reason' } } })
  t.equal((await skip(1, 'busy')).status, 200)
  t.match(await skip(1, 'busy'), { status: 409, body: { error: { code: 'offer-gone' } } }, 'sent twice')
  t.match(await rig.store.lead(1), { reason: 'skipped', dialableAt: rig.clock.now() + 3_600_000 })
  t.match(await shown(), { leadId: 2 })
  t.equal((await ann('POST', '/offer/call', { leadId: 2 })).status, 200)
  await rig.clock.runUntil(rig.clock.now() + 500)
  t.same(dialed(rig), ['originate +12025550112'])
  t.match((await rig.call('GET', '/v1/agents/1001')).body, {
    agent: { state: 'reserved' },
    call: { state: 'originating' },
  })
  t.equal(await shown(), undefined)
  const wrong = await ann('POST', '/dial', { number: '+12025550113', ...known })
  t.match(wrong, { status: 409, body: { error: { code: 'wrong-mode' } } }, 'numbers are typed in other campaigns')
})

t.test('manual: a typed number needs origin and purpose, and then the gate’s yes', async t => {
  const { rig, ann } = await working(t, 'manual')
  const number = '(202) 555-0175'
  const look = await ann('POST', '/dial/look', { number })
  t.match(look, { status: 200, body: { purpose: 'sales', otherNumbers: [] } })
  t.notOk('verdict' in look.body)
  const dial = (more: object) => ann('POST', '/dial', { number, ...more })
  for (const [body, status, code] of [
    [{}, 422, 'purpose-missing'],
    [{ purpose: 'sales' }, 422, 'origin-missing'],
    [{ ...known, legalBasis: 'because' }, 422, 'bad-legal-basis'],
    [{ ...known, purpose: 'debt' }, 409, 'purpose-differs'],
    [{ number: '12', ...known }, 422, 'invalid-number'],
    [{ leadId: 1 }, 422, 'invalid-request'],
  ] as const)
    t.match(await dial(body), { status, body: { error: { code } } }, code)
  t.same(await rig.store.leadsByNumber('+12025550175'), [], 'nothing is kept of what was refused')
  t.equal((await dial(known)).status, 200)
  await rig.clock.runUntil(rig.clock.now() + 500)
  t.same(dialed(rig), ['originate +12025550175'])
  const [lead] = await rig.store.leadsByNumber('+12025550175')
  t.match(lead, { list: 'typed', provenance: { origin: 'trade fair Berlin', legalBasis: 'consent' } })
  t.match(await ann('POST', '/dial', { leadId: 1 }), { status: 409 }, 'they have a call')
})

t.test('manual: what the gate refuses is said with its reason and the next time, and nothing leaves', async t => {
  const { rig, ann } = await working(t, 'manual', { hours: '16:00-20:00' })
  // 10:00 in New York.
  t.match((await ann('POST', '/dial/look', { leadId: 1 })).body, {
    leadId: 1,
    verdict: {
      allowed: false,
      reason: 'outside-calling-hours',
      rule: 'campaign/hours',
      nextAt: '2026-01-13T21:00:00.000Z',
    },
  })
  const refused = await ann('POST', '/dial', { leadId: 1 })
  t.match(refused, { status: 409, body: { error: { code: 'not-permitted', message: /next at 2026-01-13T21:00/ } } })
  await rig.call('PUT', '/v1/do-not-call/%2B12025550176')
  const listed = await ann('POST', '/dial', { number: '+12025550176', ...known })
  t.match(listed, { status: 409, body: { error: { code: 'not-permitted' } } })
  t.same(await rig.store.leadsByNumber('+12025550176'), [], 'whoever refused becomes no lead')
  t.match(await ann('POST', '/dial', { leadId: 99 }), { status: 404, body: { error: { code: 'unknown-lead' } } })
  t.same(dialed(rig), [])
  t.equal((await fetch(`${rig.url}/v1/agents/1001/dial`, { method: 'POST' })).status, 401)
})

t.test('a campaign that dials by itself leaves alone whom agents have typed, refused or dialed', async t => {
  const { rig, ann } = await working(t, 'manual', { hours: '01:00-02:00' })
  for (const number of ['+12025550175', '+12025550176'])
    t.match(await ann('POST', '/dial', { number, ...known }), {
      status: 409,
      body: { error: { code: 'not-permitted' } },
    })
  const [refused] = await rig.store.leadsByNumber('+12025550175')
  t.match(refused, { list: 'typed', state: 'new' })
  const mode = (of: string) =>
    rig.call('PUT', '/v1/campaigns/spring', {
      id: 'spring',
      message: 'sorry',
      pacing: { mode: of },
      retry: { busy: '1s' },
    })
  await mode('progressive')
  await rig.clock.runUntil(rig.clock.now() + 60_000)
  for (const number of ['+12025550175', '+12025550176'])
    t.match(await rig.store.leadsByNumber(number), [{ reason: 'by-hand-only' }], 'the hopper has looked, and left them')
  t.ok(dialed(rig).length > 0, 'others are dialed')
  const explained = await rig.call('GET', '/v1/leads/explain?number=%2B12025550175')
  t.match(explained.body, { leads: [{ dialable: false, checks: [] }] })
  t.match(
    (explained.body as { leads: { checks: Answer[] }[] }).leads[0]?.checks.find(({ check }) => check === 'list'),
    { passed: false, rule: 'product/typed', says: /typed by an agent/ },
  )
})

t.test('the board and the last hours count what agents dial, and pacing’s counters do not', async t => {
  const { rig, ann } = await working(t, 'manual')
  const course = createCourse(rig.dialer.gateway)
  t.teardown(() => course.close())
  t.equal((await ann('POST', '/dial', { number: '+12025550175', ...known })).status, 200)
  await rig.clock.runUntil(rig.clock.now() + 500)
  const callId = await connectCall(rig)
  rig.pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: rig.clock.now() })
  await rig.clock.runUntil(rig.clock.now() + 500)
  course.look()
  t.match((await rig.call('GET', '/v1/status')).body, {
    campaigns: [{ byHand: { attempts: 1, connected: 1 }, counters: { attempts: 0, connected: 0 } }],
  })
  t.match(course.view(), { campaigns: [{ attempts: [1], reached: [1], answers: [1], abandoned: [0] }] })
})
