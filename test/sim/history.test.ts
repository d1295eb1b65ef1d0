import t from 'tap'
import { defaultRetryRules } from '../../src/core/campaigns/lead.ts'
import { fitHistory, historyShortage, type PastAttempt, pastAttemptOf } from '../../src/sim/scenarios/history.ts'
import { attemptsPerLead, contestantOf, scenarioOfHistory } from '../../src/sim/study/forecast.ts'
import { meanOf } from '../../src/sim/world/distributions.ts'
import { pastRecords, pastWorld } from '../support/pastWorld.ts'

const past = pastRecords(6_000).flatMap(record => pastAttemptOf(record) ?? [])

function near(actual: number, wanted: number, tolerance: number): boolean {
  return Math.abs(actual - wanted) <= tolerance * wanted
}

t.test('a world is found again in its records', async t => {
  const { outcomes, times, ...fit } = fitHistory(past)
  for (const [word, share] of Object.entries(pastWorld.outcomes)) {
    const found = outcomes[word as keyof typeof outcomes]
    t.ok(Math.abs(found - share) < 0.015, `${word}: ${found} for ${share}`)
  }
  for (const name of ['setup', 'ring', 'machineRing', 'nobody', 'talk', 'machineTalk', 'wrapUp'] as const) {
    const dist = times[name]
    const found = dist === undefined ? 0 : meanOf(dist)
    t.ok(near(found, meanOf(pastWorld[name]), 0.07), `${name}: ${found} for ${meanOf(pastWorld[name])}`)
  }
  t.equal(fit.machineDetectionOn, false, 'machines reach agents: nothing tells them apart')
  t.ok(near(fit.setupMaxSec, 1.95, 0.02))
  const { basis } = fit
  const talks = basis.find(({ what }) => what === 'talk')
  t.ok(talks !== undefined && near(talks.records, 6_000 * 0.3 * 0.97, 0.05), 'it tells how many records it rests on')
  t.ok(near(fit.answeredByPerson, 6_000 * 0.3, 0.05), 'among the abandoned there are machines too')
})

t.test('the spread of a time is found too, not only its mean', async t => {
  const { talk } = fitHistory(past).times
  const parts = talk.kind === 'mixture' ? talk.parts : []
  const total = parts.reduce((sum, part) => sum + part.weight, 0)
  const mean = meanOf(talk)
  const variance = parts.reduce((sum, { weight, dist }) => sum + (weight / total) * (meanOf(dist) - mean) ** 2, 0)
  t.ok(near(Math.sqrt(variance) / mean, 0.95, 0.12), `coefficient of variation ${Math.sqrt(variance) / mean}`)
})

t.test('what was withdrawn or lost tells nothing; detection is seen where there is some', async t => {
  const lost: PastAttempt = { disposition: 'failed', detail: 'recovered', originatedAt: 0, endedAt: 1_000 }
  const withdrawn: PastAttempt = { disposition: 'withdrawn', originatedAt: 0, ringingAt: 1_000, endedAt: 17_000 }
  t.same(fitHistory([...past, lost, withdrawn]), fitHistory(past))
  const machine: PastAttempt = { disposition: 'machine', originatedAt: 0, answeredAt: 15_000, endedAt: 18_000 }
  const fit = fitHistory([...past, ...Array.from({ length: 600 }, () => machine)])
  t.equal(fit.machineDetectionOn, true)
  t.ok(fit.machineTakenForPerson > 0.5 && fit.machineTakenForPerson < 1)
  t.match(fit.times.machineDetection, { kind: 'mixture', parts: [{ dist: { min: 3, max: 3 } }] })
})

t.test('without instants of wrap-ups they are assumed, and it says so', async t => {
  const { times, basis } = fitHistory(past.map(one => ({ ...one, wrapUpAt: undefined })))
  t.match(times.wrapUp, { kind: 'lognormal', mean: 20 })
  t.match(
    basis.find(({ what }) => what === 'wrap-up'),
    { records: 0, meanSec: 20 },
  )
})

t.test('too little is refused', async t => {
  t.equal(historyShortage(past.slice(0, 300)), undefined)
  t.match(historyShortage([]), /^0 attempts and 0 answers on record, at least 100 and 30 are needed/)
  t.match(historyShortage(past.slice(0, 99)), /^99 attempts/)
  const silent = past.filter(({ disposition }) => disposition === 'no-answer')
  t.match(historyShortage(silent), /attempts and 0 answers/)
})

t.test('the fit becomes a scenario of the team; instants that make no world are refused', async t => {
  const pacing = {
    mode: 'ratio' as const,
    ratio: 2.5,
    abandonmentTarget: 0.02,
    abandonmentRateMax: 0.03,
    dialLevelMax: 4,
  }
  const trunk = { channels: 30, callsPerSecond: 5 }
  const at = { name: 'spring', agents: 7, hours: 2, pacing, ringTimeoutMs: 25_000, waitMaxMs: 1_700, trunk }
  const scenario = scenarioOfHistory(fitHistory(past), at)
  t.match(scenario, {
    name: 'spring',
    agents: { start: 7 },
    target: 0.02,
    cap: 0.03,
    trunk,
    waitMaxSec: 1.7,
    machineDetectionOn: false,
  })
  t.ok(scenario.ringTimeoutSec > 26 && scenario.ringTimeoutSec < 27.1, 'the ring timeout begins with the ringing')
  t.match(contestantOf(pacing), { policy: 'ratio', knobs: { ratio: 2.5 }, pacing: { dialLevelMax: 4 } })
  const still = past.map(one => ({ ...one, answeredAt: 0, connectedAt: 0, originatedAt: 0, endedAt: 0, wrapUpAt: 0 }))
  t.throws(() => scenarioOfHistory(fitHistory(still), at), {
    code: 'bad-scenario',
    message: /the history of spring: times: an attempt takes 0 s/,
  })
})

t.test('how many attempts a lead takes follows from the rules of retrying', async t => {
  const only = (disposition: PastAttempt['disposition'], wrapUpCode?: string): PastAttempt => ({
    disposition,
    originatedAt: 0,
    endedAt: 1_000,
    wrapUpCode,
  })
  t.equal(attemptsPerLead([only('connected')], defaultRetryRules), 1)
  t.equal(attemptsPerLead([only('no-answer')], defaultRetryRules), 5)
  t.equal(attemptsPerLead([only('connected', 'machine')], defaultRetryRules), 5)
  t.equal(attemptsPerLead([only('connected'), only('no-answer')], defaultRetryRules), 2 * (1 - 0.5 ** 5))
  t.equal(attemptsPerLead([only('no-answer')], { ...defaultRetryRules, attemptsMax: 1 }), 1)
})
