import t from 'tap'
import { type AuditEntry, audit, type PlainRule, type PlainRules, plainRulesProblem } from '../../src/audit/audit.ts'
import { localTime } from '../../src/audit/hours.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Wednesday 12:00 in New York. */
const noon = Date.UTC(2026, 5, 17, 16, 0)
const workday = [{ startMinute: 480, endMinute: 1260 }]
const mondayToSaturday = [[], workday, workday, workday, workday, workday, workday]

function rulesOf(...rules: readonly PlainRule[]): PlainRules {
  return { jurisdictions: [{ places: ['US'], rules }], holidays: { US: [20_638], 'US-FL': [20_622] } }
}

let seq = 0
let calls = 0

/** Ledgers are written in the order in which their entries are made here. */
function entry(kind: string, at: number, members: Readonly<Record<string, unknown>>): AuditEntry {
  seq += 1
  return { seq, at, kind, entry: members }
}

const begin = () => entry('genesis', 0, {})

interface Make {
  readonly at?: number
  readonly end?: Readonly<Record<string, unknown>>
  readonly cleared?: Readonly<Record<string, unknown>>
  readonly [member: string]: unknown
}

/** An originate with its outcome: busy after ten seconds, unless told otherwise. */
function call({ at = noon, end = {}, cleared = {}, ...more }: Make = {}): readonly AuditEntry[] {
  calls += 1
  const callId = `call-${calls}`
  const { endedAt = at + 20_000, ...outcome } = end
  const clearance = {
    seller: 'US',
    places: ['US-NY'],
    localTimes: [{ zone: 'America/New_York' }],
    rules: [],
    lifted: [],
  }
  const about = { subject: 'ann', seller: 'acme', purpose: 'sales', topic: 'spring', campaign: 'spring' }
  const ids = { callId, callerId: '+12025550100' }
  return [
    entry('originate', at, { ...ids, ...about, ...more, clearance: { ...clearance, ...cleared } }),
    entry('outcome', Number(endedAt), { callId, disposition: 'busy', counts: true, ...outcome }),
  ]
}

function found(entries: readonly AuditEntry[], rules: PlainRules = rulesOf()): string[] {
  return audit(entries, rules).map(({ check, ruleId = '' }) => `${check} ${ruleId}`.trim())
}

const talked = (at: number) => ({ disposition: 'connected', answeredAt: at + 5_000, connectedAt: at + 5_500 })
const hours: PlainRule = { ruleId: 'hours', kind: 'hours', days: mondayToSaturday, holidays: 'closed' }

t.test('wall time is that of the place, on the days when the clocks change as well', async t => {
  t.strictSame(localTime(noon, 'America/New_York'), { weekday: 3, minuteOfDay: 720, day: 20_621 })
  t.match(localTime(Date.UTC(2026, 2, 8, 6, 59), 'America/New_York'), { weekday: 0, minuteOfDay: 119 })
  t.match(localTime(Date.UTC(2026, 2, 8, 7, 0), 'America/New_York'), { weekday: 0, minuteOfDay: 180 })
  // By the shipped zone data, which know 2026; Node's need not.
  t.match(localTime(Date.UTC(2026, 11, 1, 5, 29), 'America/Vancouver'), { minuteOfDay: 22 * 60 + 29 })
  t.match(localTime(Date.UTC(2040, 6, 1, 16, 0), 'America/New_York'), { minuteOfDay: 720 }, 'beyond the data')
  t.match(localTime(Date.UTC(1985, 6, 1, 16, 0), 'US/Eastern'), { minuteOfDay: 720 }, 'by another name')
  t.throws(() => localTime(noon, 'Mars/Olympus'), RangeError)
  t.match(localTime(Date.UTC(2026, 0, 1, 5, 0), 'America/New_York'), { weekday: 4, minuteOfDay: 0 })
  t.match(localTime(noon, 'Asia/Kathmandu'), { minuteOfDay: 21 * 60 + 45 })
})

