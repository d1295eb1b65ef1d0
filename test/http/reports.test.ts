import t, { type Test } from 'tap'
import type { AttemptEnd } from '../../src/core/calls/call.ts'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { loadRuleBook } from '../../src/rules/ruleBook.ts'
import { runLine, tempFolder, writeConfig } from '../cli/support.ts'
import { attemptOf, endOf, importSome, someLeads } from '../contract/store.ts'
import { type Rig, startAt, startRig, token } from './rig.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Two campaigns of one seller and one of another purpose, with calls of the last 40 days. */
async function filledRig(t: Test): Promise<Rig> {
  const rig = await startRig(t, { laws: createLawFinder(loadRuleBook()) })
  const seller = { id: 'acme', place: 'US' }
  const pacing = { personTakenForMachineRate: 0.01, abandonmentWindows: [{ name: '24h', lengthMs: dayMs }] }
  await rig.call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry', seller, pacing })
  await rig.call('PUT', '/v1/campaigns/autumn', { id: 'autumn', message: 'sorry', seller, topic: 'other' })
  await rig.call('PUT', '/v1/campaigns/debts', { id: 'debts', message: 'sorry', seller, purpose: 'debt' })
  const abandoned = (at: number) =>
    ({ disposition: 'abandoned', detail: 'no-agent', answeredAt: at, messageAt: at + 1_700 }) as const
  const talk = (at: number) => ({ disposition: 'connected', answeredAt: at, connectedAt: at + 100 }) as const
  const old = startAt - 40 * dayMs
  await make(rig, 'spring', [
    ...Array.from({ length: 98 }, (_, n) => talk(old + n)),
    abandoned(old),
    abandoned(old + 1),
  ])
  await make(rig, 'autumn', [
    ...Array.from({ length: 50 }, (_, n) => talk(startAt - 2 * hourMs + n)),
    { disposition: 'abandoned', detail: 'application-gone', answeredAt: startAt - 2 * hourMs + 60 },
    { disposition: 'hung-up-waiting', answeredAt: startAt - 2 * hourMs + 70 },
  ])
  await rig.store.recordWrapUp({ callId: 'autumn-0', code: 'machine', refusal: false })
  return rig
}

async function make(rig: Rig, campaignId: string, calls: readonly Partial<AttemptEnd>[]): Promise<void> {
  const leads = await importSome(rig.store, campaignId, someLeads(calls.map(() => 0)))
  for (const [n, lead] of leads.entries()) {
    const attempt = attemptOf(lead, `${campaignId}-${n}`, (calls[n]?.answeredAt ?? startAt) - 5_000)
    await rig.store.beginAttempt(attempt)
    await rig.store.endAttempt(endOf(attempt, calls[n]))
  }
}

interface Row {
  readonly law: string
  readonly window: string
  readonly campaign?: string
  readonly from: string
  readonly margin: number
}

t.test('the table has each law, window, owner and campaign, with every figure', async t => {
  const rig = await filledRig(t)
  const rowsOf = async (query: string): Promise<readonly Row[]> => {
    const { status, body } = await rig.call('GET', `/v1/reports/abandonment${query}`)
    t.equal(status, 200, query)
    return (body as unknown as { rows: readonly Row[] }).rows
  }
  const rows = await rowsOf('?law=US-FTC&since=2025-11-01T00:00:00Z')
  const first = new Date(Math.floor((startAt - 40 * dayMs) / hourMs) * hourMs).toISOString()
  const second = new Date(Date.parse(first) + 30 * dayMs).toISOString()
  t.match(
    rows.map(({ campaign = '(all)', from, margin }) => [campaign, from, margin]),
    [
      ['(all)', first, 0],
      ['(all)', second, -1],
      ['autumn', new Date(startAt - 2 * hourMs).toISOString(), -1],
      ['spring', first, 0],
      ['spring', second, 0],
    ],
    'debts are no sales: the law is not for them',
  )
  t.match(
    rows.find(row => row.campaign === 'spring'),
    {
      ...{ law: 'US-FTC', window: 'US-FTC/abandonment', source: /16 CFR 310/, rateMax: 0.03 },
      detected: { answered: 100, abandoned: 2, rate: 0.02 },
      corrected: { answered: 100, abandoned: 2 },
      // 1 % of all persons: 100 / 99 of those who were seen.
      estimated: { answered: 101.01, abandoned: 3.01, rate: (2 + 100 / 99) / (100 + 100 / 99) },
      ...{ messages: 2, messagesInTime: 2, messagesUntimed: 0, codedMachine: 0 },
    },
  )
  t.match(
    rows.find(row => row.campaign === 'autumn'),
    {
      detected: { answered: 52, abandoned: 2, rate: 2 / 52 },
      corrected: { answered: 51, abandoned: 2, rate: 2 / 51 },
      ...{ abandoned: 1, hungUpWaiting: 1, messages: 1, messagesInTime: 0, messagesUntimed: 1, codedMachine: 1 },
    },
  )
  const uk = (await rowsOf('?law=UK-Ofcom&campaign=autumn')).find(row => row.campaign === 'autumn')
  t.match(
    uk,
    { detected: { abandoned: 1 }, from: '2026-01-12T15:00:00.000Z' },
    'who hangs up first is not counted there',
  )
  const canada = await rowsOf('?law=CA-CRTC&campaign=autumn')
  t.same(
    canada.map(({ from }) => from),
    ['2026-01-01T05:00:00.000Z'],
    'months of Toronto',
  )
  const own = await rowsOf('?law=campaign&campaign=spring')
  t.match(
    own.map(({ window }) => window),
    ['24h', '24h'],
    'the last period and the present one',
  )
  t.same(await rowsOf('?seller=nobody'), [])
  const all = await rowsOf('')
  t.same(new Set(all.map(({ law }) => law)), new Set(['US-FTC', 'US-FCC', 'campaign']))

  for (const [query, status, says] of [
    ['?law=XX', 422, /there is no law XX: use campaign, .*US-FTC/],
    ['?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z', 422, /since must be before until/],
    ['?since=yesterday', 400, /since in the query/],
    ['?purpose=fun', 400, /purpose in the query/],
    ['?colour=red', 400, /colour/],
  ] as const) {
    const answer = await rig.call('GET', `/v1/reports/abandonment${query}`)
    t.equal(answer.status, status, query)
    t.match(JSON.stringify(answer.body), says)
  }
})

