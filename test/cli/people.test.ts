import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Defect } from '../../src/errors.ts'
import { dialingRig, type Rig, startAt, token } from '../http/rig.ts'
import { engineStateOf } from '../support/engineState.ts'
import { type Ran, runLine, tempFolder, writeConfig } from './support.ts'

/** A daemon with a campaign at work, and a command line that reaches it. */
async function steered(t: Test) {
  const rig = await dialingRig(t)
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: Number(new URL(rig.url).port), token })
  const dw = (...args: readonly string[]): Promise<Ran> => runLine(['--config', config, ...args])
  return { rig, folder, dw }
}

const topicOf = (rig: Rig): string => rig.dialer.gateway.campaign('spring')?.settings.topic ?? ''
const bob = '+12025550111'

t.test('permissions are added, shown and taken back', async t => {
  const { rig, dw } = await steered(t)
  const how = 'letter, signed'
  t.match(await dw('consent', 'add', bob, '--topic', 'autumn', 'winter', '--basis', 'written', '--how', how), {
    code: 0,
    out: /recorded as permission 1 of \+12025550111/,
  })
  t.match(await dw('consent', 'show', bob), { code: 0, out: /autumn winter.*call.*written.*letter, signed/ })
  t.match(await dw('consent', 'withdraw', bob, '--topic', 'winter', '--how', 'by mail'), {
    code: 0,
    out: /is not called about winter \(1 permission ended\)/,
  })
  const permissions = await rig.store.permissionsOf(bob)
  t.match(permissions, [
    { topics: ['autumn'], givenAt: startAt + 2000 },
    { topics: ['winter'], withdrawnHow: 'by mail' },
  ])
  t.match(await dw('consent', 'show', '+12025550177'), { code: 0, out: /nothing is recorded/ })
  t.match(await dw('consent', 'add', bob, '--topic', 'autumn'), { code: 2, err: /add --basis, --how/ })
  t.match(await dw('consent', 'add', bob, '--topic', 'Big Sale', '--basis', 'written', '--how', how), { code: 1 })
  t.match(
    await rig.call('POST', '/v1/permissions', {
      number: bob,
      basis: 'written',
      topics: [],
      how,
      givenAt: '2030-01-01T00:00:00Z',
    }),
    {
      status: 422,
      body: { error: { code: 'bad-date' } },
    },
  )
})

t.test('a withdrawal ends what rings about the topic, and only that', async t => {
  const { rig, dw } = await steered(t)
  const { dialer, pbx, clock } = rig
  const [callId = ''] = [...engineStateOf(dialer).calls.keys()]
  const number = dialer.gateway.call(callId)?.number ?? ''
  pbx.tell({ kind: 'call-ringing', callId, at: clock.now() })
  await dw('consent', 'withdraw', number, '--topic', 'something-else', '--how', 'x')
  await clock.runUntil(clock.now() + 20_000)
  t.notOk(pbx.asked.includes(`hang-up ${callId}`), 'it rings on')
  await dw('consent', 'withdraw', number, '--topic', topicOf(rig), '--how', 'x')
  await clock.runUntil(clock.now() + 1_000)
  t.ok(pbx.asked.includes(`hang-up ${callId}`), 'the legal minimum ring has passed')
})

t.test('a withdrawal takes the number out of hoppers of that topic', async t => {
  const { rig, dw } = await steered(t)
  const hopper = () =>
    engineStateOf(rig.dialer)
      .campaigns.get('spring')
      ?.hopper.leads.map(({ number }) => number) ?? []
  const [waiting] = hopper()
  if (waiting === undefined) throw new Defect('nobody waits')
  await dw('consent', 'withdraw', waiting, '--topic', 'something-else', '--how', 'x')
  t.ok(hopper().includes(waiting))
  await dw('consent', 'withdraw', waiting, '--how', 'x')
  t.notOk(hopper().includes(waiting))
})

