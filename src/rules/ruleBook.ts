import { createHash } from 'node:crypto'
import type { RulesConfig } from '../config/rulesSection.ts'
import { countryOf, holdsAt, type Jurisdiction, type Place, type RuleBook } from '../core/compliance/rules.ts'
import { ConfigError } from '../errors.ts'
import { isKnownPlace } from '../numbers/places.ts'
import { applyOverrides } from './overrides.ts'
import { type HolidayFile, type RuleFile, readRuleFolder, shippedRulesFolder } from './ruleFiles.ts'
import { unknownPlace } from './ruleLines.ts'

/** Where rules come from beside the product's own: the configuration's `rules` section, whole or in parts. */
export type RuleBookOptions = Partial<RulesConfig> & {
  /** In place of the folder shipped with the product. */
  readonly shippedFolder?: string
}

/**
 * Loads the shipped rules, the operator's own files, overrides and profiles: all of them or none.
 * @throws ConfigError in one line with file and line, saying what to write
 */
export function loadRuleBook(options: RuleBookOptions = {}): RuleBook {
  const { shippedFolder = shippedRulesFolder, folder, overrides: requests = [], profiles = {} } = options
  const folders = [shippedFolder, folder].flatMap(one => (one === undefined ? [] : [readRuleFolder(one)]))
  const files = folders.flatMap(one => one.jurisdictions)
  refuseSecondFiles(files)
  const { jurisdictions, overrides } = applyOverrides(files, requests)
  refuseBadProfiles(profiles, files, options.profilesWhere)
  const holidays = holidaysByPlace(folders.flatMap(one => one.holidays))
  const content = { jurisdictions, holidays, profiles, overrides }
  return { version: versionOf(content), ...content }
}

function refuseSecondFiles(files: readonly RuleFile[]): void {
  for (const [at, { file, jurisdiction }] of files.entries()) {
    const id = jurisdiction.jurisdictionId
    const first = files.findIndex(other => other.jurisdiction.jurisdictionId === id)
    if (first !== at) {
      const text = `is ${id}, which is already in ${files[first]?.file}: change lines by overrides, or choose another name`
      throw new ConfigError('rules-wrong', `${file}: jurisdiction ${text}`)
    }
  }
}

/** A profile that covers nothing, or that leads on to another, would be a promise without rules. */
function refuseBadProfiles(
  profiles: Readonly<Record<Place, Place>>,
  files: readonly RuleFile[],
  where = 'rules.profiles',
): void {
  for (const [place, profile] of Object.entries(profiles)) {
    const wrong = profileProblem({ place, profile, profiles, files })
    if (wrong !== undefined) throw new ConfigError('rules-profile-wrong', `${where}: rules.profiles.${place} ${wrong}`)
  }
}

function profileProblem(parts: {
  readonly place: Place
  readonly profile: Place
  readonly profiles: Readonly<Record<Place, Place>>
  readonly files: readonly RuleFile[]
}): string | undefined {
  const { place, profile, profiles, files } = parts
  const unknown = [place, profile].find(one => !isKnownPlace(one))
  if (unknown !== undefined) return unknownPlace(unknown)
  if (place === profile) return 'names itself: name a place that has rules'
  const onward = profiles[profile] ?? profiles[countryOf(profile)]
  if (onward !== undefined) return `names ${profile}, which has a profile itself: write ${onward}`
  const covers = ({ places, rules }: Jurisdiction): boolean =>
    places.some(one => holdsAt(one, profile)) && rules.some(({ kind }) => kind === 'hours')
  const covered = files
    .map(({ jurisdiction }) => jurisdiction)
    .filter(({ rules }) => rules.some(({ kind }) => kind === 'hours'))
  if (covered.some(covers)) return undefined
  const countries = [...new Set(covered.flatMap(({ places }) => places))].sort()
  return `names ${profile}, which no rules with hours cover: use one of ${countries.join(', ')}`
}

function holidaysByPlace(files: readonly HolidayFile[]): RuleBook['holidays'] {
  const byPlace = new Map<Place, Set<number>>()
  const add = (place: Place, days: readonly number[]): void => {
    const known = byPlace.get(place) ?? new Set()
    for (const day of days) known.add(day)
    byPlace.set(place, known)
  }
  for (const { places, days, parts } of files) {
    for (const place of places) add(place, days)
    for (const [part, own] of Object.entries(parts)) add(part, [...days, ...own])
  }
  return Object.fromEntries([...byPlace].map(([place, days]) => [place, [...days].sort((left, right) => left - right)]))
}

/** Twelve hexadecimal digits over everything that a verdict can depend on and every word that it can cite. */
function versionOf(content: Omit<RuleBook, 'version'>): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(content)))
    .digest('hex')
    .slice(0, 12)
}

/** The same value with the keys of every object in order, so that the order in a file changes nothing. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]))
}
