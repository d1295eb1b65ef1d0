import t from 'tap'
import { Value } from 'typebox/value'
import { parse, stringify } from 'yaml'
import { campaignTemplate } from '../../src/cli/templates.ts'
import {
  type CampaignDocument,
  campaignDocument,
  campaignSchema,
  campaignSettings,
} from '../../src/config/campaignFile.ts'
import type { CampaignSettings } from '../../src/core/campaigns/campaign.ts'
import { readFilter } from '../../src/core/campaigns/filter.ts'
import { defaultFatigue } from '../../src/core/compliance/fatigue.ts'
import { countriesOf } from '../../src/core/compliance/verdict.ts'
import { historyMax } from '../../src/store/decisions/facts.ts'

const defaults = { trunks: [{ trunkId: 'main', callerIds: ['+12025550100'] }] }
const base = { id: 'spring', message: 'sorry' }

const everything: CampaignDocument = {
  ...base,
  seller: { id: 'acme', place: 'US-FL' },
  countries: ['US', 'CA'],
  purpose: 'survey',
  topic: 'spring-survey',
  consent: 'required',
  limits: [
    { max: 2, window: 'day', per: 'person', across: 'topic' },
    { max: 7, window: '7d', per: 'number', across: 'all' },
    { max: 30, window: 'life', per: 'number', across: 'campaign' },
  ],
  fatigue: {
    ...{ on: true, halfLife: '10d', limit: 9.5, rest: '3d' },
    weights: { attempt: 0.5, hungUpWithin5s: 5, hungUpWithin20s: 1, abandoned: 4, refusal: 9.5, complaint: 30 },
  },
  lists: [
    { list: 'warm', share: 70 },
    { list: 'cold', share: 0 },
  ],
  filter: "state in ('NY', 'NJ') and age >= 18",
  respectLine: { language: 'zh', who: 'acme/who', source: 'acme/from' },
  retry: { attempts: 3, sameHour: true, machine: '1d', 'no-answer': '2d' },
}

/** A retry that never comes is written out and was absent: it is the same. */
function withoutNever(settings: CampaignSettings): CampaignSettings {
  const { retry } = settings
  const rules = Object.entries(retry.byDisposition).filter(([, { afterMs }]) => afterMs !== undefined)
  return { ...settings, retry: { ...retry, byDisposition: Object.fromEntries(rules) } }
}

t.test('whom a campaign calls, its order and its fatigue go through YAML and back unchanged', async t => {
  const settings = campaignSettings(everything, defaults)
  t.match(settings.fatigue, { on: true, halfLifeMs: 10 * 86_400_000, limit: 9.5, restMs: 3 * 86_400_000 })
  t.match(settings.retry, { attemptsMax: 3, sameHour: true })
  const shown = campaignDocument(settings)
  for (const [key, value] of Object.entries(everything)) {
    if (key !== 'retry') t.strictSame((shown as Record<string, unknown>)[key], value, key)
  }
  const again = campaignSettings(parse(stringify(shown)), defaults)
  t.strictSame(withoutNever(again), withoutNever(settings))
  t.strictSame(campaignDocument(again), shown)
})

t.test("a campaign that names no countries keeps to its seller's, one that names what is none is refused", async t => {
  t.notOk('countries' in campaignSettings(base, defaults))
  t.strictSame(countriesOf(campaignSettings({ ...base, seller: { id: 'a', place: 'US-FL' } }, defaults)), ['US'])
  t.strictSame(countriesOf(campaignSettings({ ...base, countries: ['GB'] }, defaults)), ['GB'])
  for (const countries of [['us'], ['USA'], ['US-FL'], [], ['US', 'US']])
    t.notOk(Value.Check(campaignSchema, { ...base, countries }), `${countries}`)
  for (const country of ['XX', 'UK', 'PR'])
    t.throws(() => campaignSettings({ ...base, countries: [country] }, defaults), {
      code: 'campaign-wrong',
      message: new RegExp(`countries names ${country}, which is no country`),
    })
})

t.test('a limit is one that the gate can see reached', async t => {
  const limited = (max: number) => ({ ...base, limits: [{ max, window: 'life' }] })
  t.ok(Value.Check(campaignSchema, limited(historyMax)))
  t.notOk(Value.Check(campaignSchema, limited(historyMax + 1)))
})

t.test('one weight alone leaves the others as they are; fatigue can be turned off and stays off', async t => {
  const { fatigue } = campaignSettings({ ...base, fatigue: { weights: { attempt: 2 } } }, defaults)
  t.strictSame(fatigue, { ...defaultFatigue, weights: { ...defaultFatigue.weights, attempt: 2 } })
  const off = campaignSettings({ ...base, fatigue: { on: false } }, defaults)
  t.equal(campaignSettings(campaignDocument(off), defaults).fatigue.on, false)
})

t.test('a silent campaign keeps to the product: fatigue on, retries at another hour, and goes round too', async t => {
  const settings = campaignSettings(base, defaults)
  t.strictSame(settings.fatigue, defaultFatigue)
  t.equal(settings.retry.sameHour, undefined)
  t.equal(campaignDocument(settings).retry?.sameHour, false)
  const again = campaignSettings(parse(stringify(campaignDocument(settings))), defaults)
  t.strictSame(withoutNever(again), withoutNever(settings))
})

t.test('what the template suggests in its comments can be taken as it stands', async t => {
  const key = /^# ((?:seller|countries|purpose|topic|consent|lists|filter|limits|fatigue):.*)$/
  const lines = campaignTemplate.split('\n')
  const opened = lines.map(line => (key.test(line) || /^# {3}- /.test(line) ? line.slice(2) : line)).join('\n')
  const document = parse(opened)
  t.strictSame(
    Object.keys(document).filter(name => key.test(`# ${name}:`)),
    [...['seller', 'countries', 'purpose', 'topic', 'consent', 'lists', 'filter', 'limits', 'fatigue']],
  )
  const settings = campaignSettings(document, defaults)
  t.match(settings, {
    seller: { sellerId: 'acme' },
    listMix: [
      { list: 'warm', share: 70 },
      { list: 'cold', share: 30 },
    ],
  })
  t.equal(readFilter(settings.filter ?? '').ok, true)
})
