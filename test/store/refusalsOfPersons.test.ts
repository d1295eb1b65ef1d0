import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { noRules } from '../../src/core/compliance/rules.ts'
import { decideVerdict, verdictRules } from '../../src/core/compliance/verdict.ts'
import { Defect } from '../../src/errors.ts'
import { packMoved } from '../../src/ports/importing/packedMoved.ts'
import type { LeadRecord } from '../../src/ports/leads.ts'
import type { NewPermission } from '../../src/ports/people.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads, someNumber } from '../contract/store.ts'
import { memorySide, type Side, sqliteSide } from './model/side.ts'

const noon = Date.UTC(2026, 5, 17, 16)
const laws = createLawFinder(noRules)

/** A way by which a word about a number comes to stand in the store, and whether it binds the person or the number. */
interface Word {
  readonly binds: 'person' | 'number'
  say(side: Side, number: string, campaignId: string): Promise<unknown>
}

const listed = (list: string, source: 'agent' | 'opt-out-key' | 'operator' | 'network') => ({
  say: ({ store }: Side, number: string) => store.addDoNotCall({ number, list, source, at: noon }),
})

const imported = (kind: 'other' | 'campaign' | 'national', content: 'number' | 'prefix' = 'number') => ({
  say(side: Side, number: string, campaignId: string) {
    const [numbers, prefixes] = content === 'number' ? [[number], []] : [[], [number.slice(1)]]
    const about = { importedAt: noon, asOf: noon, source: 'x', version: 'v1', numbers: numbers.length, kind } as const
    const more = kind === 'national' ? { place: 'US' } : kind === 'campaign' ? { campaignId } : {}
    return side.install({ version: { list: `list-${number}`, ...about, ...more }, numbers, prefixes })
  },
})

const words: Readonly<Record<string, Word>> = {
  "an agent's word": { binds: 'person', ...listed('company', 'agent') },
  'the opt-out key': { binds: 'person', ...listed('company', 'opt-out-key') },
  'an operator': { binds: 'person', ...listed('company', 'operator') },
  'a 607': { binds: 'person', ...listed('company', 'network') },
  'another dialer': {
    binds: 'person',
    say: ({ store }, number, campaignId) =>
      store.moveIn(
        campaignId,
        packMoved({ kind: 'refusals', refusals: [{ number, list: 'company', source: 'import', at: noon }] }),
      ),
  },
  'an imported list of refusals': { binds: 'person', ...imported('other') },
  "an imported list of the campaign's refusals": { binds: 'person', ...imported('campaign') },
  "what was said to the campaign's own seller": { binds: 'person', ...listed('seller:acme', 'opt-out-key') },
  'what was said to another seller, without a signature': { binds: 'person', ...listed('seller:fern', 'agent') },
  'a death': { binds: 'person', ...listed('deceased', 'agent') },
  'a stranger who answers': { binds: 'number', ...listed('wrong-person', 'agent') },
  'a dead number': { binds: 'number', ...listed('retired', 'network') },
  'a national list': { binds: 'number', ...imported('national') },
  'a prefix of an imported list': { binds: 'number', ...imported('other', 'prefix') },
  'a prefix of the company': {
    binds: 'number',
    say: ({ store }, prefix) => store.addDoNotCallPrefix({ prefix, source: 'operator', at: noon }),
  },
}

let people = 0

