import { join } from 'node:path'
import { DEBIAN_TOOLS } from '../lib/debian.js'
import { exec, lastLines } from '../lib/exec.js'
import { SetupFailure } from '../lib/failure.js'

/** @import { Outcome } from '../lib/exec.js' */

/** Debian's packages that building an image takes. */
export const IMAGE_TOOLS = { buildah: 'buildah', ...DEBIAN_TOOLS }

/**
 * Buildah on a storage of its own, so that nothing of this machine's images is touched.
 * @typedef {object} Buildah
 * @property {(args: readonly string[], options?: { onLine?: (line: string) => void }) => Promise<string>} run standard output,
 * without the line's end; throws a SetupFailure with what it said last
 * @property {(args: readonly string[]) => string[]} command the whole command line
 * @property {(args: readonly string[]) => Promise<Outcome>} attempt
 */

/**
 * @param {string} storage
 * @returns {Buildah}
 */
export function createBuildah(storage) {
  const command = (/** @type {readonly string[]} */ args) => [
    'buildah',
    ...['--root', join(storage, 'root'), '--runroot', join(storage, 'run'), ...args],
  ]
  return {
    command,
    attempt: args => execute(command(args), {}),
    async run(args, options = {}) {
      const { code, stdout, stderr } = await execute(command(args), options)
      if (code === 0) return stdout.trim()
      throw new SetupFailure('buildah-failed', `buildah ${args[0]} failed: ${lastLines(stderr || stdout, 4)}`, 1)
    },
  }
}

/**
 * @param {readonly string[]} command
 * @param {{ onLine?: (line: string) => void }} options
 */
function execute([file = '', ...args], options) {
  return exec(file, args, { ...options, env: { ...process.env, BUILDAH_ISOLATION: 'chroot', LC_ALL: 'C' } })
}
