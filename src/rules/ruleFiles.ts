import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Static } from 'typebox'
import type { Problem } from '../config/problems.ts'
import { checkAgainst, configProblem, readYamlFile, type YamlFile } from '../config/yamlFile.ts'
import { countryOf, type Jurisdiction, type Place, type Rule } from '../core/compliance/rules.ts'
import { given } from '../core/given.ts'
import { ConfigError, errorCode } from '../errors.ts'
import { isKnownPlace } from '../numbers/places.ts'
import { canonicalZone } from '../numbers/zoneOffsets.ts'
import { expandHolidays, type HolidayLine, readHolidayRule } from './calendar.ts'
import { readLine, unknownPlace, type WrittenLine } from './ruleLines.ts'
import { holidaysSchema, jurisdictionSchema } from './ruleSchemas.ts'
import { isDay } from './units.ts'

/** The product's own rules: beside `src`, and so beside `dist`. */
export const shippedRulesFolder = fileURLToPath(new URL('../../rules/', import.meta.url))

/** A jurisdiction as its file states it. */
export interface RuleFile {
  readonly file: string
  readonly jurisdiction: Jurisdiction
  /** Its lines as written, in the order of the jurisdiction's rules: an override is laid over one of them. */
  readonly written: readonly WrittenLine[]
  readonly zone?: string
}

/** Holidays as a file states them. */
export interface HolidayFile {
  readonly file: string
  readonly places: readonly Place[]
  /** Days since 1970-01-01 on which all of the places have a holiday. */
  readonly days: readonly number[]
  /** Days on which single parts of the places have one beside. */
  readonly parts: Readonly<Record<Place, readonly number[]>>
}

/** Everything in one folder of rules. */
export interface RuleFolder {
  readonly jurisdictions: readonly RuleFile[]
  readonly holidays: readonly HolidayFile[]
}

/** Reads all rule files of a folder, and the holidays in its folder `holidays`. A {@link ConfigError} names file and line. */
export function readRuleFolder(folder: string): RuleFolder {
  return {
    jurisdictions: yamlFilesIn(folder).map(readRuleFile),
    holidays: hasHolidays(folder) ? yamlFilesIn(join(folder, 'holidays')).map(readHolidayFile) : [],
  }
}

/** The YAML files of a folder with their paths, in the order of the alphabet. */
export function yamlFilesIn(folder: string): readonly string[] {
  return namesIn(folder)
    .filter(name => /\.ya?ml$/.test(name))
    .sort()
    .map(name => join(folder, name))
}

function hasHolidays(folder: string): boolean {
  return namesIn(folder).includes('holidays')
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (cause) {
    const words: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such folder',
      ENOTDIR: 'it is a file; name the folder that it is in',
      EACCES: 'no permission',
    }
    const code = errorCode(cause)
    throw new ConfigError('rules-unreadable', `cannot read the rules in ${folder}: ${words[code] ?? code}`, { cause })
  }
}

/** Reads a file of either sort: holidays where it has a list of such, else a jurisdiction. */
export function readAnyRuleFile(file: string): RuleFile | HolidayFile {
  const { value } = readYamlFile(file)
  const isHolidays = typeof value === 'object' && value !== null && 'holidays' in value
  return isHolidays ? readHolidayFile(file) : readRuleFile(file)
}

