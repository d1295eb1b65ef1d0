import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import type { CampaignSettings } from '../../src/core/campaigns/campaign.ts'
import type { VerdictFacts } from '../../src/core/compliance/facts.ts'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import type { Rule } from '../../src/core/compliance/rules.ts'
import { explainVerdict, verdictRules } from '../../src/core/compliance/verdict.ts'
import { given } from '../../src/core/given.ts'
import { dayMs } from '../../src/core/time.ts'
import type { LeadRecord, NewLead } from '../../src/ports/leads.ts'
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { attemptOf, endOf, importSome, someCampaign } from '../contract/store.ts'
import { freshLists, shippedRules } from '../support/compliance.ts'

const seed = 14
const persons = 120
const retentionMs = 1_827 * dayMs
/** A Wednesday, eleven in the morning in New York, when the leads that come in now are old. */
const at = Math.ceil((Date.now() + 2_300 * dayMs) / (7 * dayMs)) * 7 * dayMs + 6 * dayMs + 15 * 3_600_000

/** Mostly long ago, about the border, or lately. */
const ageMs = fc.oneof(
  fc.integer({ min: retentionMs - 3, max: retentionMs + 3 }),
  fc.integer({ min: 1, max: 40 * dayMs }),
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 3_600 * dayMs }) },
)
const past = fc.record({
  ageMs,
  campaign: fc.constantFrom('spring', 'autumn'),
  disposition: fc.constantFrom('busy', 'no-answer', 'connected', 'abandoned', 'hung-up-waiting', 'failed'),
  counts: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
  talkMs: fc.constantFrom(2_000, 10_000, 60_000),
  word: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(undefined, 'sale', 'machine') },
    fc.constantFrom('complaint', 'refused'),
  ),
})
const person = fc.record({
  calls: fc.array(past, { maxLength: 12 }),
  personId: fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 25 }).map(String)),
  wish: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    fc.constantFrom('no', 'never', 'withdrawn', 'given'),
  ),
})
type Person = typeof person extends fc.Arbitrary<infer Value> ? Value : never

const limit = { kind: 'attempts', source: 'campaign', date: '2026-01-01' } as const
const limits: readonly Rule<'attempts'>[] = [
  { ...limit, ruleId: 'life', max: 3, window: { kind: 'life' }, per: 'person', across: 'campaign' },
  { ...limit, ruleId: 'purpose', max: 6, window: { kind: 'life' }, per: 'number', across: 'purpose' },
  {
    ...limit,
    ruleId: 'month',
    max: 2,
    window: { kind: 'rolling', lengthMs: 30 * dayMs },
    per: 'person',
    across: 'all',
  },
]
const always = { startMinute: 0, endMinute: 1440, weekdays: [0, 1, 2, 3, 4, 5, 6] }

function campaignOf(campaignId: string): CampaignSettings {
  return { ...someCampaign(campaignId), attemptLimits: limits, callingHours: always }
}

function rowOf(person: Person, index: number): NewLead {
  const number = `+1212555${String(1000 + index)}`
  const row = { number, timeZones: ['America/New_York'], priority: 0, data: {} }
  return { ...row, ...given({ personId: person.personId }) }
}

async function live(store: SqliteStore, leads: readonly LeadRecord[], one: Person): Promise<void> {
  for (const { ageMs, campaign, disposition, counts, talkMs, word } of one.calls) {
    const lead = leads.find(({ campaignId }) => campaignId === campaign)
    if (lead === undefined) continue
    const attempt = attemptOf(lead, `${lead.leadId}-${ageMs}-${Math.random()}`, at - ageMs - talkMs)
    await store.beginAttempt(attempt)
    const answeredAt = attempt.originatedAt
    const talked = { answeredAt, ...given({ connectedAt: disposition === 'connected' ? answeredAt : undefined }) }
    const rang = disposition === 'busy' || disposition === 'no-answer' || disposition === 'failed'
    const end = { disposition, endedAt: at - ageMs, countsAsAttempt: counts, leadRetryAt: null, ...(!rang && talked) }
    await store.endAttempt(endOf(attempt, end))
    const said = { callId: attempt.callId, refusal: word === 'refused', at: at - ageMs }
    if (word !== undefined) await store.recordWrapUp({ ...said, code: word })
  }
}

