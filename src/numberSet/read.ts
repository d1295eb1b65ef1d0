import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { damaged, type Header, headerBytes, indexEntryBytes, unpackHeader } from './format.ts'
import { arrayMax, type Group, groupHas, groupSpan, keyOf, wordsOf } from './groups.ts'

/** A number set in its file. The index is in memory; a look-up is one read that the page cache answers. */
export interface NumberSetFile {
  readonly numbers: number
  readonly prefixes: readonly string[]
  readonly contentSum: Uint8Array
  has(integer: number): boolean
  /** The set, ascending; a group's words are good until the next one is asked for. */
  groups(): Iterable<Group>
  /**
   * Reads everything, a piece at a time, and holds it against the checksum.
   * @throws StoreError `list-damaged`
   */
  verify(): Promise<void>
  close(): Promise<void>
}

/** The loop goes on between two pieces. */
const pieceBytes = 256 * 1024

/**
 * Opens a number set: size, header and index are checked, the groups are not (see `verify`).
 * @throws StoreError `list-damaged`, `list-newer`; errors of the file system as they are
 */
export async function openNumberSet(file: string): Promise<NumberSetFile> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const first = Buffer.alloc(headerBytes)
    const { bytesRead } = await handle.read(first, 0, headerBytes, 0)
    const header = unpackHeader(first.subarray(0, bytesRead), size)
    return composeFile(handle, header, await readIndex(handle, header))
  } catch (error) {
    await handle.close()
    throw error
  }
}

interface Index {
  readonly keys: Float64Array
  readonly counts: Uint16Array
  /** Where each group begins. */
  readonly offsets: Float64Array
  readonly prefixes: readonly string[]
}

async function readIndex(handle: FileHandle, header: Header): Promise<Index> {
  const { groups, indexAt, prefixBytes } = header
  const bytes = new Uint8Array(groups * indexEntryBytes + prefixBytes)
  const sum = createHash('sha256')
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    const piece = bytes.subarray(from, from + pieceBytes)
    await handle.read(piece, 0, piece.length, indexAt + from)
    sum.update(piece)
  }
  if (!sum.digest().equals(header.indexSum)) throw damaged('its index does not match the checksum')
  const keys = new Float64Array(bytes.buffer, 0, groups)
  const counts = new Uint16Array(bytes.buffer, groups * 8, groups)
  const offsets = new Float64Array(groups)
  let at = headerBytes
  let numbers = 0
  for (let index = 0; index < groups; index += 1) {
    const count = (counts[index] ?? 0) + 1
    offsets[index] = at
    at += 2 * wordsOf(count)
    numbers += count
  }
  if (at !== indexAt || numbers !== header.numbers) throw damaged('its groups do not fill it')
  // The checksum has just proved that this is the array of texts that was written.
  const prefixes = JSON.parse(Buffer.from(bytes.subarray(groups * indexEntryBytes)).toString()) as string[]
  return { keys, counts, offsets, prefixes }
}

function composeFile(handle: FileHandle, header: Header, index: Index): NumberSetFile {
  const { keys, counts, offsets, prefixes } = index
  const { fd } = handle
  const words = new Uint16Array(arrayMax)
  const scratch = Buffer.from(words.buffer)

  function read(length: number, position: number): void {
    if (readSync(fd, scratch, 0, length, position) !== length) throw damaged('it has become shorter')
  }

  function groupAt(at: number): Group {
    const count = (counts[at] ?? 0) + 1
    read(2 * wordsOf(count), offsets[at] ?? 0)
    return { key: keys[at] ?? 0, count, words }
  }

  return {
    numbers: header.numbers,
    prefixes,
    contentSum: header.contentSum,
    has(integer) {
      const key = keyOf(integer)
      const at = indexOfKey(keys, key)
      if (at === -1) return false
      const low = integer - key * groupSpan
      if ((counts[at] ?? 0) < arrayMax) return groupHas(groupAt(at), low)
      read(1, (offsets[at] ?? 0) + (low >>> 3))
      return (((scratch[0] ?? 0) >>> (low & 7)) & 1) === 1
    },
    *groups() {
      for (let at = 0; at < keys.length; at += 1) yield groupAt(at)
    },
    async verify() {
      const sum = createHash('sha256')
      const piece = Buffer.alloc(pieceBytes)
      for (let at = headerBytes; ; ) {
        const { bytesRead } = await handle.read(piece, 0, piece.length, at)
        if (bytesRead === 0) break
        sum.update(piece.subarray(0, bytesRead))
        at += bytesRead
      }
      if (!sum.digest().equals(header.contentSum)) throw damaged('its content does not match the checksum')
    },
    close: () => handle.close(),
  }
}

function indexOfKey(keys: Float64Array, key: number): number {
  let from = 0
  let to = keys.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((keys[middle] ?? 0) < key) from = middle + 1
    else to = middle
  }
  return keys[from] === key ? from : -1
}
