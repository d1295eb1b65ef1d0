import t from 'tap'
import type {
  DecisionRecord,
  Pacer,
  PacingDecision,
  PacingObservation,
  PacingSettings,
  PacingSnapshot,
} from '../../../src/core/pacing/pacer.ts'
import { recompute, recordingPacers } from '../../../src/core/pacing/record.ts'
import { createRandom } from '../../../src/sim/world/random.ts'
import { snapshotAt } from '../../support/pacing.ts'

const settings: PacingSettings = {
  ...{ mode: 'predictive', ratio: 2, abandonmentTarget: 0.027, abandonmentRateMax: 0.03, dialLevelMax: 20 },
  abandonmentWindows: [{ name: 'hour', lengthMs: 3_600_000 }, { name: 'life' }],
}
const limits = { channels: 1e6, callsPerSecond: 1e6, leads: 1e6 }

t.test('every recorded decision is worked out again from its record, to the last digit', async test => {
  const pacer = recordingPacers()(settings)
  const { uniform } = createRandom(7)
  const records = new Set<DecisionRecord>()
  for (let n = 0; n < 3_000; n += 1) {
    const now = 1_700_000_000_000 + n * 1_500
    const answered = uniform() < 0.3
    if (answered) {
      pacer.observe({ kind: 'answered', afterMs: 4_000 + uniform() * 12_000 }, now)
      pacer.observe({ kind: 'settled', abandoned: uniform() < 0.02 }, now)
      pacer.observe({ kind: 'talk-ended', talkMs: uniform() * 200_000 }, now)
      pacer.observe({ kind: 'wrap-up-ended', wrapUpMs: uniform() * 40_000 }, now)
    } else pacer.observe({ kind: 'not-answered', afterMs: 25_000, carrierFault: false }, now)
    const agents = Array.from({ length: 12 }, () => ({
      state: uniform() < 0.8 ? ('on-call' as const) : ('wrap-up' as const),
      ...{ elapsedMs: uniform() * 120_000, leaving: false },
    }))
    const calls = Array.from({ length: Math.floor(uniform() * 8) }, (_, index) => ({
      ...{ callId: String(index), state: 'ringing' as const, elapsedMs: uniform() * 20_000 },
    }))
    pacer.decide(snapshotAt({ agents, calls, limits }, now), now)
    const record = pacer.lastRecord?.()
    if (record !== undefined) records.add(record)
  }
  const kept = [...records]
  test.ok(kept.length > 100, `${kept.length} records`)
  test.ok(kept.some(({ decision }) => decision.originate > 0))
  for (const record of kept) {
    // As another process would read it.
    const read: DecisionRecord = JSON.parse(JSON.stringify(record))
    const again = recompute(read)
    if (JSON.stringify(again) !== JSON.stringify(record.decision)) test.same(again, record.decision)
  }
  test.pass()
})

t.test('a record that was tampered with gives another number', async test => {
  const pacer = recordingPacers()(settings)
  const seen = { agents: [{ state: 'available' as const, elapsedMs: 0, leaving: false }], calls: [], limits }
  pacer.decide(snapshotAt(seen, 0), 0)
  pacer.decide(snapshotAt(seen, 10), 10)
  const record = pacer.lastRecord?.()
  if (record === undefined) throw new TypeError('a record expected')
  test.equal(recompute(record).originate, 1)
  test.equal(recompute({ ...record, snapshot: { ...record.snapshot, agents: [] } }).originate, 0)
})

const nothing: PacingDecision = { originate: 0, withdraw: [], reason: 'agents-covered', figures: {} }
const settled: PacingObservation = { kind: 'settled', abandoned: false }
const answered: PacingObservation = { kind: 'answered', afterMs: 9_000 }
const empty: PacingSnapshot = { agents: [], calls: [], limits }

/** A recorder around a pacer that decides what it is told to; its checkpoints are numbered. */
function scripted(
  decisions: readonly Partial<PacingDecision>[],
  without: Partial<Record<keyof Pacer, undefined>> = {},
) {
  const told: string[] = []
  let [asked, checkpoints] = [0, 0]
  const inner: Pacer = {
    mode: 'predictive',
    configure: ({ ratio }) => void told.push(`configure ${ratio}`),
    observe: ({ kind }, now) => void told.push(`${kind} ${now}`),
    decide: () => ({ ...nothing, ...decisions[asked++] }),
    memory: () => ({ inner: true }),
    checkpoint: () => {
      checkpoints += 1
      return { checkpoint: checkpoints, growth: 'old' }
    },
    growth: () => ({ asked }),
    answerProbability: now => now / 4,
    answerFactor: leadKind => leadKind.length,
  }
  return { told, pacer: recordingPacers(() => ({ ...inner, ...without }) as Pacer)(settings) }
}

