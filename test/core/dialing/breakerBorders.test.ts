// The breaker of a trunk by its borders: each evidence, one by one, with nothing around it.
import t from 'tap'
import {
  type Breaker,
  createBreaker,
  depart,
  departuresLeft,
  type Evidence,
  hear,
  isFalseAnswer,
  isSuspect,
  type TrunkFault,
  takeBack,
} from '../../../src/core/dialing/breaker.ts'

/** A breaker that has heard some evidence, each of a call of its own, at once. */
function heard(evidence: readonly Evidence[], breaker = createBreaker(0), now = 0): Breaker {
  for (const [index, one] of evidence.entries()) hear(breaker, { callId: `c${index}`, evidence: one }, now)
  return breaker
}

const times = (count: number, evidence: Evidence): Evidence[] => Array.from({ length: count }, () => evidence)
const refused: Evidence = { kind: 'refused' }
const reached: Evidence = { kind: 'reached' }
const stranger: Evidence = { kind: 'unknown-number' }
const answered = (afterMs: number): Evidence => ({ kind: 'answered', afterMs })
const alternately = (count: number, one: Evidence, other: Evidence): Evidence[] =>
  Array.from({ length: count }, (_, index) => (index % 2 === 0 ? one : other))

t.test('thirty calls leave unheard; one that did not leave, or that was looked up, makes room for one', async t => {
  const breaker = createBreaker(0)
  for (let calls = 0; calls < 29; calls += 1) depart(breaker, `c${calls}`, 0)
  t.equal(departuresLeft(breaker, 0), 1)
  depart(breaker, 'c29', 0)
  t.equal(departuresLeft(breaker, 0), 0)
  takeBack(breaker, 'c29', 0)
  t.equal(departuresLeft(breaker, 0), 1)
  hear(breaker, { callId: 'c0', evidence: stranger }, 0)
  t.equal(departuresLeft(breaker, 0), 2)
  hear(breaker, { callId: 'c1', evidence: refused }, 0)
  t.equal(departuresLeft(breaker, 0), 2, 'a refusal makes no room')
  hear(breaker, { callId: 'c2', evidence: reached }, 0)
  t.equal(departuresLeft(breaker, 0), 30, 'somebody who was reached makes all of it')
  takeBack(breaker, 'c3', 0)
  t.equal(departuresLeft(breaker, 0), 30, 'and no more than all')
})

t.test('how much evidence opens it', async t => {
  const opens: readonly (readonly [name: string, evidence: Evidence[], fault: TrunkFault | undefined])[] = [
    ['nine refusals in a row', times(9, refused), undefined],
    ['ten in a row', times(10, refused), 'refusals'],
    ['nine, somebody reached, nine more', [...times(9, refused), reached, ...times(9, refused)], undefined],
    ['half of fifty', [reached, ...alternately(49, refused, reached)], 'refusals'],
    ['half of forty-nine', alternately(49, refused, reached), undefined],
    ['a third of many', Array.from({ length: 150 }, (_, n) => (n % 3 === 0 ? refused : reached)), undefined],
    ['half of many that rang before they failed', alternately(60, reached, { kind: 'failed-ringing' }), 'refusals'],
    ['29 numbers that nobody has', times(29, stranger), undefined],
    ['30 of them', times(30, stranger), 'unknown-numbers'],
    ['five refusals among them', [...times(5, refused), ...times(25, stranger)], 'unknown-numbers'],
    ['nineteen answers at once', times(19, answered(999)), undefined],
    ['twenty', times(20, answered(999)), 'false-answers'],
    ['twenty after a second', times(20, answered(1_000)), undefined],
    ['half of twenty', alternately(20, answered(1_000), answered(100)), 'false-answers'],
    ['short talks, as many as may be', [{ kind: 'talked', short: true, shortRate: 0.3, shortRateMax: 0.3 }], undefined],
    ['more', [{ kind: 'talked', short: true, shortRate: 0.31, shortRateMax: 0.3 }], 'short-calls'],
    [
      'calls that nobody took, or that say nothing',
      [...times(99, { kind: 'nothing' }), { kind: 'unanswered', rangMs: 1 }],
      undefined,
    ],
  ]
  for (const [name, evidence, fault] of opens) {
    const { phase } = heard(evidence)
    t.strictSame(phase.state === 'closed' ? undefined : phase.fault, fault, name)
  }
})

t.test('when the first call is tried again, by what was wrong', async t => {
  const first: Readonly<Record<TrunkFault, readonly [Evidence[], number]>> = {
    refusals: [times(10, refused), 10_000],
    'unknown-numbers': [times(30, stranger), 10_000],
    'false-answers': [times(20, answered(1)), 30_000],
    'short-calls': [[{ kind: 'talked', short: true, shortRate: 1, shortRateMax: 0 }], 60_000],
  }
  for (const [fault, [evidence, after]] of Object.entries(first)) {
    const breaker = heard(evidence)
    t.strictSame(
      [after - 1, after].map(now => departuresLeft(breaker, now)),
      [0, 1],
      fault,
    )
    t.ok(depart(breaker, 'probe', after), 'it is a probe')
    t.equal(departuresLeft(breaker, after), 0, 'one at a time')
  }
})

