import { readFileSync } from 'node:fs'
import t from 'tap'
import { type AlarmThresholds, defaultThresholds } from '../../../src/core/alarms/alarm.ts'
import {
  attemptsPerMinute,
  budgetShareMax,
  type CampaignSeen,
  engineFindings,
  isOnIn,
  type Judging,
  rateMinMs,
  rateOverMs,
  storeAlarmCode,
  withSample,
} from '../../../src/core/alarms/conditions.ts'
import { type AlarmCode, alarmCodes, alarmKind } from '../../../src/core/alarms/kinds.ts'
import {
  certificateConditions,
  dataConditions,
  diskConditions,
  guessConditions,
  listConditions,
} from '../../../src/core/alarms/upkeep.ts'
import { dayMs, minuteMs } from '../../../src/core/time.ts'

const thresholds: AlarmThresholds = { ...defaultThresholds, diskFreeMinBytes: 1_000 }
const off: Judging = { thresholds, isOn: () => false }
const on = (code: AlarmCode, subject?: string) => ({
  thresholds,
  isOn: isOnIn([subject === undefined ? { code } : { code, subject }]),
})
const codes = (found: readonly { readonly code: string }[]) => found.map(({ code }) => code)

const spring: CampaignSeen = { campaignId: 'spring', running: true, agents: 2, leadsLeft: 9_999, attemptsPerMinute: 1 }

function ofCampaign(seen: Partial<CampaignSeen>, judging = off) {
  const { conditions, unknown } = engineFindings(
    { nodes: [], trunks: [], campaigns: [{ ...spring, ...seen }] },
    judging,
  )
  return { on: codes(conditions), unknown: codes(unknown), says: conditions[0]?.says }
}

t.test('PBXs and trunks: each state has its alarm', async t => {
  const found = engineFindings(
    {
      nodes: [
        { nodeId: 'a', link: 'up' },
        { nodeId: 'b', link: 'down', breaker: { cause: 'pbx-slow' } },
        { nodeId: 'c', link: 'up', breaker: { cause: 'legs-lost' } },
        { nodeId: 'd', link: 'up', taken: 'another program has taken our ARI application' },
      ],
      trunks: [
        { trunkId: 'ok', breaker: { state: 'closed' } },
        { trunkId: 'bad', breaker: { state: 'probing', fault: 'refusals' } },
        { trunkId: 'short', breaker: { state: 'open', fault: 'short-calls' } },
      ],
      campaigns: [],
    },
    off,
  )
  t.same(
    found.conditions.map(({ code, subject }) => `${code} ${subject}`),
    ['node-down b', 'node-breaker c', 'application-taken d', 'trunk-failing bad', 'short-calls short'],
  )
})

t.test('campaigns: agents, leads, and only where they run', async t => {
  t.same(ofCampaign({}), { on: [], unknown: [], says: undefined })
  t.same(ofCampaign({ agents: 0, dialable: true }).on, ['no-agents'])
  t.same(ofCampaign({ agents: 0, dialable: false }).on, [], 'nothing may be dialed: nobody is needed')
  t.same(ofCampaign({ agents: 0 }), { on: [], unknown: ['no-agents'], says: undefined })
  t.same(ofCampaign({ agents: 0, dialable: true, running: false }), { on: [], unknown: [], says: undefined })
  t.same(ofCampaign({ reason: 'no-leads' }).on, ['no-leads'])
  t.same(ofCampaign({ reason: 'no-leads', agents: 0, dialable: false }).on, [])
  t.same(ofCampaign({ reason: 'legal-stop' }).on, ['legal-stop'])
})

t.test('leads running out: at the border, with a band, and unknown where the rate is', async t => {
  const minutes = thresholds.listLeftMs / minuteMs
  const left = (leadsLeft: number, judging = off) => ofCampaign({ leadsLeft, attemptsPerMinute: 10 }, judging).on
  t.same(left(minutes * 10), [])
  t.same(left(minutes * 10 - 1), ['list-running-out'])
  t.match(
    ofCampaign({ leadsLeft: 1, attemptsPerMinute: 0.5 }).says,
    '1 lead left: at 0.5 attempts a minute they last for 2 min',
  )
  t.same(left(minutes * 12 - 1, on('list-running-out', 'spring')), ['list-running-out'])
  t.same(left(minutes * 12, on('list-running-out', 'spring')), [])
  t.same(ofCampaign({ leadsLeft: 1, attemptsPerMinute: 0 }).on, [], 'nothing is dialed')
  const { leadsLeft: _, ...uncounted } = spring
  t.same(codes(engineFindings({ nodes: [], trunks: [], campaigns: [uncounted] }, off).unknown), ['list-running-out'])
})