t.test('a record is the memory of a checkpoint, what was seen since, the picture and the decision', async t => {
  const { pacer, told } = scripted([{ originate: 3 }, { originate: 2, riskBound: true }, { originate: 1 }])
  pacer.observe(answered, 1)
  pacer.decide(empty, 2)
  t.equal(pacer.lastRecord?.(), undefined, 'the first decision is where the records begin')
  pacer.observe(answered, 3)
  pacer.decide(empty, 4)
  const first = pacer.lastRecord?.()
  t.strictSame(first, {
    ...{ version: 2, settings, memory: { checkpoint: 1, growth: { asked: 1 } } },
    observations: [{ at: 3, observation: answered }],
    ...{ snapshot: empty, at: 4, decision: { ...nothing, originate: 2, riskBound: true } },
  })
  pacer.observe(settled, 5)
  pacer.decide(empty, 6)
  t.strictSame(pacer.lastRecord?.()?.observations, [
    { at: 3, observation: answered },
    { at: 5, observation: { ...settled, riskBound: true } },
  ])
  t.equal(first?.observations.length, 1, 'an earlier record stays as it was')
  pacer.observe(settled, 7)
  pacer.decide(empty, 8)
  t.strictSame(told, ['answered 1', 'answered 3', 'settled 5', 'settled 7'])
  const { pacer: free } = scripted([{}, {}, { originate: 1 }])
  free.decide(empty, 1)
  free.decide(empty, 2)
  free.observe(settled, 3)
  free.decide(empty, 4)
  t.strictSame(free.lastRecord?.()?.observations, [{ at: 3, observation: { ...settled, riskBound: false } }])
})

t.test(
  'worth keeping is a decision that does something, or has another reason than the last that was kept',
  async t => {
    const kept = (...decisions: readonly Partial<PacingDecision>[]) => {
      const { pacer } = scripted([{}, ...decisions])
      return [0, ...decisions.keys()].flatMap((_, at) => {
        pacer.decide(empty, at)
        return pacer.lastRecord?.()?.at === at ? at : []
      })
    }
    t.strictSame(kept({}, {}, {}), [1], 'the first of its reason')
    t.strictSame(kept({}, { originate: 1 }, {}), [1, 2])
    t.strictSame(kept({}, { withdraw: ['x'] }, {}), [1, 2])
    t.strictSame(kept({}, { reason: 'no-leads' }, { reason: 'no-leads' }, {}), [1, 2, 4])
  },
)

t.test(
  'records begin anew behind new settings, behind what the store has counted, and after 400 observations',
  async t => {
    const always = Array.from({ length: 9 }, () => ({ originate: 1 }))
    const { pacer, told } = scripted(always)
    const recordedAt = (now: number) => {
      pacer.decide(empty, now)
      const record = pacer.lastRecord?.()
      return record?.at === now
        ? [record.memory.checkpoint, record.settings.ratio, record.observations.length]
        : undefined
    }
    recordedAt(1)
    t.strictSame(recordedAt(2), [1, 2, 0])
    pacer.configure({ ...settings, ratio: 5 })
    t.equal(recordedAt(3), undefined)
    t.strictSame(recordedAt(4), [2, 5, 0])
    pacer.observe(answered, 5)
    pacer.observe({ kind: 'counted', own: [], owner: [] }, 5)
    pacer.observe(answered, 5)
    t.equal(recordedAt(6), undefined)
    pacer.observe(answered, 6)
    t.strictSame(recordedAt(7), [3, 5, 1])
    for (let n = 1; n < 400; n += 1) pacer.observe(answered, 7)
    t.strictSame(recordedAt(8), [3, 5, 400])
    pacer.observe(answered, 8)
    t.equal(recordedAt(9), undefined)
    t.strictSame(recordedAt(10), [4, 5, 0])
    t.equal(told[0], 'configure 5')
  },
)

t.test('a record keeps the picture as it was, and a recorder gives what its pacer gives', async t => {
  const { pacer } = scripted([{}, {}])
  const agent = { state: 'available' as const, since: 1, leaving: false }
  const call = { callId: 'c', state: 'ringing' as const, since: 1 }
  const seen = { agents: [agent], calls: [call], nextAnswerFactor: 0.4, limits: { ...limits } }
  const before = structuredClone(seen)
  pacer.decide(seen, 1)
  pacer.decide(seen, 2)
  Object.assign(agent, { since: 9 })
  Object.assign(call, { since: 9 })
  seen.limits.leads = 0
  seen.agents.pop()
  t.strictSame(pacer.lastRecord?.()?.snapshot, before)
  t.equal(pacer.mode, 'predictive')
  t.strictSame(pacer.memory(), { inner: true })
  t.strictSame([pacer.answerProbability?.(2), pacer.answerFactor?.('four')], [0.5, 4])
  const { pacer: plain } = scripted([{}, {}], {
    answerProbability: undefined,
    answerFactor: undefined,
    checkpoint: undefined,
  })
  t.strictSame([plain.answerProbability?.(0), plain.answerFactor?.('x')], [Number.NaN, 1])
  plain.decide(empty, 1)
  plain.decide(empty, 2)
  t.equal(plain.lastRecord?.(), undefined, 'a pacer that cannot promise to decide alike is not recorded')
})