/** What they said of themselves, which stays when their leads leave. */
async function wish(store: SqliteStore, number: string, { wish: said }: Person): Promise<void> {
  const when = at - 2_000 * dayMs
  if (said === 'no') await store.addDoNotCall({ number, list: 'company', source: 'agent', at: when })
  if (said === 'never')
    await store.setPersonHours({ number, days: [[], [], [], [], [], [], []], how: 'by letter', recordedAt: when })
  if (said === 'withdrawn') await store.withdrawPermission({ number, at: when, how: 'by letter' })
  const about = { basis: 'written', topics: [], channels: [] } as const
  if (said === 'given')
    await store.addPermission({ number, ...about, givenAt: when, recordedAt: when, how: 'by letter' })
}

const laws = createLawFinder(shippedRules)

/** Every check of the gate, for a lead that is as good as new. */
function checksOf(facts: VerdictFacts, campaignId: string): unknown {
  const asNew = { ...facts, lists: freshLists(at), leadState: 'new', dialableAt: 0, attempts: 0, list: '' } as const
  return explainVerdict(asNew, verdictRules(settings.get(campaignId) ?? campaignOf(campaignId), laws), at)
}

const settings = new Map(['spring', 'autumn'].map(id => [id, campaignOf(id)]))

t.test('an archive changes no verdict', { timeout: 180_000 }, async t => {
  const folder = t.testdir()
  const store = await openSqliteStore({ file: join(folder, 'x.db') })
  t.teardown(() => store.close())
  await store.recordRules(shippedRules, at)
  for (const campaign of settings.values()) await store.saveCampaign(campaign)
  const everybody = fc.sample(person, { seed, numRuns: persons })
  const rows = everybody.map(rowOf)
  const all = [await importSome(store, 'spring', rows), await importSome(store, 'autumn', rows)].flat()
  for (const [index, one] of everybody.entries())
    await live(
      store,
      all.filter(({ number }) => number === rows[index]?.number),
      one,
    )
  for (const [index, one] of everybody.entries()) await wish(store, rows[index]?.number ?? '', one)
  const told = async ({ campaignId, leadId }: LeadRecord) =>
    checksOf(await store.facts({ campaignId, leadId, now: at }), campaignId)
  const before = new Map<string, unknown>()
  for (const lead of all) before.set(`${lead.campaignId} ${lead.number}`, await told(lead))
  const { left } = await store.files.archive({ target: join(folder, 'old.gz'), dryRun: false, at })
  t.ok(left.attempts > 100 && left.leads > 10, `${left.attempts} attempts and ${left.leads} leads left`)
  const gone: LeadRecord[] = []
  for (const lead of all) if ((await store.lead(lead.leadId)) === undefined) gone.push(lead)
  t.equal(gone.length, left.leads)
  const kept = all.filter(lead => !gone.includes(lead))
  for (const campaignId of settings.keys()) {
    const again = rows.filter(({ number }) => gone.some(one => one.campaignId === campaignId && one.number === number))
    // Some come in again without a word of whose number it is: that is known.
    const bare = again.map(({ personId, ...row }, index) => ({
      ...row,
      ...given({ personId: index % 2 ? personId : undefined }),
    }))
    kept.push(...(await importSome(store, campaignId, bare)))
  }
  t.ok(gone.filter(({ personId }) => personId !== undefined).length > 10, 'of persons with several numbers too')
  t.equal(kept.length, all.length, 'who has left can come in again')
  const seen = new Set<string>()
  for (const lead of kept) {
    const now = await told(lead)
    for (const { verdict } of now as { verdict: { allowed: boolean; reason?: string } }[]) seen.add(`${verdict.reason}`)
    t.strictSame(now, before.get(`${lead.campaignId} ${lead.number}`), `${lead.campaignId} ${lead.number}`)
  }
  for (const reason of ['attempts-limit', 'fatigue-limit', 'fatigue-rest', 'do-not-call', 'undefined'])
    t.ok(seen.has(reason), reason)
})
