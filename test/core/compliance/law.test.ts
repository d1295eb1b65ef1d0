import t from 'tap'
import { createLawFinder, hasPerSellerLists, listsAtSeller, unreadOf } from '../../../src/core/compliance/law.ts'
import {
  countryOf,
  holdsAt,
  type Jurisdiction,
  type Law,
  type LawQuestion,
  noRules,
  type Place,
  type Rule,
  type RuleBook,
} from '../../../src/core/compliance/rules.ts'

const dayMs = 86_400_000
/** A noon, so that a day has room on both sides. */
const now = Date.UTC(2026, 10, 25, 12)

/** A line with its name; what it says is of no matter where nothing else is given. */
function line(ruleId: string, more: object = {}): Rule {
  return { kind: 'duty', says: '', ruleId, source: '', date: '', ...more } as Rule
}

const allDay = [0, 1, 2, 3, 4, 5, 6].map(() => [{ startMinute: 0, endMinute: 1440 }])

function hours(ruleId: string, holidays?: 'closed' | 'sunday'): Rule {
  return line(ruleId, { kind: 'hours', days: allDay, ...(holidays && { holidays }) })
}

function at(places: readonly Place[], rules: readonly Rule[], more: Partial<Jurisdiction> = {}): Jurisdiction {
  return { jurisdictionId: places.join(), name: '', places, rules, ...more }
}

function bookOf(jurisdictions: readonly Jurisdiction[], more: Partial<RuleBook> = {}): RuleBook {
  return { ...noRules, version: 'test', jurisdictions, ...more }
}

function lawOf(book: RuleBook, question: Partial<LawQuestion> = {}, when = now): Law {
  return createLawFinder(book).law({ seller: 'GB', purpose: 'sales', person: ['US-FL'], ...question }, when)
}

function named(lines: readonly { readonly ruleId: string }[]): readonly string[] {
  return lines.map(({ ruleId }) => ruleId)
}

t.test('a country covers its parts, and a part nothing but itself', async t => {
  t.equal(countryOf('US-FL'), 'US')
  t.equal(countryOf('US'), 'US')
  t.equal(countryOf('DE-BE'), 'DE')
  const table: readonly (readonly [where: Place, place: Place, holds: boolean])[] = [
    ['US', 'US', true],
    ['US', 'US-FL', true],
    ['US-FL', 'US-FL', true],
    ['US-FL', 'US', false],
    ['US-FL', 'US-GA', false],
    ['GB', 'US', false],
    ['GB', 'US-FL', false],
  ]
  for (const [where, place, holds] of table) t.equal(holdsAt(where, place), holds, `${where} at ${place}`)
})

t.test("the law is the union of the seller's place, the person's, those around them, and a profile's", async t => {
  const book = bookOf([
    at(['US'], [line('us')]),
    at(['US-FL'], [line('fl')]),
    at(['US-GA'], [line('ga')]),
    at(['GB'], [line('gb')]),
    at(['FR', 'MC'], [line('fr')]),
    at(['ES'], [line('es')]),
  ])
  const found = (question: Partial<LawQuestion>, profiles: RuleBook['profiles'] = {}) =>
    named(lawOf({ ...book, profiles }, question).lines)
  t.same(found({}), ['us', 'fl', 'gb'])
  t.same(found({ person: ['US'] }), ['us', 'gb'])
  t.same(found({ person: ['US-FL', 'US-GA'] }), ['us', 'fl', 'ga', 'gb'])
  t.same(found({ person: [] }), ['gb'])
  t.same(found({ person: ['MC'] }), ['gb', 'fr'])
  t.same(found({ person: ['ES'] }, { ES: 'FR' }), ['gb', 'fr', 'es'], 'a profile is added, and lifts nothing')
  t.same(found({ person: ['ES-MD'] }, { ES: 'FR' }), ['gb', 'fr', 'es'], 'for the parts of the country too')
  t.same(found({ person: ['ES-MD'] }, { ES: 'FR', 'ES-MD': 'US-GA' }), ['us', 'ga', 'gb', 'es'], "the part's own first")
  t.same(found({ seller: 'ES', person: ['US'] }, { ES: 'FR' }), ['us', 'fr', 'es'])
  t.equal(lawOf(book).version, 'test')
})

t.test('a line is in force from its first instant to before its last, and the finder sees it change', async t => {
  const { law } = createLawFinder(bookOf([at(['US'], [line('old', { until: now }), line('new', { from: now })])]))
  const ask = (when: number) => named(law({ seller: 'GB', purpose: 'sales', person: ['US'] }, when).lines)
  for (const when of [now - dayMs, now - 1, now, now + 1, now + dayMs, now, now - 1, now - dayMs])
    t.same(ask(when), [when < now ? 'old' : 'new'], `${when - now} ms from the change`)
})

