import t from 'tap'
import type { DoNotCallKind } from '../../src/core/compliance/doNotCall.ts'
import { createLawFinder, type LawFinder } from '../../src/core/compliance/law.ts'
import { createEngineState, takeStep } from '../../src/core/engine.ts'
import { createRefusalDoor } from '../../src/dialer/refusals.ts'
import { createWriter } from '../../src/dialer/writer.ts'
import { StoreError } from '../../src/errors.ts'
import { createLog } from '../../src/log.ts'
import type { RefusalBy, RefusalWay } from '../../src/ports/refusals.ts'
import { createMemoryStore, type MemoryStore } from '../../src/store/memory/memoryStore.ts'
import { shippedRules, signedFor } from '../support/compliance.ts'
import { testCampaign } from '../support/engineHarness.ts'

const now = Date.UTC(2026, 0, 13, 15)
const topic = testCampaign.topic
/** Ann has two telephones, Bob one. */
const ann = '+12125550101'
const annToo = '+12125550102'
const bob = '+13035550103'

/** A door between an engine whose hopper holds all three numbers, and a store that says when a write is on disk. */
async function createWorld(laws?: LawFinder) {
  const happened: string[] = []
  const kept = createMemoryStore()
  const store = tellingOf(kept, what => void happened.push(what))
  await kept.saveCampaign(testCampaign)
  const rows = [ann, annToo, bob].map(number => ({ number, timeZones: ['America/New_York'], priority: 0, data: {} }))
  const people = rows.map(row => ({ ...row, ...(row.number === bob ? {} : { personId: 'ann' }) }))
  await kept.importLeads('i1', 'spring', people)
  await kept.activateImport('i1', { source: 'x', rows: 3, imported: 3, duplicates: 0, invalid: 0 })
  const state = createEngineState('r', undefined, laws)
  takeStep(state, { kind: 'nodes', nodeIds: ['pbx'] }, now)
  takeStep(state, { kind: 'campaign-apply', settings: testCampaign }, now)
  const { hopper } = state.campaigns.get('spring') ?? {}
  for (const { leadId, number } of await kept.listLeads({ campaignId: 'spring', limit: 10 }))
    hopper?.leads.push({ leadId, number, attempts: 0, personKey: undefined } as never)
  const clock = { now: () => now, wakeAt: () => () => {} }
  const writer = createWriter({ clock, log: createLog({ level: 'silent' }) })
  const door = createRefusalDoor({
    store,
    clock,
    state,
    writer,
    originator: { block: bound => void happened.push(`stop ${textOf(bound)}`) },
    submit: input => {
      if (input.kind === 'number-blocked') happened.push(`off ${textOf(input)}`)
    },
  })
  return { door, kept, happened, state, writer, settled: writer.settled }
}

function textOf({ number, topic, campaignId }: { number: string; topic?: string; campaignId?: string }): string {
  const about = topic === undefined ? '' : ` about ${topic}`
  return `${nameOf(number)}${about}${campaignId === undefined ? '' : ` in ${campaignId}`}`
}

function nameOf(number: string): string {
  return { [ann]: 'ann', [annToo]: 'ann2', [bob]: 'bob' }[number] ?? number
}

/** Says when each write is on disk. */
function tellingOf(store: MemoryStore, tell: (what: string) => void): MemoryStore {
  return {
    ...store,
    async addDoNotCall(entry) {
      await store.addDoNotCall(entry)
      tell(`disk: ${nameOf(entry.number)} on ${entry.list} by ${entry.source}, ${entry.note ?? 'no note'}`)
    },
    async addDoNotCallPrefix(entry) {
      await store.addDoNotCallPrefix(entry)
      tell(`disk: ${entry.prefix}* on company by ${entry.source}`)
    },
    async withdrawPermission(withdrawal) {
      const ended = await store.withdrawPermission(withdrawal)
      tell(`disk: ${nameOf(withdrawal.number)} withdraws ${withdrawal.topic ?? 'everything'}`)
      return ended
    },
    async erasePerson(erasure) {
      const report = await store.erasePerson(erasure)
      tell(`disk: ${nameOf(erasure.number)} erased by ${erasure.by}`)
      return report
    },
  }
}

interface Case<Way extends RefusalWay> {
  readonly refusal: RefusalBy<Way>
  /** What is there before. */
  readonly given?: (kept: MemoryStore) => Promise<unknown>
  /** What has happened when the call returns, before anything that takes time: all that a step of the engine waits for. */
  readonly atOnce: readonly string[]
  /** All that happens, in its order. */
  readonly happens: readonly string[]
  readonly answers?: unknown
}

function install(
  kept: MemoryStore,
  list: string,
  { number, ...what }: { kind: DoNotCallKind; number: string; place?: string; campaignId?: string },
): void {
  const version = { list, ...what, version: 'v1', numbers: 1, importedAt: now, asOf: now, file: 'none', source: 'x' }
  kept.replaceBulkList(version, { numbers: [number], prefixes: [] })
}

