import t from 'tap'
import type { CampaignSettings } from '../../../src/core/campaigns/campaign.ts'
import { OwnerCounts } from '../../../src/core/campaigns/ownerCounts.ts'
import { createLawFinder } from '../../../src/core/compliance/law.ts'
import { type Jurisdiction, noRules, type Rule, type RuleBook } from '../../../src/core/compliance/rules.ts'
import type { Effect } from '../../../src/core/effects.ts'
import { createEngineState, takeStep } from '../../../src/core/engine.ts'
import type { Input } from '../../../src/core/inputs.ts'
import { lawfulPacing } from '../../../src/core/pacing/lawful.ts'
import type { CountedSpan } from '../../../src/core/pacing/pacer.ts'
import { fictionalNumber, ofKind, testCampaign } from '../../support/engineHarness.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const begin = Date.UTC(2026, 2, 3, 15)

function rule(ruleId: string, more: Partial<Rule<'abandonment'>> = {}): Rule<'abandonment'> {
  const window = { kind: 'successive', lengthMs: 30 * dayMs } as const
  return { kind: 'abandonment', ruleId, rateMax: 0.03, window, source: 'a law', date: '2026-01-01', ...more }
}

function jurisdiction(jurisdictionId: string, places: readonly string[], rules: readonly Rule[]): Jurisdiction {
  return { jurisdictionId, name: jurisdictionId, places, rules }
}

const book: RuleBook = {
  ...noRules,
  version: 'test',
  jurisdictions: [
    jurisdiction('US-FTC', ['US'], [rule('US-FTC/abandonment')]),
    jurisdiction('UK', ['GB'], [rule('UK/abandonment', { target: 0, window: { kind: 'rolling', lengthMs: dayMs } })]),
    jurisdiction('US-NEW', ['US'], [rule('US-NEW/abandonment', { rateMax: 0.01, from: begin + 2 * dayMs })]),
  ],
}

const predictive = { ...testCampaign.pacing, mode: 'predictive' as const, abandonmentWindows: [{ name: 'life' }] }
const spring: CampaignSettings = { ...testCampaign, pacing: predictive }

/** An engine with campaigns; the store's counts are given by the test, leads by number. */
function engine(options: { readonly rules?: RuleBook; readonly places?: readonly string[] } = {}) {
  const state = createEngineState('o', undefined, createLawFinder(options.rules ?? noRules))
  let now = begin
  let nextLead = 1
  const feed = (input: Input): readonly Effect[] => {
    const effects = [...takeStep(state, input, now)]
    for (const { campaignId, count } of ofKind(effects, 'refill-hopper')) {
      const places = options.places === undefined ? {} : { places: options.places }
      const leads = Array.from({ length: count }, () => {
        nextLead += 1
        return { leadId: nextLead, number: fictionalNumber(nextLead), attempts: 0, ...places }
      })
      effects.push(...feed({ kind: 'hopper-filled', campaignId, leads }))
    }
    return effects
  }
  const trunk = { trunkId: 'main', nodeId: 'pbx', dialString: 'PJSIP/{number}@main', stripPlus: true }
  feed({ kind: 'nodes', nodeIds: ['pbx'] })
  feed({ kind: 'trunks', trunks: [{ ...trunk, channelsMax: 500, callsPerSecondMax: 50 }] })
  feed({ kind: 'node-up', nodeId: 'pbx', inventory: { calls: [], agents: [], unattended: [] }, at: now })
  const windowsOf = (campaignId: string) => {
    const budget = state.campaigns.get(campaignId)?.pacer.memory().budget as
      | { windows: { answers: number; abandoned: number }[]; ownerWindows: { answers: number; abandoned: number }[] }
      | undefined
    const counts = (windows: readonly { answers: number; abandoned: number }[] | undefined) =>
      windows?.map(({ answers, abandoned }) => [answers, abandoned])
    return { own: counts(budget?.windows), owner: counts(budget?.ownerWindows) }
  }
  return {
    state,
    feed,
    windowsOf,
    pass(ms: number) {
      now += ms
      return feed({ kind: 'wake' })
    },
    agent(agentId: string, campaignId: string) {
      feed({ kind: 'agent-add', settings: { agentId, name: agentId, endpoint: agentId, nodeId: 'pbx', campaignId } })
      feed({ kind: 'agent-leg-up', agentId, nodeId: 'pbx', by: 'agent', at: now })
    },
    /** One call of the campaign, answered and connected, or abandoned because its agent's leg is dead. */
    call(campaignId: string, abandoned: boolean, code = 'done'): string {
      now += 1_000
      feed({ kind: 'campaign-start', campaignId })
      feed({ kind: 'wake' })
      const call = [...state.calls.values()].find(
        one => one.campaignId === campaignId && one.phase.state === 'originating',
      )
      const callId = call?.callId ?? ''
      feed({ kind: 'call-answered', callId, at: now })
      const agentId = call?.phase.state === 'connected' ? call.phase.agentId : ''
      if (abandoned) {
        feed({ kind: 'call-taken-over', callId, at: now })
        feed({ kind: 'call-ended', callId, cause: 'hung-up-by-us', at: now })
        return callId
      }
      feed({ kind: 'call-connected', callId, agentId, at: now })
      feed({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: now })
      feed({ kind: 'wrap-up', callId, code, refusal: false })
      return callId
    },
  }
}

