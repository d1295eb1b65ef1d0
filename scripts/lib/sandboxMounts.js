import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exec } from './exec.js'
import { SetupFailure } from './failure.js'
import { mountProcCommand } from './namespaces.js'
import { chownTree, copySounds, renderConfig } from './sandboxConfig.js'
import { SETTINGS } from './sandboxSettings.js'

// Everything that a running Asterisk writes to, and what is rendered for it. A memory file system over each, inside
// the run's private mount namespace, gives every run its own and leaves the installed tree as it was.
const SOUNDS = 'usr/share/asterisk/sounds/dialwright'
const WRITABLE = [
  'etc/asterisk',
  'var/lib/asterisk',
  'var/cache/asterisk',
  'var/log/asterisk',
  'var/spool/asterisk',
  'run',
  'tmp',
  SOUNDS,
]

/**
 * Mounts and fills one run's own folders over the installed tree.
 * @param {string} root
 * @param {{ secret: string, hostMountsArePrivate: boolean }} options
 */
export async function mountRun(root, { secret, hostMountsArePrivate }) {
  // A mount of its own can be made private, so that nothing mounted below it is seen outside this run.
  await must('mount', ['--bind', root, root])
  await must('mount', ['--make-rprivate', root])
  await mountProc(root, hostMountsArePrivate)
  for (const folder of WRITABLE) {
    mkdirSync(join(root, folder), { recursive: true })
    await must('mount', [
      '-t',
      'tmpfs',
      '-o',
      `mode=${folder === 'tmp' ? '1777' : '755'}`,
      'dialwright',
      join(root, folder),
    ])
  }
  writeFileSync(join(root, 'etc/hosts'), `127.0.0.1 localhost ${SETTINGS.hostName}\n`)
  const owner = asteriskUser(root)
  renderConfig(join(root, 'etc/asterisk'), { secret, owner })
  copySounds(join(root, SOUNDS))
  for (const folder of ['run/asterisk', 'var/spool/asterisk/outgoing', 'var/spool/asterisk/recording'])
    mkdirSync(join(root, folder), { recursive: true })
  for (const folder of ['run/asterisk', ...WRITABLE.filter(name => name.includes('/asterisk'))])
    chownTree(join(root, folder), owner)
}

// The new pid namespace has its own processes. The library looks at those in the tree; the command gets them in its
// /proc where that mount is nobody else's.
/**
 * @param {string} root
 * @param {boolean} hostMountsArePrivate
 */
async function mountProc(root, hostMountsArePrivate) {
  await must('mount', ['-t', 'proc', 'proc', join(root, 'proc')])
  await exec('sh', ['-c', mountProcCommand(hostMountsArePrivate)])
}

/**
 * @param {string} command
 * @param {string[]} args
 */
async function must(command, args) {
  const { code, stderr } = await exec(command, args)
  if (code !== 0) throw new SetupFailure('no-mounts', `The sandbox cannot mount (${stderr.trim()}): use --sim.`)
}

/**
 * The user's numbers are those of the tree's own Debian, not the host's.
 * @param {string} root
 */
function asteriskUser(root) {
  const line = readFileSync(join(root, 'etc/passwd'), 'utf8')
    .split('\n')
    .find(text => text.startsWith('asterisk:'))
  if (!line) throw new SetupFailure('no-asterisk-user', `No user "asterisk" in ${root}: run "npm run sandbox install".`)
  const [, , uid, gid] = line.split(':')
  return { uid: Number(uid), gid: Number(gid) }
}
