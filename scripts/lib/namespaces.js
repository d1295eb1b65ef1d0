import { exec } from './exec.js'
import { SetupFailure } from './failure.js'

const RUN = ['--mount', '--net', '--pid', '--ipc', '--uts', '--fork', '--kill-child']
const INSTALL = ['--mount', '--pid', '--fork', '--kill-child']

/**
 * unshare's arguments for a run, and whether mounts made inside stay inside. Throws a SetupFailure where this machine
 * allows no namespaces.
 */
export function runNamespaces() {
  return firstAllowed(RUN)
}

/** The same for an installation, which needs the network. */
export function installNamespaces() {
  return firstAllowed(INSTALL)
}

// unshare makes all mounts private, which the kernel refuses in a plain chroot: its root is no mount. There the mounts
// stay as they are, and the run makes only its own tree private.
/** @param {readonly string[]} namespaces */
async function firstAllowed(namespaces) {
  const attempt = await exec('unshare', [...namespaces, 'true'])
  if (attempt.code === 0) return { args: namespaces, isPrivate: true }
  const args = [...namespaces, '--propagation', 'unchanged']
  const { code } = await exec('unshare', [...args, 'true'])
  if (code === 0) return { args, isPrivate: false }
  throw new SetupFailure(
    'no-namespaces',
    `This machine allows no private namespaces (${attempt.stderr.trim()}): use --sim.`,
  )
}

/**
 * The shell command that gives a new pid namespace its own /proc. Where mounts are not private it is given only if there
 * is none at all, as in a bare chroot: Debian's tools do not work without.
 * @param {boolean} isPrivate
 */
export function mountProcCommand(isPrivate) {
  return isPrivate ? 'mount -t proc proc /proc' : 'test -e /proc/self || mount -t proc proc /proc'
}
