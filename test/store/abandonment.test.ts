import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t, { type Test } from 'tap'
import type { AttemptEnd } from '../../src/core/calls/call.ts'
import type { CampaignSettings } from '../../src/core/campaigns/campaign.ts'
import type { Input } from '../../src/core/inputs.ts'
import { dayMs, hourMs } from '../../src/core/time.ts'
import { countAbandonment } from '../../src/dialer/abandonment.ts'
import { createLog } from '../../src/log.ts'
import type { Store } from '../../src/ports/store.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { migrate } from '../../src/store/sqlite/migrate.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads } from '../contract/store.ts'

const noon = Date.UTC(2026, 5, 17, 16, 0)
const nine = Date.UTC(2026, 5, 17, 9)

const ends = {
  talk: (at: number) => ({ disposition: 'connected', answeredAt: at, connectedAt: at + 100 }) as const,
  abandoned: (at: number) =>
    ({ disposition: 'abandoned', detail: 'no-agent', answeredAt: at, messageAt: at + 1_700 }) as const,
  late: (at: number) =>
    ({ disposition: 'abandoned', detail: 'agent-leg-dead', answeredAt: at, messageAt: at + 2_001 }) as const,
  byPbx: (at: number) => ({ disposition: 'abandoned', detail: 'application-gone', answeredAt: at }) as const,
  silent: (at: number) => ({ disposition: 'abandoned', detail: 'no-agent', answeredAt: at }) as const,
  left: (at: number) => ({ disposition: 'hung-up-waiting', answeredAt: at }) as const,
  machine: (at: number) => ({ disposition: 'machine', answeredAt: at }) as const,
}

/** Makes calls of a campaign with their ends, ids `<campaign>-0`, `-1`, ... */
async function make(store: Store, campaignId: string, calls: readonly Partial<AttemptEnd>[]): Promise<void> {
  const leads = await importSome(store, campaignId, someLeads(calls.map(() => 0)))
  for (const [n, lead] of leads.entries()) {
    const attempt = attemptOf(lead, `${campaignId}-${n}`, (calls[n]?.answeredAt ?? noon) - 5_000)
    await store.beginAttempt(attempt)
    await store.endAttempt(endOf(attempt, calls[n]))
  }
}

function campaign(campaignId: string, more: Partial<CampaignSettings> = {}): CampaignSettings {
  return { ...someCampaign(campaignId), ...more }
}

const says = (callId: string, code: string) => ({ callId, code, refusal: false })

async function contract(t: Test, store: Store, reopened: () => Promise<Store>): Promise<void> {
  await store.saveCampaign(campaign('one'))
  await store.saveCampaign(campaign('two', { topic: 'other' }))
  await store.saveCampaign(campaign('debt', { purpose: 'debt' }))
  const { talk, abandoned, late, byPbx, silent, left, machine } = ends
  await make(store, 'one', [
    talk(noon),
    talk(noon + 1),
    abandoned(noon + 2),
    late(noon + hourMs),
    byPbx(noon + hourMs + 1),
    silent(noon + hourMs + 2),
    left(noon + hourMs + 3),
    machine(noon + hourMs + 4),
    { disposition: 'busy' },
  ])
  await make(store, 'two', [talk(nine - 3 * dayMs), abandoned(nine - 3 * dayMs + 2 * hourMs)])
  await make(store, 'debt', [abandoned(noon)])
  await store.recordWrapUp(says('one-0', 'machine'))
  await store.recordWrapUp(says('one-1', 'machine'))
  await store.recordWrapUp(says('one-1', 'sale'))
  // One who said so before the end was written.
  const [lead] = await importSome(store, 'one', someLeads([0]))
  if (lead === undefined) throw new TypeError('a lead is imported')
  const early = attemptOf(lead, 'one-early', noon)
  await store.beginAttempt(early)
  await store.recordWrapUp(says('one-early', 'machine'))
  await store.endAttempt(endOf(early, talk(noon + 9)))

  const again = await reopened()
  const none = { messages: 0, messagesInTime: 0, messagesUntimed: 0, machines: 0, hungUpWaiting: 0, codedMachine: 0 }
  const acme = { sellerId: 'acme', purpose: 'sales' as const }
  t.same(await again.abandonmentSpans({ ...acme, hoursSince: noon - 1 }), [
    {
      ...{ ...acme, ...none, campaignId: 'two', at: nine - 3 * dayMs, lengthMs: 15 * hourMs },
      ...{ answered: 2, abandoned: 1, messages: 1, messagesInTime: 1 },
    },
    {
      ...{ ...acme, ...none, campaignId: 'one', at: noon, lengthMs: hourMs },
      ...{ answered: 4, codedMachine: 2, abandoned: 1, messages: 1, messagesInTime: 1 },
    },
    {
      ...{ ...acme, ...none, campaignId: 'one', at: noon + hourMs, lengthMs: hourMs },
      ...{ answered: 4, machines: 1, abandoned: 3, hungUpWaiting: 1, messages: 2, messagesUntimed: 1 },
    },
  ])
  t.same(
    (await again.abandonmentSpans({ purpose: 'debt', hoursSince: 0 })).map(span => span.abandoned),
    [1],
  )
  t.equal((await again.abandonmentSpans({ hoursSince: nine - 4 * dayMs })).length, 5, 'hours, not days')
  t.same(
    (await again.abandonmentSpans({ ...acme, hoursSince: noon + 500 * dayMs })).map(({ at, lengthMs, answered }) => [
      at,
      lengthMs > dayMs,
      answered,
    ]),
    [
      [nine - 3 * dayMs, true, 2],
      [noon, true, 8],
    ],
    'months, from their first answer on',
  )
  t.same(await again.abandonmentSpans({ sellerId: 'other', hoursSince: 0 }), [])

  const ids = async (query: Partial<Parameters<Store['abandonedCalls']>[0]>) =>
    (await again.abandonedCalls({ limit: 100, ...query })).map(({ callId }) => callId)
  t.same(await ids({}), ['two-1', 'debt-0', 'one-2', 'one-3', 'one-4', 'one-5', 'one-6'].toSorted(byAnswer))
  t.same(await ids({ campaignId: 'one', since: noon + 3, until: noon + hourMs + 3 }), ['one-3', 'one-4', 'one-5'])
  t.same(await ids({ ...acme, limit: 2 }), ['two-1', 'one-2'])
  t.same(await ids({ ...acme, after: 'one-2', limit: 2 }), ['one-3', 'one-4'])
  await t.rejects(again.abandonedCalls({ after: 'nobody', limit: 1 }), { code: 'unknown-call' })
  t.match((await again.abandonedCalls({ limit: 1, after: 'one-2' }))[0], {
    ...{ callId: 'one-3', campaignId: 'one', ...acme, disposition: 'abandoned', detail: 'agent-leg-dead' },
    ...{ answeredAt: noon + hourMs, messageAt: noon + hourMs + 2_001 },
  })

  const told: Input[] = []
  const clock = { now: () => noon + 2 * hourMs, wakeAt: () => () => {} }
  await new Promise<void>(resolve => {
    const submit = (input: Input): void => {
      told.push(input)
      resolve()
    }
    countAbandonment({ store: again, clock, submit, log: createLog({ level: 'silent' }) }, acme)
  })
  const spans = (at: number, answers: number, gone: number) => ({ at, lengthMs: hourMs, answers, abandoned: gone })
  t.same(told, [
    {
      ...{ kind: 'abandonment-counted', ...acme },
      campaigns: [
        { campaignId: 'two', spans: [spans(nine - 3 * dayMs, 1, 0), spans(nine - 3 * dayMs + 2 * hourMs, 1, 1)] },
        { campaignId: 'one', spans: [spans(noon, 2, 1), spans(noon + hourMs, 4, 4)] },
      ],
    },
  ])
}

