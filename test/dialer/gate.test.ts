import t from 'tap'
import type { OriginateOrder } from '../../src/core/effects.ts'
import { askGate } from '../../src/dialer/gate.ts'
import { factsAt } from '../support/compliance.ts'
import { createEngineHarness, ofKind, testCampaign } from '../support/engineHarness.ts'

/** A Wednesday, noon in New York. */
const noon = Date.UTC(2026, 10, 25, 17)

t.test(
  'a call whose campaign has changed its mode since does not leave: what may be left out by hand, pacing may not',
  async t => {
    const inMode = (mode: (typeof testCampaign)['pacing']['mode']) => ({
      ...testCampaign,
      pacing: { ...testCampaign.pacing, mode },
    })
    const begin = (mode: 'preview' | 'progressive') => {
      const harness = createEngineHarness({ agents: 1, campaign: inMode(mode) })
      const started = harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 100)
      const called = harness.feed({ kind: 'offer-call', agentId: 'a1', leadId: 1 }, 200)
      const [order] = ofKind([...started, ...called], 'originate')
      const ask = (to: Parameters<typeof inMode>[0]) => {
        harness.feed({ kind: 'campaign-apply', settings: inMode(to) }, 300)
        const parts = {
          store: { facts: async () => factsAt(noon) },
          ...{ clock: { now: () => noon }, state: harness.state },
          writer: { healthy: () => true, settled: async () => {} },
        }
        return askGate(parts, order?.order as OriginateOrder)
      }
      return ask
    }
    const changed = { verdict: { allowed: false, reason: 'campaign-not-running' } }
    t.match(await begin('progressive')('manual'), changed)
    t.match(await begin('preview')('progressive'), changed)
    t.match(await begin('preview')('preview'), {
      verdict: { allowed: true },
      clearance: { agentReserved: true, mode: 'preview' },
    })
    t.match(await begin('progressive')('predictive'), { verdict: { allowed: true } })
  },
)