t.test('what a probe says', async t => {
  const evidence = {
    refusals: times(10, refused),
    'false-answers': times(20, answered(1)),
    'short-calls': [{ kind: 'talked', short: true, shortRate: 1, shortRateMax: 0 }],
  } as const
  const after = (fault: keyof typeof evidence, said: Evidence, callId = 'probe') => {
    const breaker = heard(evidence[fault])
    depart(breaker, 'probe', 60_000)
    const changed = hear(breaker, { callId, evidence: said }, 61_000)
    const left = [61_000, 70_999, 71_000].map(now => departuresLeft(breaker, now))
    return { state: breaker.phase.state, changed, left }
  }
  const closed = { state: 'closed', changed: true, left: [30, 30, 30] }
  const goesOn = { state: 'probing', changed: false, left: [0, 0, 0] }
  const again = { state: 'open', changed: false, left: [1, 1, 1] }
  t.strictSame(after('refusals', reached), closed)
  t.strictSame(after('refusals', reached, 'c5'), goesOn, 'a call from before says nothing any more')
  t.strictSame(after('refusals', refused), { state: 'open', changed: true, left: [0, 0, 1] })
  t.strictSame(after('refusals', stranger).state, 'open')
  t.strictSame(after('refusals', { kind: 'nothing' }), again)
  t.strictSame(after('refusals', { kind: 'failed-ringing' }), again)
  t.strictSame(after('refusals', { kind: 'unanswered', rangMs: 9_000 }), again)
  t.strictSame(after('refusals', answered(5_000)), goesOn)
  t.strictSame(after('false-answers', answered(999)).state, 'open')
  t.strictSame(after('false-answers', answered(1_000)), closed)
  t.strictSame(after('false-answers', reached), goesOn)
  t.strictSame(after('false-answers', { kind: 'unanswered', rangMs: 1_000 }), closed)
  t.strictSame(after('false-answers', { kind: 'unanswered', rangMs: 999 }), again)
  t.strictSame(after('short-calls', reached), goesOn)
  const talked = (short: boolean): Evidence => ({ kind: 'talked', short, shortRate: 1, shortRateMax: 0 })
  t.strictSame(after('short-calls', talked(false)), closed)
  t.strictSame(after('short-calls', talked(true)).state, 'open')
})

t.test('a probe that did not leave is tried again at once, another call changes nothing', async t => {
  const breaker = heard(times(10, refused))
  depart(breaker, 'probe', 10_000)
  takeBack(breaker, 'other', 11_000)
  t.equal(breaker.phase.state, 'probing')
  takeBack(breaker, 'probe', 11_000)
  t.equal(departuresLeft(breaker, 11_000), 1)
})

t.test('how often it opened is forgiven after ten minutes closed, and not before', async t => {
  const openings = (closedMs: number) => {
    const breaker = heard(times(10, refused))
    depart(breaker, 'probe', 10_000)
    hear(breaker, { callId: 'probe', evidence: reached }, 10_000)
    return heard(times(10, refused), breaker, 10_000 + closedMs).openings
  }
  t.equal(openings(599_999), 2)
  t.equal(openings(600_000), 1)
})

t.test('a closed breaker has forgotten what it was opened for', async t => {
  const breaker = heard([...times(19, answered(1)), ...times(10, refused)])
  depart(breaker, 'probe', 10_000)
  hear(breaker, { callId: 'probe', evidence: reached }, 10_100)
  heard([...times(9, refused), answered(1)], breaker, 10_200)
  t.equal(breaker.phase.state, 'closed')
  heard([refused], breaker, 10_300)
  t.equal(breaker.phase.state, 'open', 'and learns anew')
})

t.test('calls that come to nobody, and answers at once, are suspected before the breaker opens', async t => {
  t.strictSame(
    [2, 3].map(count => isSuspect(heard(times(count, refused)), 'refused')),
    [false, true],
  )
  t.strictSame(
    [9, 10].map(count => isSuspect(heard(times(count, stranger)), 'unknown-number')),
    [false, true],
  )
  t.ok(isSuspect(heard([refused, stranger, refused]), 'refused'), 'both in one row')
  t.notOk(isSuspect(heard(times(20, answered(1))), 'refused'), 'another fault')
  t.strictSame(
    [2, 3].map(count => isFalseAnswer(heard(times(count, answered(1))), 10)),
    [false, true],
  )
  t.notOk(isFalseAnswer(heard([...times(3, answered(1)), answered(4_000)]), 10))
  t.strictSame(
    [999, 1_000].map(afterMs => isFalseAnswer(heard(times(20, answered(1))), afterMs)),
    [true, false],
  )
  t.notOk(isFalseAnswer(heard(times(10, refused)), 10), 'open for another fault')
})
