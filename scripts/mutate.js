#!/usr/bin/env node
// Breaks the sources one small change at a time and tells which changes no test notices. See `--help`.
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { exitOnFailure, SetupFailure } from './lib/failure.js'
import { progress } from './lib/progress.js'
import { AREAS, sourcesIn, testsIn } from './mutate/areas.js'
import { createCompiler, readSource } from './mutate/compiles.js'
import { mutated } from './mutate/mutations.js'
import { measureReach, testsOf } from './mutate/reach.js'
import { sample, survivorsOf } from './mutate/sample.js'
import { endTests, runTestFiles } from './mutate/testRun.js'
import { makeTree } from './mutate/tree.js'

/**
 * @import { Mutation } from './mutate/mutations.js'
 * @import { Reach } from './mutate/reach.js'
 * @typedef {{ area: string, mutation: Mutation, result: 'killed' | 'late' | 'survived', tests: number }} Outcome
 */

/** Far more than all tests of an area take: what runs longer does not end. */
const CPU_LIMIT_SEC = 90
const RESULTS = /** @type {const} */ ({ green: 'survived', red: 'killed', late: 'late' })

const HELP = `Usage: npm run mutate -- [AREA...] [options]

AREA is one of ${Object.keys(AREAS).join(', ')} (default: all).
  --count N    changes an area (default 60)
  --seed N     which changes (default 1)
  --since JSON only what survived in an earlier run's --json
  --json       one JSON object on standard output instead of a table
  --jobs N     copies of the clone at work (default: one a processor)

  --only PART  only files whose path contains this

A change is noticed when a test goes red or does not end. It is tried with those tests of its area that run the place, the
cheapest first; tests that need a PBX or a browser are not run. What does not compile is not counted. The first run
measures which test runs what (some minutes); that is kept for as long as nothing changes.
`

exitOnFailure(main(process.argv.slice(2)))

/** @param {string[]} args */
async function main(args) {
  const { options, names } = read(args)
  if (options.help) return void process.stdout.write(HELP)
  const trees = Array.from({ length: options.jobs }, makeTree)
  const leave = () => {
    endTests()
    for (const tree of trees) tree.remove()
  }
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
      leave()
      process.exit(130)
    })
  try {
    const folders = trees.map(({ folder }) => folder)
    const tests = new Set(names.flatMap(name => testsIn(AREAS[name]?.tests ?? [])))
    const reach = await measureReach(folders, [...tests])
    report(await tryAll(chosen(names, options), { folders, reach }), options)
  } finally {
    leave()
  }
}

/** @param {string[]} args */
function read(args) {
  try {
    const number = /** @type {const} */ ({ type: 'string' })
    const flag = /** @type {const} */ ({ type: 'boolean', default: false })
    const options = { count: number, seed: number, since: number, only: number, jobs: number, json: flag, help: flag }
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    const names = positionals.length > 0 ? positionals : Object.keys(AREAS)
    const unknown = names.find(name => !(name in AREAS))
    if (unknown !== undefined) throw new RangeError(`${unknown} is no area`)
    const { since, only = '', json, help } = values
    const numbers = { count: natural(values.count, 60), seed: natural(values.seed, 1) }
    return {
      names,
      options: { ...numbers, since, only, jobs: natural(values.jobs, availableParallelism()), json, help },
    }
  } catch (error) {
    throw new SetupFailure(
      'usage',
      `${error instanceof Error ? error.message : error}: see npm run mutate -- --help`,
      64,
    )
  }
}

/**
 * @param {string | undefined} text
 * @param {number} otherwise
 */