/** Out of the hopper and off the line with both numbers of Ann. */
const both = ['stop ann', 'off ann', 'stop ann2', 'off ann2']
const call = { number: ann, callId: 'c1', campaignId: 'spring' }
const permission = {
  number: ann,
  basis: 'express' as const,
  topics: [],
  channels: ['call'],
  how: 'form',
  givenAt: now - 1_000,
  recordedAt: now - 1_000,
}

const ways: { readonly [Way in RefusalWay]: Case<Way> } = {
  'wrap-up': {
    refusal: { way: 'wrap-up', ...call },
    atOnce: [],
    happens: ['disk: ann on company by agent, call c1', ...both],
  },
  agent: {
    refusal: { way: 'agent', ...call },
    atOnce: ['stop ann', 'off ann'],
    happens: [...['stop ann', 'off ann', 'disk: ann on company by agent, call c1'], ...['stop ann2', 'off ann2']],
  },
  'opt-out-key': {
    refusal: { way: 'opt-out-key', ...call },
    atOnce: ['stop ann', 'off ann'],
    happens: [...['stop ann', 'off ann', 'disk: ann on company by opt-out-key, call c1'], ...['stop ann2', 'off ann2']],
  },
  carrier: {
    refusal: { way: 'carrier', ...call },
    atOnce: ['stop ann', 'off ann'],
    happens: ['stop ann', 'off ann', 'disk: ann on company by network, call c1', 'stop ann2', 'off ann2'],
  },
  'dead-number': {
    refusal: { way: 'dead-number', ...call },
    atOnce: ['off ann'],
    happens: ['off ann', 'disk: ann on retired by network, call c1'],
  },
  operator: {
    refusal: { way: 'operator', number: ann, note: 'by letter' },
    atOnce: [],
    happens: ['disk: ann on company by operator, by letter', ...both],
  },
  'operator-prefix': {
    refusal: { way: 'operator-prefix', prefix: '+1212' },
    atOnce: [],
    happens: ['disk: +1212* on company by operator', ...both],
  },
  withdrawal: {
    refusal: { way: 'withdrawal', number: ann, topic, how: 'by letter' },
    given: kept => kept.addPermission(permission),
    atOnce: [],
    happens: [
      `disk: ann withdraws ${topic}`,
      ...['ann', 'ann2'].flatMap(one => [`stop ${one} about ${topic}`, `off ${one} about ${topic}`]),
    ],
    answers: 1,
  },
  erasure: {
    refusal: { way: 'erasure', number: ann, by: 'R. Miller' },
    atOnce: [],
    happens: [
      ...['stop ann', 'off ann', 'stop ann2', 'off ann2', 'disk: ann erased by R. Miller'],
      ...['stop ann', 'off ann', 'stop ann2', 'off ann2'],
    ],
    answers: { numbers: 2, leads: 2 },
  },
  'permission-import': {
    refusal: { way: 'permission-import' },
    given: kept => kept.withdrawPermission({ number: bob, topic, at: now - 1, how: 'file' }),
    atOnce: [],
    happens: [`stop bob about ${topic}`, `off bob about ${topic}`],
  },
  'list-import': {
    refusal: { way: 'list-import' },
    given: async kept => {
      install(kept, 'bought', { kind: 'other', number: bob })
      install(kept, 'nation', { kind: 'national', place: 'US', number: ann })
      install(kept, 'spring', { kind: 'campaign', campaignId: 'spring', number: ann })
      install(kept, 'autumn', { kind: 'campaign', campaignId: 'autumn', number: bob })
    },
    atOnce: [],
    happens: [
      ...['stop ann in spring', 'off ann in spring', 'stop ann2 in spring', 'off ann2 in spring'],
      ...['stop bob', 'off bob'],
    ],
  },
  'move-in': {
    refusal: { way: 'move-in' },
    given: async kept => {
      await kept.addDoNotCall({ number: annToo, list: 'company', source: 'import', at: now - 1 })
      await kept.addDoNotCall({ number: bob, list: 'retired', source: 'network', at: now - 1 })
    },
    atOnce: [],
    happens: both,
  },
}

for (const [way, { refusal, given, atOnce, happens, answers }] of Object.entries(ways)) {
  t.test(`a no by way of ${way} is on disk in its order, and whom it binds is called no more`, async t => {
    const { door, kept, happened, settled } = await createWorld()
    await given?.(kept)
    const answer = door.refuse(refusal)
    t.strictSame(happened, atOnce, 'what a step of the engine does not wait for')
    t.match(await answer, answers)
    await settled()
    t.strictSame(happened, happens)
  })
}

t.test('a no in a call is written though a record of that call cannot be', async t => {
  for (const way of ['agent', 'opt-out-key', 'carrier'] as const) {
    const { door, kept, happened, writer } = await createWorld()
    writer.keep(call.callId, () => Promise.reject(new StoreError('disk-full', 'the disk is full')))
    await door.refuse({ way, ...call })
    await new Promise(resolve => setTimeout(resolve, 10))
    t.equal(writer.waiting(), 1, 'the record waits still')
    t.match(await kept.doNotCallEntry(ann), { list: 'company' }, way)
    t.ok(happened.includes('off ann2'), 'and they are called by no other number')
  }
})

