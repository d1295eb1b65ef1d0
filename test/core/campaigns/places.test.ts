import t from 'tap'
import type { HopperLead } from '../../../src/core/campaigns/lead.ts'
import { createLawFinder } from '../../../src/core/compliance/law.ts'
import { createEngineState, takeStep } from '../../../src/core/engine.ts'
import type { Input } from '../../../src/core/inputs.ts'
import { hourMs } from '../../../src/core/time.ts'
import { shippedRules } from '../../support/compliance.ts'
import { fictionalNumber, ofKind, testCampaign } from '../../support/engineHarness.ts'

const start = Date.UTC(2026, 5, 17, 16)
const trunk = {
  trunkId: 'main',
  nodeId: 'pbx',
  dialString: 'PJSIP/{number}@trunk-main',
  stripPlus: true,
  channelsMax: 50,
  callsPerSecondMax: 50,
}

/** A predictive campaign of an American seller with two agents at work, whose hopper has these leads. */
function world(leads: readonly Partial<HopperLead>[]) {
  const state = createEngineState('p', undefined, createLawFinder(shippedRules))
  const enter = (input: Input, at = start) => takeStep(state, input, at)
  enter({ kind: 'nodes', nodeIds: ['pbx'] })
  enter({ kind: 'trunks', trunks: [trunk] })
  enter({
    kind: 'campaign-apply',
    settings: { ...testCampaign, pacing: { ...testCampaign.pacing, mode: 'predictive' } },
  })
  enter({ kind: 'node-up', nodeId: 'pbx', inventory: { calls: [], agents: [], unattended: [] }, at: start })
  for (const agentId of ['a1', 'a2']) {
    const settings = { agentId, name: agentId, endpoint: `PJSIP/${agentId}`, nodeId: 'pbx', campaignId: 'spring' }
    enter({ kind: 'agent-add', settings })
    enter({ kind: 'agent-leg-up', agentId, nodeId: 'pbx', by: 'agent', at: start })
  }
  enter({ kind: 'campaign-start', campaignId: 'spring' })
  const whole = leads.map((lead, index) => ({
    leadId: index + 1,
    number: fictionalNumber(index + 1),
    attempts: 0,
    ...lead,
  }))
  enter({ kind: 'hopper-filled', campaignId: 'spring', leads: whole })
  const campaign = state.campaigns.get('spring')
  if (campaign === undefined) throw new TypeError('the campaign is there')
  return { state, enter, campaign }
}

const counted = (places: readonly string[]) => ({ kind: 'places-counted', campaignId: 'spring', places }) as const

t.test(
  'a place that no lead has any more binds no more, one of a hopper or a call does whatever the store says',
  async t => {
    const { state, enter, campaign } = world([{ places: ['US-NY'] }, { places: ['GB'] }, { places: ['US-FL'] }])
    t.same([...campaign.places], ['US-NY', 'GB', 'US-FL'])
    t.equal(campaign.pacing.mode, 'progressive', 'Britain knows no safe harbour')
    t.same(
      [...state.calls.values()].map(({ lead }) => lead?.places),
      [['US-NY'], ['GB']],
    )
    enter(counted([]))
    t.same([...campaign.places], ['US-NY', 'GB', 'US-FL'], 'two are called, one waits in the hopper')
    const british = [...state.calls.values()].find(({ lead }) => lead?.places?.includes('GB'))
    enter({ kind: 'call-ended', callId: british?.callId ?? '', cause: 'busy', at: start + 1 }, start + 1)
    enter(counted(['GB']), start + 2)
    t.equal(campaign.pacing.mode, 'progressive', 'another British lead is left')
    enter(counted(['US-NY']), start + 3)
    t.same([...campaign.places].sort(), ['US-FL', 'US-NY'])
    t.equal(campaign.pacing.mode, 'predictive', 'in this very step')
    t.notOk(campaign.pacing.abandonmentWindows?.some(({ ruleId }) => ruleId?.startsWith('UK')))
    const back = { leadId: 9, number: '+442079460000', attempts: 0, places: ['GB'] }
    enter({ kind: 'hopper-filled', campaignId: 'spring', leads: [back] }, start + 4)
    t.equal(campaign.pacing.mode, 'progressive', 'and again when a lead comes')
  },
)

t.test('the store is asked once an hour, and when leads have changed', async t => {
  const { enter } = world([{ places: ['US-NY'] }])
  const asked = (input: Input, at: number) => ofKind(enter(input, at), 'count-places').length
  t.equal(asked({ kind: 'wake' }, start + hourMs - 1), 0)
  t.equal(asked({ kind: 'wake' }, start + 2 * hourMs), 1)
  t.equal(asked({ kind: 'wake' }, start + 3 * hourMs - 1), 0)
  t.equal(asked({ kind: 'leads-changed', campaignId: 'spring' }, start + 3 * hourMs - 1), 1)
})
