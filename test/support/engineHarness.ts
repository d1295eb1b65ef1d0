import type { CampaignSettings } from '../../src/core/campaigns/campaign.ts'
import { defaultRetryRules, type HopperLead } from '../../src/core/campaigns/lead.ts'
import { defaultFatigue } from '../../src/core/compliance/fatigue.ts'
import type { Effect } from '../../src/core/effects.ts'
import { createEngineState, takeStep } from '../../src/core/engine.ts'
import type { Input } from '../../src/core/inputs.ts'
import { createInvariantMonitor } from '../../src/core/invariants.ts'
import type { EngineState } from '../../src/core/state.ts'

/** A campaign for tests: one call per available agent, 15 s of ringing, 1.7 s of waiting. */
export const testCampaign: CampaignSettings = {
  campaignId: 'spring',
  name: 'Spring',
  seller: { sellerId: 'acme', place: 'US' },
  purpose: 'sales',
  topic: 'spring',
  consent: 'respected',
  attemptLimits: [],
  fatigue: defaultFatigue,
  listMix: [],
  pacing: { mode: 'progressive', ratio: 1, abandonmentTarget: 0.027, abandonmentRateMax: 0.03, dialLevelMax: 5 },
  trunkIds: ['main'],
  callerIds: ['+12125550100', '+12125550101'],
  ringTimeoutMs: 25_000,
  setupTimeoutMs: 10_000,
  waitMaxMs: 1_700,
  messageSound: 'dialwright-message',
  optOutKey: '9',
  wrapUpTimeoutMs: 20_000,
  wrapUpCodes: { '1': 'sale', '2': 'no-interest', '4': 'refused', '5': 'machine' },
  maxCallMs: 3_600_000,
  callingHours: { startMinute: 0, endMinute: 1440, weekdays: [0, 1, 2, 3, 4, 5, 6] },
  retry: defaultRetryRules,
}

/** The number of the lead with this id, from the range reserved for fiction. */
export function fictionalNumber(leadId: number): string {
  return `+1${212 + Math.floor(leadId / 100)}5550${100 + (leadId % 100)}`
}

/** An engine under test: one node, one trunk, agents a1.., a hopper that is refilled at once, invariants always on. */
export interface EngineHarness {
  readonly state: EngineState
  /** Enters an input at this instant and answers with the effects, those of answers to refills included. */
  feed(input: Input, now: number): readonly Effect[]
  /** Lets time pass in jumps to every wake that the engine asks for. */
  passUntil(now: number): readonly Effect[]
  now(): number
}

/** Options of the harness. */
export interface HarnessOptions {
  readonly agents: number
  readonly campaign?: Partial<CampaignSettings>
  readonly channels?: number
  readonly callsPerSecond?: number
  /** What the leads are beside their number. */
  readonly lead?: (leadId: number) => Partial<HopperLead>
  /** Leads that can be had; default many. */
  readonly leads?: number
}

/** Makes an engine with its node up, its campaign running and its agents available at instant 0. */
export function createEngineHarness(options: HarnessOptions): EngineHarness {
  const state = createEngineState('t')
  const monitor = createInvariantMonitor({ sweepEvery: 1 })
  let nextLead = 1
  let wakeAt = Number.POSITIVE_INFINITY
  let clock = 0

  function one(input: Input, now: number): Effect[] {
    clock = now
    const effects = takeStep(state, input, now)
    const wrong = monitor.observe({ state, input, effects, now })
    if (wrong.length > 0) throw new TypeError(`invariant broken after ${input.kind}: ${wrong.join('; ')}`)
    wakeAt = Number.POSITIVE_INFINITY
    const all: Effect[] = []
    for (const effect of effects) {
      all.push(effect)
      if (effect.kind === 'wake-at') wakeAt = effect.at
      else if (effect.kind === 'refill-hopper') all.push(...refill(effect, now))
      else if (effect.kind === 'opt-out') all.push(...one({ kind: 'number-blocked', number: effect.number }, now))
    }
    return all
  }

  function refill({ campaignId, count }: Extract<Effect, { kind: 'refill-hopper' }>, now: number): Effect[] {
    const last = Math.min((options.leads ?? 50_000) + 1, nextLead + count)
    const leads = []
    for (; nextLead < last; nextLead += 1)
      leads.push({ leadId: nextLead, number: fictionalNumber(nextLead), attempts: 0, ...options.lead?.(nextLead) })
    return one({ kind: 'hopper-filled', campaignId, leads }, now)
  }

  const harness: EngineHarness = {
    state,
    feed: one,
    now: () => clock,
    passUntil(now) {
      const all: Effect[] = []
      while (wakeAt <= now) all.push(...one({ kind: 'wake' }, Math.max(clock, wakeAt)))
      all.push(...one({ kind: 'wake' }, now))
      return all
    },
  }
  setUp(harness, options)
  return harness
}

function setUp(harness: EngineHarness, options: HarnessOptions): void {
  const { feed } = harness
  const trunk = {
    trunkId: 'main',
    nodeId: 'pbx',
    dialString: 'PJSIP/{number}@trunk-main',
    stripPlus: true,
    channelsMax: options.channels ?? 500,
    callsPerSecondMax: options.callsPerSecond ?? 50,
  }
  feed({ kind: 'nodes', nodeIds: ['pbx'] }, 0)
  feed({ kind: 'trunks', trunks: [trunk] }, 0)
  feed({ kind: 'campaign-apply', settings: { ...testCampaign, ...options.campaign } }, 0)
  for (let index = 1; index <= options.agents; index += 1) {
    const agentId = `a${index}`
    const settings = { agentId, name: agentId, endpoint: `PJSIP/${agentId}`, nodeId: 'pbx', campaignId: 'spring' }
    feed({ kind: 'agent-add', settings }, 0)
  }
  feed({ kind: 'node-up', nodeId: 'pbx', inventory: { calls: [], agents: [], unattended: [] }, at: 0 }, 0)
  for (let index = 1; index <= options.agents; index += 1) {
    feed({ kind: 'agent-leg-up', agentId: `a${index}`, nodeId: 'pbx', by: 'agent', at: 0 }, 0)
  }
}

/** The effects of one kind, in order. */
export function ofKind<Kind extends Effect['kind']>(
  effects: readonly Effect[],
  kind: Kind,
): readonly Extract<Effect, { kind: Kind }>[] {
  return effects.filter((effect): effect is Extract<Effect, { kind: Kind }> => effect.kind === kind)
}