t.test('the finder remembers a law for the day, and for the question that was asked', async t => {
  const finder = createLawFinder(bookOf([at(['US'], [line('us')])]))
  const question: LawQuestion = { seller: 'GB', purpose: 'sales', person: ['US'] }
  const midnight = Date.UTC(2026, 10, 25)
  const law = finder.law(question, midnight)
  t.equal(finder.law({ ...question }, midnight + dayMs - 1), law)
  t.not(finder.law(question, midnight + dayMs), law)
  t.not(finder.law(question, midnight - 1), law)
  t.equal(finder.law(question, now), finder.law(question, now - 1), 'in the middle of a day')
  const again = finder.law(question, midnight)
  const others: readonly Partial<LawQuestion>[] = [
    { seller: 'FR' },
    { purpose: 'debt' },
    { topic: 'solar' },
    { voice: 'recorded' },
    { automation: ['dialing'] },
    { automation: [] },
    { person: ['US', 'CA'] },
    { person: [] },
  ]
  const laws = others.map(other => finder.law({ ...question, ...other }, midnight))
  t.equal(new Set([again, ...laws]).size, others.length + 1, 'no question is taken for another')
  t.equal(finder.law({ ...question, voice: 'live' }, midnight), again, 'a person speaks where nothing is said')
  t.equal(finder.law({ ...question, automation: ['selection', 'dialing'] }, midnight), again, 'and all is automatic')
  const spaced = finder.law({ ...question, topic: 'solar live' }, midnight)
  t.not(finder.law({ ...question, topic: 'solar', person: ['live', 'US'] }, midnight), spaced)
})

t.test('a line is for its purposes, topics, voices and ways of dialing', async t => {
  const table: readonly (readonly [more: object, question: Partial<LawQuestion>, holds: boolean])[] = [
    [{}, {}, true],
    [{ purposes: ['sales', 'debt'] }, {}, true],
    [{ purposes: ['debt'] }, {}, false],
    [{ topics: ['solar'] }, { topic: 'solar' }, true],
    [{ topics: ['solar'] }, { topic: 'wind' }, false],
    [{ topics: ['solar'] }, {}, false],
    [{}, { topic: 'wind' }, true],
    [{ voices: ['live'] }, {}, true],
    [{ voices: ['recorded'] }, {}, false],
    [{ voices: ['recorded'] }, { voice: 'recorded' }, true],
    [{ voices: ['live'] }, { voice: 'artificial' }, false],
    [{ automates: 'either' }, {}, true],
    [{ automates: 'either' }, { automation: ['selection'] }, true],
    [{ automates: 'either' }, { automation: ['dialing'] }, true],
    [{ automates: 'either' }, { automation: [] }, false],
    [{ automates: 'both' }, {}, true],
    [{ automates: 'both' }, { automation: ['dialing', 'selection'] }, true],
    [{ automates: 'both' }, { automation: ['dialing'] }, false],
    [{ automates: 'both' }, { automation: ['selection'] }, false],
    [{ automates: 'both' }, { automation: [] }, false],
    [{}, { automation: [] }, true],
    [{ purposes: ['debt'], topics: ['solar'] }, { topic: 'solar' }, false],
    [{ purposes: ['sales'], voices: ['recorded'] }, {}, false],
  ]
  for (const [more, question, holds] of table) {
    const { lines } = lawOf(bookOf([at(['US'], [line('it', more)])]), question)
    t.equal(lines.length === 1, holds, JSON.stringify([more, question]))
  }
})

t.test('every kind of line is found under its name, and no other', async t => {
  const kinds = {
    ...{ attempts: 'attempts', rest: 'rest', consent: 'consent', lists: 'do-not-call-list', refusals: 'refusal' },
    ...{ callerIdentity: 'caller-identity', optOut: 'opt-out', ring: 'ring', abandonment: 'abandonment' },
    ...{ connect: 'connect', hours: 'hours' },
  } as const
  const rules = Object.values(kinds).map(kind => line(kind, { kind, place: 'US', days: allDay, minMs: 5 }))
  const law = lawOf(bookOf([at(['US'], rules)]))
  for (const [name, kind] of Object.entries(kinds)) t.same(named(law[name as keyof typeof kinds]), [kind], name)
  t.same(named(law.lines), named(rules))
  const off = lawOf(
    bookOf([
      at(
        ['US'],
        rules.map(rule => ({ ...rule, purposes: ['debt'] as const })),
      ),
    ]),
  )
  for (const name of Object.keys(kinds)) t.same(off[name as keyof typeof kinds], [], `${name} of another purpose`)
})

