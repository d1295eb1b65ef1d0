// No sequence of events makes the gate exceed a window or break a rest: random histories, judged by counting on one's fingers.
import fc from 'fast-check'
import t from 'tap'
import { attemptWindow } from '../../../src/core/compliance/attempts.ts'
import type { VerdictFacts, VerdictRules } from '../../../src/core/compliance/facts.ts'
import type { PastAttempt } from '../../../src/core/compliance/history.ts'
import { restEndsAt } from '../../../src/core/compliance/rest.ts'
import type { Rule } from '../../../src/core/compliance/rules.ts'
import { caseOf, decideVerdict, explainVerdict } from '../../../src/core/compliance/verdict.ts'
import { zoneOffset } from '../../../src/numbers/zoneOffsets.ts'
import { factsAt, freshLists, rulesWith } from '../../support/compliance.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** One person: their two numbers, and where they are. */
interface Person {
  readonly name: string
  readonly numbers: readonly string[]
  readonly zone: string
}

const persons: readonly Person[] = [
  { name: 'Miami', numbers: ['+13055550101', '+13055550102'], zone: 'America/New_York' },
  { name: 'Tulsa', numbers: ['+19185550101', '+19185550102'], zone: 'America/Chicago' },
  { name: 'Paris', numbers: ['+33199000101', '+33199000102'], zone: 'Europe/Paris' },
  { name: 'Berlin', numbers: ['+493090180101', '+493090180102'], zone: 'Europe/Berlin' },
  { name: 'London', numbers: ['+442079460101', '+442079460102'], zone: 'Europe/London' },
]

const [someone = { name: '', numbers: [], zone: '' }] = persons

const own: Rule<'attempts'> = {
  ...{ ruleId: 'campaign/two-ever', kind: 'attempts', max: 2, window: { kind: 'life' }, per: 'number' },
  ...{ across: 'campaign', source: 'own', date: '2026-11-01' },
}
const calm = { ...rulesWith().fatigue, on: false }
const retry = { attemptsMax: 1_000, byDisposition: {} }

/** Two campaigns about one thing, two debts, and a survey of a British seller. */
const campaigns: readonly VerdictRules[] = [
  rulesWith({ campaignId: 'a', topic: 'solar', purpose: 'sales', fatigue: calm, retry }),
  rulesWith({ campaignId: 'b', topic: 'solar', purpose: 'sales', fatigue: calm, retry, attemptLimits: [own] }),
  rulesWith({ campaignId: 'c', topic: 'debt-1', purpose: 'debt', fatigue: calm, retry }),
  rulesWith({ campaignId: 'd', topic: 'debt-2', purpose: 'debt', fatigue: calm, retry }),
  rulesWith({
    ...{ campaignId: 'e', topic: 'survey', purpose: 'survey', fatigue: calm, retry },
    seller: { sellerId: 'fern', place: 'GB' },
  }),
]

const outcomes = [
  ...['busy', 'no-answer', 'carrier-fault', 'conversation', 'machine', 'refusal', 'complaint'],
  ...['abandoned', 'hung-up-waiting'],
] as const

interface Attempt {
  readonly number: string
  readonly person: Person
  readonly of: VerdictRules['of']
  readonly seller: string
  readonly past: Omit<PastAttempt, 'sameNumber'>
  readonly at: number
}

function pastOf(of: VerdictRules['of'], outcome: (typeof outcomes)[number], at: number): Attempt['past'] {
  const plain = { ...of, originatedAt: at, counts: true, machine: false, refusal: false, complaint: false } as const
  const talked = {
    answeredAt: at + 5_000,
    connectedAt: at + 5_200,
    endedAt: at + 65_000,
    disposition: 'connected',
  } as const
  switch (outcome) {
    case 'busy':
    case 'no-answer':
      return { ...plain, disposition: outcome, endedAt: at + 20_000 }
    case 'carrier-fault':
      return { ...plain, disposition: 'congestion', endedAt: at + 500, counts: false }
    case 'abandoned':
    case 'hung-up-waiting':
      return { ...plain, disposition: outcome, answeredAt: at + 5_000, endedAt: at + 8_000 }
    case 'conversation':
      return { ...plain, ...talked }
    default:
      return {
        ...plain,
        ...talked,
        machine: outcome === 'machine',
        refusal: outcome === 'refusal',
        complaint: outcome === 'complaint',
      }
  }
}

