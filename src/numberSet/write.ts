import { createHash } from 'node:crypto'
import { closeSync, fdatasyncSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { diskErrorOf } from '../errors.ts'
import { headerBytes, indexEntryBytes, packHeader } from './format.ts'
import { type Group, wordsOf } from './groups.ts'

/** What was written. */
export interface Written {
  readonly numbers: number
  readonly contentSum: Uint8Array
}

/**
 * Groups are written in pieces of this size, each flushed before the next: were the whole file flushed at its end, every
 * commit of the database would wait behind half a gigabyte.
 */
const pieceBytes = 2 * 1024 * 1024

/**
 * Writes a number set, flushed to the disk with its name. The header comes last: a file that a crash breaks off has none.
 * @throws StoreError `disk-full` and others of the file system
 */
export function writeNumberSet(file: string, groups: Iterable<Group>, prefixes: readonly string[]): Written {
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, 'wx', 0o600)
    const written = writeAll(descriptor, groups, prefixes)
    fsyncSync(descriptor)
    flushFolder(dirname(file))
    return written
  } catch (error) {
    throw diskErrorOf(error, file)
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function writeAll(descriptor: number, groups: Iterable<Group>, prefixes: readonly string[]): Written {
  const content = createHash('sha256')
  const piece = Buffer.alloc(pieceBytes)
  const keys: number[] = []
  const counts: number[] = []
  let numbers = 0
  let at = headerBytes
  let used = 0

  function put(bytes: Uint8Array): void {
    content.update(bytes)
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done, at + done)
    at += bytes.length
  }

  function putPiece(): void {
    put(piece.subarray(0, used))
    fdatasyncSync(descriptor)
    used = 0
  }

  for (const { key, count, words } of groups) {
    const length = wordsOf(count) * 2
    if (used + length > pieceBytes) putPiece()
    piece.set(new Uint8Array(words.buffer, words.byteOffset, length), used)
    used += length
    keys.push(key)
    counts.push(count - 1)
    numbers += count
  }
  putPiece()
  const indexAt = at
  const index = indexOf(keys, counts)
  const trailer = Buffer.from(JSON.stringify(prefixes))
  put(index)
  put(trailer)
  const contentSum = content.digest()
  const indexSum = createHash('sha256').update(index).update(trailer).digest()
  const header = { groups: keys.length, numbers, indexAt, prefixBytes: trailer.length, contentSum, indexSum }
  writeSync(descriptor, packHeader(header), 0, headerBytes, 0)
  return { numbers, contentSum }
}

function indexOf(keys: readonly number[], counts: readonly number[]): Uint8Array {
  const index = new Uint8Array(keys.length * indexEntryBytes)
  index.set(new Uint8Array(Float64Array.from(keys).buffer), 0)
  index.set(new Uint8Array(Uint16Array.from(counts).buffer), keys.length * 8)
  return index
}

/** Without this a power cut may leave the row in the database and no name for the file. */
function flushFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
