#!/usr/bin/env node
// Runs the tests: `node scripts/test.js [--sim] [FILES...]`. Without --sim the live ones run on a private Asterisk, and
// a machine that cannot have one is red, as is one without a browser. Ends with one line: "N passed, N failed".
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { bootstrap } from './bootstrap.js'
import { ensureCommands } from './lib/apt.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'
import { PROJECT } from './lib/paths.js'
import { installSandbox } from './lib/sandboxInstall.js'
import { runLiveTests, runTests } from './lib/tap.js'

/** @import { Counts } from './lib/tap.js' */

exitOnFailure(main(process.argv.slice(2)))

/** @param {string[]} args */
async function main(args) {
  const sim = args.includes('--sim')
  const named = args.filter(arg => !arg.startsWith('--'))
  await bootstrap()
  const files =
    named.length > 0 ? named.map(name => relative(PROJECT, resolve(name))) : testFiles(join(PROJECT, 'test'))
  const live = files.filter(isLive)
  const pages = files.filter(file => !isLive(file) && opensPages(file))
  const results = [await runTests(files.filter(file => !isLive(file) && !opensPages(file)))]
  if (pages.length > 0) results.push(await runPages(pages))
  if (!sim && live.length > 0) results.push(...(await runLive(live)))
  report(results, sim ? live.length : 0)
}

/** @param {string[]} files */
async function runPages(files) {
  try {
    await ensureCommands({ chromium: 'chromium' })
    return await runTests(files)
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error
    process.stdout.write(`\nNo browser, so ${files.length} test files did not run: ${error.message}\n`)
    return { passed: 0, failed: files.length, skipped: 0 }
  }
}

/** @param {string[]} files */
async function runLive(files) {
  try {
    await installSandbox()
    return await runLiveTests(files)
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error
    process.stdout.write(`\nNo live Asterisk, so ${files.length} test files did not run: ${error.message}\n`)
    process.stdout.write('On a machine that cannot have one: npm run test:sim\n')
    return [{ passed: 0, failed: files.length, skipped: 0 }]
  }
}

/** @param {string} file */
function isLive(file) {
  return file.startsWith('test/integration/') || file.endsWith('.live.test.ts')
}

/** @param {string} file */
function opensPages(file) {
  return readFileSync(join(PROJECT, file), 'utf8').includes("from 'playwright-core'")
}

/** @param {string} folder */
function testFiles(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => relative(PROJECT, join(folder, name)))
    .filter(file => file.endsWith('.test.ts'))
    .sort()
}

/**
 * @param {readonly Counts[]} results
 * @param {number} filesLeftOut
 */
function report(results, filesLeftOut) {
  /** @param {keyof Counts} name */
  const sum = name => results.reduce((total, result) => total + result[name], 0)
  const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')]
  if (filesLeftOut > 0)
    process.stdout.write(`\n${filesLeftOut} test files need a live Asterisk and were left out (--sim).\n`)
  if (skipped > 0) process.stdout.write(`\n${skipped} skipped\n`)
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0
}
