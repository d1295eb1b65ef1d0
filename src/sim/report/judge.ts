import type { PolicyResult, ReportData } from '../study/results.ts'
import { decimal, percent, percentAgainst, points, shortPercent } from './format.ts'
import { lookOf } from './rules.ts'

/** One sentence or two of what came out; the kind chooses its mark. */
export interface Remark {
  readonly kind: 'ours' | 'rival' | 'near' | 'failed'
  readonly text: string
}

/** Without a cap by law, chance alone may lift a rule that steers to the target this far above it. */
const targetTolerance = 1.05
/** A rule this close to ours in occupancy is as good for most uses, and the page says so. */
const nearPoints = 0.01
const searched = 'Its settings were found by a search in this very scenario; no operator could know them.'

/** What a rule is held against: the law's limit where there is one, and what it steers to. Ratios. */
export interface Limits {
  readonly cap?: number | undefined
  readonly target: number
}

/** What a rule's abandonment may reach and still count as kept. A ratio. */
export function abandonmentRateMax({ cap, target }: Limits): number {
  return cap ?? target * targetTolerance
}

/** Whether a rule abandoned more than its scenario permits: then its occupancy does not count. */
export function hasFailed(result: PolicyResult, data: Limits): boolean {
  return result.abandonmentRate.pooled > abandonmentRateMax(data)
}

/** Why a rule failed, in words. */
export function failureInWords({ abandonmentRate }: PolicyResult, data: ReportData): string {
  const max = abandonmentRateMax(data)
  const limit =
    data.cap === undefined
      ? `${shortPercent(max)} is the most for a target of ${shortPercent(data.target)}`
      : `the cap is ${shortPercent(data.cap)}`
  return `${percentAgainst(abandonmentRate.pooled, max)} abandoned; ${limit}`
}

/** The rule as a sentence names it. */
function nameOf(result: PolicyResult): string {
  return lookOf(result.policy).label
}

/** What came out, said honestly: where ours fails or a rival comes near or wins, that stands here. */
export function remarksOn(data: ReportData): readonly Remark[] {
  const byOccupancy = [...data.policies].sort((one, other) => other.occupancy.mean - one.occupancy.mean)
  const ours = byOccupancy.find(one => one.policy === 'predictive' && !one.tuned)
  const rivals = byOccupancy.filter(one => one.policy !== 'predictive')
  const kept = rivals.filter(one => !hasFailed(one, data))
  const verdicts = ours === undefined || hasFailed(ours, data) ? withoutOurs(kept) : againstOurs(ours, kept)
  return [
    ...(ours === undefined ? [] : remarksOnOurs(ours, data)),
    ...verdicts,
    ...failures(rivals.filter(one => hasFailed(one, data))),
  ]
}

function remarksOnOurs(ours: PolicyResult, data: ReportData): readonly Remark[] {
  const { pooled, max } = ours.abandonmentRate
  if (hasFailed(ours, data))
    return [{ kind: 'failed', text: `${nameOf(ours)} FAILED here: ${failureInWords(ours, data)}.` }]
  const knobs = Object.keys(ours.knobs).length === 0 ? ', with no knob to set' : ''
  const share = ours.ratioToOptimum
  const optimum = share === undefined ? '' : ` That is ${percent(share)} of the best that any rule can reach.`
  const text = `${nameOf(ours)} kept agents busy ${percent(ours.occupancy.mean)} of their time at ${percent(pooled, 2)} abandonment: ${decimal(ours.connectedPerAgentHour)} conversations per agent-hour${knobs}.${optimum}`
  const worst = `In its worst seed it abandoned ${percent(max, 2)}, over the cap of ${shortPercent(data.cap ?? 0)}; over all seeds together it kept the cap.`
  return [
    { kind: 'ours', text },
    ...(data.cap !== undefined && max > data.cap ? [{ kind: 'near' as const, text: worst }] : []),
  ]
}