t.test('the evidence names each call, masked unless asked for, page by page or as CSV', async t => {
  const rig = await filledRig(t)
  const { body } = await rig.call('GET', '/v1/reports/abandonment/calls?limit=3')
  t.match(body, {
    calls: [
      { callId: 'spring-98', number: /^\+1\*+\d\d$/, why: 'no-agent', message: 'ordered', messageAfterMs: 1_700 },
      { callId: 'spring-99' },
      { callId: 'autumn-50', message: 'by-pbx' },
    ],
    next: 'autumn-50',
  })
  t.match((await rig.call('GET', '/v1/reports/abandonment/calls?after=autumn-50&numbers=true')).body, {
    calls: [{ callId: 'autumn-51', disposition: 'hung-up-waiting', number: /^\+1201555\d{4}$/, message: 'none' }],
  })
  const csv = async (path: string) =>
    (await fetch(`${rig.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).text()
  const lines = (await csv('/v1/reports/abandonment/calls?format=csv')).trim().split('\r\n')
  t.equal(lines.length, 5)
  t.match(lines[0], /^callId,campaign,seller,purpose,number,disposition,why,/)
  t.match(
    (await csv('/v1/reports/abandonment?format=csv&law=US-FTC')).split('\r\n')[1],
    /^US-FTC,US-FTC\/abandonment,16 CFR/,
  )
  t.equal((await rig.call('GET', '/v1/reports/abandonment/calls?after=nobody')).status, 404)
})

t.test('report abandonment prints aligned tables, and one line about what is wrong', async t => {
  const rig = await filledRig(t)
  const config = writeConfig(tempFolder(t), { port: Number(new URL(rig.url).port), token })
  const dw = (line: string) =>
    runLine(['--config', config, 'report', 'abandonment', ...line.split(' ').filter(Boolean)])
  const shown = await dw('--law US-FTC')
  t.equal(shown.code, 0, shown.err)
  const [head = '', ...rows] = shown.out.trimEnd().split('\n')
  t.match(head, /^law +window +seller +purpose +campaign +from +until +persons +abandoned +rate +limit +margin/)
  t.equal(rows.length, 5)
  t.match(
    rows.find(row => row.includes('autumn')),
    / 51 +2 +3\.92 % +3\.00 % +-1 +3\.85 % /,
  )
  t.match(shown.err, /2 windows above the limit/)
  const width = head.indexOf('persons') + 'persons'.length
  t.ok(
    rows.every(row => /\d/.test(row[width - 1] ?? '')),
    'figures end where their heading ends',
  )
  t.match(JSON.parse((await dw('--law US-FTC --json')).out), { rows: [{ law: 'US-FTC' }] })
  const evidence = await dw('--evidence --since 2025-11-01 --limit 2')
  t.match(evidence.out, /spring-98 +spring +\+1\*+\d\d +abandoned +no-agent +ordered +1\.70 s/)
  t.match(evidence.err, /more: --after spring-99/)
  t.match((await dw('--evidence --numbers')).out, /\+1201555\d{4}/)
  t.match((await dw('--format csv')).out, /^law,window,/)
  t.match((await dw('--seller nobody')).out, /no campaign, and no call that was answered/)
  t.match((await dw('--help')).out, /Examples:\n +\$ dialwright report abandonment/)
  for (const [line, says] of [
    ['--numbers', /add --evidence/],
    ['--evidence --law US-FTC', /leave it out/],
    ['--output x.csv', /add --format csv/],
    ['--law XX', /there is no law XX/],
    ['--purpose fun', /sales/],
    ['--format csv --output /nowhere/x.csv', /cannot write/],
  ] as const) {
    const ran = await dw(line)
    t.not(ran.code, 0, line)
    t.match(ran.err, says, line)
    t.equal(ran.err.trim().split('\n').length, 1, ran.err)
  }
})

t.test('a campaign that nobody knows is no campaign without abandoned calls', async t => {
  const rig = await filledRig(t)
  for (const path of ['abandonment', 'abandonment?format=csv', 'abandonment/calls', 'abandonment/calls?format=csv']) {
    const query = `${path}${path.includes('?') ? '&' : '?'}campaign=nope`
    t.match(await rig.call('GET', `/v1/reports/${query}`), {
      status: 404,
      body: { error: { code: 'unknown-campaign', message: /there is no campaign nope: there is .*spring/ } },
    })
  }
  t.match(await rig.call('GET', '/v1/reports/abandonment?campaign=spring'), { status: 200 })
})