t.test('the longest of the shortest rings', async t => {
  const rings = (...each: readonly number[]) =>
    lawOf(
      bookOf([
        at(
          ['US'],
          each.map(minMs => line(`${minMs}`, { kind: 'ring', minMs })),
        ),
      ]),
    ).ringMinMs
  t.equal(rings(), 0)
  t.equal(rings(15_000), 15_000)
  t.equal(rings(15_000, 20_000, 9_000), 20_000)
})

t.test("which lists the book knows, and whose state's bind", async t => {
  const list = (place: Place, more: object = {}) =>
    line(place, { kind: 'do-not-call-list', place, ageMaxMs: 1, ...more })
  const book = bookOf([
    at(['US'], [list('US')]),
    at(['US-TX'], [list('US-TX')]),
    at(['US-FL'], [list('US-FL', { purposes: ['debt'] })]),
  ])
  const law = lawOf(book)
  t.same(law.listPlaces, ['US', 'US-TX', 'US-FL'])
  t.same(named(law.lists), ['US'])
  t.same(named(law.stateLists), ['US-TX'], "a state's, wherever the person is; not for another purpose")
})

t.test('a place without hours is not covered, whatever duties it has', async t => {
  const book = bookOf([at(['US'], [line('a'), hours('us')]), at(['ES'], [line('es')]), at(['FR-75'], [hours('paris')])])
  const uncovered = (person: readonly Place[], profiles: RuleBook['profiles'] = {}) =>
    lawOf({ ...book, profiles }, { person }).uncovered
  t.same(uncovered(['US-FL', 'US']), [])
  t.same(uncovered(['ES']), ['ES'])
  t.same(uncovered(['US', 'ES', 'XK']), ['ES', 'XK'])
  t.same(uncovered(['FR-75', 'FR']), ['FR'])
  t.same(uncovered(['ES-MD'], { ES: 'US' }), [], 'under a profile with hours')
  t.same(uncovered(['ES-MD'], { ES: 'XK' }), ['ES-MD'])
  t.same(lawOf(noRules, { person: ['XK'] }).uncovered, [], 'without any rules nobody is uncovered')
})

t.test('whose own law nobody has read', async t => {
  const book = bookOf([
    at(['US'], [hours('us')], { partsHaveLaws: true }),
    at(['US-FL'], []),
    at(['GB', 'FR-75'], [hours('gb')]),
  ])
  const table: readonly (readonly [person: readonly Place[], unread: readonly Place[]])[] = [
    [[], []],
    [['US-FL'], []],
    [['US-GA'], ['US-GA']],
    [['US-FL', 'US-GA'], ['US-GA']],
    [['US'], ['US']],
    [['US', 'US-FL'], []],
    [['US', 'US-GA'], ['US-GA']],
    [['GB-SCT'], []],
    [['FR-13'], []],
    [['GB-SCT', 'US'], ['US']],
  ]
  for (const [person, unread] of table) {
    t.same(unreadOf(book, person), unread, person.join())
    t.same(lawOf(book, { person }).unread, unread)
  }
  t.same(unreadOf(bookOf([at(['US'], [])]), ['US-GA']), [], 'whose parts make no laws')
})

t.test('holidays are those of the place, of its part where that is known, of every part where it is not', async t => {
  const holidays = { DE: [1], 'DE-BY': [2], 'DE-SN': [3], FR: [4], GB: [5], 'US-LA': [6] }
  const book = bookOf([at(['DE'], [hours('de', 'closed')])], { holidays })
  const days = (question: Partial<LawQuestion>, of = book) => [...lawOf(of, question).holidays].sort()
  t.same(days({ person: ['DE-BY'] }), [1, 2])
  t.same(days({ person: ['DE-BE'] }), [1])
  t.same(days({ person: ['DE'] }), [1, 2, 3], 'which part nobody knows')
  t.same(days({ person: ['DE', 'DE-BY'] }), [1, 2], 'its part is known')
  t.same(days({ person: ['DE-BY', 'DE-SN'] }), [1, 2, 3])
  t.same(days({ person: ['DE-BY', 'FR'] }), [1, 2], 'not those of another country')
  t.same(days({ seller: 'DE', person: ['FR'] }), [4], "by the seller's law the person's")
  t.same(days({ seller: 'DE', person: ['US-LA'] }), [6])
  t.same(days({ seller: 'DE', person: ['US'] }), [6])
  const open = bookOf([at(['DE'], [hours('de')])], { holidays })
  t.same(days({ person: ['DE-BY'] }, open), [], 'hours that do not ask')
  const part = bookOf([at(['DE-BY'], [hours('by', 'sunday')])], { holidays })
  t.same(days({ person: ['DE-BY'] }, part), [2], "a part's hours go by its own days")
  const [own] = lawOf(part, { person: ['DE-BY'] }).hours
  t.same([...(own?.calendar ?? [])], [2])
  const profiled = bookOf([at(['FR'], [hours('fr', 'closed')])], { holidays, profiles: { ES: 'FR' } })
  t.same(days({ person: ['ES'] }, profiled), [4], 'under a profile its days')
})