interface Wish {
  readonly leapMs: number
  readonly person: number
  readonly number: number
  readonly campaign: number
  readonly outcome: (typeof outcomes)[number]
}

/** Short and long pauses alike: windows are full only where calls come thick. */
const leaps = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 70_000, max: 2 * hourMs }) },
  { weight: 2, arbitrary: fc.integer({ min: hourMs, max: 14 * hourMs }) },
  { weight: 1, arbitrary: fc.integer({ min: dayMs, max: 9 * dayMs }) },
)
/** What ends in a long rest is rare, else nothing else would ever happen. */
const endings = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('busy', 'no-answer', 'carrier-fault', 'machine') },
  { weight: 1, arbitrary: fc.constantFrom(...outcomes) },
)
/** Days on which clocks change, here or there, and one like others. */
const starts = [
  ...['2026-03-06T12:00:00Z', '2026-03-27T12:00:00Z', '2026-10-23T12:00:00Z', '2026-10-30T12:00:00Z'],
  ...['2026-06-15T00:00:00Z'],
].map(text => Date.parse(text))

const histories = fc.record({
  startAt: fc.constantFrom(...starts),
  /** Two neighbours of the list are called in one history. */
  first: fc.nat(persons.length - 1),
  wishes: fc.array(
    fc.record({
      leapMs: leaps,
      person: fc.nat(1),
      number: fc.nat(1),
      campaign: fc.nat(campaigns.length - 1),
      outcome: endings,
    }),
    { minLength: 20, maxLength: 120 },
  ),
})

const permission = { permissionId: 1, basis: 'written', topics: [], channels: [], givenAt: 0 } as const

function factsOf(person: Person, number: string, now: number, done: readonly Attempt[]): VerdictFacts {
  const history = done
    .filter(attempt => attempt.person === person)
    .map(attempt => ({ ...attempt.past, sameNumber: attempt.number === number }))
    .reverse()
  const offset = zoneOffset(person.zone, now)
  const facts = factsAt(now, { number, history, lists: freshLists(now), permissions: [permission] })
  return offset === undefined ? facts : { ...facts, zones: [offset] }
}

/** Lets the gate decide on each wish, as the dialer does: what it permits has happened. */
function live({ startAt, first, wishes }: History, each?: (asked: Asked) => void): readonly Attempt[] {
  const done: Attempt[] = []
  let now = startAt
  for (const wish of wishes) {
    now += wish.leapMs
    const person = persons[(first + wish.person) % persons.length]
    const rules = campaigns[wish.campaign]
    const number = person?.numbers[wish.number]
    if (person === undefined || rules === undefined || number === undefined) continue
    const facts = (at: number) => factsOf(person, number, at, done)
    each?.({ facts, rules, now })
    if (!decideVerdict(facts(now), rules, now).allowed) continue
    done.push({
      number,
      person,
      of: rules.of,
      seller: rules.seller,
      past: pastOf(rules.of, wish.outcome, now),
      at: now,
    })
  }
  return done
}

interface History {
  readonly startAt: number
  readonly first: number
  readonly wishes: readonly Wish[]
}

interface Asked {
  readonly facts: (at: number) => VerdictFacts
  readonly rules: VerdictRules
  readonly now: number
}

/** The lines that bind an attempt, found by reading the book from its beginning to its end. */
function binding(attempt: Attempt): { readonly attempts: Rule<'attempts'>[]; readonly rests: Rule<'rest'>[] } {
  const here = { Miami: ['US', 'US-FL'], Tulsa: ['US', 'US-OK'], Paris: ['FR'], Berlin: ['DE'], London: ['GB'] }
  const places = [...(here[attempt.person.name as keyof typeof here] ?? []), attempt.seller]
  const [first] = campaigns
  const found = { attempts: [] as Rule<'attempts'>[], rests: [] as Rule<'rest'>[] }
  for (const { places: where, rules } of first?.laws.book.jurisdictions ?? []) {
    if (!where.some(place => places.includes(place))) continue
    for (const rule of rules) {
      if (rule.purposes !== undefined && !rule.purposes.includes(attempt.of.purpose)) continue
      if (rule.voices !== undefined && !rule.voices.includes('live')) continue
      if (rule.kind === 'attempts') found.attempts.push(rule)
      if (rule.kind === 'rest') found.rests.push(rule)
    }
  }
  if (attempt.of.campaignId === 'b') found.attempts.push(own)
  return found
}