t.test('a call outside the hours of any zone is found', async t => {
  const rules = rulesOf(hours)
  const at = (hour: number, minute = 0) => Date.UTC(2026, 5, 17, hour + 4, minute)
  t.strictSame(found([begin(), ...call({ at: at(8) }), ...call({ at: at(20, 59) })], rules), [])
  t.strictSame(found([begin(), ...call({ at: at(7, 59) })], rules), ['hours hours'])
  t.strictSame(found([begin(), ...call({ at: at(21) })], rules), ['hours hours'])
  const both = { localTimes: [{ zone: 'America/New_York' }, { zone: 'America/Los_Angeles' }] }
  t.strictSame(
    found([begin(), ...call({ at: at(8), cleared: both })], rules),
    ['hours hours'],
    'still night in the west',
  )
  t.strictSame(found([begin(), ...call({ at: noon + 4 * dayMs })], rules), ['hours hours'], 'a Sunday')
  const july4 = Date.UTC(2026, 6, 4, 16, 0)
  t.strictSame(found([begin(), ...call({ at: july4 })], rules), ['hours hours'], 'a holiday')
  t.strictSame(found([begin(), ...call({ at: noon + dayMs })], rules), [], 'a holiday of another state')
  const florida = { places: ['US-FL'] }
  t.strictSame(found([begin(), ...call({ at: noon + dayMs, cleared: florida })], rules), ['hours hours'])
  const answeredLate = { at: at(20, 59), end: { ...talked(at(20, 59) + 60_000), endedAt: at(21, 5) } }
  t.strictSame(found([begin(), ...call(answeredLate)], rules), ['hours hours'], 'answered after closing time')
  for (const localTimes of [[], [{ zone: 'Mars/Phobos' }]])
    t.strictSame(found([begin(), ...call({ cleared: { localTimes } })], rules), ['hours'], 'an unknown place')
})

t.test('the local times that an entry states are not believed', async t => {
  const cleared = { localTimes: [{ zone: 'America/New_York', minuteOfDay: 720, day: 20_621 }] }
  t.strictSame(found([begin(), ...call({ at: noon + 12 * hourMs, cleared })], rulesOf(hours)), ['hours hours'])
})

t.test("the campaign's own hours and limits hold as well, as the ledger tells them", async t => {
  const callingHours = { startMinute: 780, endMinute: 840, weekdays: [3] }
  const own = { ruleId: 'own', kind: 'attempts', max: 1, window: { kind: 'life' }, per: 'number', across: 'campaign' }
  const campaign = () => entry('campaign', 0, { campaign: 'spring', callingHours, attemptLimits: [own] })
  const oneToTwo = noon + 90 * 60_000
  t.strictSame(found([begin(), campaign(), ...call({ at: oneToTwo })]), [])
  t.strictSame(found([begin(), campaign(), ...call()]), ['hours campaign/hours'])
  const twice = [...call({ at: oneToTwo }), ...call({ at: oneToTwo + 60_000 })]
  t.strictSame(found([begin(), campaign(), ...twice]), ['attempts own'])
  t.strictSame(found([begin(), ...call(), campaign()]), [], 'settings bind from their entry on')
})

