import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode, errorMessage, InputError, OperatingError } from '../../errors.ts'
import { serviceUser, stateFolder, sysusersText, type UnitOrder, unitText } from './unit.ts'

/** A file of the service manager's. */
export interface ServiceFile {
  readonly path: string
  readonly text: string
  readonly what: 'new' | 'changed' | 'same'
}

/** What is asked for. */
export interface ServiceOrder extends Omit<UnitOrder, 'writable'> {
  /** Where the daemon writes, by its configuration. */
  readonly writes: readonly string[]
  /** The journal, which belongs on another disk; absent: there is none. */
  readonly journal?: string | undefined
  /** Below which folder the files go: `/`, or a tree that is made. */
  readonly root: string
}

/** Decides what to write. @throws InputError `no-systemd`, `not-for-service` */
export function planService(order: ServiceOrder): readonly ServiceFile[] {
  const { root, writes } = order
  if (!existsSync(join(root, 'etc/systemd/system')))
    throw new InputError('no-systemd', `${join(root, 'etc/systemd/system')} is not there: this machine has no systemd`)
  for (const path of [order.node, order.launcher])
    if (isHidden(path))
      throw new InputError(
        'not-for-service',
        `${path} lies where no service may look: install ${path === order.node ? 'Node for all users (apt, or /usr/local)' : 'the package with npm install --global, or put the clone into /opt'}`,
      )
  for (const path of writes)
    if (!path.startsWith(`${stateFolder}/`))
      throw new InputError(
        'not-for-service',
        `the service writes below ${stateFolder} alone, and the configuration says ${path}: write store: { path: ${stateFolder}/dialwright.db } (recorder too), and move a database that is there`,
      )
  const writable = journalFolders(order)
  return [
    fileAt(join(root, 'etc/sysusers.d/dialwright.conf'), sysusersText),
    fileAt(join(root, 'etc/systemd/system/dialwright.service'), unitText({ ...order, writable })),
  ]
}

function isHidden(path: string): boolean {
  return /^\/(root|home|run\/user|tmp|var\/tmp)\//.test(path)
}

/** The folder of a journal that lies elsewhere: the unit opens it for the daemon. */
function journalFolders({ journal }: ServiceOrder): readonly string[] {
  if (journal === undefined || journal.startsWith(`${stateFolder}/`)) return []
  const folder = dirname(journal)
  if (isHidden(journal) || folder === '/')
    throw new InputError(
      'not-for-service',
      `the journal ${journal} lies where no service may write: name a folder of its own on another disk, such as /mnt/journal/dialwright.journal`,
    )
  return [folder]
}

function fileAt(path: string, text: string): ServiceFile {
  const there = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  if (there === undefined) return { path, text, what: 'new' }
  return { path, text, what: there === text ? 'same' : 'changed' }
}

/** Writes the files; what was there before stays beside them, `.before`. @throws OperatingError `unwritable` */
export function writeService(files: readonly ServiceFile[]): void {
  for (const { path, text, what } of files) {
    if (what === 'same') continue
    try {
      mkdirSync(dirname(path), { recursive: true })
      if (what === 'changed') renameSync(path, `${path}.before`)
      writeFileSync(path, text, { mode: 0o644 })
    } catch (cause) {
      throw new OperatingError('unwritable', `${path} cannot be written (${errorCode(cause)}): run this as root`, {
        cause,
      })
    }
  }
}

/**
 * Makes the user, lets it read these files and no stranger, and tells systemd. Gives the files that another group reads, which are left
 * as they are: what that group has is not taken from it. @throws OperatingError `command-failed`
 */
export function activateService(files: readonly string[]): readonly string[] {
  command('systemd-sysusers', ['dialwright.conf'])
  const gid = Number(command('id', ['-g', serviceUser]))
  const foreign = openToGroup(
    files.filter(path => existsSync(path)),
    gid,
  )
  // What `init`, or a daemon by hand, has left there.
  if (existsSync(stateFolder)) command('chown', ['-R', `${serviceUser}:`, stateFolder])
  command('systemctl', ['daemon-reload'])
  return foreign
}

/** Lets a group read files and no stranger; gives those that another group than root's reads, which are left. */
export function openToGroup(files: readonly string[], gid: number): readonly string[] {
  return files.filter(file => {
    const { uid, gid: before, mode } = statSync(file)
    if (before !== gid && before !== 0 && (mode & 0o070) !== 0) return true
    chownSync(file, uid, gid)
    chmodSync(file, (mode & 0o700) | 0o040)
    return false
  })
}

function command(name: string, args: readonly string[]): string {
  try {
    return execFileSync(name, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  } catch (cause) {
    const said = errorMessage(cause).split('\n').slice(0, 2).join(' ')
    throw new OperatingError('command-failed', `${name} ${args.join(' ')} failed: ${said}`, { cause })
  }
}
