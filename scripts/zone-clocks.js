#!/usr/bin/env node
// Writes src/numbers/data/zoneClocks.txt anew from the tz database as the npm package moment-timezone carries it.
// Usage: node scripts/zone-clocks.js [VERSION OF THE PACKAGE]
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT } from './lib/paths.js'

/** @typedef {{ version: string, zones: string[], links: string[] }} PackedData */
/** @typedef {{ offset: number, until: number }} Span Minutes east of UTC; minutes since 1970 at which it ends */

const PACKAGE = 'moment-timezone'
const TARGET = join(PROJECT, 'src/numbers/data/zoneClocks.txt')
const LAST = Date.UTC(2038, 0, 1) / 60_000

const wanted = process.argv[2] ?? 'latest'
const folder = mkdtempSync(join(tmpdir(), 'zone-clocks-'))
try {
  const file = npm('pack', `${PACKAGE}@${wanted}`, '--silent', '--pack-destination', folder)
  execFileSync('tar', ['xzf', join(folder, file), '-C', folder])
  const { version } = readJson('package/package.json')
  const published = JSON.parse(npm('view', PACKAGE, 'time', '--json'))[version].slice(0, 10)
  const data = readJson('package/data/packed/latest.json')
  writeFileSync(TARGET, tableOf(data, { version, published }))
  process.stdout.write(`tz ${data.version}, published ${published}: ${TARGET}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** @param {string[]} args */
function npm(...args) {
  return execFileSync('npm', args, { encoding: 'utf8' }).trim()
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(join(folder, path), 'utf8'))
}

/**
 * @param {PackedData} data
 * @param {{ version: string, published: string }} source
 */
function tableOf(data, source) {
  const zones = data.zones.map(unpack).sort((a, b) => (a.name < b.name ? -1 : 1))
  const others = new Map(zones.map(({ name }) => [name, /** @type {string[]} */ ([])]))
  for (const link of data.links) {
    const [name = '', other = ''] = link.split('|')
    others.get(name)?.push(other)
  }
  const head = [
    '# Clocks of every zone of the tz database (public domain) from 1970 to 2037. Written by scripts/zone-clocks.js: do not edit.',
    `# tz ${data.version}`,
    `# published ${source.published}`,
    `# from ${PACKAGE} ${source.version} (MIT), data/packed/latest.json`,
    '# Each line: `zone=its other names|offsets, minutes east of UTC|which offset holds, in order|when each but the last ends`:',
    '# minutes since 1970 in base 36, each as the difference from the one before.',
  ]
  const lines = zones.map(({ name, spans }) => lineOf([name, ...(others.get(name) ?? []).sort()].join('='), spans))
  return `${[...head, ...lines].join('\n')}\n`
}

/**
 * @param {string} names
 * @param {readonly Span[]} spans
 */
function lineOf(names, spans) {
  const offsets = [...new Set(spans.map(({ offset }) => offset))]
  const order = spans.map(({ offset }) => offsets.indexOf(offset).toString(36)).join('')
  const ends = spans.slice(0, -1).map(({ until }, at) => (until - (spans[at - 1]?.until ?? 0)).toString(36))
  return [names, offsets.join(' '), order, ends.join(' ')].join('|')
}

/**
 * A zone as the package packs it: `name|abbreviations|offsets|order|differences|people`, in base 60.
 * @param {string} packed
 */
function unpack(packed) {
  const [name = '', , offsets = '', order = '', differences = ''] = packed.split('|')
  const minutesEast = offsets.split(' ').map(text => Math.round(-base60(text)) + 0)
  /** @type {number[]} */
  const ends = []
  for (const text of differences.split(' ').filter(Boolean)) ends.push((ends.at(-1) ?? 0) + base60(text))
  const spans = [...order].map((digit, at) => ({
    offset: minutesEast[base60(digit)] ?? 0,
    until: Math.round(ends[at] ?? Number.POSITIVE_INFINITY),
  }))
  // The package goes on for centuries: no rule that is in force today will.
  const from = spans.filter(span => span.until > 0)
  const kept = from.filter((_, at) => at === 0 || (from[at - 1]?.until ?? 0) < LAST)
  return { name, spans: joined(kept) }
}

/**
 * Names and daylight flags change more often than the clock does.
 * @param {readonly Span[]} spans
 */
function joined(spans) {
  return spans.filter(({ offset }, at) => offset !== spans[at + 1]?.offset)
}

/** @param {string} text */
function base60(text) {
  const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX'
  const sign = text.startsWith('-') ? -1 : 1
  const [whole = '', part = ''] = text.replace('-', '').split('.')
  let value = 0
  for (const digit of whole) value = value * 60 + digits.indexOf(digit)
  for (const [at, digit] of [...part].entries()) value += digits.indexOf(digit) / 60 ** (at + 1)
  return sign * value
}
