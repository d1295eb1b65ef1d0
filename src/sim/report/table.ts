import type { PolicyResult, ReportData } from '../study/results.ts'
import { decimal, knobsInWords, percent, seconds } from './format.ts'
import { failureInWords, hasFailed } from './judge.ts'
import { type Family, lookOf } from './rules.ts'

/** The table of rules, as text. Rows that failed come last. */
export interface TableView {
  readonly columns: readonly { readonly group: string; readonly label: string; readonly hint: string }[]
  readonly rows: readonly RowView[]
}

/** One rule with one set of knobs. */
export interface RowView {
  readonly label: string
  readonly family: Family
  readonly variant: number
  readonly ours: boolean
  /** Where the knobs come from, and what they are. */
  readonly settings: string
  readonly tuned: boolean
  /** Why it failed; empty where it kept its limit. */
  readonly failure: string
  readonly cells: readonly CellView[]
}

/** A figure; `bar`, 0..1, is drawn under it. */
export interface CellView {
  readonly text: string
  readonly bar?: number
  /** `failed` is what decides against the rule; `caution` is over the cap without being a failure. */
  readonly mark?: 'failed' | 'caution'
}

interface Column {
  readonly group: string
  readonly label: string
  readonly hint: string
  cell(result: PolicyResult, data: ReportData): CellView
}

const columns: readonly Column[] = [
  {
    group: 'Occupancy',
    label: 'mean ± 95 %',
    hint: 'Busy time (talk, hold, wrap-up) of logged-in time: mean of the seeds and its 95 % confidence interval',
    cell: ({ occupancy: { mean, ci95 } }) => ({ text: `${percent(mean)} ± ${decimal(ci95 * 100)}`, bar: mean }),
  },
  {
    group: 'Occupancy',
    label: 'of optimum',
    hint: 'Occupancy as a share of the most that any rule can reach at the same abandonment',
    cell: ({ ratioToOptimum }) => ({ text: percent(ratioToOptimum ?? Number.NaN) }),
  },
  {
    group: 'Abandonment',
    label: 'all seeds',
    hint: 'Abandoned of answered by a person, all seeds together: this decides whether the limit was kept',
    cell: (result, data) => ({
      text: percent(result.abandonmentRate.pooled, 2),
      ...(hasFailed(result, data) && { mark: 'failed' as const }),
    }),
  },
  {
    group: 'Abandonment',
    label: 'worst seed',
    hint: 'Abandoned of answered by a person, in the seed where it was highest',
    cell: ({ abandonmentRate: { max } }, { cap }) => ({
      text: percent(max, 2),
      ...(cap !== undefined && max > cap && { mark: 'caution' as const }),
    }),
  },
  {
    group: 'Agent waits',
    label: 'mean',
    hint: 'Time an agent is available before each call',
    cell: ({ agentWaitSec }) => ({ text: seconds(agentWaitSec.mean) }),
  },
  {
    group: 'Agent waits',
    label: '90 % within',
    hint: 'Nine of ten waits are no longer than this',
    cell: ({ agentWaitSec }) => ({ text: seconds(agentWaitSec.p90) }),
  },
  {
    group: 'Conversations',
    label: 'per agent-hour',
    hint: 'Conversations with persons per paid hour of an agent',
    cell: ({ connectedPerAgentHour }) => ({ text: decimal(connectedPerAgentHour) }),
  },
]

/** Sorts and words the table: kept before failed, the busiest agents first. */
export function tableOf(data: ReportData): TableView {
  const optimumKnown = data.policies.some(({ ratioToOptimum }) => ratioToOptimum !== undefined)
  const shown = columns.filter(({ label }) => optimumKnown || label !== 'of optimum')
  const rows = [...data.policies]
    .sort((one, other) => other.occupancy.mean - one.occupancy.mean)
    .sort((one, other) => Number(hasFailed(one, data)) - Number(hasFailed(other, data)))
    .map(result => rowOf(result, shown, data))
  return { columns: shown.map(({ group, label, hint }) => ({ group, label, hint })), rows }
}

function rowOf(result: PolicyResult, shown: readonly Column[], data: ReportData): RowView {
  const { label, family, variant } = lookOf(result.policy)
  return {
    label,
    family,
    variant,
    ours: family === 'ours',
    settings: settingsOf(result),
    tuned: result.tuned,
    failure: hasFailed(result, data) ? failureInWords(result, data) : '',
    cells: shown.map(column => column.cell(result, data)),
  }
}

function settingsOf({ knobs, tuned }: PolicyResult): string {
  const words = knobsInWords(knobs)
  if (words === '') return tuned ? '' : 'no knob to set'
  return tuned ? words : `as shipped: ${words}`
}
