import t from 'tap'
import { createPacer } from '../../../src/core/pacing/index.ts'
import type { PacingSettings } from '../../../src/core/pacing/pacer.ts'
import { ask, type SeenAgent, type SeenCall } from '../../support/pacing.ts'

const settings: PacingSettings = {
  ...{ mode: 'predictive', ratio: 1, abandonmentTarget: 0.03, abandonmentRateMax: 1, dialLevelMax: 50 },
  ...{ waitMaxMs: 1_700, ringWithdrawal: true },
}
const limits = { channels: 1e6, callsPerSecond: 1e6, leads: 1e6 }
const later = 3_600_000

function learned(chosen: PacingSettings) {
  const pacer = createPacer(chosen)
  for (let n = 0; n < 300; n += 1) {
    pacer.observe({ kind: 'answered', afterMs: 10_000 }, n)
    pacer.observe({ kind: 'settled', abandoned: false }, n)
    pacer.observe({ kind: 'talk-ended', talkMs: 30_000 + n * 600 }, n)
    pacer.observe({ kind: 'wrap-up-ended', wrapUpMs: 5_000 + n * 50 }, n)
    pacer.observe({ kind: 'not-answered', afterMs: 30_000, carrierFault: false }, n)
  }
  return pacer
}

function withdrawnOf(
  { agents, calls }: { readonly agents: readonly SeenAgent[]; readonly calls: readonly SeenCall[] },
  chosen = settings,
): readonly string[] {
  return ask(learned(chosen), { agents, calls, limits }, later).withdraw
}

const talking: SeenAgent = { state: 'on-call', elapsedMs: 1_000, leaving: false }
const free: SeenAgent = { state: 'available', elapsedMs: 1_000, leaving: false }
const ringing = (callId: string, ringingMs?: number): SeenCall => ({
  ...{ callId, state: 'ringing', elapsedMs: 2_000 + (ringingMs ?? 20_000) },
  ...(ringingMs === undefined ? {} : { ringingMs }),
})
const busy = [talking, talking]

t.test('a ring is given up from 15.0 s on, when nobody could take an answer, and never without evidence', async t => {
  t.same(withdrawnOf({ agents: busy, calls: [ringing('a', 14_999)] }), [], '1 ms too early')
  t.same(withdrawnOf({ agents: busy, calls: [ringing('a', 15_000)] }), ['a'])
  t.same(withdrawnOf({ agents: busy, calls: [ringing('a')] }), [], 'no 180 was heard')
  t.same(withdrawnOf({ agents: busy, calls: [{ callId: 'a', state: 'originating', elapsedMs: 60_000 }] }), [])
  t.same(withdrawnOf({ agents: [...busy, free], calls: [ringing('a', 20_000)] }), [], 'somebody is free')
  const waiting: SeenCall = { callId: 'w', state: 'waiting', elapsedMs: 100 }
  t.same(withdrawnOf({ agents: [...busy, free], calls: [waiting, ringing('a', 20_000)] }), ['a'], 'the agent is taken')
})

t.test('the option is off by default, and its time is never below the law', async t => {
  const { ringWithdrawal: _, ...off } = settings
  t.same(withdrawnOf({ agents: busy, calls: [ringing('a', 30_000)] }, off), [])
  t.same(
    withdrawnOf({ agents: busy, calls: [ringing('a', 14_000)] }, { ...settings, ringWithdrawalAfterMs: 1_000 }),
    [],
  )
  t.same(
    withdrawnOf({ agents: busy, calls: [ringing('a', 17_000)] }, { ...settings, ringWithdrawalAfterMs: 18_000 }),
    [],
  )
})

t.test('the next look comes when the next ring can be given up', async t => {
  const seen = { agents: busy, calls: [ringing('a', 14_950)], limits }
  t.equal(ask(learned(settings), seen, later).againInMs, 50)
})