t.test('one attempt too many in any window is found', async t => {
  const rule = (window: PlainRule['window'], more: Partial<PlainRule> = {}): PlainRules => {
    const plain = { ruleId: 'r', kind: 'attempts', max: 2, per: 'number', across: 'all', ...more } as const
    return rulesOf(window === undefined ? plain : { ...plain, window })
  }
  const at = (...hoursLater: readonly number[]) => [
    begin(),
    ...hoursLater.flatMap(later => call({ at: noon + later * hourMs })),
  ]
  const day = rule({ kind: 'rolling', lengthMs: dayMs })
  t.strictSame(found(at(0, 1), day), [])
  t.strictSame(found(at(0, 1, 2), day), ['attempts r'])
  t.strictSame(found(at(0, 1, 24), day), [], 'the first has just left the window')
  t.strictSame(found(at(0, 1, 23.99), day), ['attempts r'])
  t.strictSame(found(at(0, 11, 12), rule({ kind: 'day' })), [], 'midnight in New York lies between')
  t.strictSame(found(at(0, 10, 11.9), rule({ kind: 'day' })), ['attempts r'])
  t.strictSame(found(at(0, 999, 9_999), rule({ kind: 'life' })), ['attempts r'])
  const free = [begin(), ...call(), ...call({ at: noon + 1e6, end: { counts: false } }), ...call({ at: noon + 2e6 })]
  t.strictSame(found(free, day), [], "a carrier's fault costs nothing")

  const three = (members: readonly Make[]) => [
    begin(),
    ...members.flatMap((one, n) => call({ ...one, at: noon + n * hourMs })),
  ]
  const others = three([{ subject: 'a' }, { subject: 'b' }, { subject: 'c' }])
  t.strictSame(found(others, day), [])
  const numbers = three([
    { subject: 'a', person: 'p' },
    { subject: 'b', person: 'p' },
    { subject: 'c', person: 'p' },
  ])
  t.strictSame(found(numbers, day), [], 'per number')
  const person = rule({ kind: 'rolling', lengthMs: dayMs }, { per: 'person' })
  t.strictSame(found(numbers, person), ['attempts r'], 'per person')
  t.strictSame(found(at(0, 1, 2), person), ['attempts r'], 'a person without a name is a number')
  for (const across of ['purpose', 'topic', 'campaign'] as const) {
    const scoped = rule({ kind: 'rolling', lengthMs: dayMs }, { across })
    t.strictSame(found(three([{}, {}, { [across]: 'another' }]), scoped), [], across)
    t.strictSame(found(three([{}, {}, {}]), scoped), ['attempts r'], across)
  }
})

t.test('a rest that was not kept is found', async t => {
  const rule = (after: string, more: Partial<PlainRule> = {}): PlainRules =>
    rulesOf({ ruleId: 'r', kind: 'rest', after, forMs: 72 * hourMs, per: 'number', across: 'all', ...more })
  const after = (
    end: Make['end'],
    later: number,
    word: Readonly<Record<string, unknown>> | undefined = undefined,
    again: Make = {},
  ) => {
    const first = call({ end: { ...end, endedAt: noon + 60_000 } })
    const words =
      word === undefined ? [] : [entry('wrap-up', noon + 70_000, { callId: first[0]?.entry.callId, ...word })]
    return [begin(), ...first, ...words, ...call({ at: noon + 60_000 + later, ...again })]
  }
  const abandoned = { disposition: 'abandoned', answeredAt: noon + 5_000 }
  t.strictSame(found(after(abandoned, 72 * hourMs - 1), rule('abandonment')), ['rest r'])
  t.strictSame(found(after(abandoned, 72 * hourMs), rule('abandonment')), [])
  t.strictSame(found(after({ ...abandoned, disposition: 'hung-up-waiting' }, hourMs), rule('abandonment')), ['rest r'])
  const reserved = rule('abandonment', { unless: 'agent-reserved' })
  t.strictSame(found(after(abandoned, hourMs), reserved), ['rest r'])
  t.strictSame(found(after(abandoned, hourMs, undefined, { cleared: { agentReserved: true } }), reserved), [])
  t.strictSame(found(after(talked(noon), hourMs), rule('conversation')), ['rest r'])
  t.strictSame(found(after(talked(noon), hourMs, { machine: true }), rule('conversation')), [])
  t.strictSame(found(after(talked(noon), hourMs, { refusal: true }), rule('refusal')), ['rest r'])
  t.strictSame(found(after(talked(noon), hourMs, { refusal: false }), rule('refusal')), [])
  t.strictSame(found(after(talked(noon), hourMs, { code: 'complaint' }), rule('complaint')), ['rest r'])
  t.strictSame(found(after({}, hourMs), rule('abandonment')), [])
})

