import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode, OperatingError } from '../../errors.ts'
import { type ConfFiles, fits } from './confTree.ts'
import type { TextChange } from './ownFiles.ts'

/** A configuration holds lists at times; what is larger is none. */
const fileMaxBytes = 16 * 1024 * 1024
const newConfMode = 0o640

/** A PBX's configuration folder. @throws OperatingError `unreadable` */
export function openConfFolder(etc: string): ConfFiles {
  const known = new Map<string, string | undefined>()
  return {
    read(path) {
      if (!known.has(path)) known.set(path, readText(join(etc, path)))
      return known.get(path)
    },
    matching(pattern) {
      const folder = dirname(pattern)
      if (/[*?]/.test(folder) || !existsSync(join(etc, folder))) return []
      const names = readdirSync(join(etc, folder)).filter(entry => !entry.startsWith('.'))
      return names
        .sort()
        .map(entry => (folder === '.' ? entry : `${folder}/${entry}`))
        .filter(path => fits(pattern, path))
    },
  }
}

function readText(file: string): string | undefined {
  try {
    const stat = statSync(file)
    return stat.isFile() && stat.size <= fileMaxBytes ? readFileSync(file, 'latin1') : undefined
  } catch (cause) {
    const code = errorCode(cause)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new OperatingError('unreadable', `${file} cannot be read (${code}): run this as root`, { cause })
  }
}

/** Writes or removes each file, whole or not at all; owner and mode stay, new ones get those of the folder's other files. */
export function writeChanges(etc: string, changes: readonly TextChange[]): void {
  const model = modelOf(etc)
  for (const { path, after } of changes) {
    const file = join(etc, path)
    if (after === undefined) attempt(file, () => rmSync(file, { force: true }))
    else attempt(file, () => writeText(file, { text: after, model }))
  }
}

/** Writes a file into the configuration's folder that is not the PBX's to read, nor is the folder it lies in. */
export function writePrivate(etc: string, path: string, text: string): void {
  const file = join(etc, path)
  attempt(file, () => {
    const folder = dirname(file)
    // What lies beside it is the PBX's.
    makeFolder(dirname(folder), modelOf(etc))
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
    writeAside(file, target => writeFileSync(target, text, { encoding: 'latin1', mode: 0o600 }))
  })
}

/** Copies a shipped sound to its place. */
export function writeSound(from: string, to: string): void {
  attempt(to, () => {
    makeReadable(dirname(to))
    writeAside(to, target => {
      copyFileSync(from, target)
      chmodSync(target, 0o644)
    })
  })
}

function makeReadable(folder: string): void {
  if (existsSync(folder)) return
  makeReadable(dirname(folder))
  mkdirSync(folder)
  chmodSync(folder, 0o755)
}

function attempt(file: string, act: () => void): void {
  try {
    act()
  } catch (cause) {
    const code = errorCode(cause)
    throw new OperatingError(
      'unwritable',
      `${file} cannot be written (${code}): run this as root on a disk with room; what was written before it is undone by \`dialwright pbx uninstall\``,
      { cause },
    )
  }
}

interface Model {
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

/** Whose files the PBX reads. */
function modelOf(etc: string): Model {
  const found = ['asterisk.conf', 'extensions.conf', 'modules.conf']
    .map(name => statSync(join(etc, name), { throwIfNoEntry: false }))
    .find((stat): stat is Stats => stat !== undefined)
  const { uid, gid } = found ?? statSync(etc)
  return { uid, gid, mode: newConfMode }
}

/** A link is followed: FreePBX has some. */
function writeText(file: string, { text, model }: { text: string; model: Model }): void {
  makeFolder(dirname(file), model)
  const there = lstatSync(file, { throwIfNoEntry: false }) === undefined ? undefined : statSync(file)
  const target = there === undefined ? file : realpathSync(file)
  const { uid, gid, mode } = there ?? model
  writeAside(target, part => {
    writeFileSync(part, text, { encoding: 'latin1', mode: 0o600 })
    own(part, { uid, gid })
    chmodSync(part, mode & 0o7777)
  })
}

/** Whatever the process's umask: who reads the files must come to them. */
function makeFolder(folder: string, model: Model): void {
  if (existsSync(folder)) return
  mkdirSync(folder)
  own(folder, model)
  chmodSync(folder, 0o750)
}

/** Only root gives files away; anybody else has their own. */
function own(file: string, { uid, gid }: Pick<Model, 'uid' | 'gid'>): void {
  const stat = statSync(file)
  if (stat.uid !== uid || stat.gid !== gid) chownSync(file, uid, gid)
}

function writeAside(file: string, write: (part: string) => void): void {
  const part = `${file}.${process.pid}.part`
  try {
    write(part)
    renameSync(part, file)
  } finally {
    rmSync(part, { force: true })
  }
}

/** Removes a sound. */
export function removeFile(file: string): void {
  attempt(file, () => rmSync(file, { force: true }))
}

/** Removes a folder with all that is in it. */
export function removeFolder(folder: string): void {
  attempt(folder, () => rmSync(folder, { recursive: true, force: true }))
}

/** Removes a folder and those below it as far as nothing is left in them. */
export function removeEmpty(folder: string): void {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeEmpty(join(folder, entry.name))
  if (readdirSync(folder).length > 0) return
  try {
    rmdirSync(folder)
  } catch (error) {
    // Somebody has mounted something there: an empty folder may stay.
    if (errorCode(error) !== 'EBUSY') throw error
  }
}