/** There is nothing of ours to compare with: the best of the others stands alone. */
function withoutOurs(kept: readonly PolicyResult[]): readonly Remark[] {
  const [best] = kept
  if (best === undefined) return []
  const settings = best.tuned ? `settings tuned by search` : 'the settings it ships with'
  const text = `The best rule that kept the limit, ${nameOf(best)} with ${settings}, reached ${percent(best.occupancy.mean)}.`
  return [{ kind: 'rival', text }]
}

/** The rivals that kept the limit, best first. */
function againstOurs(ours: PolicyResult, kept: readonly PolicyResult[]): readonly Remark[] {
  const tuned = kept.filter(one => one.tuned)
  const near = tuned.filter(one => one.occupancy.mean >= ours.occupancy.mean - nearPoints)
  const [shipped] = kept.filter(one => !one.tuned)
  const farther = near.length === 0 ? tuned.slice(0, 1) : []
  return [
    ...(shipped === undefined ? [] : [againstShipped(ours, shipped)]),
    ...near.map(one => againstNear(ours, one)),
    ...farther.map(one => againstFarther(ours, one)),
    ...moreConversations(ours, kept),
  ]
}

function againstShipped(ours: PolicyResult, rival: PolicyResult): Remark {
  const text = `The best other rule with the settings it ships with, ${nameOf(rival)}, reached ${figures(rival)}: ${difference(rival, ours)}.`
  return { kind: rival.occupancy.mean >= ours.occupancy.mean - nearPoints ? 'near' : 'rival', text }
}

function againstNear(ours: PolicyResult, rival: PolicyResult): Remark {
  const apart = Math.abs(rival.occupancy.mean - ours.occupancy.mean)
  const overlap = apart <= rival.occupancy.ci95 + ours.occupancy.ci95 ? ' The confidence intervals overlap.' : ''
  const verdict = rival.occupancy.mean > ours.occupancy.mean ? 'beats ours' : 'comes within 1 point of ours'
  const text = `Perfectly tuned, ${nameOf(rival)} ${verdict}: ${figures(rival)}, ${difference(rival, ours)}.${overlap} ${searched}`
  return { kind: 'near', text }
}

function againstFarther(ours: PolicyResult, rival: PolicyResult): Remark {
  const text = `Perfectly tuned, the best of the others, ${nameOf(rival)}, reached ${figures(rival)}: ${difference(rival, ours)}. ${searched}`
  return { kind: 'rival', text }
}

/** Occupancy is not all: a rule may have agents less busy and still get more conversations. */
function moreConversations(ours: PolicyResult, kept: readonly PolicyResult[]): readonly Remark[] {
  const better = kept.filter(
    one => one.connectedPerAgentHour > ours.connectedPerAgentHour && one.occupancy.mean <= ours.occupancy.mean,
  )
  if (better.length === 0) return []
  const list = better.map(one => `${nameOf(one)} (${decimal(one.connectedPerAgentHour)})`).join(', ')
  const text = `More conversations per agent-hour than ours (${decimal(ours.connectedPerAgentHour)}), although not busier: ${list}.`
  return [{ kind: 'near', text }]
}

function failures(failed: readonly PolicyResult[]): readonly Remark[] {
  if (failed.length === 0) return []
  const list = failed.map(one => {
    const settings = one.tuned ? 'tuned, ' : ''
    return `${nameOf(one)} (${settings}${percent(one.abandonmentRate.pooled, 2)})`
  })
  const text = `FAILED by abandoning more than the limit, whatever their occupancy: ${list.join(', ')}.`
  return [{ kind: 'failed', text }]
}

function figures({ occupancy, abandonmentRate, connectedPerAgentHour }: PolicyResult): string {
  return `${percent(occupancy.mean)} at ${percent(abandonmentRate.pooled, 2)} abandonment, ${decimal(connectedPerAgentHour)} conversations per agent-hour`
}

function difference(rival: PolicyResult, ours: PolicyResult): string {
  const apart = rival.occupancy.mean - ours.occupancy.mean
  return `${points(apart)} of occupancy ${apart > 0 ? 'more' : 'less'}`
}
