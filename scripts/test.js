#!/usr/bin/env node
// Runs the tests: `node scripts/test.js [--sim] [FILES...]`. Without --sim the live ones run on a private Asterisk, and
// a machine that cannot have one is red, as is one without the programs that a test starts. Ends with one line: "N passed, N failed".
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { bootstrap } from './bootstrap.js'
import { IMAGE_TOOLS } from './image/buildah.js'
import { ensureCommands } from './lib/apt.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'
import { PROJECT } from './lib/paths.js'
import { installSandbox } from './lib/sandboxInstall.js'
import { runLiveTests, runTests } from './lib/tap.js'

/** @import { Counts } from './lib/tap.js' */

/** What stands in a test file that starts a program of the machine; Debian's packages have the programs' names. */
const NEEDS = /** @type {const} */ ([
  ["from 'playwright-core'", 'chromium'],
  ["spawn('strace'", 'strace'],
  ["exec('docker-compose'", 'docker-compose'],
])

/** The steps of `scripts/image.js` that a test wants before it. */
const IMAGE_TESTS = new Map([
  ['test/integration/image.live.test.ts', ['build']],
  ['test/integration/composeImages.live.test.ts', ['build', 'asterisk']],
])

exitOnFailure(main(process.argv.slice(2)))

/** @param {string[]} args */
async function main(args) {
  const sim = args.includes('--sim')
  const named = args.filter(arg => !arg.startsWith('--'))
  await bootstrap()
  const files =
    named.length > 0 ? named.map(name => relative(PROJECT, resolve(name))) : testFiles(join(PROJECT, 'test'))
  const live = files.filter(isLive)
  const steps = [...new Set(live.flatMap(file => IMAGE_TESTS.get(file) ?? []))]
  const images = !sim && steps.length > 0 ? await buildImagesBeside(steps) : undefined
  const needy = files.filter(file => !isLive(file) && programsOf(file).length > 0)
  const results = [await runTests(files.filter(file => !isLive(file) && !needy.includes(file)))]
  if (needy.length > 0) results.push(await runNeedy(needy))
  // Beside the tests of before, but not beside the live ones: those look at the clock.
  await images?.built
  if (!sim && live.length > 0) results.push(...(await runLive(live)))
  report(results, sim ? live.length : 0)
}

/**
 * Builds images with what the tests leave of the processors. Where that fails, their tests say that there are none.
 * @param {readonly string[]} steps
 */
async function buildImagesBeside(steps) {
  try {
    await ensureCommands(IMAGE_TOOLS)
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error
    process.stdout.write(`\nNo images: ${error.message}\n`)
    return undefined
  }
  const child = spawn('nice', ['-n', '15', process.execPath, 'scripts/image.js', ...steps], {
    cwd: PROJECT,
    stdio: 'inherit',
  })
  return { built: once(child, 'close') }
}

/** @param {string[]} files */
async function runNeedy(files) {
  try {
    await ensureCommands(Object.fromEntries(files.flatMap(programsOf)))
    return await runTests(files)
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error
    process.stdout.write(`\nPrograms are missing, so ${files.length} test files did not run: ${error.message}\n`)
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

/**
 * The programs of the machine that a test file starts, each with its Debian package.
 * @param {string} file
 */
function programsOf(file) {
  const text = readFileSync(join(PROJECT, file), 'utf8')
  return NEEDS.filter(([word]) => text.includes(word)).map(([, program]) => /** @type {const} */ ([program, program]))
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
