import type { AgentSettings } from '../../core/agents/agent.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import { defaultRetryRules } from '../../core/campaigns/lead.ts'
import { defaultFatigue } from '../../core/compliance/fatigue.ts'
import { given } from '../../core/given.ts'
import type { AgentId, InstantMs } from '../../core/ids.ts'
import type { AbandonmentWindow, PacerFactory, PacerMemory, PacingSettings } from '../../core/pacing/pacer.ts'
import { dayMs, hourMs, minuteMs } from '../../core/time.ts'
import { createDialer, type Dialer } from '../../dialer/dialer.ts'
import type { DialerOptions } from '../../dialer/options.ts'
import { Defect } from '../../errors.ts'
import type { CampaignStore } from '../../ports/campaigns.ts'
import { policyOf } from '../rivals/index.ts'
import type { Knobs, PolicyName } from '../rivals/policies.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { createScenarioCallees, hoursMs } from '../scenarios/scenarioCallees.ts'
import { type AgentTotals, createSimulatedAgents, type SimulatedAgents } from '../world/agents.ts'
import { CarrierTally } from '../world/carrierTally.ts'
import { sampler } from '../world/distributions.ts'
import { createEndlessStore } from '../world/endlessStore.ts'
import { createRandom } from '../world/random.ts'
import { createVirtualClock, type VirtualClock } from '../world/scheduler.ts'
import { createSimulatedTelephony } from '../world/telephony.ts'
import type { Timeline, WaitHistogram } from './results.ts'
import { startSampling } from './timeline.ts'

/** One simulated run. */
export interface SimulationOptions {
  readonly scenario: Scenario
  readonly seed: number
  readonly policy: PolicyName
  /** In the mode `preview`: how long agents look at a lead before they call it, milliseconds; absent: they never do. */
  readonly decideMs?: number
  /** The policy's tuning; absent: as it is shipped. */
  readonly knobs?: Knobs
  readonly log: DialerOptions['log']
  /** Changes of the pacing settings that the scenario implies: for options that scenarios do not know. */
  readonly pacing?: Partial<PacingSettings>
  /** Takes so many samples of the run over time; default none. */
  readonly samples?: number
  /** Gives what the pacer has learned; default no. */
  readonly remember?: boolean
  /** Checks the engine's invariants after every step; default true. */
  readonly checkInvariants?: boolean
}

/** What came of a run: the carrier's and the agents' side, not the engine's word. */
export interface SimulationResult {
  /** Busy / logged-in time without breaks, 0..1. */
  readonly occupancy: number
  /** Abandoned / answered by a person, 0..1; persons taken for machines and persons who hung up waiting are abandoned. */
  readonly abandonmentRate: number
  readonly attempts: number
  readonly answeredByPerson: number
  /** Conversations with persons. */
  readonly connected: number
  readonly abandoned: number
  /**
   * Machines that nobody told apart and that reached no agent. A regulator's count cannot tell them from persons: with them in the
   * numerator the rate is the law's where no detection runs.
   */
  readonly machinesAbandoned: number
  /** Time available before each call, seconds. */
  readonly agentWaitSec: { readonly mean: number; readonly p90: number }
  /** Paid agent-hours: logged in, breaks excluded. */
  readonly agentHours: number
  /** Persons answered and abandoned by the working hour of their answer. */
  readonly hours: readonly { readonly persons: number; readonly abandoned: number }[]
  /** Time available before each call: how many waits of each length. */
  readonly waits: WaitHistogram
  readonly timeline?: Timeline
  /** What the pacer has learned, as a campaign's progress keeps it. */
  readonly memory?: PacerMemory
  /** Timers fired: what the simulator had to do. */
  readonly events: number
}

