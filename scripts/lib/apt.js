import { readFileSync } from 'node:fs'
import { exec, hasCommand, lastLines } from './exec.js'
import { SetupFailure } from './failure.js'
import { progress } from './progress.js'

// Another apt may be at work on a fresh machine (unattended upgrades): wait for its lock rather than fail.
const APT_OPTIONS = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300']

/**
 * Installs the Debian packages whose programs are missing; does nothing, quickly, when all are there.
 * @param {Record<string, string>} packageByCommand e.g. `{ sipp: 'sip-tester' }`
 */
export async function ensureCommands(packageByCommand) {
  const missing = Object.entries(packageByCommand).filter(([command]) => !hasCommand(command))
  if (missing.length === 0) return
  const packages = [...new Set(missing.map(([, name]) => name))]
  refuseWithoutApt(packages)
  const bar = progress(`installing ${packages.join(', ')}`, 12 * packages.length)
  // A minimal image ships empty package lists; only then is the slower update needed.
  let result = await apt(['install', ...APT_OPTIONS, ...packages], bar)
  if (result.code !== 0) {
    await apt(['update'], bar)
    result = await apt(['install', ...APT_OPTIONS, ...packages], bar)
  }
  if (result.code !== 0) {
    bar.fail()
    const why = lastLines(result.stderr || result.stdout)
    throw new SetupFailure('apt-failed', `apt-get could not install ${packages.join(' ')}: ${why}`)
  }
  bar.done()
}

/**
 * @param {string[]} args
 * @param {import('./progress.js').Bar} bar
 */
function apt(args, bar) {
  return exec('apt-get', args, {
    onLine: bar.step,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
  })
}

/** @param {string[]} packages */
function refuseWithoutApt(packages) {
  const names = packages.join(' ')
  if (!isDebian()) throw new SetupFailure('not-debian', `This needs ${names}: install it, then run the command again.`)
  if (process.getuid?.() !== 0)
    throw new SetupFailure('not-root', `This needs ${names}: run as root once, or "apt-get install ${names}".`)
}

/** Debian and what calls itself like it. */
export function isDebian() {
  try {
    return hasCommand('apt-get') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}