t.test('permissions are imported, and a file’s withdrawals take effect at once', async t => {
  const { rig, folder, dw } = await steered(t)
  const file = join(folder, 'p.csv')
  writeFileSync(
    file,
    `number,topic,given_at,withdrawn_at\n2025550150,autumn,2026-01-02,\nrubbish,autumn,2026-01-02,\n2025550112,${topicOf(rig)},2026-01-02,2026-01-05\n`,
  )
  const line = ['consent', 'import', file, '--basis', 'express', '--how', 'web form']
  t.match(await dw(...line), { code: 0, out: /2 permissions of 3 rows imported.*1 bad row[\s\S]*3 +letters/ })
  t.match(await rig.store.permissionsOf('+12025550150'), [{ topics: ['autumn'], how: 'web form' }])
  const hopper = engineStateOf(rig.dialer).campaigns.get('spring')?.hopper.leads ?? []
  t.notOk(hopper.some(({ number }) => number === '+12025550112'))
  t.match(await dw('consent', 'import', file, '--basis', 'express'), {
    code: 1,
    err: /no column how or evidence.*--how/,
  })
})

t.test('a person’s own hours', async t => {
  const { rig, dw } = await steered(t)
  t.match(
    await dw('consent', 'hours', bob, 'mon-fri=17:00-20:00', 'sat=10:00-12:00,14:00-16:00', '--how', 'told Ann'),
    {
      code: 0,
      out: /wants calls only mon 17:00-20:00.*sat 10:00-12:00, 14:00-16:00 \(told Ann\)/,
    },
  )
  t.match(await rig.store.personHoursOf(bob), {
    days: [[], [{ startMinute: 1020, endMinute: 1200 }], {}, {}, {}, {}, [{ startMinute: 600 }, { startMinute: 840 }]],
  })
  for (const [bad, said] of [
    ['someday=10:00-12:00', /no hours/],
    ['mon', /no hours/],
    ['mon=12:00-10:00', /ends before it begins/],
    ['mon=25:00-26:00', /a span like/],
  ] as const) {
    const ran = await dw('consent', 'hours', bob, bad)
    t.match([ran.code > 0, ran.err], [true, said], bad)
  }
  t.match(await dw('consent', 'hours', bob, '--forget'), { code: 0 })
  t.equal(await rig.store.personHoursOf(bob), undefined)
})

t.test('access and erasure', async t => {
  const { rig, folder, dw } = await steered(t)
  const calls = [...engineStateOf(rig.dialer).calls.values()].map(({ number }) => number)
  const called = calls[0] ?? ''
  const other = called === bob ? '+12025550112' : bob
  t.match(await dw('person', 'access', other), { code: 0, out: /leads\n.*number +campaign/ })
  const output = join(folder, 'answer.json')
  t.match(await dw('person', 'access', other, '-o', output), { code: 0, err: /written to .*1 lead, 0 calls/ })
  t.match(JSON.parse(readFileSync(output, 'utf8')), { numbers: [other], leads: [{ campaignId: 'spring' }] })
  t.match(await dw('person', 'access', other, '-o', join(folder, 'none', 'x.json')), { code: 1, err: /cannot write/ })
  t.notOk(existsSync(join(folder, 'none')))

  t.match(await dw('person', 'erase', other, '--by', 'R. Miller'), { code: 2, err: /nothing was erased.*--yes/ })
  t.equal((await rig.store.leadsByNumber(other)).length, 1)
  t.match(await dw('person', 'erase', called, '--by', 'R. Miller', '--yes'), { code: 1, err: /being called right now/ })
  t.match(await dw('person', 'erase', other, '--by', 'R. Miller', '--yes'), { code: 0, out: /is erased.*1 lead/ })
  t.strictSame(await rig.store.leadsByNumber(other), [])
  const hopper = engineStateOf(rig.dialer).campaigns.get('spring')?.hopper.leads ?? []
  t.notOk(
    hopper.some(({ number }) => number === other),
    'nobody dials what is erased',
  )
  t.match(await dw('person', 'erase', other, '--by', 'R. Miller', '--yes'), { code: 0, out: /0 leads/ })
})