/** Monday 2026-01-05, 09:00 UTC. */
const startAt: InstantMs = Date.UTC(2026, 0, 5, 9)
/** The PBX is there before the first agent comes. */
const linkUpMs = minuteMs
const campaignId = 'simulated'
const nodeId = 'sim'
const trunkId = 'trunk'
/** Streams of the seed. */
const streams = { breaks: 1, eventDelay: 2 }
/** A call nobody ends is followed this long after the bell, in steps. */
const followStepMs = minuteMs
const followMaxMs = 14 * hourMs

/**
 * Runs the production engine through a scenario in virtual time. The same scenario, seed and policy give the same result
 * on any machine.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const run = createRun(options)
  const { clock, dialer, scenario, tally } = run
  await dialer.start()
  await applyCampaign(run, campaignOf(scenario, options))
  const sampling = startSampling({ ...run, samples: options.samples ?? 0, hoursAt: run.hoursAt })
  for (const day of Array.from({ length: options.scenario.horizon.days }, (_, index) => index)) await oneDay(run, day)
  run.agents.close()
  const stopped = dialer.stop({ graceMs: 0 })
  await clock.runUntil(clock.now() + 1)
  await stopped
  await run.closeTelephony()
  if (run.faults.length > 0) throw new Defect(`a command failed in simulation: ${String(run.faults[0])}`)
  const memory = options.remember ? (await run.store.campaigns())[0]?.progress?.memory : undefined
  const result = { ...resultOf(tally, run.agents.totals, clock.fired), ...given({ memory }) }
  return options.samples === undefined ? result : { ...result, timeline: sampling.timeline() }
}

interface Run {
  readonly scenario: Scenario
  readonly clock: VirtualClock
  readonly dialer: Dialer
  readonly store: Pick<CampaignStore, 'campaigns'>
  readonly agents: SimulatedAgents
  readonly tally: CarrierTally
  readonly faults: unknown[]
  /** Working hours since the start. */
  hoursAt(now: InstantMs): number
  /** Log-ins and log-outs so far: the newest logs out first. */
  readonly loggedIn: AgentId[]
  closeTelephony(): Promise<void>
}

function createRun(options: SimulationOptions): Run {
  const { scenario, seed } = options
  const clock = createVirtualClock(startAt - linkUpMs)
  const hoursAt = (now: InstantMs) => workingHours(scenario, now)
  const callees = createScenarioCallees(scenario, { seed, hoursAt })
  const tally = new CarrierTally(hoursAt)
  const delay = scenario.eventDelay === undefined ? undefined : sampler(scenario.eventDelay)
  const delayRandom = createRandom(seed, streams.eventDelay)
  const telephony = createSimulatedTelephony({
    nodeId,
    clock,
    callees,
    connectDelayMs: 0,
    agentAnswerMs: 0,
    takeOverAfterMs: scenario.waitMaxSec * 1000 + 100,
    messageMs: 4_000,
    witness: fact => tally.note(fact),
    ...given({ eventDelayMs: delay && (() => delay(delayRandom) * 1000) }),
  })
  const store = createEndlessStore()
  const dialer = createDialer({
    clock,
    telephonies: [telephony],
    store,
    log: options.log,
    callIdPrefix: 'sim',
    trunks: [trunkOf(scenario)],
    agents: Array.from({ length: agentsNeeded(scenario) }, (_, index) => agentSettings(index)),
    checkInvariants: options.checkInvariants ?? true,
    createPacer: pacersOf(scenario, options),
  })
  const faults: unknown[] = []
  const { breaks } = scenario.agents
  const agents = createSimulatedAgents({
    gateway: dialer.gateway,
    clock,
    campaignId,
    timesOf: callees.takeAgentTimes,
    answeredBy: callId => telephony.answeredBy(callId),
    decideMs: options.decideMs,
    onFault: error => faults.push(error),
    breaks: breaks === undefined ? undefined : { ...breaks, random: createRandom(seed, streams.breaks) },
  })
  return {
    scenario,
    clock,
    dialer,
    store,
    agents,
    tally,
    faults,
    hoursAt,
    loggedIn: [],
    closeTelephony: () => telephony.close(),
  }
}

