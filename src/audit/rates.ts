import type { Call } from './calls.ts'
import { groupBy } from './group.ts'
import { rulesFor } from './laws.ts'
import type { PlainRule, PlainRules, Violation } from './types.ts'

/** Calls of one seller for one purpose under one rule; they share a budget whatever their campaign is called. */
interface Budget {
  readonly rule: PlainRule
  readonly calls: Call[]
}

/** The abandonment rate of every owner stays within every rule's window. `calls`: those that count in it. */
export function checkRates(
  calls: readonly Call[],
  bookOf: (call: Call) => PlainRules | undefined,
): readonly Violation[] {
  const budgets = new Map<string, Budget>()
  for (const call of calls) {
    for (const { rule } of rulesFor(call, bookOf(call), 'abandonment')) {
      const key = JSON.stringify([call.seller, call.purpose, rule.ruleId, rule.rateMax, rule.window])
      const budget = budgets.get(key) ?? { rule, calls: [] }
      budgets.set(key, budget)
      budget.calls.push(call)
    }
  }
  return [...budgets.values()].flatMap(({ rule, calls }) => checkBudget(rule, calls))
}

/** Who was answered by a person and what became of it, by the time of the answer. */
interface Answer {
  readonly call: Call
  readonly at: number
  readonly abandoned: boolean
}

/** Who hangs up before an agent is due was abandoned, unless the rule says otherwise. */
function answersOf(calls: readonly Call[], { hungUpWaiting }: PlainRule): readonly Answer[] {
  return calls
    .flatMap(call => {
      const [outcome] = call.outcomes
      if (outcome?.answeredAt === undefined) return []
      const abandoned =
        outcome.disposition === 'abandoned' ||
        (outcome.disposition === 'hung-up-waiting' && hungUpWaiting !== 'not-counted')
      const machine = outcome.disposition === 'machine' || call.word?.machine === true
      // What was abandoned stays in the numerator, whatever anybody says later.
      return machine && !abandoned ? [] : [{ call, at: outcome.answeredAt, abandoned }]
    })
    .sort((one, other) => one.at - other.at)
}

function checkBudget(rule: PlainRule, calls: readonly Call[]): readonly Violation[] {
  const answers = answersOf(calls, rule)
  const start = Math.min(...calls.map(({ at }) => at))
  const { window } = rule
  if (window?.kind === 'rolling') return checkRolling(rule, answers, start)
  const periods = groupBy(answers, ({ at }) => {
    if (window?.kind === 'successive') return `period ${Math.floor((at - start) / (window.lengthMs ?? 1)) + 1}`
    return window?.kind === 'calendar-month' ? new Date(at).toISOString().slice(0, 7) : 'the whole life'
  })
  return [...periods].flatMap(([name, inPeriod]) => exceeded(rule, inPeriod, `in ${name}`))
}

/**
 * A rolling window is looked at whenever it has its full length and somebody answered, and at the end: a window that has just
 * begun says nothing, but one that never became full is all there is. The first excess is told, not each that overlaps it.
 */
function checkRolling(rule: PlainRule, answers: readonly Answer[], start: number): readonly Violation[] {
  const lengthMs = rule.window?.lengthMs ?? 0
  const last = answers.length - 1
  for (const [index, { at }] of answers.entries()) {
    if (at - start < lengthMs && index < last) continue
    const found = exceeded(
      rule,
      answers.filter(answer => answer.at > at - lengthMs && answer.at <= at),
      `in the ${lengthMs / 3_600_000} h before ${new Date(at).toISOString()}`,
    )
    if (found.length > 0) return found
  }
  return []
}

function exceeded({ ruleId, rateMax = 0 }: PlainRule, answers: readonly Answer[], where: string): readonly Violation[] {
  const abandoned = answers.filter(answer => answer.abandoned)
  const last = abandoned.at(-1)
  if (last === undefined || abandoned.length <= rateMax * answers.length) return []
  const { seq, at, seller, purpose, callId } = last.call
  const rate = ((abandoned.length / answers.length) * 100).toFixed(2)
  const says = `${seller} for ${purpose} ${where}: ${abandoned.length} of ${answers.length} abandoned, ${rate} %`
  return [{ seq, at, check: 'abandonment', ruleId, callId, says }]
}
