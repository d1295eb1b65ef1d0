import { knobsInWords } from '../../../sim/report/format.ts'
import { hasFailed } from '../../../sim/report/judge.ts'
import { lookOf } from '../../../sim/report/rules.ts'
import type { Scenario } from '../../../sim/scenarios/scenario.ts'
import type { Study, StudyResult } from '../../../sim/study/study.ts'
import { percent, plural, table } from '../../terminal/format.ts'

/** The page keeps a number and its unit on one line; a terminal has no such blank. */
function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ')
}

/** A study in words: the world in a line, and the table of rules, those within their limit first, the busiest agents on top. */
export function studyWords(scenario: Scenario, { result, untamed }: Study): string {
  const over = (one: StudyResult): boolean => hasFailed(one, { ...scenario, target: one.target ?? scenario.target })
  const sorted = [...result.policies]
    .sort((one, other) => other.occupancy.mean - one.occupancy.mean)
    .sort((one, other) => Number(over(one)) - Number(over(other)))
  const columns = columnsOf(scenario, { results: sorted, over })
  const rows = sorted.map(one => columns.map(column => column.cell(one)))
  return [
    `${worldWords(scenario, result.seeds)}\n\n`,
    table(
      columns.map(({ name }) => name),
      rows,
    ),
    ...untamed.map(policy => `\nno settings of ${lookOf(policy).label} kept ${percent(scenario.target)}\n`),
  ].join('')
}

function worldWords({ name, description, horizon, target, cap }: Scenario, seeds: number): string {
  const days = horizon.days === 1 ? '' : ` on ${horizon.days} days`
  const limits = `target ${percent(target)}${cap === undefined ? '' : `, cap ${percent(cap)}`}`
  const about = description === '' ? name : `${name}: ${description}`
  return `${about}\n${horizon.hours} h${days}, ${limits}, ${plural(seeds, 'seed')}`
}

interface Column {
  readonly name: string
  cell(result: StudyResult): string
}

function columnsOf(
  scenario: Scenario,
  { results, over }: { results: readonly StudyResult[]; over: (one: StudyResult) => boolean },
): readonly Column[] {
  const when = (shown: boolean, ...columns: readonly Column[]): readonly Column[] => (shown ? columns : [])
  return [
    { name: 'rule', cell: ({ policy }) => lookOf(policy).label },
    ...when(
      results.some(one => one.target !== undefined),
      { name: 'target', cell: ({ target }) => percent(target ?? scenario.target) },
    ),
    { name: 'occupancy', cell: ({ occupancy }) => percent(occupancy.mean) },
    { name: '+/-', cell: ({ occupancy }) => (occupancy.ci95 * 100).toFixed(1) },
    ...when(
      results.some(one => one.ratioToOptimum !== undefined),
      {
        name: 'of optimum',
        cell: ({ ratioToOptimum }) => (ratioToOptimum === undefined ? '' : percent(ratioToOptimum)),
      },
    ),
    { name: 'abandonment', cell: ({ abandonmentRate }) => percent(abandonmentRate.pooled, 2) },
    { name: 'worst seed', cell: ({ abandonmentRate }) => percent(abandonmentRate.max, 2) },
    { name: 'wait', cell: ({ agentWaitSec }) => `${agentWaitSec.mean.toFixed(1)} s` },
    { name: '90 % within', cell: ({ agentWaitSec }) => `${agentWaitSec.p90.toFixed(1)} s` },
    { name: 'talks/agent-hour', cell: ({ connectedPerAgentHour }) => connectedPerAgentHour.toFixed(1) },
    ...when(results.some(over), { name: '', cell: one => (over(one) ? 'over' : '') }),
    { name: 'settings', cell: settingsWords },
  ]
}

function settingsWords({ knobs, tuned }: StudyResult): string {
  const words = plain(knobsInWords(knobs))
  if (words === '') return ''
  return tuned ? `tuned: ${words}` : words
}

/** What comes after a study: what was not asked for, and what `over` means. */
export function studyRemarks(scenario: Scenario, asked: { readonly tune: boolean; readonly html: boolean }): string {
  const more = [
    ...(asked.tune ? [] : ['--tune adds each rival with the best settings for this very scenario']),
    ...(asked.html ? [] : ['--html FILE draws it as a page']),
  ]
  const limit = scenario.cap === undefined ? 'its target' : 'the cap'
  return [`over: abandoned more than ${limit} permits, so its occupancy does not count`, ...more].join('\n')
}