function together(one: Attempt, other: Attempt, rule: Rule<'attempts'> | Rule<'rest'>): boolean {
  if (one.person !== other.person || (rule.per === 'number' && one.number !== other.number)) return false
  if (rule.across === 'campaign') return one.of.campaignId === other.of.campaignId
  if (rule.across === 'topic') return one.of.topic === other.of.topic
  return rule.across === 'all' || one.of.purpose === other.of.purpose
}

function dayAt(zone: string, at: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(at)
}

function inWindow(last: Attempt, other: Attempt, { window }: Rule<'attempts'>): boolean {
  if (window.kind === 'life') return true
  if (window.kind === 'rolling') return last.at - other.at < window.lengthMs
  return dayAt(last.person.zone, last.at) === dayAt(last.person.zone, other.at)
}

/** What happened in an attempt, in the words of the rules. */
function causes({ past }: Attempt): readonly string[] {
  return [
    ...(past.disposition === 'abandoned' || past.disposition === 'hung-up-waiting' ? ['abandonment'] : []),
    ...(past.connectedAt !== undefined && !past.machine ? ['conversation'] : []),
    ...(past.refusal ? ['refusal'] : []),
    ...(past.complaint ? ['complaint'] : []),
  ]
}

/** Whether the rest after an attempt is not over: by the hour, or by days of the person's calendar. */
function stillRests(last: Attempt, { past, at }: Attempt, { forMs, wholeDays }: Rule<'rest'>): boolean {
  const endedAt = past.endedAt ?? at
  if (wholeDays === undefined) return last.at < endedAt + forMs
  const dayOf = (instant: number) => Date.parse(dayAt(last.person.zone, instant)) / dayMs
  const first = dayOf(endedAt) + (wholeDays === 'from-the-next-day' ? 1 : 0)
  return dayOf(last.at) < first + forMs / dayMs
}

/** Every window and every rest that a history breaks, in words. */
function broken(done: readonly Attempt[]): readonly string[] {
  return done.flatMap((last, index) => {
    const earlier = done.slice(0, index)
    const { attempts, rests: resting } = binding(last)
    const full = attempts.filter(rule => {
      const before = earlier.filter(one => one.past.counts && together(one, last, rule) && inWindow(last, one, rule))
      return before.length >= rule.max
    })
    const early = resting.filter(rule =>
      earlier.some(one => causes(one).includes(rule.after) && together(one, last, rule) && stillRests(last, one, rule)),
    )
    // The product's own: nobody who was abandoned hears from anybody for 72 h.
    const abandoned = earlier.some(
      one =>
        one.person === last.person &&
        causes(one).includes('abandonment') &&
        last.at < (one.past.endedAt ?? 0) + 3 * dayMs,
    )
    return [...full, ...early]
      .map(({ ruleId }) => `${ruleId} at ${index}`)
      .concat(abandoned ? [`72 h at ${index}`] : [])
  })
}

t.test('no sequence of events exceeds a window or breaks a rest', async t => {
  let calls = 0
  const used = new Set<string>()
  fc.assert(
    fc.property(histories, history => {
      const done = live(history, ({ facts, rules, now }) => {
        const verdict = decideVerdict(facts(now), rules, now)
        if (!verdict.allowed && verdict.rule !== undefined) used.add(verdict.rule)
      })
      calls += done.length
      const wrong = broken(done)
      if (wrong.length > 0) throw new RangeError(wrong.join(', '))
    }),
    { numRuns: 400, seed: 20_261_125 },
  )
  t.ok(calls > 4_000, `${calls} calls`)
  const lines = ['US-FL/attempts', 'US-OK/attempts', 'FR/attempts', 'FR/rest', 'DE/attempts-day', 'US-RegF/rest']
  const unused = [...lines, 'campaign/two-ever', 'product/rest-after-abandonment'].filter(line => !used.has(line))
  t.same(unused, [], 'every kind of line has said no')
})