/** Applies the campaign of a dialer that has started. */
async function applyCampaign({ dialer, clock }: Run, settings: CampaignSettings): Promise<void> {
  const applied = dialer.gateway.command({ kind: 'campaign-apply', settings })
  await clock.runUntil(clock.now())
  await applied
}

/** From the first originate of a day to the end of its last call. */
async function oneDay(run: Run, day: number): Promise<void> {
  const { scenario, clock, dialer, agents } = run
  const { gateway } = dialer
  const opensAt = startAt + day * dayMs
  const hours = scenario.horizon.hours
  await clock.runUntil(opensAt)
  agents.openDay()
  if (day === 0) changeStaff(run, scenario.agents.start)
  for (const change of scenario.agents.changes) {
    const at = opensAt + hoursMs(change.atHours - day * hours)
    if (at >= opensAt && at < opensAt + hoursMs(hours)) clock.wakeAt(at, () => changeStaff(run, change.delta))
  }
  const started = gateway.command({ kind: 'campaign-start', campaignId })
  await clock.runUntil(opensAt + hoursMs(hours))
  await started
  agents.closeDay()
  const paused = gateway.command({ kind: 'campaign-pause', campaignId })
  const followUntil = clock.now() + followMaxMs
  do await clock.runUntil(clock.now() + followStepMs)
  while (gateway.callCount() > 0 && clock.now() < followUntil)
  await paused
}

function changeStaff(run: Run, delta: number): void {
  for (let more = 0; more < delta; more += 1) {
    const agentId = agentIdOf(run.loggedIn.length)
    run.loggedIn.push(agentId)
    run.agents.logIn(agentId)
  }
  for (let fewer = 0; fewer < -delta; fewer += 1) {
    const agentId = run.loggedIn.pop()
    if (agentId !== undefined) run.agents.logOut(agentId)
  }
}

/** Working hours since the start: nights do not count. */
function workingHours(scenario: Scenario, now: InstantMs): number {
  const day = Math.floor((now - startAt) / dayMs)
  const hoursToday = (now - startAt - day * dayMs) / hoursMs(1)
  return day * scenario.horizon.hours + Math.min(scenario.horizon.hours, hoursToday)
}

/** The most agents that are ever logged in; one who logs out may still be in the last call when another comes. */
function agentsNeeded(scenario: Scenario): number {
  return scenario.agents.changes.reduce((sum, { delta }) => sum + Math.max(0, delta), scenario.agents.start)
}

function agentIdOf(index: number): AgentId {
  return `agent-${index + 1}`
}

function agentSettings(index: number): AgentSettings {
  const agentId = agentIdOf(index)
  return { agentId, name: agentId, endpoint: `PJSIP/${agentId}`, nodeId, campaignId }
}

function trunkOf({ trunk }: Scenario): DialerOptions['trunks'][number] {
  const { channels: channelsMax, callsPerSecond: callsPerSecondMax } = trunk
  return { trunkId, nodeId, channelsMax, callsPerSecondMax, dialString: 'PJSIP/{number}@sim', stripPlus: false }
}

/** The law's shortest ring: an engine's ring timer is never set below it. */
const ringTimeoutMinMs = 15_000

/** Simulated persons are nobody's: no law, no lists, nothing that tires them. */
const whomToCall: Pick<
  CampaignSettings,
  'seller' | 'purpose' | 'topic' | 'consent' | 'attemptLimits' | 'fatigue' | 'listMix'
> = {
  seller: { sellerId: 'simulated', place: 'US' },
  purpose: 'sales',
  topic: 'sales',
  consent: 'respected',
  attemptLimits: [],
  listMix: [],
  fatigue: { ...defaultFatigue, on: false },
}