const ended = (counts: readonly (readonly [hoursAgo: number, answers: number, abandoned: number])[]): CountedSpan[] =>
  counts.map(([hoursAgo, answers, abandoned]) => ({
    ...{ at: begin - hoursAgo * hourMs, lengthMs: hourMs, answers, abandoned },
  }))

t.test('what one campaign abandons uses up the budget of the others of its owner, and of nobody else', async t => {
  const { feed, agent, call, windowsOf } = engine()
  feed({ kind: 'campaign-apply', settings: spring })
  feed({ kind: 'campaign-apply', settings: { ...spring, campaignId: 'autumn', topic: 'other' } })
  feed({ kind: 'campaign-apply', settings: { ...spring, campaignId: 'debts', purpose: 'debt' } })
  agent('a1', 'spring')
  call('spring', false)
  call('spring', true)
  t.same(windowsOf('spring'), { own: [[2, 1]], owner: [[2, 1]] })
  t.same(windowsOf('autumn'), { own: [[0, 0]], owner: [[2, 1]] })
  t.same(windowsOf('debts'), { own: [[0, 0]], owner: [[0, 0]] }, 'another purpose')
  // New settings, and another campaign of the owner while the engine runs.
  feed({ kind: 'campaign-apply', settings: { ...spring, pacing: { ...predictive, intensity: 0.5 } } })
  t.same(windowsOf('spring'), { own: [[2, 1]], owner: [[2, 1]] })
  feed({ kind: 'campaign-apply', settings: { ...spring, campaignId: 'spring-2' } })
  t.same(windowsOf('spring-2'), { own: [[0, 0]], owner: [[2, 1]] }, 'a new name is no new account')
  feed({ kind: 'campaign-apply', settings: { ...spring, purpose: 'debt' } })
  t.same(windowsOf('spring').owner, [[0, 0]], 'under another purpose it calls for another account')
})

t.test('a machine found at wrap-up leaves the answers of all, and no abandonment leaves', async t => {
  const { feed, agent, call, windowsOf } = engine()
  feed({ kind: 'campaign-apply', settings: spring })
  feed({ kind: 'campaign-apply', settings: { ...spring, campaignId: 'autumn' } })
  agent('a1', 'spring')
  call('spring', true)
  call('spring', false)
  t.same(windowsOf('autumn').owner, [[2, 1]])
  call('spring', false, 'machine')
  t.same(windowsOf('autumn').owner, [[2, 1]])
  t.same(windowsOf('spring'), { own: [[2, 1]], owner: [[2, 1]] })
  // Windows that are filled anew are filled from what the owner has counted.
  feed({ kind: 'campaign-apply', settings: { ...spring, pacing: { ...predictive, intensity: 0.5 } } })
  t.same(windowsOf('spring'), { own: [[2, 1]], owner: [[2, 1]] }, 'under new settings')
  feed({ kind: 'campaign-apply', settings: { ...spring, campaignId: 'winter' } })
  t.same(windowsOf('winter'), { own: [[0, 0]], owner: [[2, 1]] }, 'in a new campaign')
})