t.test('the budget: the target itself is no alarm, the way from there to the stop is', async t => {
  t.equal(budgetShareMax({ target: 0.027, limit: 0.03 }, 0.8), 0.94)
  t.equal(budgetShareMax({ target: 0.01, limit: 0.05 }, 0.8), 0.8)
  t.equal(budgetShareMax({ target: 0.01, limit: 0.05 }, 0.9), 0.9)
  const budget = { window: '24h', target: 0.027, limit: 0.03 }
  const used = (abandoned: number, left: number, judging = off) =>
    ofCampaign({ budget: { ...budget, abandoned, left } }, judging).on
  t.same(used(93, 7), [])
  t.same(used(94, 6), ['budget-nearly-spent'])
  t.same(used(92, 8, on('budget-nearly-spent', 'spring')), ['budget-nearly-spent'])
  t.same(used(90, 10, on('budget-nearly-spent', 'spring')), [])
  t.same(used(9, 0), [], 'of so few one person is too large a share')
  t.same(used(12, -3), ['budget-nearly-spent'])
})

t.test('the rate of attempts: nothing is said of too short a time, and a count that falls begins anew', async t => {
  let samples = withSample([], { at: 0, attempts: 100 })
  t.equal(attemptsPerMinute(samples, { at: rateMinMs - 1, attempts: 200 }), undefined)
  t.equal(attemptsPerMinute(samples, { at: rateMinMs, attempts: 200 }), 20)
  for (let at = minuteMs; at <= 2 * rateOverMs; at += minuteMs)
    samples = withSample(samples, { at, attempts: 100 + at / minuteMs })
  t.equal(samples[0]?.at, rateOverMs)
  t.equal(attemptsPerMinute(samples, { at: 2 * rateOverMs, attempts: 120 }), 1)
  t.same(withSample(samples, { at: 2 * rateOverMs + 1, attempts: 0 }), [{ at: 2 * rateOverMs + 1, attempts: 0 }])
})

t.test('disk, data, certificates, guesses: at their borders', async t => {
  t.same(diskConditions(1_000, off), [])
  t.same(codes(diskConditions(999, off)), ['disk-low'])
  t.same(codes(diskConditions(1_099, on('disk-low'))), ['disk-low'])
  t.same(diskConditions(1_100, on('disk-low')), [])
  const now = 400 * dayMs
  const data = (zonesAt: number, rulesAt: number) => codes(dataConditions({ zonesAt, rulesAt }, now))
  t.same(data(now - 366 * dayMs, now - 366 * dayMs), [])
  t.same(data(now - 366 * dayMs - 1, now - 367 * dayMs), ['zone-data-old', 'rules-old'])
  const certificate = (validUntil: number, refused?: string) => {
    const seen = { address: 'x:443', validUntil, ...(refused === undefined ? {} : { refused }) }
    return codes(certificateConditions([seen], now, off))
  }
  t.same(certificate(now + 14 * dayMs), [])
  t.same(certificate(now + 14 * dayMs - 1), ['certificate-expiring'])
  t.same(certificate(now), ['certificate-bad'])
  t.same(certificate(now + 90 * dayMs, 'SELF_SIGNED_CERT_IN_CHAIN'), ['certificate-bad'])
  t.same(guessConditions(19), [])
  t.same(codes(guessConditions(20)), ['tokens-guessed'])
})

t.test('a list that the law wants: missing, in time, soon too old, too old', async t => {
  const rule = {
    ...({ kind: 'do-not-call-list', place: 'US', ageMaxMs: 31 * dayMs } as const),
    ...{ ruleId: 'US-FTC/list', source: '', date: '2026-11-01' },
  }
  const wanted = [{ campaignId: 'spring', rule }]
  const now = 1_000 * dayMs + 60_000
  const aged = (days: number) => {
    const asOf = (1_000 - days) * dayMs
    const list = { name: 'ftc', kind: 'national', place: 'US', version: '1', numbers: 1 } as const
    return codes(listConditions(wanted, [{ ...list, importedAt: asOf, asOf }], now))
  }
  t.same(codes(listConditions(wanted, [], now)), ['list-missing'])
  t.same([27, 28, 29, 31, 32].map(aged), [[], [], ['list-ageing'], ['list-ageing'], ['list-too-old']])
  const stricter = { campaignId: 'autumn', rule: { ...rule, ageMaxMs: 10 * dayMs } }
  t.match(listConditions([...wanted, stricter], [], now)[0]?.says, /autumn/)
})

t.test('whatever a store says is the matter has an alarm', async t => {
  t.equal(storeAlarmCode('disk-full'), 'disk-full')
  t.equal(storeAlarmCode('writer-gone'), 'store-failed')
})

t.test('the documents have each alarm, word for word', async t => {
  const text = readFileSync(new URL('../../../docs/OPERATIONS.md', import.meta.url), 'utf8')
  const rows = alarmCodes.map(code => {
    const { severity, raised, ended, todo } = alarmKind(code)
    return `| \`${code}\` | ${severity} | ${raised} | ${ended} | ${todo} |`
  })
  const begin = text.indexOf('| alarm | severity |')
  const table = text.slice(begin, text.indexOf('\n\n', begin)).split('\n').slice(2)
  t.same(table, rows)
})
