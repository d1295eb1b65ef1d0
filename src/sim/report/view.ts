import type { FrontierPoint, PolicyResult, ReportData, Timeline, WaitHistogram } from '../study/results.ts'
import { knobsInWords, percent, shortPercent } from './format.ts'
import { hasFailed, type Remark, remarksOn } from './judge.ts'
import { type Family, lookOf } from './rules.ts'
import { type TableView, tableOf } from './table.ts'

/** All that the page shows, decided and put into words: the script in the browser only lays it out. Plain JSON. */
export interface PageView {
  readonly title: string
  readonly description: string
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  readonly remarks: readonly Remark[]
  readonly table: TableView
  readonly frontier: FrontierView
  readonly runs: readonly RunView[]
  /** The rules that occur, each with how it dials. */
  readonly rules: readonly { readonly label: string; readonly about: string }[]
}

/** A point on the plane of abandonment (x) and occupancy (y), both 0..1, with the words shown beside it. */
export interface PointView {
  readonly x: number
  readonly y: number
  readonly text: string
}

/** One rule's line; its points in the order of abandonment. */
export interface LineView {
  readonly label: string
  readonly family: Family
  readonly variant: number
  readonly points: readonly PointView[]
  /** The rows of the table, drawn as larger marks on the same plane. */
  readonly results: readonly (PointView & { readonly tuned: boolean; readonly failed: boolean })[]
}

/** Occupancy against abandonment. */
export interface FrontierView {
  readonly target: number
  readonly cap: number | null
  readonly lines: readonly LineView[]
}

/** A run in detail. */
export interface RunView {
  readonly label: string
  readonly family: Family
  readonly timeline: Timeline
  readonly waits: WaitHistogram
}

/** Turns results into what the page shows. */
export function viewOf(data: ReportData): PageView {
  const rules = rulesIn(data)
  return {
    title: data.scenario,
    description: data.description,
    facts: factsOf(data),
    remarks: remarksOn(data),
    table: tableOf(data),
    frontier: { target: data.target, cap: data.cap ?? null, lines: rules.map(rule => lineOf(rule, data)) },
    runs: data.runs.map(run => runOf(run, data)),
    rules: rules.map(rule => ({ label: lookOf(rule).label, about: lookOf(rule).about })),
  }
}

function factsOf({ agents, target, cap, seeds, firstSeed }: ReportData): PageView['facts'] {
  const range = seeds > 1 ? ` (${firstSeed} to ${firstSeed + seeds - 1})` : ` (number ${firstSeed})`
  return [
    { label: 'Agents', value: String(agents) },
    { label: 'Abandonment target', value: shortPercent(target) },
    { label: 'Cap by law', value: cap === undefined ? 'none' : shortPercent(cap) },
    { label: 'Seeds', value: `${seeds}${range}` },
  ]
}

/** Ours first, then in the order in which results and frontier name them, the optimum last. */
function rulesIn({ policies, frontier }: ReportData): readonly FrontierPoint['policy'][] {
  const named = new Set([...policies, ...frontier].map(({ policy }) => policy))
  const rank = (rule: FrontierPoint['policy']) => (rule === 'predictive' ? 0 : rule === 'optimum' ? 2 : 1)
  return [...named].sort((one, other) => rank(one) - rank(other))
}

function lineOf(rule: FrontierPoint['policy'], data: ReportData): LineView {
  const { label, family, variant } = lookOf(rule)
  return {
    label,
    family,
    variant,
    points: data.frontier
      .filter(({ policy }) => policy === rule)
      .sort((one, other) => one.abandonmentRate - other.abandonmentRate)
      .map(point => pointOf(label, point)),
    results: data.policies.filter(({ policy }) => policy === rule).map(result => resultOf(label, result, data)),
  }
}

function pointOf(label: string, { occupancy, abandonmentRate, knobs }: Omit<FrontierPoint, 'policy'>): PointView {
  const words = knobsInWords(knobs)
  const at = `${percent(occupancy)} busy at ${percent(abandonmentRate, 2)} abandonment`
  return { x: abandonmentRate, y: occupancy, text: `${label}: ${at}${words === '' ? '' : ` (${words})`}` }
}

function resultOf(label: string, result: PolicyResult, data: ReportData): LineView['results'][number] {
  const { knobs, tuned } = result
  const failed = hasFailed(result, data)
  const words = `${label}, ${tuned ? 'tuned by search' : 'as shipped'}${failed ? ', FAILED' : ''}`
  const figures = { occupancy: result.occupancy.mean, abandonmentRate: result.abandonmentRate.pooled, knobs }
  return { ...pointOf(words, figures), tuned, failed }
}

function runOf({ policy, tuned, timeline, waits }: ReportData['runs'][number], data: ReportData): RunView {
  const result = data.policies.find(one => one.policy === policy && one.tuned === tuned)
  const failed = result !== undefined && hasFailed(result, data)
  const { label, family } = lookOf(policy)
  const settings = tuned ? ', tuned' : family === 'ours' ? '' : ', as shipped'
  return { label: `${label}${settings}${failed ? ' (FAILED)' : ''}`, family, timeline, waits }
}
