import { AssertionError } from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { given } from '../../src/core/given.ts'
import { createMemoryStore, type MemoryStore } from '../../src/store/memory/memoryStore.ts'
import { assertSame } from './model/compare.ts'
import { event } from './model/events.ts'
import { memorySide } from './model/side.ts'

const runsMax = 150
const seed = 7

/** Stores that are wrong in one thing. */
const wrong: Readonly<Record<string, (store: MemoryStore) => Partial<MemoryStore>>> = {
  'a lead that is due at this very instant is not offered': store => ({
    dialableLeads: query => store.dialableLeads({ ...query, now: query.now - 1 }),
  }),
  'one lead too few on a page': store => ({
    listLeads: query => store.listLeads({ ...query, limit: query.limit - 1 }),
  }),
  'a call on the border of a page': store => ({
    calls: ({ since, ...query }) => store.calls(since === undefined ? query : { ...query, since: since + 1 }),
  }),
  'a number that is taken off a list stays': () => ({ removeDoNotCall: async () => 'company' }),
  'the last word of an agent does not replace the first': store => ({
    async recordWrapUp(wrapUp) {
      const before = await store.call(wrapUp.callId)
      if (before?.wrapUp === undefined) await store.recordWrapUp(wrapUp)
    },
  }),
  'an end that counts for nothing counts': store => ({
    endAttempt: end => store.endAttempt({ ...end, countsAsAttempt: true }),
  }),
  "the notes of an erased person's do-not-call entries stay": store => ({
    async erasePerson(erasure) {
      const entry = await store.doNotCallEntry(erasure.number)
      const report = await store.erasePerson(erasure)
      const note = entry?.note
      if (note !== undefined && (await store.removeDoNotCall(erasure.number)))
        await store.addDoNotCall(entry ?? never())
      return report
    },
  }),
  'the hours of an erased person stay': store => ({
    async erasePerson(erasure) {
      const { hours } = await store.personData(erasure.number)
      const report = await store.erasePerson(erasure)
      for (const own of hours) await store.setPersonHours(own)
      return report
    },
  }),
  'a withdrawal for one topic takes back all': store => ({
    withdrawPermission: ({ topic: _, ...withdrawal }) => store.withdrawPermission(withdrawal),
  }),
  'a permission is known to the number alone': store => ({
    permissionsOf: async number => (await store.permissionsOf(number)).filter(record => record.number === number),
  }),
  'a refusal is known to the number alone': store => ({
    doNotCallHits: async number => (await store.doNotCallHits(number)).filter(({ through }) => through === undefined),
  }),
  'a stranger binds the person': store => ({
    addDoNotCall: entry => store.addDoNotCall(entry.list === 'wrong-person' ? { ...entry, list: 'deceased' } : entry),
  }),
  "a permission is nobody's in particular": store => ({
    addPermission: ({ seller: _, ...permission }) => store.addPermission(permission),
  }),
  "two sellers' persons of one id are one": store => ({
    saveCampaign: settings => store.saveCampaign({ ...settings, seller: { ...settings.seller, sellerId: 'acme' } }),
  }),
  "an erasure forgets what was said at the person's other numbers": store => ({
    async erasePerson(erasure) {
      const before = await store.personData(erasure.number)
      const report = await store.erasePerson(erasure)
      for (const number of before.numbers)
        if (!before.doNotCall.some(entry => entry.number === number)) await store.removeDoNotCall(number)
      return report
    },
  }),
  'a prefix comes a digit short': store => ({
    addDoNotCallPrefix: entry => store.addDoNotCallPrefix({ ...entry, prefix: entry.prefix.slice(0, -1) }),
  }),
  'a call that came in twice is counted twice': store => ({
    async moveIn(campaignId, packed) {
      const answer = await store.moveIn(campaignId, packed)
      return { duplicates: answer.duplicates.slice(1) }
    },
  }),
  'the ledger is not told of new rules': () => ({ recordRules: async () => true }),
  'abandonment of one hour is told under the next': store => ({
    abandonmentSpans: async query => (await store.abandonmentSpans(query)).map(span => ({ ...span, at: span.at + 1 })),
  }),
  'a recycling ignores the list': store => ({ recycleLeads: ({ list: _, ...asked }) => store.recycleLeads(asked) }),
  'whoever is logged in stays so': store => ({
    saveUser: ({ endsSessions: _, ...change }) => store.saveUser(change),
  }),
  'a session goes on that has ended': store => ({
    async saveUserSession(session) {
      await store.saveUserSession({ ...session, usedAt: session.begunAt })
      await store.saveUserSession(session)
    },
  }),
  'a token that is revoked stays': () => ({ revokeApiToken: async () => true }),
  'an archive takes a call along whose word has changed since': store => ({
    letRowsGo: async ({ attempts, ...rows }) => {
      const read = await Promise.all(attempts.map(async ({ callId }) => await store.call(callId)))
      const now = read.flatMap(call => call ?? []).map(({ callId, wrapUp }) => ({ callId, code: wrapUp?.code }))
      return store.letRowsGo({ ...rows, attempts: now.map(({ callId, code }) => ({ callId, ...given({ code }) })) })
    },
  }),
  'an archive leaves all leads behind': store => ({ letRowsGo: rows => store.letRowsGo({ ...rows, leads: [] }) }),
  'how a line was is told for good only at the end': () => ({ recordLine: async () => true }),
  'progress is not kept': () => ({ saveCampaignProgress: async () => {} }),
}

function never(): never {
  throw new RangeError('there was an entry')
}

/** Plays runs until one tells the stores apart; gives how many it took. */
async function runsToTell(spoil: (store: MemoryStore) => Partial<MemoryStore>): Promise<number | undefined> {
  const sound = memorySide()
  const store = createMemoryStore({ now: Date.now })
  const spoilt = memorySide({ ...store, ...spoil(store) })
  const runs = fc.sample(fc.array(event, { minLength: 25, maxLength: 60 }), { seed, numRuns: runsMax })
  for (const [run, events] of runs.entries()) {
    try {
      await assertSame(sound, spoilt, { run, events, census: true })
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error
      return run + 1
    }
  }
  return undefined
}

t.test('two stores that agree are not told apart', async t => {
  t.equal(await runsToTell(() => ({})), undefined)
})

for (const [what, spoil] of Object.entries(wrong)) {
  t.test(`the comparison finds a store in which ${what}`, async t => {
    const runs = await runsToTell(spoil)
    t.ok(runs !== undefined, `after ${runs} runs`)
  })
}