/** Reads and checks a jurisdiction's file. */
export function readRuleFile(file: string): RuleFile {
  const yaml = readYamlFile(file)
  checkAgainst(jurisdictionSchema, yaml)
  // checkAgainst has proved the shape.
  const document = yaml.value as Static<typeof jurisdictionSchema>
  const { jurisdiction, zone } = document
  const problems = [...placeProblems(document.places), ...nameProblems(file, document)]
  const rules: Rule[] = []
  for (const [at, written] of document.rules.entries()) {
    const { rule, problems: wrong = [] } = readLine(written, document)
    problems.push(...wrong.map(({ path, text }) => ({ path: ['rules', String(at), ...path], text })))
    if (rule === undefined) continue
    if (rules.some(({ ruleId }) => ruleId === rule.ruleId))
      problems.push({
        path: ['rules', String(at), 'id'],
        text: `is ${rule.ruleId} for the second time: ids are unique`,
      })
    rules.push(rule)
  }
  refuse(yaml, problems)
  return {
    file,
    jurisdiction: {
      jurisdictionId: jurisdiction,
      name: document.name,
      places: document.places,
      rules,
      ...given({ partsHaveLaws: document.partsHaveLaws }),
    },
    // readLine has proved that each is an object.
    written: document.rules as readonly WrittenLine[],
    ...given({ zone }),
  }
}

function nameProblems(file: string, document: Static<typeof jurisdictionSchema>): readonly Problem[] {
  const problems: Problem[] = []
  const name = basename(file).replace(/\.ya?ml$/, '')
  if (name !== document.jurisdiction)
    problems.push({
      path: ['jurisdiction'],
      text: `is ${document.jurisdiction} in a file of another name: call it ${document.jurisdiction}.yaml`,
    })
  if (document.zone !== undefined && canonicalZone(document.zone) === undefined)
    problems.push({ path: ['zone'], text: `is ${document.zone}, which is no time zone: write one like Europe/Paris` })
  return problems
}

function placeProblems(places: readonly Place[]): readonly Problem[] {
  return places.flatMap((place, at) => {
    const path = ['places', String(at)]
    if (!isKnownPlace(place)) return [{ path, text: unknownPlace(place) }]
    return places.indexOf(place) === at ? [] : [{ path, text: `names ${place} for the second time: name it once` }]
  })
}

/** Reads and checks a file of holidays. */
export function readHolidayFile(file: string): HolidayFile {
  const yaml = readYamlFile(file)
  checkAgainst(holidaysSchema, yaml)
  // checkAgainst has proved the shape.
  const document = yaml.value as Static<typeof holidaysSchema>
  const problems: Problem[] = [...placeProblems(document.places)]
  if (!isDay(document.date))
    problems.push({ path: ['date'], text: `is ${document.date}, which is no day: write one like 2026-08-11` })
  for (const [at, { on, name, parts = [] }] of document.holidays.entries()) {
    const stray = parts.find(part => !document.places.includes(countryOf(part)) || part === countryOf(part))
    if (stray !== undefined)
      problems.push({
        path: ['holidays', String(at), 'parts'],
        text: `names ${stray}, which is no part of ${document.places.join(', ')}: write one like DE-BY`,
      })
    const path = ['holidays', String(at), 'on']
    if (readHolidayRule(on) === undefined)
      problems.push({
        path,
        text: `is ${on}: write 12-25, 2022-09-19, 3rd mon of jan, last mon of may, mon before 05-25 or easter-2`,
      })
    if (document.holidays.findIndex(other => other.name === name) !== at)
      problems.push({
        path: ['holidays', String(at), 'name'],
        text: `is ${name} for the second time: names are unique`,
      })
  }
  refuse(yaml, problems)
  const { places, holidays } = document
  const days = expandHolidays(holidays.filter(({ parts }) => parts === undefined).map(lineOf))
  const named = new Set(holidays.flatMap(({ parts = [] }) => parts))
  const parts = [...named].map(part => {
    const own = holidays.filter(one => one.parts?.includes(part) === true)
    return [part, expandHolidays(own.map(lineOf))]
  })
  return { file, places, days, parts: Object.fromEntries(parts) }
}

type WrittenHoliday = Static<typeof holidaysSchema>['holidays'][number]

function lineOf({ name, on, observed, from, until, except }: WrittenHoliday): HolidayLine {
  return {
    name,
    on,
    ...given({ observed, from, until, except }),
  }
}

function refuse(yaml: YamlFile, problems: readonly Problem[]): void {
  if (problems.length > 0) throw configProblem(yaml, problems)
}