t.test('the holidays of a law are those of all of its hours, and one calendar is not copied', async t => {
  const holidays = { DE: [1, 9], FR: [4, 9] }
  const one = lawOf(bookOf([at(['DE'], [hours('a'), hours('de', 'closed')])], { holidays }), { person: ['DE'] })
  t.equal(one.holidays, one.hours[1]?.calendar)
  const two = lawOf(bookOf([at(['DE'], [hours('de', 'closed')]), at(['FR'], [hours('fr', 'closed')])], { holidays }), {
    ...{ person: ['DE', 'FR'] },
  })
  t.same([...two.holidays].sort(), [1, 4, 9])
  t.equal(lawOf(bookOf([])).holidays.size, 0)
})

t.test('a refusal is the one seller’s where that is signed at every place, and nowhere else', async t => {
  const refusal = (binds: 'everybody' | 'seller', more: object = {}) => line(binds, { kind: 'refusal', binds, ...more })
  const per = (book: RuleBook, question: Partial<LawQuestion> = {}) => lawOf(book, question).refusalsPerSeller
  const signed = bookOf([at(['US'], [refusal('seller')]), at(['GB'], [refusal('seller')])])
  t.equal(per(signed), true)
  t.equal(per(signed, { person: ['US', 'US-GA'] }), true)
  t.equal(per(signed, { person: [] }), false, "nobody knows the person's law")
  t.equal(per(signed, { person: ['FR'] }), false, 'a place without a line')
  t.equal(per(signed, { person: ['US', 'FR'] }), false)
  t.equal(per(signed, { seller: 'FR' }), false)
  t.equal(per({ ...signed, profiles: { FR: 'US' } }, { person: ['FR'] }), false, 'a profile does not stand in for one')
  t.equal(per(bookOf([at(['US'], [refusal('everybody')]), at(['GB'], [refusal('seller')])])), false)
  t.equal(per(bookOf([...signed.jurisdictions, at(['US-FL'], [refusal('everybody')])])), false)
  t.equal(per(bookOf([...signed.jurisdictions, at(['US-GA'], [refusal('everybody')])])), true, 'of elsewhere')
  t.equal(
    per(bookOf([at(['US'], [refusal('seller')]), at(['GB'], [refusal('seller', { purposes: ['debt'] })])])),
    false,
  )
  const debts = refusal('everybody', { purposes: ['debt'] })
  t.equal(per(bookOf([...signed.jurisdictions, at(['US-FL'], [debts])])), true, 'for other purposes')
  t.equal(per(bookOf([at(['US'], [line('us')]), at(['GB'], [line('gb')])])), false)
})

t.test('whether anybody has signed for lists per seller', async t => {
  const refusal = (binds: string) => at(['US'], [line('x'), line(binds, { kind: 'refusal', binds })])
  t.equal(hasPerSellerLists(noRules), false)
  t.equal(hasPerSellerLists(bookOf([refusal('everybody')])), false)
  t.equal(hasPerSellerLists(bookOf([at(['GB'], [line('x')]), refusal('seller')])), true)
  t.equal(hasPerSellerLists(bookOf([refusal('seller'), refusal('everybody')])), true)
})

t.test('a seller wants the lists of their own place and of its country, and no others', async t => {
  const list = (place: Place) => line(`list-${place}`, { kind: 'do-not-call-list', place, ageMaxMs: dayMs })
  const laws = createLawFinder(bookOf([at(['US'], ['US', 'CA', 'US-TX', 'US-NY'].map(list)), at(['US-TX'], [])]))
  const wanted = (place: Place) => listsAtSeller(laws, { place, purpose: 'sales' }, now).map(rule => rule.place)
  t.same(wanted('US-TX'), ['US', 'US-TX'])
  t.same(wanted('US'), ['US'])
  t.same(wanted('GB'), [])
})
