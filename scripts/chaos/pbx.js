// Outside: has one of the PBX's faults played inside the sandbox.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ensureBuilt } from '../lib/build.js'
import { SetupFailure } from '../lib/failure.js'

/** @typedef {'pbx-slow' | 'manager-cut' | 'bridge-gone'} Fault */

/** Setting the world up and playing a fault takes a minute. */
const LIMIT_MS = 300_000

/**
 * @param {Fault} fault
 * @returns {{ run: () => Promise<Record<string, unknown>> }}
 */
export function runOf(fault) {
  return {
    async run() {
      await ensureBuilt()
      const [sandbox, inside] = ['../sandbox.js', './pbxInside.js'].map(path =>
        fileURLToPath(new URL(path, import.meta.url)),
      )
      const args = [String(sandbox), 'run', '--', process.execPath, String(inside), fault]
      const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS })
      const from = stdout.indexOf('{')
      if (from === -1) throw new SetupFailure('chaos', `Nothing came of ${fault}: ${stdout}`, 1)
      return JSON.parse(stdout.slice(from))
    },
  }
}
