import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { errorCode, OperatingError } from '../../errors.ts'
import { type ConfFiles, fits } from './confTree.ts'
import type { TextChange } from './ownFiles.ts'

/** A configuration holds lists at times; what is larger is none. */
const fileMaxBytes = 16 * 1024 * 1024
const newConfMode = 0o640
/** As many as Linux follows. */
const linksMax = 40

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

/**
 * Refuses files that would be written elsewhere: who may write in the folder could otherwise have root write anywhere.
 * @throws OperatingError `leads-out`
 */
export function checkPlaces(etc: string, paths: readonly string[]): void {
  for (const path of paths) attempt(join(etc, path), () => placeOf(etc, path))
}

/** Where a file of the folder lies. A link is followed (FreePBX has some), out of the folder only when root or we have made it. */
function placeOf(etc: string, path: string): string {
  const folder = realpathSync(etc)
  let at = folder
  for (const name of path.split('/')) {
    const link = join(at, name)
    const owners = linkOwners(link)
    at = owners.length === 0 ? link : realpathSync(link)
    if (at.startsWith(`${folder}/`) || owners.every(uid => uid === 0 || uid === process.getuid?.())) continue
    throw new OperatingError(
      'leads-out',
      `${link} is a link that leads out of ${folder}, to ${at}, and is not root's: put the file itself there, or \`chown -h root\` the link if you know it`,
    )
  }
  return at
}

/** Whose the links are that follow each other from here on. */
function linkOwners(path: string): readonly number[] {
  const owners: number[] = []
  for (let at = path; owners.length < linksMax; at = resolve(dirname(at), readlinkSync(at))) {
    const stat = lstatSync(at, { throwIfNoEntry: false })
    if (!stat?.isSymbolicLink()) break
    owners.push(stat.uid)
  }
  return owners
}

/** Writes or removes each file, whole or not at all; owner and mode stay, new ones get those of the folder's other files. */
export function writeChanges(etc: string, changes: readonly TextChange[]): void {
  const model = modelOf(etc)
  for (const { path, after } of changes) {
    const file = join(etc, path)
    attempt(file, () => {
      const place = placeOf(etc, path)
      if (after === undefined) rmSync(file, { force: true })
      else writeText(place, { text: after, model })
    })
  }
}

/** Writes a file into the configuration's folder that is not the PBX's to read, nor is the folder it lies in. */
export function writePrivate(etc: string, path: string, text: string): void {
  attempt(join(etc, path), () => {
    const file = placeOf(etc, path)
    const folder = dirname(file)
    // What lies beside it is the PBX's.
    makeFolder(dirname(folder), modelOf(etc))
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
    writeAside(file, { bytes: Buffer.from(text, 'latin1'), mode: 0o600 })
  })
}

/** Copies a shipped sound to its place. */
export function writeSound(from: string, to: string): void {
  attempt(to, () => {
    makeReadable(dirname(to))
    writeAside(to, { bytes: readFileSync(from), mode: 0o644 })
  })
}

function makeReadable(folder: string): void {
  if (existsSync(folder)) return
  makeReadable(dirname(folder))
  newFolder(folder, { mode: 0o755 })
}

function attempt(file: string, act: () => void): void {
  try {
    act()
  } catch (cause) {
    if (cause instanceof OperatingError) throw cause
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

function writeText(place: string, { text, model }: { text: string; model: Model }): void {
  makeFolder(dirname(place), model)
  const { uid, gid, mode } = statSync(place, { throwIfNoEntry: false }) ?? model
  writeAside(place, { bytes: Buffer.from(text, 'latin1'), mode: mode & 0o7777, owner: { uid, gid } })
}

function makeFolder(folder: string, owner: Owner): void {
  if (!existsSync(folder)) newFolder(folder, { mode: 0o750, owner })
}

type Owner = Pick<Model, 'uid' | 'gid'>

/** Absent owner: whoever runs this. */
interface Rights {
  readonly mode: number
  readonly owner?: Owner
}

function newFolder(folder: string, rights: Rights): void {
  mkdirSync(folder, { mode: 0o700 })
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    give(descriptor, rights)
  } finally {
    closeSync(descriptor)
  }
}

/** By the descriptor: the name may be another's by now. Whatever the process's umask: who reads the files must come to them. */
function give(descriptor: number, { mode, owner }: Rights): void {
  const stat = fstatSync(descriptor)
  // Only root gives files away; anybody else has their own.
  if (owner && (stat.uid !== owner.uid || stat.gid !== owner.gid)) fchownSync(descriptor, owner.uid, owner.gid)
  fchmodSync(descriptor, mode)
}

/** Under a name that nobody knows before and that is nobody's link: others may write in the folder. */
function writeAside(file: string, { bytes, ...rights }: Rights & { readonly bytes: Uint8Array }): void {
  const part = `${file}.${randomUUID()}.part`
  const descriptor = openSync(part, 'wx', 0o600)
  try {
    try {
      writeFileSync(descriptor, bytes)
      give(descriptor, rights)
    } finally {
      closeSync(descriptor)
    }
    renameSync(part, file)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
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