t.test('a machine that is told of a call from before this run leaves the answers of all at once', async t => {
  const { feed, windowsOf } = engine()
  feed({ kind: 'campaign-apply', settings: spring })
  feed({ kind: 'campaign-apply', settings: { ...spring, campaignId: 'autumn' } })
  const campaigns = [{ campaignId: 'spring', spans: ended([[3, 2, 1]]) }]
  feed({ kind: 'abandonment-counted', sellerId: 'acme', purpose: 'sales', campaigns })
  const late = (hoursAgo: number, campaignId = 'spring') =>
    feed({ kind: 'late-machine', campaignId, answeredAt: begin - hoursAgo * hourMs + 1 })
  late(4)
  late(3, 'unknown')
  t.same(windowsOf('spring'), { own: [[2, 1]], owner: [[2, 1]] }, 'of what was never counted')
  late(3)
  t.same(windowsOf('spring'), { own: [[1, 1]], owner: [[1, 1]] })
  t.same(windowsOf('autumn').owner, [[1, 1]])
  late(3)
  t.same(windowsOf('spring').own, [[1, 1]], 'an abandonment stays')
})

t.test('the store is asked for an owner once, and what it has counted opens or closes the budget', async t => {
  const { feed, agent, pass, windowsOf } = engine()
  const asked = feed({ kind: 'campaign-apply', settings: spring })
  t.match(ofKind(asked, 'count-abandonment'), [{ sellerId: 'acme', purpose: 'sales' }])
  t.same(ofKind(feed({ kind: 'campaign-apply', settings: { ...spring, campaignId: 'b' } }), 'count-abandonment'), [])
  agent('a1', 'spring')
  feed({ kind: 'campaign-start', campaignId: 'spring' })
  const decide = () => ofKind(pass(2_000), 'decision').at(-1)?.decision
  t.match(decide(), { window: 'life', figures: { budgetLeft: 0 } }, 'nothing is earned before the store has answered')
  const gone = { campaignId: 'winter', spans: ended([[30, 100, 5]]) }
  const mine = { campaignId: 'spring', spans: ended([[3, 400, 4]]) }
  feed({ kind: 'abandonment-counted', sellerId: 'acme', purpose: 'sales', campaigns: [gone, mine] })
  t.same(windowsOf('spring'), { own: [[400, 4]], owner: [[500, 9]] })
  t.match(decide(), { window: 'life (seller)', figures: { budgetLeft: 6 } }, '.03 * 500 - 9, not .03 * 400 - 4')
})

t.test('a restart takes the store for its windows, not the memory of seconds before', async t => {
  const { feed, windowsOf } = engine()
  const memory = { budget: { windows: [{ name: 'life', start: begin - dayMs, answers: 900, abandoned: 1 }] } }
  const counters = { attempts: 0, answered: 0, answeredByPerson: 0, connected: 0, abandoned: 0, doNotCallBlocked: 0 }
  feed({ kind: 'campaign-apply', settings: spring })
  feed({ kind: 'campaign-restored', campaignId: 'spring', counters, running: true, memory })
  t.same(windowsOf('spring').own, [[0, 0]], 'until the store has told')
  const campaigns = [{ campaignId: 'spring', spans: ended([[3, 905, 3]]) }]
  feed({ kind: 'abandonment-counted', sellerId: 'acme', purpose: 'sales', campaigns })
  t.same(windowsOf('spring'), { own: [[905, 3]], owner: [[905, 3]] })
})

t.test('the ledger counts by the hour of the answer and takes machines out of theirs', async t => {
  const ledger = new OwnerCounts()
  ledger.add([{ campaignId: 'a', spans: ended([[30, 10, 1]]) }])
  ledger.settle('a', { abandoned: false, answeredAt: begin + 5 })
  ledger.settle('a', { abandoned: true, answeredAt: begin + hourMs })
  ledger.settle('b', { abandoned: false, answeredAt: begin + 7 })
  ledger.uncount('a', begin + 5)
  ledger.uncount('a', begin + hourMs)
  ledger.uncount('c', begin)
  const counts = (spans: readonly CountedSpan[]) =>
    spans.map(({ at, answers, abandoned }) => [at - begin, answers, abandoned])
  t.same(counts(ledger.own('a')), [
    [-30 * hourMs, 10, 1],
    [0, 0, 0],
    [hourMs, 1, 1],
  ])
  t.same(counts(ledger.all()), [
    [-30 * hourMs, 10, 1],
    [0, 1, 0],
    [hourMs, 1, 1],
  ])
})

