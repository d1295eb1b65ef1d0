import t from 'tap'
import { dueForAgents, holdAgent, letGo, waitsForAgent } from '../../../src/core/calls/personalCalls.ts'
import type { HopperLead } from '../../../src/core/campaigns/lead.ts'
import type { Step } from '../../../src/core/step.ts'
import { createEngineHarness, fictionalNumber, ofKind, testCampaign } from '../../support/engineHarness.ts'

const leadFor = (leadId: number, agentId?: string): HopperLead => {
  const lead = { leadId, number: fictionalNumber(leadId), attempts: 0 }
  return agentId === undefined ? lead : { ...lead, agentId }
}

/** Agents a1.. at work in a campaign that dials nobody yet, with these leads in its hopper, at 1 000. */
function world(
  leads: readonly HopperLead[],
  { agents = 2, mode = 'progressive' }: { readonly agents?: number; readonly mode?: 'progressive' | 'predictive' } = {},
) {
  const pacing = { ...testCampaign.pacing, mode, abandonmentWindows: [{ name: 'life' }] }
  const harness = createEngineHarness({ agents, campaign: { pacing } })
  const campaign = harness.state.campaigns.get('spring')
  if (campaign === undefined) throw new TypeError('a campaign expected')
  campaign.hopper.leads.push(...leads)
  const step: Step = { state: harness.state, now: 1_000, effects: [] }
  const due = (nodeId = 'pbx') => dueForAgents(step, campaign, nodeId).map(({ leadId }) => leadId)
  const agent = (agentId: string) => {
    const found = harness.state.agents.get(agentId)
    if (found === undefined) throw new TypeError(`no agent ${agentId}`)
    return found
  }
  return { harness, campaign, step, due, agent }
}

t.test('an agent is called one person at a time, however many they have promised', async t => {
  const { due } = world([leadFor(1, 'a1'), leadFor(2, 'a1'), leadFor(3), leadFor(4, 'a2'), leadFor(5, 'a2')])
  t.same(due(), [1, 4], 'the first of each; who is promised to nobody has another way')
  t.same(due('elsewhere'), [], 'they are not on that node')
  t.same(world([leadFor(1, 'nobody'), leadFor(2)]).due(), [])
})

t.test('only an agent who is free now is given their call-back', async t => {
  const cases: readonly (readonly [what: string, change: (given: ReturnType<typeof world>) => void, due: boolean])[] = [
    ['is free', () => {}, true],
    [
      'pauses',
      ({ harness }) => void harness.feed({ kind: 'agent-pause', agentId: 'a1', reason: 'x', force: true }, 900),
      false,
    ],
    ['is silent', ({ agent }) => Object.assign(agent('a1'), { mediaFlowing: false }), false],
    ['works elsewhere', ({ agent }) => Object.assign(agent('a1'), { campaignId: 'autumn' }), false],
    ['sits at another PBX', ({ agent }) => Object.assign(agent('a1'), { nodeId: 'other' }), false],
    ['is about to pause', ({ agent }) => Object.assign(agent('a1'), { pending: { kind: 'pause' } }), false],
    ['is held for a call', ({ agent }) => Object.assign(agent('a1'), { heldFor: 'c' }), false],
    ['rests for another millisecond', ({ agent }) => Object.assign(agent('a1').view, { until: 1_001 }), false],
    ['has rested', ({ agent }) => Object.assign(agent('a1').view, { until: 1_000 }), true],
  ]
  for (const [what, change, isDue] of cases) {
    const given = world([leadFor(1, 'a1')], { mode: 'predictive' })
    change(given)
    t.same(given.due(), isDue ? [1] : [], what)
  }
})

t.test('where one call for each agent is promised, nobody is taken away from a person who rings already', async t => {
  for (const [mode, ringing, due] of [
    ['progressive', 0, [11, 12]],
    ['progressive', 1, [11]],
    ['progressive', 2, []],
    ['predictive', 2, [11, 12]],
  ] as const) {
    const given = world([], { mode })
    given.harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 500)
    given.harness.feed({ kind: 'campaign-pause', campaignId: 'spring' }, 600)
    const calls = [...given.harness.state.calls.keys()]
    for (const callId of calls.slice(ringing))
      given.harness.feed({ kind: 'call-ended', callId, cause: 'busy', at: 700 }, 700)
    const { leads } = given.campaign.hopper
    leads.splice(0, leads.length, leadFor(11, 'a1'), leadFor(12, 'a2'))
    t.same(given.due(), due, `${mode}, ${ringing} ringing of ${calls.length}`)
  }
})

t.test('a promised call waits for an agent who is at work in its campaign, else it is anybody’s', async t => {
  const { harness, step, campaign, agent } = world([])
  t.equal(waitsForAgent(step, campaign, leadFor(1)), false)
  t.equal(waitsForAgent(step, campaign, leadFor(1, 'nobody')), false)
  t.equal(waitsForAgent(step, campaign, leadFor(1, 'a1')), true)
  Object.assign(agent('a1'), { campaignId: 'autumn' })
  t.equal(waitsForAgent(step, campaign, leadFor(1, 'a1')), false, 'they work elsewhere')
  harness.feed({ kind: 'agent-leg-down', agentId: 'a2', cause: 'hung-up-by-peer', at: 900 }, 900)
  t.equal(waitsForAgent(step, campaign, leadFor(1, 'a2')), false, 'they have gone')
})

t.test('an agent is held for their own call until it is settled, and no other call lets them go', async t => {
  const harness = createEngineHarness({ agents: 2, lead: leadId => (leadId === 1 ? { agentId: 'a1' } : {}) })
  const orders = ofKind(harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 500), 'originate')
  const [own, other] = [...harness.state.calls.values()].sort(
    (one, two) => (one.lead?.leadId ?? 0) - (two.lead?.leadId ?? 0),
  )
  if (own?.origin !== 'campaign' || other?.origin !== 'campaign') throw new TypeError('two calls expected')
  t.equal(orders.length, 2)
  const heldFor = (agentId: string) => harness.state.agents.get(agentId)?.heldFor
  t.same([heldFor('a1'), heldFor('a2')], [own.callId, undefined])
  const step: Step = { state: harness.state, now: 600, effects: [] }
  holdAgent(step, other)
  letGo(step, other)
  t.equal(heldFor('a1'), own.callId, 'a call of nobody’s')
  letGo(step, { ...own, callId: 'another' })
  t.equal(heldFor('a1'), own.callId, 'another call of theirs')
  harness.feed({ kind: 'call-ended', callId: own.callId, cause: 'busy', at: 700 }, 700)
  t.equal(heldFor('a1'), undefined)
})