t.test('a call after an opt-out or a withdrawn consent is found', async t => {
  const out = (more = {}) => entry('opt-out', noon, { subject: 'ann', list: 'company', ...more })
  const taken = (topic?: string) => entry('consent', noon, { event: 'withdrawn', subject: 'ann', topic })
  const given = (topics: readonly string[]) => entry('consent', noon, { event: 'given', subject: 'ann', topics })
  t.strictSame(found([begin(), ...call(), out()]), [])
  t.strictSame(found([begin(), out(), ...call()]), ['opt-out'])
  t.strictSame(found([begin(), out(), ...call({ subject: 'bob' })]), [])
  t.strictSame(found([begin(), out(), entry('opt-in', noon, { subject: 'ann' }), ...call()]), [])
  t.strictSame(found([begin(), taken(), ...call()]), ['consent-withdrawn'])
  t.strictSame(found([begin(), taken('autumn'), ...call()]), [])
  t.strictSame(found([begin(), taken('spring'), ...call()]), ['consent-withdrawn'])
  t.strictSame(found([begin(), taken('spring'), given(['spring']), ...call()]), [])
  t.strictSame(found([begin(), taken('spring'), given(['autumn']), ...call()]), ['consent-withdrawn'])
})

t.test('a list that was not asked, or was too old, is found', async t => {
  const rule: PlainRule = {
    ruleId: 'r',
    kind: 'do-not-call-list',
    place: 'US',
    ageMaxMs: 31 * dayMs,
    yieldsTo: [{ basis: 'written' }],
  }
  const arrived = (asOf: number, place = 'US') =>
    entry('list', asOf, { event: 'installed', list: 'national', version: 'v1', place, asOf })
  const asked = (asOf: number, more = {}) => ({ lists: [{ list: 'national', version: 'v1', asOf }], ...more })
  const old = noon - 31 * dayMs
  t.strictSame(found([begin(), arrived(old), ...call({ cleared: asked(old) })], rulesOf(rule)), [])
  t.strictSame(
    found([begin(), arrived(old - 1), ...call({ cleared: asked(old - 1) })], rulesOf(rule)),
    [],
    'its 31st day',
  )
  const older = old - dayMs
  t.strictSame(found([begin(), arrived(older), ...call({ cleared: asked(older) })], rulesOf(rule)), ['list r'])
  t.strictSame(found([begin(), arrived(old), ...call()], rulesOf(rule)), ['list r'], 'it was not asked')
  t.strictSame(found([begin(), ...call({ cleared: asked(noon) })], rulesOf(rule)), ['list r'], 'nobody knows it')
  t.strictSame(found([begin(), arrived(old, 'CA'), ...call({ cleared: asked(old) })], rulesOf(rule)), ['list r'])
  t.strictSame(
    found([begin(), arrived(old - 1), ...call({ cleared: asked(old) })], rulesOf(rule)),
    ['list r'],
    'made younger',
  )
  t.strictSame(
    found([begin(), ...call({ cleared: { places: ['CA-ON'] } })], rulesOf(rule)),
    [],
    'a list of other people',
  )
  const lifted = { lifted: ['r'], permissions: [{ permissionId: 1, basis: 'written' }] }
  t.strictSame(found([begin(), ...call({ cleared: lifted })], rulesOf(rule)), [])
  const wrongly = { lifted: ['r'], permissions: [{ permissionId: 1, basis: 'inquiry' }] }
  t.strictSame(found([begin(), ...call({ cleared: wrongly })], rulesOf(rule)), ['clearance r', 'list r'])
})

t.test('consent, caller identity and the clearance itself are looked at', async t => {
  const consent: PlainRule = { ruleId: 'c', kind: 'consent', basis: 'written' }
  const by = (basis: string) => ({ permissions: [{ permissionId: 1, basis }] })
  t.strictSame(found([begin(), ...call({ cleared: by('written') })], rulesOf(consent)), [])
  t.strictSame(found([begin(), ...call({ cleared: by('express') })], rulesOf(consent)), ['consent c'])
  t.strictSame(found([begin(), ...call()], rulesOf(consent)), ['consent c'])
  const identity: PlainRule = { ruleId: 'i', kind: 'caller-identity', forbiddenPrefixes: ['+1202'] }
  t.strictSame(found([begin(), ...call()], rulesOf(identity)), ['caller-identity i'])
  const bare = [begin(), ...call()].map(one => ({ ...one, entry: { ...one.entry, clearance: undefined } }))
  t.strictSame(found(bare), ['clearance', 'hours'])
})

