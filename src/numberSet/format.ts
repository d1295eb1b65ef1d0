import { StoreError } from '../errors.ts'

/**
 * The file of a number set, little-endian: a header; the groups by key, arrays as 2 bytes a value, bitmaps as 8 KiB; the
 * index, each group's key (8 bytes) and then each group's count less one (2 bytes); the prefixes as JSON.
 */
export interface Header {
  readonly groups: number
  readonly numbers: number
  /** Where the index begins. */
  readonly indexAt: number
  readonly prefixBytes: number
  /** SHA-256 of everything behind the header. */
  readonly contentSum: Uint8Array
  /** SHA-256 of index and prefixes: what is read whole when the file is opened. */
  readonly indexSum: Uint8Array
}

/** Bytes of a header. */
export const headerBytes = 128
/** Index bytes of a group. */
export const indexEntryBytes = 10
const magic = 'DWNUMSET'
const formatVersion = 1

/** The header as bytes. */
export function packHeader(header: Header): Uint8Array {
  const bytes = Buffer.alloc(headerBytes)
  bytes.write(magic, 0, 'latin1')
  bytes.writeUInt32LE(formatVersion, 8)
  bytes.writeUInt32LE(header.groups, 12)
  bytes.writeDoubleLE(header.numbers, 16)
  bytes.writeDoubleLE(header.indexAt, 24)
  bytes.writeUInt32LE(header.prefixBytes, 32)
  bytes.set(header.contentSum, 40)
  bytes.set(header.indexSum, 72)
  return bytes
}

/** How long the file must be. */
export function fileBytes({ indexAt, groups, prefixBytes }: Header): number {
  return indexAt + groups * indexEntryBytes + prefixBytes
}

/**
 * Reads a header.
 * @throws StoreError `list-damaged`, `list-newer`
 */
export function unpackHeader(bytes: Buffer, size: number): Header {
  if (bytes.length < headerBytes || bytes.toString('latin1', 0, 8) !== magic) throw damaged('it is no number set')
  const version = bytes.readUInt32LE(8)
  if (version !== formatVersion) {
    throw new StoreError('list-newer', `its format is ${version}, this program knows ${formatVersion}: import it again`)
  }
  const header = {
    groups: bytes.readUInt32LE(12),
    numbers: bytes.readDoubleLE(16),
    indexAt: bytes.readDoubleLE(24),
    prefixBytes: bytes.readUInt32LE(32),
    contentSum: Uint8Array.from(bytes.subarray(40, 72)),
    indexSum: Uint8Array.from(bytes.subarray(72, 104)),
  }
  if (fileBytes(header) !== size) throw damaged(`it has ${size} bytes instead of ${fileBytes(header)}`)
  return header
}

/** A file that is not what was written. */
export function damaged(how: string): StoreError {
  return new StoreError('list-damaged', how)
}

/** The name of a content: the beginning of its checksum. */
export function versionOf(contentSum: Uint8Array): string {
  return Buffer.from(contentSum).toString('hex', 0, 6)
}
