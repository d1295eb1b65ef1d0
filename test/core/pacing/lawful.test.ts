import t from 'tap'
import type { CampaignSettings } from '../../../src/core/campaigns/campaign.ts'
import { createLawFinder } from '../../../src/core/compliance/law.ts'
import type { RateWindow, Rule } from '../../../src/core/compliance/rules.ts'
import { abandonmentLaw, campaignLaw, lawfulPacing, windowOfRule } from '../../../src/core/pacing/lawful.ts'
import type { PacingSettings } from '../../../src/core/pacing/pacer.ts'
import { dayMs, hourMs } from '../../../src/core/time.ts'
import { shippedRules } from '../../support/compliance.ts'
import { testCampaign } from '../../support/engineHarness.ts'

const pacing: PacingSettings = {
  ...{ mode: 'predictive', ratio: 1, abandonmentTarget: 0.027, abandonmentRateMax: 0.03, dialLevelMax: 5 },
}
const month: RateWindow = { kind: 'rolling', lengthMs: 30 * dayMs }

function rule(
  ruleId: string,
  rateMax: number,
  more: { window?: RateWindow; target?: number } = {},
): Rule<'abandonment'> {
  return { kind: 'abandonment', ruleId, rateMax, window: month, source: 's', date: '2026-01-01', ...more }
}

function campaign(more: Partial<PacingSettings> = {}): CampaignSettings {
  return { ...testCampaign, pacing: { ...pacing, ...more } }
}

const legal = (ruleId: string, rateMax: number) => ({
  ...{ name: ruleId, ruleId, kind: 'rolling', rateMax, lengthMs: 30 * dayMs },
})

t.test(
  'without a law each day is held to the limit of the operator, where there is one and no other windows',
  async t => {
    const dayAndLife = [{ name: '24h', lengthMs: dayMs }, { name: 'life' }]
    t.strictSame(lawfulPacing(campaign(), []), { ...pacing, abandonmentWindows: dayAndLife })
    const near = campaign({ abandonmentRateMax: 0.999 })
    t.strictSame(lawfulPacing(near, []), { ...near.pacing, abandonmentWindows: dayAndLife })
    for (const free of [campaign({ abandonmentRateMax: 1 }), campaign({ abandonmentRateMax: 2 })])
      t.equal(lawfulPacing(free, []), free.pacing)
    const own = campaign({ abandonmentWindows: [{ name: 'hour', lengthMs: hourMs }] })
    t.equal(lawfulPacing(own, []), own.pacing)
  },
)

t.test('the windows are those of the operator, or the life, and those of the law', async t => {
  t.strictSame(lawfulPacing(campaign(), [rule('a', 0.05)]), {
    ...pacing,
    abandonmentWindows: [{ name: 'life' }, legal('a', 0.03)],
  })
  const own = [{ name: 'hour', lengthMs: hourMs }]
  t.strictSame(lawfulPacing(campaign({ abandonmentWindows: own }), [rule('a', 0.02)]).abandonmentWindows, [
    ...own,
    legal('a', 0.02),
  ])
  t.strictSame(lawfulPacing(campaign({ abandonmentWindows: [] }), [rule('a', 0.02)]).abandonmentWindows, [
    { name: 'life' },
    legal('a', 0.02),
  ])
})

t.test('two laws that say the same are one account, and any difference makes two', async t => {
  const names = (...rules: readonly Rule<'abandonment'>[]) =>
    lawfulPacing(campaign(), rules)
      .abandonmentWindows?.slice(1)
      .map(({ name }) => name)
  t.strictSame(names(rule('a', 0.03), rule('b', 0.03)), ['a'])
  t.strictSame(names(rule('a', 0.05), rule('b', 0.04)), ['a'], 'both are above the limit of the operator')
  t.strictSame(names(rule('a', 0.03), rule('b', 0.02)), ['a', 'b'])
  t.strictSame(names(rule('a', 0.03), rule('b', 0.03, { window: { kind: 'successive', lengthMs: 30 * dayMs } })), [
    'a',
    'b',
  ])
  t.strictSame(names(rule('a', 0.03), rule('b', 0.03, { window: { kind: 'rolling', lengthMs: 29 * dayMs } })), [
    'a',
    'b',
  ])
})

t.test('who sets no limit has the widest of the law, and no windows of their own', async t => {
  const own = [{ name: 'hour', lengthMs: hourMs }]
  for (const abandonmentRateMax of [1, 2])
    t.strictSame(
      lawfulPacing(campaign({ abandonmentRateMax, abandonmentWindows: own }), [rule('a', 0.03), rule('b', 0.05)]),
      {
        ...{ ...pacing, abandonmentRateMax: 0.05 },
        abandonmentWindows: [legal('a', 0.03), legal('b', 0.05)],
      },
    )
  t.match(lawfulPacing(campaign({ abandonmentRateMax: 0.04 }), [rule('a', 0.03)]), { abandonmentRateMax: 0.04 })
})