t.test('a ring that we cut short is found, one that the network ended is not', async t => {
  const ring = rulesOf({ ruleId: 'r', kind: 'ring', minMs: 15_000 })
  const rang = (ms: number, more: Make['end'] = {}) => [
    begin(),
    ...call({ end: { disposition: 'no-answer', ringingAt: noon + 2_000, endedAt: noon + 2_000 + ms, ...more } }),
  ]
  t.strictSame(found(rang(15_000), ring), [])
  t.strictSame(found(rang(14_999), ring), ['ring r'])
  t.strictSame(found(rang(14_999, { disposition: 'withdrawn', sipCode: 487 }), ring), ['ring r'])
  t.strictSame(found(rang(5_000, { sipCode: 480 }), ring), [])
  t.strictSame(found(rang(5_000, { disposition: 'busy' }), ring), [])
  t.strictSame(
    found(rang(12_000, { disposition: 'withdrawn', ringingAt: undefined }), ring),
    ['ring r'],
    'no sign of ringing',
  )
})

t.test('an abandonment rate over its limit is found in each kind of window', async t => {
  const rule = (window: NonNullable<PlainRule['window']>) =>
    rulesOf({ ruleId: 'r', kind: 'abandonment', rateMax: 0.1, window })
  /** Answers an hour apart, one of them a day later than the other. */
  const answers = (pattern: string, more: Make = {}) =>
    [...pattern].flatMap((mark, day) => {
      const at = noon + day * dayMs
      const end = mark === 'a' ? { disposition: 'abandoned', answeredAt: at + 5_000 } : talked(at)
      return call({ at, subject: `s${seq}`, end, ...more })
    })
  const life = rule({ kind: 'life' })
  t.strictSame(found([begin(), ...answers('a.........')], life), [], 'one in ten')
  t.strictSame(found([begin(), ...answers('a........')], life), ['abandonment r'])
  t.strictSame(
    found([begin(), ...answers('.a...'), ...answers('.....', { campaign: 'renamed' })], life),
    [],
    'one budget',
  )
  t.strictSame(found([begin(), ...answers('.a...'), ...answers('.....', { seller: 'other' })], life), ['abandonment r'])
  const period = rule({ kind: 'successive', lengthMs: 10 * dayMs })
  t.strictSame(found([begin(), ...answers('a.........a.........')], period), [])
  t.strictSame(
    found([begin(), ...answers('aa..................')], period),
    ['abandonment r'],
    'the second does not help',
  )
  t.strictSame(found([begin(), ...answers('aa..................')], life), [])
  const rolling = rule({ kind: 'rolling', lengthMs: 10 * dayMs })
  t.strictSame(found([begin(), ...answers('.........aa.........')], rolling), ['abandonment r'], 'across two periods')
  t.strictSame(found([begin(), ...answers('.........aa.........')], period), [])
  t.strictSame(found([begin(), ...answers('.........a.........a')], rolling), [])
  // The 17th of June is the first day: a month ends after 14.
  const month = rule({ kind: 'calendar-month' })
  t.strictSame(found([begin(), ...answers('.............aa.............')], month), [])
  t.strictSame(found([begin(), ...answers('............aa..............')], month), ['abandonment r'])

  const waited = answers('........').concat(call({ end: { disposition: 'hung-up-waiting', answeredAt: noon + 5_000 } }))
  t.strictSame(found([begin(), ...waited], life), ['abandonment r'])
  const [plain] = life.jurisdictions.flatMap(({ rules }) => rules)
  if (plain === undefined) throw new RangeError('one rule')
  t.strictSame(found([begin(), ...waited], rulesOf({ ...plain, hungUpWaiting: 'not-counted' })), [])

  const one = call({ end: talked(noon) })
  const machine = entry('wrap-up', noon + 60_000, { callId: one[0]?.entry.callId, machine: true })
  t.strictSame(found([begin(), ...answers('a........'), ...one], life), [])
  t.strictSame(
    found([begin(), ...answers('a........'), ...one, machine], life),
    ['abandonment r'],
    'corrected at wrap-up',
  )
})

