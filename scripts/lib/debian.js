import { exec, lastLines } from './exec.js'
import { installNamespaces, mountProcCommand } from './namespaces.js'
import { progressByTime } from './progress.js'

/** @import { SetupFailure } from './failure.js' */

/** Debian's package that `makeDebian` takes. */
export const DEBIAN_TOOLS = { mmdebstrap: 'mmdebstrap' }
/** As debootstrap does it: a mirror that stands still is no failure, and nothing is installed that nothing needs. */
const APT = ['Acquire::Check-Valid-Until "false"', 'APT::Install-Recommends "false"']

/**
 * Makes the smallest Debian of a suite in a folder, which is empty or is not there. Throws what `failure` makes of the last words.
 * @param {{ root: string, suite: string, packages?: readonly string[], label: string, seconds: number, failure: (why: string) => SetupFailure }} options
 * `label` and `seconds`: for its progress
 */
export async function makeDebian({ root, suite, packages = [], label, seconds, failure }) {
  const bar = progressByTime(label, seconds)
  // In namespaces of its own nothing that a package starts or mounts outlives an interrupted installation.
  const { args: namespaces, isPrivate } = await installNamespaces()
  const include = packages.length === 0 ? [] : [`--include=${packages.join(',')}`]
  const make = ['mmdebstrap', '--variant=minbase', '--mode=root', ...APT.map(line => `--aptopt=${line}`), ...include]
  const command = ['sh', '-c', `${mountProcCommand(isPrivate)}; exec "$@"`, 'sh', ...make, suite, root]
  const env = { ...process.env, LC_ALL: 'C' }
  const { code, stdout, stderr } = await exec('unshare', [...namespaces, ...command], { env })
  if (code === 0) return bar.done()
  bar.fail()
  throw failure(lastErrors(stderr || stdout))
}

/** @param {string} text */
function lastErrors(text) {
  const errors = text.split('\n').filter(line => line.startsWith('E: '))
  return errors.length > 0 ? lastLines(errors.join('\n'), 2) : lastLines(text)
}
