import { spawn } from 'node:child_process'

/** @typedef {'green' | 'red' | 'late'} Colour */

const WALL_LIMIT_MS = 600_000

/**
 * Runs test files in one process, without tap's own program around them, to the first red. The limit is one of CPU: how
 * busy the machine is does not matter.
 * @param {string} folder of the tree
 * @param {readonly string[]} files
 * @param {{ cpuLimitSec: number, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ colour: Colour, tookMs: number }>}
 */
export function runTestFiles(folder, files, { cpuLimitSec, env = {} }) {
  const startedAt = performance.now()
  const node = [
    process.execPath,
    '--import=./test/support/typescript/register.js',
    'scripts/mutate/several.js',
    ...files,
  ]
  const child = spawn('bash', ['-c', `ulimit -t ${cpuLimitSec}; exec "$@"`, 'bash', ...node], {
    ...{ cwd: folder, stdio: 'ignore', detached: true },
    env: { ...process.env, TAP_BAIL: '1', TAP_TIMEOUT: '600', ...env },
  })
  RUNNING.add(child.pid)
  return new Promise(resolve => {
    let late = false
    const timer = setTimeout(() => {
      late = true
      end(child.pid)
    }, WALL_LIMIT_MS)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      // What the test files themselves have started ends with them.
      end(child.pid)
      const colour = late || signal === 'SIGXCPU' || signal === 'SIGKILL' ? 'late' : code === 0 ? 'green' : 'red'
      resolve({ colour, tookMs: performance.now() - startedAt })
    })
    child.once('error', () => resolve({ colour: 'red', tookMs: 0 }))
  })
}

/** @type {Set<number | undefined>} */
const RUNNING = new Set()

/** Ends every test that is still running. */
export function endTests() {
  for (const pid of RUNNING) end(pid)
}

/** @param {number | undefined} pid the leader of a group of processes that we started */
function end(pid) {
  RUNNING.delete(pid)
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nobody is left of it.
  }
}