t.test('each originate has one outcome, and one call at a time goes to a number', async t => {
  const [first, end] = call()
  const [second, secondEnd] = call({ at: noon + 1_000 })
  if (!first || !end || !second || !secondEnd) throw new RangeError('two calls')
  const inOrder = (...entries: readonly AuditEntry[]) => entries.map((one, index) => ({ ...one, seq: index + 1 }))
  t.strictSame(found(inOrder(begin(), first, end, second, secondEnd)), [])
  t.strictSame(found(inOrder(begin(), first, second, end, secondEnd)), ['overlap'])
  t.strictSame(found(inOrder(begin(), first)), ['outcome'])
  t.strictSame(found(inOrder(begin(), first, end, end)), ['outcome'])
  t.strictSame(found(inOrder(begin(), end)), ['outcome'], 'of a call that was never originated')
  t.strictSame(found(inOrder(entry('anchor', 0, {}), end)), [], 'it stands in the piece before')
  t.strictSame(found(inOrder(begin(), first, end, first, end)), ['outcome', 'outcome'], 'a call id that comes twice')
  const open = inOrder(begin(), first)
  t.strictSame(audit(open, rulesOf(), { openMaxMs: hourMs }), [], 'it may still go on')
})

t.test('a rule binds where the seller or the person is, for its purposes and in its time', async t => {
  const never: PlainRule = { ruleId: 'r', kind: 'hours', days: [] }
  const at = (cleared: Make['cleared'], more: Make = {}) => [begin(), ...call({ cleared: cleared ?? {}, ...more })]
  t.strictSame(found(at({ seller: 'CA', places: ['CA-ON'] }), rulesOf(never)), [])
  t.strictSame(found(at({ seller: 'CA', places: ['US-FL'] }), rulesOf(never)), ['hours r'])
  t.strictSame(found(at({ seller: 'US', places: ['CA-ON'] }), rulesOf(never)), ['hours r'])
  t.strictSame(found(at({ seller: 'CA', places: [], rules: ['r'] }), rulesOf(never)), ['hours r'], 'the entry names it')
  const profiles = { ...rulesOf(never), profiles: { ES: 'US' } }
  t.strictSame(found(at({ seller: 'CA', places: ['ES'] }), profiles), ['hours r'])
  t.strictSame(found(at({}), rulesOf({ ...never, purposes: ['debt'] })), [])
  t.strictSame(found(at({}), rulesOf({ ...never, from: noon + 1 })), [])
  t.strictSame(found(at({}), rulesOf({ ...never, until: noon })), [])
})

t.test('without rules of its own the audit takes those that the ledger names at each call', async t => {
  const never = rulesOf({ ruleId: 'r', kind: 'hours', days: [] })
  const rules = () => entry('rules', noon, { ...never })
  t.match(audit([begin(), ...call(), { ...rules(), entry: { ...never, version: 'another' } }]), [
    { check: 'rules', says: /^no rules are known for 1 calls/ },
  ])
  t.match(audit([begin(), rules(), ...call()]), [{ check: 'hours', ruleId: 'r', callId: /call-/, subject: 'ann' }])
})

t.test('what are no rules is told in a line', async t => {
  t.equal(plainRulesProblem(rulesOf(hours)), undefined)
  t.match(plainRulesProblem([]), /no list `jurisdictions`/)
  t.match(plainRulesProblem({ jurisdictions: [{}] }), /jurisdiction 1 has no lists/)
  t.match(plainRulesProblem({ jurisdictions: [{ places: [], rules: [{}] }] }), /has no `ruleId`/)
})

t.test(
  'a call by hand is held to the law, and to a rate where its agent was gone; a call that comes in to nothing but its outcome',
  async t => {
    const limit: PlainRule = { ruleId: 'twice', kind: 'attempts', max: 1, window: { kind: 'life' } }
    const rate: PlainRule = { ruleId: 'rate', kind: 'abandonment', rateMax: 0.03, window: { kind: 'life' } }
    const rules = rulesOf(hours, limit, rate)
    const night = noon + 12 * hourMs
    t.strictSame(found([begin(), ...call({ at: night, origin: 'manual' })], rules), ['hours hours'])
    const lost = { disposition: 'abandoned', answeredAt: noon + 5_000 }
    t.strictSame(found([begin(), ...call({ end: lost })], rules), ['abandonment rate'])
    t.strictSame(found([begin(), ...call({ end: lost, origin: 'manual' })], rules), ['abandonment rate'])
    const rated = rulesOf(rate)
    const many = Array.from({ length: 40 }, () => call({ end: talked(noon), origin: 'manual' })).flat()
    t.strictSame(
      found([begin(), ...many, ...call({ end: lost })], rated),
      ['abandonment rate'],
      'talks by hand dilute none',
    )
    const incoming = ({ at = night, ...more }: Make = {}) =>
      call({ at, ...more }).map(one => (one.kind === 'originate' ? { ...one, kind: 'incoming' } : one))
    t.strictSame(found([begin(), ...incoming(), ...incoming(), ...call()], rules), [], 'they are no attempts of ours')
    t.strictSame(found([begin(), ...incoming().slice(0, 1)], rules), ['outcome'])
  },
)

