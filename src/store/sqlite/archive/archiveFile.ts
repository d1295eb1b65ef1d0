import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, statfsSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { StoreError } from '../../../errors.ts'
import { marginBytes } from '../backup/partial.ts'

/** So many lines are one member of the packed file. */
const memberLines = 1_000

function freeBeside(path: string): number {
  const { bavail, bsize } = statfsSync(dirname(path))
  return bavail * bsize
}

function checkSpare(path: string, left: number): void {
  if (left >= marginBytes) return
  throw new StoreError(
    'disk-full',
    `the disk of ${path} would have less than 64 MiB free: nothing has left; free some space, or name a folder on another disk`,
  )
}

/** A file of lines that grows. */
export interface LineFile {
  add(line: string): void
  /** Brings it through to the disk; gives its length and the checksums of the file and of its lines. */
  end(): { readonly bytes: number; readonly sha256: string; readonly lines: string }
  /** Lets go of it; idempotent. */
  close(): void
}

/** The checksum of lines, whatever they are packed in. */
export function lineSum(): { add(line: string): void; digest(): string } {
  const sum = createHash('sha256')
  return { add: line => void sum.update(line).update('\n'), digest: () => sum.digest('hex') }
}

/**
 * Makes a packed file that its owner alone may read; without a path it is only counted how long it would be. `freeBytes`: of its disk.
 * Adding and ending throw StoreError `disk-full` where too little would be left for others.
 */
export function createLineFile(path: string | undefined, freeBytes: (path: string) => number = freeBeside): LineFile {
  const descriptor = path === undefined ? undefined : openSync(path, 'wx', 0o600)
  const [sum, lines] = [createHash('sha256'), lineSum()]
  let bytes = 0
  let waiting: string[] = []
  let open = true

  function pack(): void {
    const packed = gzipSync(`${waiting.join('\n')}\n`)
    sum.update(packed)
    if (path !== undefined) checkSpare(path, freeBytes(path) - packed.length)
    if (descriptor !== undefined) for (let done = 0; done < packed.length; ) done += writeSync(descriptor, packed, done)
    bytes += packed.length
    waiting = []
  }

  function close(): void {
    if (open && descriptor !== undefined) closeSync(descriptor)
    open = false
  }

  return {
    add(line) {
      lines.add(line)
      waiting.push(line)
      if (waiting.length === memberLines) pack()
    },
    end() {
      if (waiting.length > 0) pack()
      if (descriptor !== undefined) fsyncSync(descriptor)
      close()
      return { bytes, sha256: sum.digest('hex'), lines: lines.digest() }
    },
    close,
  }
}
