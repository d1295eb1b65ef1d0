#!/usr/bin/env node
// Keeps src/numbers/data/areaCodes.txt, the numbering table of North America: adds what the administrator has assigned since, says
// what differs from the library's metadata, and writes source and day into its head.
// Usage: node scripts/area-codes.js npa_report.csv (reports.nanpa.com, "NPA database"); without a file it only compares.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { PROJECT } from './lib/paths.js'

const TABLE = join(PROJECT, 'src/numbers/data/areaCodes.txt')
/** One exchange in so many is tried to see whether the library knows an area code. */
const EXCHANGE_STEP = 13

const [report] = process.argv.slice(2)
const lines = readFileSync(TABLE, 'utf8').trimEnd().split('\n')
const table = readTable()
const problems = report === undefined ? [] : addAssigned(readReport(report))
for (const line of [...problems, ...libraryDifferences()]) process.stdout.write(`${line}\n`)
if (problems.length > 0) process.exitCode = 1
else if (report !== undefined) writeFileSync(TABLE, tableText(readReport(report).date))

/** Names by code, in the table's order. */
function readTable() {
  const entries = lines.filter(line => !line.startsWith('#')).map(line => line.split(': '))
  return new Map(entries.map(([names = '', codes = '']) => [names, new Set(codes.split(' '))]))
}

/** @param {string} code */
function nameOf(code) {
  return [...table].find(([, codes]) => codes.has(code))?.[0]
}

/** @param {string} file */
function readReport(file) {
  const [first = '', ...rest] = readFileSync(file, 'utf8').split(/\r?\n/)
  const [, month, day, year] = /^File Date,(\d\d)\/(\d\d)\/(\d{4})/.exec(first) ?? []
  if (year === undefined)
    throw new TypeError(`${file} does not begin with its File Date: get the NPA database as CSV again`)
  /** @type {Record<string, string>[]} */
  const rows = parse(rest.join('\n'), { columns: true, skip_empty_lines: true, trim: true, relax_column_count: true })
  return { date: `${year}-${month}-${day}`, rows }
}

/**
 * Geographic codes that the report names and the table lacks are added; what contradicts the table is told and nothing is written.
 * @param {{ rows: Record<string, string>[] }} report
 */
function addAssigned({ rows }) {
  const found = []
  for (const { NPA_ID: code = '', USE: use = '', LOCATION: location = '', COUNTRY: country = '' } of rows) {
    if (!/^[2-9]\d\d$/.test(code) || use !== 'G' || !/^[A-Z]{2}$/.test(location)) continue
    const place =
      country === 'US' ? `US-${location}` : country === 'CANADA' || country === 'CA' ? `CA-${location}` : undefined
    const known = nameOf(code)
    if (place === undefined || known?.split(' & ').includes(place)) continue
    const codes = table.get(place)
    if (known !== undefined || codes === undefined)
      found.push(`${code}: the report says ${place}, the table ${known ?? 'knows no such place'}: look it up`)
    else codes.add(code)
  }
  return found
}

function libraryDifferences() {
  const found = []
  for (let code = 200; code < 1000; code += 1) {
    const known = nameOf(String(code))
    const inLibrary = isInLibrary(code)
    if (inLibrary && known === undefined) found.push(`${code}: in use by the library, not in the table`)
    if (!inLibrary && known !== undefined && /^[A-Z]/.test(known))
      found.push(`${code}: ${known} in the table, unknown to the library`)
  }
  return found
}

/** @param {number} code */
function isInLibrary(code) {
  for (let exchange = 202; exchange < 1000; exchange += EXCHANGE_STEP)
    if (parsePhoneNumberFromString(`+1${code}${exchange}1234`)?.isValid()) return true
  return false
}

/** @param {string} date */
function tableText(date) {
  const { version } = createRequire(import.meta.url)('libphonenumber-js/package.json')
  const head = lines.filter(line => line.startsWith('#')).map(line => line.replace(/as of [\d-]+/, `as of ${date}`))
  const body = [...table].map(([names, codes]) => `${names}: ${[...codes].sort().join(' ')}`)
  process.stdout.write(`written as of ${date}, held against libphonenumber-js ${version}\n`)
  return `${[...head, ...body].join('\n')}\n`
}