t.test('nobody is forgotten in the middle of a call', async t => {
  const { kept } = await createWorld()
  const state = createEngineState('r')
  state.calls.set('c1', { callId: 'c1', number: annToo } as never)
  const door = createRefusalDoor({
    store: kept,
    clock: { now: () => now, wakeAt: () => () => {} },
    state,
    writer: { keep() {} },
    originator: { block: () => t.fail('an order was stopped') },
    submit: () => t.fail('somebody was taken off'),
  })
  t.equal(await door.refuse({ way: 'erasure', number: ann, by: 'R. Miller' }), undefined)
  t.equal((await kept.leadsByNumber(ann)).length, 1)
})

t.test(
  "an agent's other words are lists of their own: a stranger's number, and the dead with every number",
  async t => {
    const words = [
      ['wrong-person', ['stop ann', 'off ann', 'disk: ann on wrong-person by agent, call c1']],
      ['deceased', ['stop ann', 'off ann', 'disk: ann on deceased by agent, call c1', 'stop ann2', 'off ann2']],
    ] as const
    for (const [says, happens] of words) {
      const { door, happened, settled } = await createWorld()
      await door.refuse({ way: 'agent', ...call, says })
      await settled()
      t.strictSame(happened, happens, says)
      const api = await createWorld()
      await api.door.refuse({ way: 'wrap-up', ...call, says })
      const off = says === 'deceased' ? both : ['stop ann', 'off ann']
      t.strictSame(api.happened, [`disk: ann on ${says} by agent, call c1`, ...off], `${says} over the API`)
    }
  },
)

t.test('what is said in a call is said to its seller where that is signed for, else to everybody', async t => {
  const everybody = true
  const table: readonly (readonly [what: string, refusal: RefusalBy<RefusalWay>, list: string])[] = [
    ['an agent over the API', { way: 'wrap-up', ...call }, 'seller:acme'],
    ['an agent over the API, on a call that is forgotten', { way: 'wrap-up', ...call, callId: 'c9' }, 'seller:acme'],
    ['an agent by key', { way: 'agent', ...call }, 'seller:acme'],
    ['the opt-out key', { way: 'opt-out-key', ...call }, 'seller:acme'],
    ['to everybody, over the API', { way: 'wrap-up', ...call, everybody }, 'company'],
    ['to everybody, the agent', { way: 'agent', ...call, everybody }, 'company'],
    ['to everybody, by key', { way: 'opt-out-key', ...call, everybody }, 'company'],
    ['in a call that nobody knows', { way: 'opt-out-key', number: ann, callId: 'c9' }, 'company'],
    ['a 607', { way: 'carrier', ...call }, 'company'],
    ['an operator', { way: 'operator', number: ann }, 'company'],
    ['an operator, for a seller', { way: 'operator', number: ann, seller: 'fern' }, 'seller:fern'],
    ['a dead number', { way: 'dead-number', ...call }, 'retired'],
    ['a stranger', { way: 'agent', ...call, says: 'wrong-person' }, 'wrong-person'],
    ['a death', { way: 'wrap-up', ...call, says: 'deceased' }, 'deceased'],
  ]
  for (const [what, refusal, list] of table) {
    for (const [laws, expected] of [
      [createLawFinder(signedFor()), list],
      [createLawFinder(shippedRules), list.startsWith('seller:') ? 'company' : list],
      [undefined, list.startsWith('seller:') ? 'company' : list],
    ] as const) {
      const { door, kept, happened, state, settled } = await createWorld(laws)
      state.calls.set('c1', { callId: 'c1', campaignId: 'spring', number: ann } as never)
      await door.refuse(refusal)
      await settled()
      const hits = await kept.doNotCallHits(ann)
      t.same(
        hits.map(hit => hit.list),
        [expected],
        `${what}: ${laws?.book.version ?? 'no laws'}`,
      )
      if (!['retired', 'wrong-person'].includes(expected)) t.ok(happened.includes('off ann2'), `${what}: all numbers`)
    }
  }
})

t.test(
  'the word is its seller’s when the call is over, and a later list leaves another seller’s calls alone',
  async t => {
    const { door, kept, happened, state, settled } = await createWorld(createLawFinder(signedFor()))
    state.recentCalls.set('c1', { call: { callId: 'c1', campaignId: 'spring', number: ann } } as never)
    await door.refuse({ way: 'wrap-up', ...call })
    await door.refuse({ way: 'operator', number: bob, seller: 'fern' })
    await settled()
    t.match(await kept.doNotCallHits(ann), [{ list: 'seller:acme', kind: 'seller', seller: 'acme' }])
    happened.length = 0
    await door.refuse({ way: 'list-import' })
    t.strictSame(happened.sort(), [
      'off ann in spring',
      'off ann2 in spring',
      'stop ann in spring',
      'stop ann2 in spring',
    ])
  },
)
