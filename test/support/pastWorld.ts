import type { AttemptEnd, CampaignAttempt } from '../../src/core/calls/call.ts'
import type { Disposition } from '../../src/core/vocabulary.ts'
import type { CallRecord } from '../../src/ports/attempts.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Dist, sampler } from '../../src/sim/world/distributions.ts'
import { createRandom, type Random } from '../../src/sim/world/random.ts'

/** A world whose parameters are known: what a fit of its records has to find. */
export const pastWorld = {
  outcomes: { person: 0.3, machine: 0.2, busy: 0.05, failure: 0.02 },
  setup: { kind: 'uniform', min: 1, max: 2 },
  /** From the originate, the setup included. */
  ring: { kind: 'erlang', shift: 3, mean: 11, k: 3 },
  machineRing: { kind: 'erlang', shift: 10, mean: 18, k: 4 },
  nobody: { kind: 'fixed', value: 26 },
  talk: { kind: 'lognormal', mean: 90, cv: 1 },
  machineTalk: { kind: 'uniform', min: 4, max: 10 },
  wrapUp: { kind: 'lognormal', mean: 15, cv: 0.5 },
  abandonedShare: 0.03,
} as const

const startAt = Date.parse('2026-01-13T15:00:00Z')

function seconds(random: Random, dist: Dist): number {
  return Math.round(sampler(dist)(random) * 1000)
}

/** So many call records of the world, oldest first, one every three seconds. */
export function pastRecords(count: number, campaignId = 'spring', firstAt = startAt): readonly CallRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const random = createRandom(7, index)
    const originatedAt = firstAt + index * 3_000
    const number = `+1202555${String(index % 10_000).padStart(4, '0')}`
    const way = { nodeId: 'pbx1', trunkId: 'main', callerId: '+12025550100' }
    const start: CampaignAttempt = {
      origin: 'campaign',
      callId: `past-${index}`,
      campaignId,
      leadId: index + 1,
      number,
      originatedAt,
      ...way,
    }
    return recordOf(start, random)
  })
}

function recordOf(start: CampaignAttempt, random: Random): CallRecord {
  const { callId, campaignId, leadId, number, originatedAt } = start
  const { person, machine, busy, failure } = pastWorld.outcomes
  const base = {
    origin: 'campaign' as const,
    callId,
    campaignId,
    leadId,
    number,
    leadRetryAt: null,
    countsAsAttempt: true,
  }
  const lot = random.uniform()
  const ringingAt = originatedAt + seconds(random, pastWorld.setup)
  const unanswered = (disposition: Disposition, afterMs: number): CallRecord => ({
    ...start,
    end: { ...base, disposition, ringingAt, endedAt: originatedAt + afterMs },
  })
  if (lot < person + machine) return answered(start, { random, base, ringingAt, machine: lot >= person })
  if (lot < person + machine + busy) return unanswered('busy', 3_000)
  if (lot < person + machine + busy + failure) return unanswered('congestion', 500)
  return unanswered('no-answer', seconds(random, pastWorld.nobody))
}

function answered(
  start: CampaignAttempt,
  {
    random,
    base,
    ringingAt,
    machine,
  }: { random: Random; base: Omit<AttemptEnd, 'disposition' | 'endedAt'>; ringingAt: number; machine: boolean },
): CallRecord {
  const answeredAt = start.originatedAt + seconds(random, machine ? pastWorld.machineRing : pastWorld.ring)
  if (random.uniform() < pastWorld.abandonedShare)
    return { ...start, end: { ...base, disposition: 'abandoned', ringingAt, answeredAt, endedAt: answeredAt + 5_000 } }
  const endedAt = answeredAt + 200 + seconds(random, machine ? pastWorld.machineTalk : pastWorld.talk)
  const connected = { connectedAt: answeredAt + 200, agentId: '1001' }
  const end = { ...base, disposition: 'connected' as const, ringingAt, answeredAt, ...connected, endedAt }
  const at = machine ? endedAt : endedAt + seconds(random, pastWorld.wrapUp)
  const code = machine ? 'machine' : 'done'
  return { ...start, end, wrapUp: { callId: start.callId, code, refusal: false, at } }
}

/** Writes records to a store as a daemon would have. */
export async function writePast(store: Store, records: readonly CallRecord[]): Promise<void> {
  await Promise.all(
    records.map(async ({ end, wrapUp, ...start }) => {
      await store.beginAttempt(start)
      if (end !== undefined) await store.endAttempt(end)
      if (wrapUp !== undefined) await store.recordWrapUp(wrapUp)
    }),
  )
}
