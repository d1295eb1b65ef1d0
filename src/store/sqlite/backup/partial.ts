import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from '../../../errors.ts'
import { flush } from './manifest.ts'

/** Says that a folder is a backup that is being made: its first file, and the last to go. */
const markName = '.dialwright-partial'

/** Makes the folder in which a backup grows, in the place of one that a crash cut off. @throws StoreError `file-exists`: it is another's */
export function makePartial(partial: string): void {
  if (lstatSync(partial, { throwIfNoEntry: false }) !== undefined) {
    if (!isOurs(partial))
      throw new StoreError(
        'file-exists',
        `${partial} exists and is no backup that was cut off: move it away, or name another folder`,
      )
    rmSync(partial, { force: true, recursive: true })
  }
  mkdirSync(partial, { mode: 0o700 })
  writeFileSync(join(partial, markName), '', { flag: 'wx', mode: 0o600 })
  flush(partial)
}

/** An empty one was cut off before its first file, or is nobody's loss. */
function isOurs(partial: string): boolean {
  if (!lstatSync(partial).isDirectory()) return false
  return existsSync(join(partial, markName)) || readdirSync(partial).length === 0
}

/** Takes the mark away when the folder has its name. */
export function unmarkPartial(folder: string): void {
  rmSync(join(folder, markName), { force: true })
}

const mebibyte = 1024 * 1024
/** What stays free: for the copy's own journal, and for whoever else writes there. */
export const marginBytes = 64 * mebibyte

/** @throws StoreError `disk-full` before the first byte, where there is no room for all */
export function checkRoom({ folder, bytes, free }: { folder: string; bytes: number; free: number }): void {
  if (free >= bytes + marginBytes) return
  const mb = (count: number) => Math.ceil(count / mebibyte)
  throw new StoreError(
    'disk-full',
    `the disk of ${folder} has ${mb(free)} MiB free, and the backup takes ${mb(bytes)} MiB and ${mb(marginBytes)} MiB to spare: free some space, or name a folder on another disk`,
  )
}
