import type { BreakerPhase, TrunkFault } from '../dialing/breaker.ts'
import type { BreakerCause } from '../dialing/nodeHealth.ts'
import { stopShare } from '../pacing/budget.ts'
import { minuteMs, secondMs } from '../time.ts'
import type { PacingReason } from '../vocabulary.ts'
import type { AlarmThresholds, Condition, Findings } from './alarm.ts'
import { alarmKey } from './book.ts'

/** A PBX as the alarms see it. */
export interface NodeSeen {
  readonly nodeId: string
  readonly link: 'up' | 'down'
  /** Absent: closed. */
  readonly breaker?: { readonly cause: BreakerCause }
  /** Who has it instead of us, in words; absent: nobody. */
  readonly taken?: string
}

/** A trunk as the alarms see it. */
export interface TrunkSeen {
  readonly trunkId: string
  readonly breaker: { readonly state: BreakerPhase['state']; readonly fault?: TrunkFault }
}

/** What the tightest of the law's windows has come to. */
export interface BudgetSeen {
  readonly window: string
  readonly abandoned: number
  /** Abandonments that may still happen in it; may be negative. */
  readonly left: number
  /** What is steered to and the law's limit, 0..1. */
  readonly target: number
  readonly limit: number
}

/** A campaign as the alarms see it. */
export interface CampaignSeen {
  readonly campaignId: string
  readonly running: boolean
  /** Logged in, whatever they do. */
  readonly agents: number
  /** Why the newest decision came out as it did; absent: none was made. */
  readonly reason?: PacingReason
  /** Absent: no law, or nobody is at work. */
  readonly budget?: BudgetSeen
  /** Whether one of its leads may be dialed right now; absent: not known. */
  readonly dialable?: boolean
  /** Leads that are not finished; absent: not counted. */
  readonly leadsLeft?: number
  /** Attempts a minute of late; absent: not known yet. */
  readonly attemptsPerMinute?: number
}

/** Everything of the engine that an alarm can rest on. */
export interface EngineSeen {
  readonly nodes: readonly NodeSeen[]
  readonly trunks: readonly TrunkSeen[]
  readonly campaigns: readonly CampaignSeen[]
}

/** From where on, and what is on already: an alarm ends at another figure than it begins. */
export interface Judging {
  readonly thresholds: AlarmThresholds
  isOn(condition: Pick<Condition, 'code' | 'subject'>): boolean
}

/** What is the matter with the engine's surroundings, as far as is known. */
export function engineFindings(seen: EngineSeen, judging: Judging): Findings {
  const running = seen.campaigns.filter(({ running }) => running)
  const unknown = running.flatMap(campaign => unknownOf(campaign))
  const conditions = [
    ...seen.nodes.flatMap(nodeConditions),
    ...seen.trunks.flatMap(trunkConditions),
    ...running.flatMap(campaign => campaignConditions(campaign, judging)),
  ]
  return { conditions, unknown }
}

const causes: Readonly<Record<BreakerCause, string>> = {
  'pbx-slow': 'it takes too long to answer',
  'manager-link-down': 'its manager interface (AMI) is not reachable',
  'pbx-took-over': 'it had to play the message itself, because joins came too late',
  'joins-failed': 'people who answered could not be joined with agents',
  'legs-lost': 'it does not tell the end of calls',
}

function nodeConditions({ nodeId: subject, link, breaker, taken }: NodeSeen): readonly Condition[] {
  const found: Condition[] = []
  if (taken !== undefined) found.push({ code: 'application-taken', subject, says: taken })
  if (link === 'down')
    found.push({ code: 'node-down', subject, says: 'the PBX is not reachable: nothing is dialed there' })
  else if (breaker !== undefined)
    found.push({ code: 'node-breaker', subject, says: `few calls or none are originated: ${causes[breaker.cause]}` })
  return found
}

const faults: Readonly<Record<TrunkFault, string>> = {
  refusals: 'the carrier fails calls before anybody is reached',
  'unknown-numbers': 'the carrier says of too many numbers in a row that they do not exist',
  'false-answers': 'calls are answered before anybody can have answered them',
  'short-calls': 'too many answered calls last 6 s or less',
}

function trunkConditions({ trunkId: subject, breaker }: TrunkSeen): readonly Condition[] {
  const { state, fault } = breaker
  if (state === 'closed' || fault === undefined) return []
  const code = fault === 'short-calls' ? 'short-calls' : 'trunk-failing'
  return [{ code, subject, says: `the trunk is left alone: ${faults[fault]}` }]
}

function campaignConditions(campaign: CampaignSeen, judging: Judging): readonly Condition[] {
  const { campaignId: subject, agents, dialable, reason, budget } = campaign
  const found: Condition[] = []
  if (agents === 0 && dialable === true)
    found.push({ code: 'no-agents', subject, says: 'it runs, leads may be dialed, and nobody is logged in' })
  if (agents > 0 && reason === 'no-leads')
    found.push({
      code: 'no-leads',
      subject,
      says: `${counted(agents, 'agent')} at work, and no lead may be dialed now`,
    })
  if (reason === 'legal-stop')
    found.push({
      code: 'legal-stop',
      subject,
      says: `abandonment is at the law's limit${within(budget)}: one call per free agent`,
    })
  else if (budget !== undefined) found.push(...budgetCondition(campaign, budget, judging))
  return [...found, ...runningOut(campaign, judging)]
}

