import { nearest, type Problem, pathText } from '../config/problems.ts'
import type { OverrideRequest } from '../config/rulesSection.ts'
import type { Jurisdiction, Rule, RuleOverride } from '../core/compliance/rules.ts'
import { given } from '../core/given.ts'
import { ConfigError } from '../errors.ts'
import type { RuleFile } from './ruleFiles.ts'
import { readLine, type WrittenLine } from './ruleLines.ts'

/** The jurisdictions with the operator's changes in them, and the record of these. */
export interface Overridden {
  readonly jurisdictions: readonly Jurisdiction[]
  readonly overrides: readonly RuleOverride[]
}

/** Lays the operator's changes over the rules: all of them or, with a {@link ConfigError} in one line, none. */
export function applyOverrides(files: readonly RuleFile[], requests: readonly OverrideRequest[]): Overridden {
  const changed = new Map<string, Rule | 'off'>()
  const overrides: RuleOverride[] = []
  for (const request of requests) {
    const { rule: ruleId, by, reason } = request
    if (changed.has(ruleId)) refuse(request, `rule: ${ruleId} is overridden for the second time: join the two`)
    const target = targetOf(files, request)
    changed.set(ruleId, changedRule(target, request))
    overrides.push({ ruleId, by, reason, change: changeText(target.written, request) })
  }
  const jurisdictions = files.map(({ jurisdiction }) => ({
    ...jurisdiction,
    rules: jurisdiction.rules.flatMap(rule => {
      const now = changed.get(rule.ruleId) ?? rule
      return now === 'off' ? [] : [now]
    }),
  }))
  return { jurisdictions, overrides }
}

interface Target {
  readonly file: RuleFile
  readonly written: WrittenLine
}

function targetOf(files: readonly RuleFile[], request: OverrideRequest): Target {
  const known: string[] = []
  for (const file of files) {
    for (const [at, { ruleId }] of file.jurisdiction.rules.entries()) {
      const written = file.written[at]
      if (ruleId === request.rule && written !== undefined) return { file, written }
      known.push(ruleId)
    }
  }
  return refuse(request, `rule: there is no rule ${request.rule}: ${nearNames(request.rule, known)}`)
}

/** At most five names, those most alike first, so that one of them can be copied. */
function nearNames(wrong: string, known: readonly string[]): string {
  const [jurisdiction = '', id = ''] = wrong.split('/')
  const scored = known.map(name => {
    const [itsJurisdiction = '', itsId = ''] = name.split('/')
    return { name, score: 2 * likeness(itsJurisdiction, jurisdiction) + likeness(itsId, id) }
  })
  const near = scored.filter(({ score }) => score > 0).sort((left, right) => right.score - left.score)
  if (near.length === 0) return 'see `dialwright rules list`'
  const names = near.slice(0, 5).map(({ name }) => name)
  return `did you mean ${names.join(', ')}? All are in \`dialwright rules list\``
}

/** 3 for the same word, 2 for the beginning of it, 1 for one mistyped. Words of three letters are all alike. */
function likeness(known: string, written: string): number {
  const [left, right] = [known.toLowerCase(), written.toLowerCase()]
  if (left === right) return 3
  if (right.length >= 2 && (left.startsWith(right) || right.startsWith(left))) return 2
  return right.length >= 4 && nearest(right, [left]) !== undefined ? 1 : 0
}

function changedRule({ file, written }: Target, request: OverrideRequest): Rule | 'off' {
  const { off, set } = request
  if (off === true && set !== undefined) refuse(request, 'has off and set: keep one of them')
  if (off === true) return 'off'
  if (set === undefined) refuse(request, 'changes nothing: add off: true, or set: with keys of the rule')
  for (const key of ['id', 'kind']) {
    if (key in set) refuse(request, `set.${key}: cannot be changed: turn the rule off and add a file of your own`)
  }
  const reading = readLine(
    { ...written, ...set },
    {
      jurisdiction: file.jurisdiction.jurisdictionId,
      ...given({ zone: file.zone }),
    },
  )
  if (reading.rule === undefined) refuse(request, problemText(reading.problems))
  return reading.rule
}

function problemText(problems: readonly Problem[]): string {
  const [first] = problems
  if (first === undefined) return 'set: is wrong'
  return `${pathText(['set', ...first.path])} ${first.text}`
}

/** In words: `off`, or what the keys were and are. */
function changeText(written: WrittenLine, { off, set = {} }: OverrideRequest): string {
  if (off === true) return 'off'
  return Object.entries(set)
    .map(([key, value]) => `${key} ${valueText(written[key])} -> ${valueText(value)}`)
    .join(', ')
}

function valueText(value: unknown): string {
  if (value === undefined) return 'unset'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function refuse({ where, rule }: OverrideRequest, text: string): never {
  throw new ConfigError('rules-override-wrong', `${where}: rules.overrides, ${rule}: ${text}`)
}
