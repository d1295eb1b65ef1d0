import t from 'tap'
import type { Verdict } from '../../../src/core/compliance/facts.ts'
import { startCounting } from '../../../src/store/decisions/census.ts'

const noon = Date.UTC(2026, 5, 18, 12)
const lead = { state: 'new', dialableAt: 0, inFlight: false, reason: null } as const
const allowed = (): Verdict => ({ allowed: true })

t.test(
  'a reason has the first and the last instant at which one of its leads is dialable again, in any order',
  async t => {
    const counting = startCounting(noon)
    for (const dialableAt of [noon + 2_000, noon + 9_000, noon + 1_000, noon + 5_000])
      counting.add({ ...lead, dialableAt }, allowed)
    counting.add(lead, allowed)
    counting.add({ ...lead, state: 'finished', reason: 'opt-out' }, allowed)
    t.same(counting.result(), {
      leads: 6,
      dialable: 1,
      reasons: [
        { reason: 'resting', finished: false, leads: 4, firstAt: noon + 1_000, lastAt: noon + 9_000 },
        { reason: 'opt-out', finished: true, leads: 1 },
      ],
    })
  },
)
