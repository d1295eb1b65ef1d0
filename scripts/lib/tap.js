import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT } from './paths.js'
import { runInSandbox } from './sandboxRun.js'

const TAP = join(PROJECT, 'node_modules/.bin/tap')
const LIVE_TIMEOUT_S = 240

/**
 * Runs test files and counts their tests.
 * @param {string[]} files @param {{live: boolean}} options live: inside the sandbox, one file after the other
 * @returns {Promise<{passed: number, failed: number, skipped: number}>}
 */
export async function runTests(files, { live }) {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 }
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-test-'))
  const output = join(folder, 'output.tap')
  // The live tests share one Asterisk; two at once would count each other's channels.
  const pace = live ? ['--jobs=1', `--timeout=${LIVE_TIMEOUT_S}`] : []
  const reporter = process.stdout.isTTY ? 'base' : 'terse'
  const command = [TAP, `--reporter=${reporter}`, `--output-file=${output}`, ...pace, ...files]
  try {
    const code = await (live ? runInSandbox(command) : run(command))
    return judge(countTests(read(output)), code)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function run([file, ...args]) {
  return new Promise(resolve => {
    const child = spawn(file, args, { cwd: PROJECT, stdio: 'inherit' })
    child.once('error', () => resolve(127))
    child.once('exit', (code, signal) => resolve(signal ? 128 : code))
  })
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

// tap ends well when every test was skipped, and may end badly without naming a test (a crash, a leaked handle).
function judge(counts, code) {
  const silent = code !== 0 && counts.failed === 0
  const empty = code === 0 && counts.passed === 0
  return { ...counts, failed: counts.failed + (silent || empty ? 1 : 0) }
}

/** Counts the named tests of a TAP stream: the results one level below the files; a file that has none counts itself. */
export function countTests(text) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  let failedInFile = 0
  for (const line of text.split('\n')) {
    const result = /^( {4})?(not ok|ok) \d+(.*)$/.exec(line)
    if (!result) continue
    const [, indent, word, rest] = result
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