t.test("the law's windows stand beside the operator's, and only tighten them", async t => {
  const under = (
    rules: readonly Rule<'abandonment'>[],
    pacing: Partial<CampaignSettings['pacing']> = {},
    place = 'US',
  ) => lawfulPacing({ ...spring, seller: { sellerId: 'acme', place }, pacing: { ...predictive, ...pacing } }, rules)
  t.equal(lawfulPacing(spring, []), predictive, 'no law, the settings themselves')
  const ftc = rule('US-FTC/abandonment')
  t.match(under([ftc, rule('US-FCC/abandonment')]), {
    ...{ mode: 'predictive', abandonmentTarget: 0.027, abandonmentRateMax: 0.03 },
    abandonmentWindows: [{ name: 'life' }, { name: 'US-FTC/abandonment', lengthMs: 30 * dayMs, rateMax: 0.03 }],
  })
  t.equal(under([ftc, rule('US-FCC/abandonment')]).abandonmentWindows?.length, 2, 'two that say the same are one')
  t.equal(under([ftc], { abandonmentRateMax: 0.02 }).abandonmentWindows?.at(-1)?.rateMax, 0.02, 'tighter is allowed')
  t.equal(under([rule('X/a', { rateMax: 0.01 })]).abandonmentTarget.toFixed(3), '0.009', 'wider is not')
  t.equal(under([rule('X/a', { rateMax: 0.05 })]).abandonmentTarget, 0.027)
  t.equal(under([rule('X/a', { rateMax: 0.05 })]).abandonmentWindows?.at(-1)?.rateMax, 0.03)
  t.equal(under([ftc], { abandonmentRateMax: 1 }).abandonmentRateMax, 0.03, 'a law binds whoever set none')
  t.match(under([ftc, rule('UK/a', { target: 0 })]), { mode: 'progressive', abandonmentTarget: 0 })
  t.match(under([rule('UK/a', { target: 0.01 })]), { mode: 'predictive', abandonmentTarget: 0.01 }, 'signed')
  const month = rule('CA/a', { window: { kind: 'calendar-month' } })
  t.equal(under([month], {}, 'CA-BC').abandonmentWindows?.at(-1)?.utcOffsetMs, -8 * hourMs)
  t.equal(under([month], {}, 'CA').abandonmentWindows?.at(-1)?.utcOffsetMs, -5 * hourMs)
  t.equal(under([month], {}, 'FR').abandonmentWindows?.at(-1)?.utcOffsetMs, 0)
})

t.test('where a person is, there their law holds, before they are dialed', async t => {
  const { state, feed, agent } = engine({ rules: book, places: ['GB'] })
  feed({ kind: 'campaign-apply', settings: spring })
  t.match(state.campaigns.get('spring')?.pacing, { mode: 'predictive' }, "the seller's law alone")
  agent('a1', 'spring')
  const effects = feed({ kind: 'campaign-start', campaignId: 'spring' })
  t.match(state.campaigns.get('spring')?.pacing, { mode: 'progressive', abandonmentTarget: 0 })
  t.equal(ofKind(effects, 'originate').length, 1, 'one call for the one agent who is free')
})

t.test('a rule comes into force on its day', async t => {
  const { state, feed, agent, pass } = engine({ rules: book })
  feed({ kind: 'campaign-apply', settings: spring })
  agent('a1', 'spring')
  feed({ kind: 'campaign-start', campaignId: 'spring' })
  const target = () => state.campaigns.get('spring')?.pacing.abandonmentTarget.toFixed(3)
  t.equal(target(), '0.027')
  pass(dayMs)
  t.equal(target(), '0.027')
  pass(dayMs)
  t.equal(target(), '0.009')
})

t.test('under a law a ratio, too, is bound by what its windows have earned', async t => {
  const ratio = { ...predictive, mode: 'ratio' as const, ratio: 4 }
  for (const [rules, calls] of [
    [book, 1],
    [noRules, 4],
  ] as const) {
    const { feed, agent } = engine({ rules })
    feed({ kind: 'campaign-apply', settings: { ...spring, pacing: ratio } })
    agent('a1', 'spring')
    const effects = feed({ kind: 'campaign-start', campaignId: 'spring' })
    t.equal(ofKind(effects, 'originate').length, calls)
  }
})
