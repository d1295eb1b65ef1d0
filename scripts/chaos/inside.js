// Outside: has something played inside the sandbox, and takes the JSON that comes of it.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ensureBuilt } from '../lib/build.js'
import { SetupFailure } from '../lib/failure.js'

/**
 * @param {string} script beside this one
 * @param {readonly string[]} args
 * @param {number} limitMs
 * @returns {Promise<Record<string, unknown>>}
 */
export async function playInside(script, args, limitMs) {
  await ensureBuilt()
  const [sandbox, inside] = ['../sandbox.js', `./${script}`].map(path => fileURLToPath(new URL(path, import.meta.url)))
  const command = [String(sandbox), 'run', '--', process.execPath, String(inside), ...args]
  const { stdout } = await promisify(execFile)(process.execPath, command, { timeout: limitMs })
  const from = stdout.indexOf('{')
  if (from === -1) throw new SetupFailure('chaos', `Nothing came of ${script}: ${stdout}`, 1)
  return JSON.parse(stdout.slice(from))
}