/** Everything that is promised, on one kind of store. */
function promises(t: Test, side: Side): void {
  const { store } = side

  async function campaignOf(sellerId: string, more = {}) {
    people += 1
    const settings = { ...someCampaign(`refusals-${people}`), seller: { sellerId, place: 'US' }, ...more }
    await store.saveCampaign(settings)
    return settings
  }

  async function leadIn(campaignId: string, personId: string | undefined, number = someNumber()): Promise<LeadRecord> {
    const [lead] = await importSome(store, campaignId, someLeads([1], { number, ...(personId && { personId }) }))
    return lead ?? never()
  }

  async function factsOf({ campaignId, leadId }: LeadRecord) {
    return store.facts({ campaignId, leadId, now: noon })
  }

  async function isBlocked(settings: ReturnType<typeof someCampaign>, lead: LeadRecord): Promise<boolean> {
    const verdict = decideVerdict(await factsOf(lead), verdictRules(settings, laws), noon)
    return !verdict.allowed && ['do-not-call', 'number-retired'].includes(verdict.reason)
  }

  for (const [what, { binds, say }] of Object.entries(words)) {
    for (const order of ['before', 'after'] as const) {
      t.test(`${what} binds the ${binds}, said ${order} the person's other number is known`, async t => {
        const settings = await campaignOf('acme')
        const { campaignId } = settings
        const personId = `person-${campaignId}`
        const first = await leadIn(campaignId, personId)
        const known = order === 'after' ? await leadIn(campaignId, personId) : undefined
        await say(side, first.number, campaignId)
        const second = known ?? (await leadIn(campaignId, personId))
        const stranger = await leadIn(campaignId, undefined)
        t.equal(await isBlocked(settings, first), true, 'the number itself')
        t.equal(await isBlocked(settings, second), binds === 'person', 'the other number')
        t.equal(await isBlocked(settings, stranger), false, 'nobody else')
        const hits = await store.doNotCallHits(second.number)
        t.strictSame(
          hits.map(({ through }) => through),
          binds === 'person' ? [first.number] : [],
        )
        t.equal((await store.doNotCallEntry(second.number))?.through, binds === 'person' ? first.number : undefined)
      })
    }
  }

  t.test('who is taken off the list is free with all numbers, and another refusal of theirs stays', async t => {
    const settings = await campaignOf('acme')
    const { campaignId } = settings
    const personId = `person-${campaignId}`
    const [first, second, third] = [
      await leadIn(campaignId, personId),
      await leadIn(campaignId, personId),
      await leadIn(campaignId, personId),
    ]
    const say = (number: string) => store.addDoNotCall({ number, list: 'company', source: 'agent', at: noon })
    await say(first.number)
    await say(second.number)
    t.equal(await store.removeDoNotCall(third.number), undefined, 'nothing was said there')
    t.equal(await store.removeDoNotCall(first.number), 'company')
    for (const lead of [first, second, third]) t.equal(await isBlocked(settings, lead), true, 'the second refusal')
    t.equal(await store.removeDoNotCall(second.number), 'company')
    for (const lead of [first, second, third]) t.equal(await isBlocked(settings, lead), false)
  })

  t.test('an erasure tears the numbers apart, and each of them still refuses', async t => {
    const settings = await campaignOf('acme')
    const { campaignId } = settings
    const personId = `person-${campaignId}`
    const [first, second] = [await leadIn(campaignId, personId), await leadIn(campaignId, personId)]
    await store.addDoNotCall({ number: first.number, list: 'company', source: 'agent', at: noon })
    await store.addDoNotCall({ number: first.number, list: 'retired', source: 'network', at: noon })
    await store.erasePerson({ number: second.number, at: noon, by: 'R. Miller' })
    const again = await leadIn(campaignId, undefined, second.number)
    t.equal(await isBlocked(settings, again), true)
    t.match(await store.doNotCallHits(second.number), [{ list: 'company' }])
    t.equal((await store.doNotCallHits(second.number)).length, 1, 'the dead number is the other one')
  })

  t.test("two sellers' persons of one id are two, and a number that both have is one human being", async t => {
    const [ofA, ofB, ofC] = [await campaignOf('acme'), await campaignOf('fern'), await campaignOf('gale')]
    const id = `person-${ofA.campaignId}`
    const inA = await leadIn(ofA.campaignId, id)
    const inB = await leadIn(ofB.campaignId, id)
    t.strictSame(await store.numbersOfPerson(inA.number), [inA.number], 'the ids are of two name spaces')
    await store.addDoNotCall({ number: inA.number, list: 'company', source: 'agent', at: noon })
    t.equal(await isBlocked(ofB, inB), false)
    // The same human being: B has one of the numbers that A has, under another id, and C one of B's.
    const shared = someNumber()
    await leadIn(ofA.campaignId, id, shared)
    await leadIn(ofB.campaignId, id, shared)
    t.equal(await isBlocked(ofB, inB), true, 'a refusal of A is one of B')
    const other = someNumber()
    await leadIn(ofB.campaignId, id, other)
    await leadIn(ofC.campaignId, `${id}-c`, other)
    const inC = await leadIn(ofC.campaignId, `${id}-c`)
    t.equal(await isBlocked(ofC, inC), true, 'and so on')
    const attempt = attemptOf(inA, `call-${ofA.campaignId}`)
    await store.beginAttempt(attempt)
    await store.endAttempt(endOf(attempt))
    t.match((await factsOf(inC)).history, [{ sameNumber: false, campaignId: ofA.campaignId }], 'limits too')
    // Within one seller, who has another id is somebody else although they share a number.
    await leadIn((await campaignOf('acme')).campaignId, `${id}-spouse`, shared)
    const spouse = await leadIn(ofA.campaignId, `${id}-spouse`)
    t.notOk((await store.numbersOfPerson(inA.number)).includes(spouse.number))
  })

  t.test(
    "a seller's campaigns know a person by one id, and follow the campaign that goes to another seller",
    async t => {
      const [first, second] = [await campaignOf('acme'), await campaignOf('acme')]
      const id = `person-${first.campaignId}`
      const [one, other] = [await leadIn(first.campaignId, id), await leadIn(second.campaignId, id)]
      t.strictSame(await store.numbersOfPerson(one.number), [one.number, other.number])
      await store.saveCampaign({ ...second, seller: { sellerId: 'fern', place: 'US' } })
      t.strictSame(await store.numbersOfPerson(one.number), [one.number])
      const keys = await Promise.all(
        [first, second].map(async ({ campaignId }) => {
          const { leads } = await store.dialableLeads({ campaignId, limit: 1, exclude: [], now: noon })
          return leads[0]?.personKey
        }),
      )
      t.not(keys[0], keys[1], 'nor do they wait for one another')
    },
  )

  t.test('a permission is its seller’s; an agreement is its number’s, a relationship the person’s', async t => {
    const [ofA, ofB] = [await campaignOf('acme', { consent: 'required' }), await campaignOf('fern')]
    const id = `person-${ofA.campaignId}`
    const [first, second] = [await leadIn(ofA.campaignId, id), await leadIn(ofA.campaignId, id)]
    const inB = await leadIn(ofB.campaignId, id, first.number)
    const given = { topics: [], channels: [], how: 'form', givenAt: noon - 1, recordedAt: noon - 1 } as const
    const cases: readonly Pick<NewPermission, 'basis' | 'seller'>[] = [
      { basis: 'purchase', seller: 'acme' },
      { basis: 'written', seller: 'acme' },
      { basis: 'express' },
    ]
    for (const one of cases) await store.addPermission({ ...given, ...one, number: first.number })
    t.match(await store.permissionsOf(first.number), [{ seller: 'acme' }, { seller: 'acme' }, { basis: 'express' }])
    t.match((await factsOf(first)).permissions, [
      { basis: 'purchase', seller: 'acme', otherNumber: false },
      { basis: 'written', seller: 'acme', otherNumber: false },
      { basis: 'express', seller: '', otherNumber: false },
    ])
    t.match((await factsOf(second)).permissions, [{ otherNumber: true }, { otherNumber: true }, { otherNumber: true }])
    t.match((await factsOf(inB)).permissions, [{ seller: 'acme' }, { seller: 'acme' }, { seller: '' }])
    const consents = async (lead: LeadRecord, settings: ReturnType<typeof someCampaign>) =>
      decideVerdict(await factsOf(lead), verdictRules(settings, laws), noon)
    t.not((await consents(first, ofA)) as never, undefined)
    t.notMatch(await consents(first, ofA), { reason: 'consent-missing' })
    t.match(await consents(second, ofA), { reason: 'consent-missing' }, 'not for the other number')
    t.match(await consents(inB, { ...ofB, consent: 'required' }), { reason: 'consent-missing' }, 'nor for B')
  })
}