function natural(text, otherwise) {
  const value = text === undefined ? otherwise : Number(text)
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${text} is not a whole number above 0`)
  return value
}

/**
 * @param {readonly string[]} names
 * @param {{ count: number, seed: number, since: string | undefined, only: string }} options
 * @returns {{ area: string, mutation: Mutation }[]}
 */
function chosen(names, { count, seed, since, only }) {
  if (since !== undefined) return survivorsOf(JSON.parse(readFileSync(since, 'utf8')))
  const compiles = createCompiler()
  const bar = progress('changes that compile', names.length * count)
  const work = names.flatMap(area => {
    const mutations = sample(
      sourcesIn(AREAS[area]?.sources ?? []).filter(file => file.includes(only)),
      { count, seed },
      mutation => {
        const fits = compiles(mutation.file, mutated(readSource(mutation.file), mutation))
        if (fits) bar.step()
        return fits
      },
    )
    return mutations.map(mutation => ({ area, mutation }))
  })
  bar.done()
  return work
}

/**
 * @param {{ area: string, mutation: Mutation }[]} work
 * @param {{ folders: readonly string[], reach: ReadonlyMap<string, Reach> }} with_
 */
async function tryAll(work, { folders, reach }) {
  const bar = progress(`${work.length} changes`, work.length)
  const queue = [...work]
  /** @type {Outcome[]} */
  const outcomes = []
  await Promise.all(
    folders.map(async folder => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const outcome = { ...next, ...(await tryOne(folder, next, reach)) }
        outcomes.push(outcome)
        if (outcome.result === 'survived') process.stderr.write(`\nnobody notices ${line(outcome)}\n`)
        bar.step()
      }
    }),
  )
  bar.done()
  return outcomes
}

/**
 * @param {string} tree
 * @param {{ area: string, mutation: Mutation }} work
 * @param {ReadonlyMap<string, Reach>} reach
 * @returns {Promise<Pick<Outcome, 'result' | 'tests'>>}
 */
async function tryOne(tree, { area, mutation }, reach) {
  const path = join(tree, mutation.file)
  const written = readFileSync(path, 'utf8')
  const tests = testsOf(reach, testsIn(AREAS[area]?.tests ?? []), mutation)
  if (tests.length === 0) return { result: 'survived', tests: 0 }
  writeFileSync(path, mutated(written, mutation))
  try {
    const { colour } = await runTestFiles(tree, tests, { cpuLimitSec: CPU_LIMIT_SEC })
    return { result: RESULTS[colour], tests: tests.length }
  } finally {
    writeFileSync(path, written)
  }
}

/**
 * @param {Outcome[]} outcomes
 * @param {{ seed: number, json: boolean }} options
 */
function report(outcomes, { seed, json }) {
  const survivors = outcomes.filter(({ result }) => result === 'survived')
  const areas = Object.fromEntries(
    [...new Set(outcomes.map(({ area }) => area))]
      .sort()
      .map(area => [area, scored(outcomes.filter(one => one.area === area))]),
  )
  if (json) {
    const listed = survivors.map(({ area, mutation, tests }) => ({ area, tests, ...mutation }))
    process.stdout.write(`${JSON.stringify({ seed, areas, survivors: listed }, null, 2)}\n`)
    return
  }
  for (const one of survivors) process.stdout.write(`${line(one)}\n`)
  for (const [area, { changes, noticed, score }] of Object.entries(areas))
    process.stdout.write(`${area}: ${noticed} of ${changes} noticed, ${(100 * score).toFixed(1)} %\n`)
}

/** @param {Outcome[]} outcomes */
function scored(outcomes) {
  const late = outcomes.filter(({ result }) => result === 'late').length
  const noticed = outcomes.filter(({ result }) => result !== 'survived').length
  return { changes: outcomes.length, noticed, late, score: noticed / outcomes.length }
}

/** @param {Pick<Outcome, 'mutation' | 'tests'>} outcome */
function line({ mutation: { file, line, kind, from, to, code }, tests }) {
  const short = from.length > 100 ? `${from.slice(0, 100)}...` : from
  return `${file}:${line} ${kind} [${tests} tests]: ${short.replaceAll('\n', ' ')} -> ${to || '(nothing)'}   in: ${code}`
}
