import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import { complianceChecks, zoneDataCheck } from '../../src/cli/commands/doctor/complianceChecks.ts'
import type { CampaignSettings } from '../../src/core/campaigns/campaign.ts'
import { createImporter } from '../../src/import/importer.ts'
import { zoneData } from '../../src/numbers/zoneOffsets.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { testCampaign } from '../support/engineHarness.ts'

const dayMs = 86_400_000
const now = Date.UTC(2026, 5, 17)
const noRules = { overrides: [], profiles: {}, profilesWhere: 'x:1' }
const british: Partial<CampaignSettings> = { campaignId: 'autumn', seller: { sellerId: 'acme', place: 'GB' } }

type Config = Parameters<typeof complianceChecks>[0]

function checksOf(config: Partial<Config>, at = now): readonly string[] {
  const whole = { rules: noRules, campaigns: [], store: { path: '/nowhere/x.db' }, ...config }
  return complianceChecks(whole, at).map(
    ({ what, result, says, todo }) => `${result} ${what}: ${says}${todo === undefined ? '' : ` -> ${todo}`}`,
  )
}

t.test('a list that the law wants and nobody has imported: who cannot call, and what to write', async t => {
  const campaigns = [testCampaign, { ...testCampaign, campaignId: 'summer' }]
  const found = checksOf({ campaigns })
  t.match(found[0], /^ok rules: version [0-9a-f]{12}: \d+ lines of \d+ jurisdictions$/)
  const list = found.find(line => line.includes('list of US:'))
  t.match(
    list,
    /^fail list of US: none has been imported, US-\w+\/\S+ wants it; 2 campaigns cannot call there: spring, summer/,
  )
  t.match(list, /-> dialwright dnc import FILE --list us --kind national --place US --as-of DAY$/)
  t.match(found.at(-1), /^ok records: kept \S+ at least, by \S+;/)
})

t.test('purposes for which no list is wanted ask for none', async t => {
  const campaigns = [{ ...testCampaign, purpose: 'service' as const }]
  t.strictSame(
    checksOf({ campaigns }).filter(line => line.includes('list of')),
    [],
  )
})

t.test('lists and campaigns of the store count: fresh, nearly too old, too old', async t => {
  const path = join(t.testdir(), 'dialwright.db')
  const store = await openSqliteStore({ file: path })
  await store.saveCampaign(testCampaign)
  await createImporter(store).importDoNotCall({
    ...{
      stream: Readable.from([Buffer.from('2125550111\n2125550112\n')]),
      source: 'x',
      list: 'ftc',
      defaultCountry: 'US',
    },
    ...{ kind: 'national', place: 'US', asOf: now },
  })
  await store.close()
  const at = (days: number) =>
    checksOf({ store: { path } }, now + days * dayMs).find(line => line.includes('list of US'))
  t.match(at(0), /^ok list of US: ftc is 0 days old, US-\S+ allows 31d$/)
  t.match(
    at(29),
    /^warn list of US: ftc is 29 days old, .* -> get the next one: dialwright dnc import FILE --list ftc /,
  )
  t.match(
    at(32),
    /^fail list of US: ftc is 32 days old, .*; 1 campaign cannot call there: spring -> dialwright dnc import/,
  )
})

t.test('overrides stand with who signed them; profiles are named', async t => {
  const override = {
    rule: 'UK-Ofcom/abandonment',
    by: 'Ann',
    reason: 'opinion of counsel',
    set: { target: 0.01 },
    where: 'x:3',
  }
  const rules = { ...noRules, overrides: [override], profiles: { ES: 'FR' } }
  const found = checksOf({ rules, campaigns: [{ ...testCampaign, ...british }] })
  t.match(found[0], /; ES under FR$/)
  t.match(found[1], /^warn override: UK-Ofcom\/abandonment: .*, signed by Ann: opinion of counsel -> it is in force/)
})

t.test('rules that cannot be read, and a seller whose place has none', async t => {
  const folder = t.testdir()
  writeFileSync(join(folder, 'ES.yaml'), 'jurisdiction: ES\nsurprise: true\n')
  const [only, ...more] = checksOf({ rules: { ...noRules, folder } })
  t.match(only, /^fail rules: .*ES\.yaml.* -> correct it: the daemon does not start with it$/)
  t.strictSame(more, [])
  const spanish = { ...testCampaign, seller: { sellerId: 'acme', place: 'ES' } }
  const line = checksOf({ campaigns: [spanish] }).find(one => one.includes('rules of ES'))
  t.match(
    line,
    /^warn rules of ES: no rules cover ES: nobody is called there -> add a file .* rules\.profiles: \{ ES: XX \}/,
  )
})

t.test('a campaign whose respect line names nobody is told of, and no other', async t => {
  const own = { language: 'en', whoSound: 'acme/who' } as const
  const campaigns = [testCampaign, { ...testCampaign, campaignId: 'own', respectLine: own }]
  const lines = (all: readonly CampaignSettings[]) =>
    checksOf({ campaigns: all }).filter(line => line.includes('respect line'))
  t.match(lines(campaigns), [/^warn respect line: .* speaks for spring -> .*respectLine.who/])
  t.same(lines(campaigns.slice(1)), [])
})

t.test('zone data older than 12 months fail, with their version and what to do', async t => {
  const shipped = { version: '2026b', published: '2026-04-25', from: 'dialwright' } as const
  const at = (text: string) => zoneDataCheck(shipped, Date.parse(text))
  t.match(at('2026-11-29T00:00Z'), { result: 'ok', says: 'tz 2026b, as shipped, published 2026-04-25' })
  t.match(at('2027-04-25T00:00:00.000Z'), { result: 'ok' })
  t.match(at('2027-04-25T00:00:00.001Z'), {
    result: 'fail',
    says: /^tz 2026b, .*: older than 12 months$/,
    todo: /zone-clocks/,
  })
  const leapDay = { ...shipped, published: '2028-02-29' }
  t.match(zoneDataCheck(leapDay, Date.parse('2029-03-01T00:00Z')), { result: 'ok' })
  t.match(zoneDataCheck(leapDay, Date.parse('2029-03-02T00:00Z')), { result: 'fail' })
  const zoneLine = (when: number) => checksOf({}, when).find(line => line.includes('zone data'))
  t.match(zoneLine(Date.parse(zoneData.published)), /^ok zone data: tz 20\d\d[a-z], /)
  t.match(at('2026-04-24T23:59:59.999Z'), {
    code: 'clock-behind',
    says: /^stands at 2026-04-24T23:59:59.999Z, before tz 2026b/,
  })
  t.match(zoneLine(Date.UTC(2100, 0, 1)), /^fail zone data: tz 20\d\d[a-z], .*older than 12 months -> update/)
})