t.test('no call is cleared on less than its mode does by itself', async t => {
  const cleared = (origin: string, clearance: object) =>
    found([begin(), ...call({ origin, cleared: { ...clearance } })])
  const bad = ['automation']
  t.strictSame(cleared('campaign', {}), [])
  t.strictSame(cleared('campaign', { automation: ['dialing'] }), [], 'a person chose the numbers')
  t.strictSame(cleared('campaign', { automation: [] }), bad)
  t.strictSame(cleared('campaign', { mode: 'preview', automation: ['selection', 'dialing'] }), bad)
  t.strictSame(cleared('manual', { mode: 'preview', automation: ['selection'] }), [])
  t.strictSame(cleared('manual', { mode: 'preview', automation: [] }), bad, 'the lead was shown to its agent')
  t.strictSame(cleared('manual', { mode: 'manual', automation: [] }), [])
})

t.test('what is said at one number of a person binds the others, what is said of a number binds it alone', async t => {
  const out = (list: string, more = {}) => entry('opt-out', noon, { subject: 'ann', list, ...more })
  const at = (subject: string, more = {}) => call({ subject, ...more })
  const known = () => [begin(), ...at('ann', { person: 'p' }), ...at('ann2', { person: 'p', at: noon + hourMs })]
  const later = { person: 'p', at: noon + 2 * hourMs }
  t.strictSame(found([...known(), out('company'), ...at('ann2', later)]), ['opt-out'], 'known by an earlier call')
  t.strictSame(found([begin(), out('company', { persons: ['q', 'p'] }), ...at('ann2', later)]), ['opt-out'])
  t.strictSame(found([begin(), out('deceased', { persons: ['p'] }), ...at('ann2', later)]), ['opt-out'])
  t.strictSame(found([begin(), out('company', { persons: ['q'] }), ...at('ann2', later)]), [], 'somebody else')
  for (const list of ['wrong-person', 'retired']) {
    t.strictSame(found([...known(), out(list, { persons: ['p'] }), ...at('ann2', later)]), [], list)
    t.strictSame(found([...known(), out(list, { persons: ['p'] }), ...at('ann', later)]), ['opt-out'], list)
  }
  const back = entry('opt-in', noon, { subject: 'ann' })
  t.strictSame(
    found([begin(), out('company'), { ...out('retired') }, back, ...at('ann')]),
    ['opt-out'],
    'one at a time',
  )
  const taken = () => entry('consent', noon, { event: 'withdrawn', subject: 'ann', persons: ['p'] })
  t.strictSame(found([begin(), taken(), ...at('ann2', later)]), ['consent-withdrawn'])
})