/** By the instants of their answers, as made above. */
function byAnswer(one: string, other: string): number {
  const order = ['two-1', 'debt-0', 'one-2', 'one-3', 'one-4', 'one-5', 'one-6']
  return order.indexOf(one) - order.indexOf(other)
}

t.test('the memory store counts abandonment', async t => {
  const store = createMemoryStore()
  await contract(t, store, async () => store)
})

t.test('the SQLite store counts abandonment, and knows it after a restart', async t => {
  const file = join(t.testdir(), 'dialwright.db')
  const store = await openSqliteStore({ file })
  await contract(t, store, async () => {
    await store.close()
    const again = await openSqliteStore({ file })
    t.teardown(() => again.close())
    return again
  })
})

t.test('calls of an older schema are counted once, when it is brought up to date', async t => {
  const database = new Database(':memory:')
  for (const name of ['0001.sql', '0002.sql'])
    database.exec(readFileSync(new URL(`../../src/store/sqlite/schema/${name}`, import.meta.url), 'utf8'))
  database.pragma('foreign_keys = OFF')
  database.pragma('user_version = 2')

  database.pragma('application_id = 0x4469616c')
  database.exec(`
    INSERT INTO campaign (campaignKey, campaignId) VALUES (1, 'old');
    INSERT INTO attempt (callId, campaignKey, leadId, number, nodeId, trunkId, callerId, originatedAt, disposition, detail,
      answeredAt, endedAt, wrapUpCode) VALUES
      ('a', 1, 1, 12125550100, 'n', 't', '', 1, 'connected', NULL, ${noon}, ${noon + 9}, NULL),
      ('b', 1, 2, 12125550101, 'n', 't', '', 1, 'connected', NULL, ${noon + 1}, ${noon + 9}, 'machine'),
      ('c', 1, 3, 12125550102, 'n', 't', '', 1, 'abandoned', 'no-agent', ${noon + 2}, ${noon + 9}, NULL),
      ('d', 1, 4, 12125550103, 'n', 't', '', 1, 'busy', NULL, NULL, ${noon + 9}, NULL),
      ('e', 1, 5, 12125550104, 'n', 't', '', 1, NULL, NULL, NULL, NULL, NULL)`)
  migrate(database, 'old')
  const [row, ...more] = database.prepare('SELECT * FROM abandonmentHour').all()
  t.same(more, [])
  t.match(row, { at: noon, answered: 3, codedMachine: 1, machines: 0, abandoned: 1, messages: 1, messagesUntimed: 1 })
  database.close()
})