function campaignOf(scenario: Scenario, options: SimulationOptions): CampaignSettings {
  return {
    campaignId,
    name: scenario.name,
    trunkIds: [trunkId],
    callerIds: ['+15550000000'],
    ...whomToCall,
    pacing: pacingOf(scenario, options),
    ringTimeoutMs: Math.max(ringTimeoutMinMs, scenario.ringTimeoutSec * 1000),
    setupTimeoutMs: 15_000,
    waitMaxMs: scenario.waitMaxSec * 1000,
    messageSound: 'message',
    optOutKey: '9',
    wrapUpTimeoutMs: dayMs,
    wrapUpCodes: {},
    maxCallMs: dayMs,
    callingHours: { startMinute: 0, endMinute: 24 * 60, weekdays: [0, 1, 2, 3, 4, 5, 6] },
    retry: defaultRetryRules,
  }
}

function pacingOf(scenario: Scenario, { policy, pacing }: SimulationOptions): PacingSettings {
  const { cap, windowHours, ringWithdrawalAfterSec } = scenario
  const errors = scenario.machineDetectionOn ? scenario.detectionErrors.personTakenForMachine : 0
  return {
    mode: policy === 'predictive' ? 'predictive' : 'progressive',
    ratio: 1,
    abandonmentTarget: scenario.target,
    abandonmentRateMax: cap ?? 1,
    dialLevelMax: 50,
    waitMaxMs: scenario.waitMaxSec * 1000,
    ...given({
      abandonmentWindows: cap === undefined ? undefined : [windowOf(windowHours)],
      agentGapMs: scenario.agentGapSec > 0 ? scenario.agentGapSec * 1000 : undefined,
      personTakenForMachineRate: errors > 0 ? errors : undefined,
    }),
    ...(ringWithdrawalAfterSec !== undefined && {
      ringWithdrawal: true,
      ringWithdrawalAfterMs: ringWithdrawalAfterSec * 1000,
    }),
    ...pacing,
  }
}

function windowOf(hours: number | undefined): AbandonmentWindow {
  return hours === undefined ? { name: 'life' } : { name: `${hours}h`, lengthMs: hoursMs(hours) }
}

/** The policy's pacers, instead of the product's own. */
function pacersOf({ horizon }: Scenario, { policy, knobs }: SimulationOptions): PacerFactory {
  const { create, defaults } = policyOf(policy)
  const dayEndsAt = (now: number): number =>
    startAt + Math.floor((now - startAt) / dayMs) * dayMs + hoursMs(horizon.hours)
  return (settings, memory) => create({ ...defaults, ...knobs }, { settings, dayEndsAt, ...given({ memory }) })
}

/** Upper edges of the waits' histogram, seconds; one bin more holds all that is longer. */
const waitEdgesSec: readonly number[] = [...[0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300]]

function histogramOf(waitsMs: readonly number[]): WaitHistogram {
  const counts = [...waitEdgesSec, null].map(() => 0)
  for (const wait of waitsMs) {
    const found = waitEdgesSec.findIndex(edge => wait <= edge * 1000)
    const bin = found === -1 ? waitEdgesSec.length : found
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return { upToSec: [...waitEdgesSec, null], counts }
}

function resultOf(tally: CarrierTally, totals: AgentTotals, events: number): SimulationResult {
  const { attempts, persons, connected, machinesAbandoned } = tally
  const { busyMs, availableMs, waitsMs } = totals
  const loggedInMs = busyMs + availableMs
  const abandoned = persons - connected
  const waits = Float64Array.from(waitsMs).sort()
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / Math.max(1, waits.length)
  return {
    occupancy: loggedInMs > 0 ? busyMs / loggedInMs : 0,
    abandonmentRate: persons > 0 ? abandoned / persons : 0,
    attempts,
    answeredByPerson: persons,
    connected,
    abandoned,
    machinesAbandoned,
    agentWaitSec: { mean: mean / 1000, p90: (waits[Math.floor(0.9 * waits.length)] ?? 0) / 1000 },
    agentHours: loggedInMs / hoursMs(1),
    hours: tally.hours,
    waits: histogramOf(waitsMs),
    events,
  }
}