t.test('what was said to one seller binds another, unless every line of the law says that it does not', async t => {
  const line = (ruleId: string, binds: 'everybody' | 'seller'): PlainRule => ({ ruleId, kind: 'refusal', binds })
  const signed = rulesOf(line('ftc', 'seller'), line('fcc', 'seller'))
  const half = rulesOf(line('ftc', 'seller'), line('fcc', 'everybody'))
  const sales = rulesOf({ ...line('ftc', 'seller'), purposes: ['sales'] })
  const seller = entry('campaign', 0, {
    ...{ campaign: 'spring', seller: 'acme', sellerPlace: 'US', purpose: 'sales', topic: 'spring' },
  })
  const out = (list: string, more = {}) => entry('opt-out', noon, { subject: 'ann', list, ...more })
  const back = (more: object) => entry('opt-in', noon, { subject: 'ann', ...more })
  const said = (list: string, rules?: PlainRules, more: Make = {}) =>
    found([begin(), seller, out(list), ...call(more)], rules).filter(one => one === 'opt-out')
  t.strictSame(said('seller:acme', signed), ['opt-out'], 'to the seller itself')
  t.strictSame(said('seller:fern', signed), [], 'to another')
  t.strictSame(said('seller:fern'), ['opt-out'], 'without a line there is nothing to sign')
  t.strictSame(said('seller:fern', half), ['opt-out'], 'one of two')
  t.strictSame(said('company', signed), ['opt-out'], 'to everybody')
  t.strictSame(said('seller:fern', sales), [])
  t.strictSame(said('seller:fern', sales, { purpose: 'debt' }), ['opt-out'], 'the line is about sales')
  t.strictSame(said('seller:fern', signed, { cleared: { places: ['US-NY', 'DE'] } }), ['opt-out'], 'no line in Germany')
  t.strictSame(said('seller:fern', signed, { cleared: { places: [] } }), ['opt-out'], 'nobody knows where')
  const other = [
    begin(),
    seller,
    ...call({ person: 'p' }),
    ...call({ subject: 'ann2', person: 'p', at: noon + hourMs }),
  ]
  const later = () => call({ subject: 'ann2', person: 'p', at: noon + 2 * hourMs })
  t.strictSame(found([...other, out('seller:fern'), ...later()], signed), [])
  t.strictSame(found([...other, out('seller:acme'), ...later()], signed), ['opt-out'], 'by another number of theirs')
  const both = () => [begin(), seller, out('seller:acme'), out('wrong-person'), out('retired')]
  const rest = (...taken: readonly string[]) =>
    found([...both(), ...taken.map(list => back({ list })), ...call()], signed)
  t.strictSame(rest('retired', 'wrong-person'), ['opt-out'], 'what is taken off is named')
  t.strictSame(rest('retired', 'wrong-person', 'seller:acme'), [])
})

t.test('a permission is relied on for its seller, and an agreement for its number', async t => {
  const consent: PlainRule = { ruleId: 'c', kind: 'consent', basis: 'express' }
  const list: PlainRule = { ruleId: 'l', kind: 'hours', days: mondayToSaturday, yieldsTo: [{ basis: 'purchase' }] }
  const rules = rulesOf(consent, list)
  const by = (...permissions: readonly object[]) => call({ cleared: { permissions, lifted: ['l'] }, person: 'p' })
  const sound = [
    { basis: 'express', seller: 'acme' },
    { basis: 'purchase', seller: 'acme', otherNumber: true },
  ]
  t.strictSame(found([begin(), ...by(...sound)], rules), [])
  t.strictSame(found([begin(), ...by({ basis: 'express' }, { basis: 'purchase' })], rules), [], 'older entries')
  const wrong = [
    { basis: 'express', seller: 'acme', otherNumber: true },
    { basis: 'purchase', seller: 'fern' },
  ]
  t.strictSame(found([begin(), ...by(...wrong)], rules), ['clearance l', 'consent c'])
  const given = (more: object) => entry('consent', noon, { event: 'given', subject: 'ann', topics: [], ...more })
  const express = (more: object) => [given({ basis: 'express', ...more }), given({ basis: 'purchase', ...more })]
  t.strictSame(found([begin(), ...express({ seller: 'acme' }), ...by(...sound)], rules), [])
  t.strictSame(found([begin(), ...express({ seller: 'fern' }), ...by(...sound)], rules), ['clearance l', 'consent c'])
  const other = express({ seller: 'acme', subject: 'ann2', persons: ['p'] })
  t.strictSame(found([begin(), ...other, ...by(...sound)], rules), ['consent c'], 'the agreement is for another number')
  const file = entry('consent', noon, { event: 'imported', source: 'x', permissions: 1 })
  t.strictSame(found([begin(), file, ...express({ seller: 'fern' }), ...by(...sound)], rules), [], 'nobody can tell')
})