function never(): never {
  throw new Defect('not imported')
}

t.test('in the model', async t => promises(t, memorySide(createMemoryStore({ now: Date.now }))))

t.test('in SQLite', async t => {
  const store = await openSqliteStore({ file: join(t.testdir(), 'dialwright.db') })
  t.teardown(() => store.close())
  promises(t, sqliteSide(store))
})

t.test('what was permitted while there was one seller was permitted to them', async t => {
  const sqlite = await openSqliteStore({ file: join(t.testdir(), 'dialwright.db') })
  t.teardown(() => sqlite.close())
  for (const store of [createMemoryStore(), sqlite]) {
    const permission = { basis: 'purchase', topics: [], channels: [], how: 'form', givenAt: 1, recordedAt: 1 } as const
    const number = someNumber()
    const sellers = async () => (await store.permissionsOf(number)).map(({ seller }) => seller)
    await store.addPermission({ ...permission, number })
    await store.saveCampaign(someCampaign('first'))
    t.strictSame(await sellers(), [undefined], 'it is the only one')
    await store.saveCampaign({ ...someCampaign('first'), seller: { sellerId: 'renamed', place: 'US' } })
    t.strictSame(await sellers(), [undefined], 'under whatever name')
    await store.saveCampaign({ ...someCampaign('second'), seller: { sellerId: 'fern', place: 'US' } })
    t.strictSame(await sellers(), ['renamed'])
    await store.addPermission({ ...permission, number })
    t.strictSame(await sellers(), ['renamed', undefined], "from now on nobody's who does not say it")
  }
})
