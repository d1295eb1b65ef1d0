import assert from 'node:assert/strict'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { dispositions } from '../../src/core/vocabulary.ts'
import type { LeadRecord } from '../../src/ports/leads.ts'
import type { Store } from '../../src/ports/store.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads } from '../contract/store.ts'

const leadsPerRun = 8
const lead = fc.nat({ max: leadsPerRun - 1 })
const at = fc.integer({ min: 0, max: 50 })
const maybeAt = fc.option(at, { nil: null })

/** What can happen to a campaign, in any order; what is impossible in a state must be refused by both stores alike. */
const event = fc.oneof(
  fc.record({ kind: fc.constant('begin' as const), lead }),
  fc.record({
    kind: fc.constant('end' as const),
    call: fc.nat({ max: 12 }),
    disposition: fc.constantFrom(...dispositions),
    answered: fc.boolean(),
    retryAt: maybeAt,
    counts: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('wrap-up' as const),
    call: fc.nat({ max: 12 }),
    code: fc.constantFrom('sale', 'machine', 'timeout', 'complaint'),
    refusal: fc.boolean(),
    callbackAt: maybeAt,
  }),
  fc.record({
    kind: fc.constant('defer' as const),
    lead,
    until: maybeAt,
    reason: fc.constantFrom('resting', 'do-not-call', 'filtered-out', 'fatigue-limit', 'attempts-exhausted'),
  }),
  fc.record({
    kind: fc.constant('release' as const),
    reasons: fc.subarray(['filtered-out', 'fatigue-limit', 'outside-calling-hours'] as const),
    lead: fc.option(lead, { nil: null }),
  }),
  fc.record({
    kind: fc.constant('recycle' as const),
    last: fc.subarray([...dispositions]),
    resetAttempts: fc.boolean(),
    attemptsMax: fc.integer({ min: 1, max: 3 }),
    dryRun: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('ask' as const),
    now: at,
    limit: fc.integer({ min: 1, max: 9 }),
    exclude: fc.array(lead),
  }),
  fc.record({ kind: fc.constant('block' as const), lead, on: fc.boolean() }),
  fc.record({
    kind: fc.constant('import' as const),
    priorities: fc.array(fc.integer({ min: -1, max: 1 }), { maxLength: 3 }),
  }),
)
type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never

/** Plays events on a store; gives everything it answered, leads named by their number. */
async function play(
  store: Store,
  campaignId: string,
  given: { rows: ReturnType<typeof someLeads>; events: readonly Event[] },
) {
  await store.saveCampaign(someCampaign(campaignId))
  const leads = [...(await importSome(store, campaignId, given.rows))]
  const answers: unknown[] = []
  const calls: ReturnType<typeof attemptOf>[] = []
  for (const event of given.events) answers.push(await answerTo(event).catch((error: { code?: string }) => error.code))
  answers.push(await store.leadCounts(campaignId), await store.leadLists(campaignId))
  const putOff = await store.leadsPutOff({ campaignId, reason: 'fatigue-limit', limit: 3 })
  answers.push(putOff.map(({ number }) => number))
  for (const { leadId } of leads) answers.push(withoutId(await store.lead(leadId)))
  for (const call of await store.calls({ campaignId, limit: 100 }))
    answers.push([call.callId, call.end?.disposition, call.wrapUp])
  answers.push((await store.campaigns()).find(({ settings }) => settings.campaignId === campaignId)?.counters)
  return answers

  async function answerTo(event: Event): Promise<unknown> {
    switch (event.kind) {
      case 'begin': {
        const attempt = attemptOf(present(leads[event.lead]), `${campaignId}-${calls.length}`, calls.length)
        calls.push(attempt)
        return store.beginAttempt(attempt)
      }
      case 'end': {
        const { disposition, retryAt: leadRetryAt, counts: countsAsAttempt, answered } = event
        const more = { disposition, leadRetryAt, countsAsAttempt, ...(answered ? { answeredAt: 1 } : {}) }
        const call = calls[event.call]
        return call && store.endAttempt(endOf(call, more))
      }
      case 'wrap-up': {
        const { code, refusal, callbackAt } = event
        const callId = calls[event.call]?.callId ?? 'never'
        return store.recordWrapUp({ callId, code, refusal, ...(callbackAt === null ? {} : { callbackAt }) })
      }
      case 'defer':
        return store.deferLead(present(leads[event.lead]).leadId, event.until, event.reason)
      case 'ask':
        return dialable(event)
      case 'block': {
        const { number, leadId } = present(leads[event.lead])
        const entry = { number, list: 'company', source: 'operator', at: 1 } as const
        const done = event.on ? store.addDoNotCall(entry) : store.removeDoNotCall(number)
        return [await store.facts({ campaignId, leadId, now: 1 }), await done]
      }
      case 'release': {
        const { reasons, lead } = event
        const of = lead === null ? {} : { number: present(leads[lead]).number }
        return store.releaseLeads({ campaignId, reasons, ...of })
      }
      case 'recycle': {
        const { kind: _, last, ...more } = event
        return store.recycleLeads({ campaignId, ...more, ...(last.length === 0 ? {} : { last }) })
      }
      case 'import':
        return (await importSome(store, campaignId, given.rows.slice(0, event.priorities.length))).length
    }
  }

  async function dialable({ now, limit, exclude }: Extract<Event, { kind: 'ask' }>) {
    const excluded = exclude.map(index => present(leads[index]).leadId)
    const { leads: best, moreAt } = await store.dialableLeads({ campaignId, limit, exclude: excluded, now })
    return [best.map(({ number, attempts }) => [number, attempts]), moreAt]
  }
}

function present(lead: LeadRecord | undefined): LeadRecord {
  assert.ok(lead)
  return lead
}

function withoutId(lead: LeadRecord | undefined): Partial<LeadRecord> {
  const { leadId: _, ...rest } = present(lead)
  return rest
}

t.test('the SQLite store and the memory store answer the same to whatever happens', async t => {
  const sqlite = await openSqliteStore({ file: join(t.testdir(), 'same.db') })
  t.teardown(() => sqlite.close())
  const memory = createMemoryStore()
  let run = 0
  const priorities = fc.array(fc.integer({ min: -1, max: 1 }), { minLength: leadsPerRun, maxLength: leadsPerRun })
  await fc.assert(
    fc.asyncProperty(priorities, fc.array(event, { maxLength: 25 }), async (priorities, events) => {
      run += 1
      const rows = someLeads(priorities)
      const [bySqlite, byMemory] = [
        await play(sqlite, `run-${run}`, { rows, events }),
        await play(memory, `run-${run}`, { rows, events }),
      ]
      assert.deepEqual(bySqlite, byMemory)
    }),
    { numRuns: 150, endOnFailure: true },
  )
  t.equal(run, 150)
})