t.test('moving in from a folder', async t => {
  const { rig, folder, dw } = await steered(t)
  const { dialer, pbx, clock } = rig
  const [callId = ''] = [...engineStateOf(dialer).calls.keys()]
  const ringing = dialer.gateway.call(callId)?.number ?? ''
  pbx.tell({ kind: 'call-ringing', callId, at: clock.now() })
  await clock.runUntil(clock.now() + 16_000)
  writeFileSync(
    join(folder, 'vicidial_list.csv'),
    'lead_id,status,phone_code,phone_number,list_id,called_count\n1,NEW,1,2025550160,7,0\n2,NEW,1,12,7,0\n3,ODD,1,2025550161,7,1\n',
  )
  writeFileSync(join(folder, 'vicidial_dnc.csv'), `2025550162\n${ringing}\n`)
  const line = ['move-in', 'vicidial', folder, '--campaign', 'spring', '--time-zone', 'America/New_York']
  const origin = ['--origin', 'our customers', '--basis', 'contract']
  t.match(await dw(...line), { code: 1, err: /add --basis consent/ })
  t.match(await dw(...line, ...origin, '--dry-run'), { code: 0, out: /nothing written[\s\S]*would come over/ })
  t.strictSame(await rig.store.leadsByNumber('+12025550160'), [])
  t.notOk(pbx.asked.includes(`hang-up ${callId}`), 'a dry run ends no call')
  const ran = await dw(...line, ...origin)
  t.match(ran, { code: 0, out: /leads +vicidial_list.csv +3 +2 +0 +1[\s\S]*dnc +vicidial_dnc.csv +2 +2/ })
  t.ok(pbx.asked.includes(`hang-up ${callId}`), 'who refused there rings here no more')
  t.match(ran.out, /unknown-status: ODD[\s\S]*leads +3 +too-short/)
  t.match(await rig.store.leadsByNumber('+12025550160'), [
    { list: 'vicidial-7', provenance: { origin: 'our customers' } },
  ])
  t.match(await dw(...line, ...origin, '--status', 'ODD=maybe'), { code: 2, err: /write CODE=retry/ })
  const empty = tempFolder(t)
  t.match(await dw('move-in', 'vicidial', empty, '--campaign', 'spring', '--time-zone', 'UTC'), {
    code: 1,
    err: /nothing to move in/,
  })
})

t.test('where a number came from is on the agent’s screen and in every answer', async t => {
  const { rig, dw } = await steered(t)
  const provenance = { origin: 'trade fair Berlin', obtainedAt: Date.UTC(2026, 9, 1), legalBasis: 'consent' } as const
  const number = '+12025550170'
  await rig.store.importLeads('fair', 'spring', [
    { number, timeZones: ['America/New_York'], priority: 0, data: {}, provenance },
  ])
  await rig.store.activateImport('fair', { source: 'x', rows: 1, imported: 1, duplicates: 0, invalid: 0, list: 'fair' })
  t.match(await dw('leads', 'list', '--campaign', 'spring'), {
    out: /fair .*\+12025550170.*trade fair Berlin, 2026-10-01, consent/,
  })
  t.match(await dw('leads', 'explain', number), { out: /number from: trade fair Berlin, 2026-10-01, consent/ })
  const [lead] = await rig.store.leadsByNumber(number)
  const ids = { origin: 'campaign', campaignId: 'spring', leadId: lead?.leadId ?? 0, number } as const
  await rig.store.beginAttempt({
    ...{ callId: 'fair-1', ...ids, nodeId: 'pbx1', trunkId: 'main', callerId: '+12025550100', originatedAt: 1 },
  })
  t.match(await rig.call('GET', '/v1/calls/fair-1'), {
    body: { provenance: { origin: 'trade fair Berlin', legalBasis: 'consent' } },
  })
})

t.test('an import of leads says what it lacks before it is sent', async t => {
  const { folder, dw } = await steered(t)
  const file = join(folder, 'leads.csv')
  writeFileSync(file, 'phone\n2025550180\n')
  const line = ['leads', 'import', file, '--campaign', 'spring', '--origin', 'fair']
  t.match(await dw(...line, '--basis', 'because'), { code: 2, err: /write one of consent, contract/ })
  t.match(await dw(...line, '--obtained', '01.10.2026'), { code: 2, err: /write a date such as 2026-10-01/ })
})
