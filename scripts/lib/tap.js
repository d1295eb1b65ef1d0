import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { exec } from './exec.js'
import { SetupFailure } from './failure.js'
import { PROJECT } from './paths.js'
import { progress } from './progress.js'
import { runInSandbox } from './sandboxRun.js'

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {(line: string) => void} OnLine
 */

const TAP = join(PROJECT, 'node_modules/.bin/tap')
const LIVE_TIMEOUT_S = 240
const LIVE_LANES_MAX = 4
/** What tap is built from: the plugins that it has. */
const TAP_BUILT_FROM = join(PROJECT, 'node_modules/@tapjs/test/test-built/src/index.ts')

/**
 * Runs test files and counts their tests.
 * @param {string[]} files
 * @returns {Promise<Counts>}
 */
export async function runTests(files) {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 }
  await ensureTapBuilt()
  const command = [TAP, ...files]
  const { code, output } = await (process.stdout.isTTY ? drawn(command) : thinnedOut(command))
  return judge(countTests(output), code)
}

/**
 * Runs live test files, each beside an Asterisk of its own that nothing has touched, as many at once as there are cores:
 * they mostly wait. What a file says is printed when it ends.
 * @param {readonly string[]} files
 * @returns {Promise<Counts[]>}
 */
export async function runLiveTests(files) {
  await ensureTapBuilt()
  // `integration`, where the long ones are, comes late in the alphabet: begun first, none of them is left alone at the end.
  const waiting = [...files].reverse()
  /** @type {Counts[]} */
  const results = []
  const lane = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) results.push(await runLiveTest(file))
  }
  await Promise.all(Array.from({ length: Math.min(LIVE_LANES_MAX, availableParallelism()) }, lane))
  return results
}

/** @param {string} file */
async function runLiveTest(file) {
  /** @type {string[]} */
  const lines = []
  const command = [TAP, '--reporter=tap', `--timeout=${LIVE_TIMEOUT_S}`, file]
  const code = await runInSandbox(command, { onLine: line => lines.push(line) })
  lines.forEach(thinPrinter())
  return judge(countTests(lines.join('\n')), code)
}

/** A fresh tap has all its plugins, and would build itself without those that `.taprc` leaves out only after a slow first run. */
async function ensureTapBuilt() {
  if (!read(TAP_BUILT_FROM).includes('@tapjs/typescript')) return
  const bar = progress('building tap', 1)
  const { code, stderr } = await exec(TAP, ['build'], { cwd: PROJECT })
  if (code === 0) return bar.done()
  bar.fail()
  throw new SetupFailure('tap-build-failed', `tap cannot be built: ${stderr.trim()}`, 1)
}

/**
 * On a terminal tap draws, and what is counted comes from a file.
 * @param {readonly string[]} command
 */
async function drawn(command) {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-test-'))
  const file = join(folder, 'output.tap')
  try {
    const code = await run([...command, '--reporter=base', `--output-file=${file}`])
    return { code, output: read(file) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * Elsewhere tap's stream is counted, and only the files and what failed are printed.
 * @param {readonly string[]} command
 */
async function thinnedOut(command) {
  /** @type {string[]} */
  const lines = []
  const print = thinPrinter()
  /** @type {OnLine} */
  const onLine = line => {
    lines.push(line)
    print(line)
  }
  const code = await run([...command, '--reporter=tap'], onLine)
  return { code, output: lines.join('\n') }
}

/**
 * @param {readonly string[]} command
 * @param {OnLine} [onLine]
 * @returns {Promise<number>}
 */
function run([file = '', ...args], onLine) {
  return new Promise(resolve => {
    const child = spawn(file, args, { cwd: PROJECT, stdio: ['inherit', onLine ? 'pipe' : 'inherit', 'inherit'] })
    if (onLine && child.stdout) createInterface({ input: child.stdout }).on('line', onLine)
    child.once('error', () => resolve(127))
    child.once('close', (code, signal) => resolve(signal ? 128 : (code ?? 128)))
  })
}

/**
 * Prints of a TAP stream one line a file, and failed results with the diagnosis that follows them.
 * @returns {OnLine}
 */
function thinPrinter() {
  let showing = false
  return line => {
    if (/^\s*not ok /.test(line)) showing = true
    else if (!/^\s*(---|\.\.\.)$/.test(line) && /^\s*(ok |#|\d+\.\.)/.test(line)) showing = false
    if (showing || /^ok /.test(line)) process.stdout.write(`${line}\n`)
    if (/^\s*\.\.\.$/.test(line)) showing = false
  }
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

// tap ends well when every test was skipped, and may end badly without naming a test (a crash, a leaked handle).
/**
 * @param {Counts} counts
 * @param {number} code
 */
function judge(counts, code) {
  const silent = code !== 0 && counts.failed === 0
  const empty = code === 0 && counts.passed === 0
  return { ...counts, failed: counts.failed + (silent || empty ? 1 : 0) }
}

/**
 * Counts the named tests of a TAP stream: the results one level below the files; a file that has none counts itself.
 * @param {string} text
 */
export function countTests(text) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  let failedInFile = 0
  for (const line of text.split('\n')) {
    const result = /^( {4})?(not ok|ok) \d+(.*)$/.exec(line)
    if (!result) continue
    const [, indent, word, rest = ''] = result
    const failed = word === 'not ok' && !/# TODO/i.test(rest)
    if (indent && /# (SKIP|TODO)/i.test(rest)) counts.skipped += 1
    else if (indent) counts[failed ? 'failed' : 'passed'] += 1
    if (indent && failed) failedInFile += 1
    if (indent) continue
    if (failed && failedInFile === 0) counts.failed += 1
    failedInFile = 0
  }
  return counts
}