t.test(
  'the target is no higher than each law lets it be, nine tenths of the rate where the operator aims above',
  async t => {
    const target = (abandonmentTarget: number, ...rules: readonly Rule<'abandonment'>[]) =>
      lawfulPacing(campaign({ abandonmentTarget }), rules).abandonmentTarget
    t.equal(target(0.027, rule('a', 0.03)), 0.027)
    t.equal(target(0.03, rule('a', 0.03)), 0.03, 'the rate itself may be aimed at')
    t.equal(target(0.031, rule('a', 0.03)), 0.9 * 0.03)
    t.equal(target(0.02, rule('a', 0.03, { target: 0.02 })), 0.02)
    t.equal(target(0.021, rule('a', 0.03, { target: 0.02 })), 0.02)
    t.equal(target(0.01, rule('a', 0.03, { target: 0.02 })), 0.01)
    t.equal(target(0.025, rule('a', 0.03), rule('b', 0.02)), 0.9 * 0.02, 'the strictest')
  },
)

t.test('where a law wants none at all, nothing is dialed without an agent', async t => {
  const none = lawfulPacing(campaign(), [rule('a', 0.03), rule('b', 0.03, { target: 0 })])
  t.match(none, { mode: 'progressive', abandonmentTarget: 0 })
  t.match(lawfulPacing(campaign(), [rule('a', 0.03, { target: 0.01 })]), { mode: 'predictive' })
  for (const mode of ['preview', 'manual'] as const)
    t.match(lawfulPacing(campaign({ mode }), [rule('b', 0.03, { target: 0 })]), { mode }, 'its agents dial')
})

t.test("a law's window has its length, or the months of the seller's place", async t => {
  const of = (window: RateWindow, place = 'US') => windowOfRule(rule('a', 0.03, { window }), place)
  const base = { name: 'a', ruleId: 'a', rateMax: 0.03 }
  t.strictSame(of({ kind: 'life' }), { ...base, kind: 'life' })
  t.strictSame(of({ kind: 'successive', lengthMs: 7 }), { ...base, kind: 'successive', lengthMs: 7 })
  t.strictSame(of({ kind: 'calendar-month' }), { ...base, kind: 'calendar-month', utcOffsetMs: 0 })
  const hours = (place: string) => (of({ kind: 'calendar-month' }, place).utcOffsetMs ?? Number.NaN) / hourMs
  const winter = Date.UTC(2026, 0, 15)
  const zones: Readonly<Record<string, string>> = {
    ...{ CA: 'America/Toronto', 'CA-NL': 'America/St_Johns', 'CA-NS': 'America/Halifax', 'CA-NB': 'America/Moncton' },
    ...{
      'CA-PE': 'America/Halifax',
      'CA-QC': 'America/Toronto',
      'CA-ON': 'America/Toronto',
      'CA-NU': 'America/Iqaluit',
    },
    ...{ 'CA-MB': 'America/Winnipeg', 'CA-SK': 'America/Regina', 'CA-AB': 'America/Edmonton' },
    ...{ 'CA-NT': 'America/Yellowknife', 'CA-YT': 'America/Whitehorse', 'CA-BC': 'America/Vancouver' },
  }
  for (const [place, timeZone] of Object.entries(zones)) {
    const there = new Date(new Date(winter).toLocaleString('en-US', { timeZone, timeZoneName: undefined }))
    const utc = new Date(new Date(winter).toLocaleString('en-US', { timeZone: 'UTC' }))
    t.equal(hours(place), (there.getTime() - utc.getTime()) / hourMs, place)
  }
  t.equal(hours('CA-XX'), -5, 'of the country')
  t.equal(hours('FR'), 0)
})

t.test('the law of a campaign is that of its seller and of the places of its persons, of the day', async t => {
  const laws = createLawFinder(shippedRules)
  const when = (place: string) => ({ places: [place], now: Date.UTC(2026, 10, 25, 17) })
  const ids = (place: string) => abandonmentLaw(laws, testCampaign, when(place)).map(({ ruleId }) => ruleId)
  t.ok(ids('GB').includes('UK-Ofcom/abandonment'))
  t.notOk(ids('US').includes('UK-Ofcom/abandonment'))
  t.ok(ids('GB').length > ids('US').length, "the seller's own stays")
  t.equal(campaignLaw(laws, testCampaign, when('GB')).abandonment.length, ids('GB').length)
})