t.test('the judge of these histories sees what is too much', async t => {
  const always = (startAt: number, wishes: readonly Wish[]): readonly Attempt[] => {
    let at = startAt
    return wishes.map(wish => {
      at += wish.leapMs
      const [person, rules] = [persons[wish.person] as Person, campaigns[wish.campaign] as VerdictRules]
      const number = person.numbers[wish.number] as string
      return { number, person, of: rules.of, seller: rules.seller, past: pastOf(rules.of, wish.outcome, at), at }
    })
  }
  const thick = { leapMs: hourMs, person: 0, number: 0, campaign: 0, outcome: 'busy' } as const
  t.same(broken(always(0, [thick, thick, thick])), [])
  t.same(broken(always(0, [thick, thick, thick, { ...thick, number: 1, campaign: 1 }])), ['US-FL/attempts at 3'])
  t.same(
    [
      ...broken(
        always(0, [
          { ...thick, outcome: 'abandoned' },
          { ...thick, campaign: 4 },
        ]),
      ),
    ].sort(),
    ['72 h at 1', 'UK-Ofcom/rest at 1'],
  )
})

/** Checks whose answer follows from the past alone: nothing else has to happen for it to change. */
const byTime = ['calling-hours', 'attempts', 'rest'] as const

t.test('a time to ask again is never too early and never in vain', async t => {
  const seen = new Set<string>()
  const answerAt = ({ facts, rules }: Asked, check: string, at: number) => {
    const found = explainVerdict(facts(at), rules, at).find(one => one.check === check)
    return found?.verdict ?? { allowed: true as const }
  }
  fc.assert(
    fc.property(histories, history => {
      live(history, asked => {
        for (const check of byTime) {
          const verdict = answerAt(asked, check, asked.now)
          if (verdict.allowed || verdict.retryAt === undefined) continue
          const { retryAt } = verdict
          seen.add(check)
          if (retryAt <= asked.now) throw new RangeError(`${check}: again at ${retryAt}, which is over at ${asked.now}`)
          if (answerAt(asked, check, retryAt - 1).allowed) throw new RangeError(`${check}: yes 1 ms before ${retryAt}`)
          const between = [0.1, 0.3, 0.5, 0.7, 0.9].map(share => Math.floor(asked.now + share * (retryAt - asked.now)))
          const open = between.find(at => answerAt(asked, check, at).allowed)
          if (open !== undefined) throw new RangeError(`${check}: yes at ${open}, long before ${retryAt}`)
          const then = answerAt(asked, check, retryAt)
          if (!then.allowed) throw new RangeError(`${check}: still ${then.reason} by ${then.rule} at ${retryAt}`)
        }
      })
    }),
    { numRuns: 150, seed: 20_261_126 },
  )
  t.same([...seen].sort(), [...byTime].sort())
})

/** Whether an attempt asks for this rest, read off the words of the rule. */
function rests(past: PastAttempt, rule: Rule<'rest'>, of: VerdictRules['of']): boolean {
  const one: Attempt = {
    number: past.sameNumber ? 'same' : 'other',
    person: someone,
    of: past,
    seller: '',
    past,
    at: 0,
  }
  const viewer: Attempt = { ...one, number: 'same', of }
  return causes(one).includes(rule.after) && together(one, viewer, rule)
}

t.test('each window and each rest by itself: full until its time, and open from then on', async t => {
  fc.assert(
    fc.property(histories, fc.nat(), (history, pick) => {
      live(history, ({ facts, rules, now }) => {
        const one = caseOf(facts(now), rules, now)
        const question = (at: number) => ({ history: facts(at).history, of: rules.of, zones: facts(at).zones })
        for (const rule of one.law.attempts) {
          const window = attemptWindow(rule, question(now), now)
          if (window.retryAt === undefined || window.count < rule.max) continue
          const [before, after] = [window.retryAt - 1 - (pick % minuteMs), window.retryAt]
          if (before > now && attemptWindow(rule, question(before), before).count < rule.max)
            throw new RangeError(`${rule.ruleId} opens before ${after}`)
          if (attemptWindow(rule, question(after), after).count >= rule.max)
            throw new RangeError(`${rule.ruleId} is full at ${after}`)
        }
        for (const rule of one.law.rest) {
          const ends = one.facts.history
            .filter(past => rests(past, rule, rules.of))
            .map(past => (past.endedAt ?? 0) + rule.forMs)
          const endsAt = restEndsAt(rule, one.facts.history, rules.of) ?? 0
          if (endsAt !== Math.max(0, ...ends)) throw new RangeError(`${rule.ruleId} ends at ${endsAt}, not ${ends}`)
        }
      })
    }),
    { numRuns: 60, seed: 20_261_127 },
  )
  t.pass('all windows')
})