function within(budget: BudgetSeen | undefined): string {
  return budget === undefined ? '' : ` (${budget.abandoned} abandoned, window ${budget.window})`
}

/** With less than this a single person is too large a share. */
const budgetMin = 10
/** An alarm that is on ends at a share that is lower by this. */
const budgetBand = 0.03

/** The share of a window's budget from which on it is nearly spent: the target itself uses most of it. */
export function budgetShareMax({ target, limit }: Pick<BudgetSeen, 'target' | 'limit'>, ratio: number): number {
  const steered = limit > 0 ? Math.min(1, target / limit) : 1
  return Math.max(ratio, (steered + stopShare) / 2)
}

function budgetCondition(
  { campaignId: subject }: CampaignSeen,
  budget: BudgetSeen,
  { thresholds, isOn }: Judging,
): readonly Condition[] {
  const code = 'budget-nearly-spent'
  const permitted = budget.abandoned + Math.max(0, budget.left)
  if (permitted < budgetMin) return []
  const band = isOn({ code, subject }) ? budgetBand : 0
  if (budget.abandoned / permitted < budgetShareMax(budget, thresholds.budgetUsedRatio) - band) return []
  const says = `${budget.abandoned} of ${permitted} abandonments that the window ${budget.window} permits are used`
  return [{ code, subject, says }]
}

/** An alarm that is on ends when the leads last longer by this factor. */
const leadsBand = 1.2

function runningOut(
  { campaignId: subject, agents, leadsLeft, attemptsPerMinute }: CampaignSeen,
  { thresholds, isOn }: Judging,
): readonly Condition[] {
  if (agents === 0 || leadsLeft === undefined || attemptsPerMinute === undefined || attemptsPerMinute <= 0) return []
  const code = 'list-running-out'
  const leftMs = (leadsLeft / attemptsPerMinute) * minuteMs
  if (leftMs >= thresholds.listLeftMs * (isOn({ code, subject }) ? leadsBand : 1)) return []
  const minutes = Math.floor(leftMs / minuteMs)
  const rate = attemptsPerMinute < 10 ? attemptsPerMinute.toFixed(1) : String(Math.round(attemptsPerMinute))
  const says = `${counted(leadsLeft, 'lead')} left: at ${rate} attempts a minute they last for ${minutes} min`
  return [{ code, subject, says }]
}

/** What of a running campaign cannot be told now. */
function unknownOf({ campaignId: subject, agents, dialable, leadsLeft, attemptsPerMinute }: CampaignSeen) {
  const unknown: Pick<Condition, 'code' | 'subject'>[] = []
  if (agents === 0 && dialable === undefined) unknown.push({ code: 'no-agents', subject })
  if (agents > 0 && (leadsLeft === undefined || attemptsPerMinute === undefined))
    unknown.push({ code: 'list-running-out', subject })
  return unknown
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

/** Codes as a store says them that have an alarm of their own; all others are `store-failed`. */
const storeCodes = [
  'disk-full',
  'disk-error',
  'disk-stalled',
  'read-only',
  'in-use',
  'damaged',
  'database-gone',
  'database-replaced',
  'log-gone',
  'records-wait',
  'attempt-refused',
  'restore-unconfirmed',
] as const

/** The alarm for what a store says is the matter with it. */
export function storeAlarmCode(code: string): (typeof storeCodes)[number] | 'store-failed' {
  return storeCodes.find(one => one === code) ?? 'store-failed'
}

/** Whether alarms are about the same. */
export function isOnIn(alarms: Iterable<Pick<Condition, 'code' | 'subject'>>): Judging['isOn'] {
  const keys = new Set([...alarms].map(alarmKey))
  return condition => keys.has(alarmKey(condition))
}

/** So long attempts are counted to know their rate; less than the shortest says nothing. */
export const rateOverMs = 10 * minuteMs
/** The shortest time that a rate is told of. */
export const rateMinMs = 5 * minuteMs

/** How many attempts a campaign had made at an instant. */
export interface AttemptSample {
  readonly at: number
  readonly attempts: number
}

/** How often attempts are remembered. */
const sampleEveryMs = 30 * secondMs

/** Remembers one more count, as long as the rate looks back. Counts that fall (a campaign anew) begin again. */
export function withSample(samples: readonly AttemptSample[], sample: AttemptSample): readonly AttemptSample[] {
  const last = samples.at(-1)
  if (last !== undefined && sample.attempts < last.attempts) return [sample]
  if (last !== undefined && sample.at - last.at < sampleEveryMs) return samples
  return [...samples.filter(({ at }) => sample.at - at <= rateOverMs), sample]
}

/** Attempts a minute since the oldest count; absent: it is too young. */
export function attemptsPerMinute(samples: readonly AttemptSample[], now: AttemptSample): number | undefined {
  const [oldest] = samples
  if (oldest === undefined || now.at - oldest.at < rateMinMs) return undefined
  return (now.attempts - oldest.attempts) / ((now.at - oldest.at) / minuteMs)
}
