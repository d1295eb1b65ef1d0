import { InputError } from '../../errors.ts'

/** Below the configuration's folder: what was there before, and what we have written. */
export const recordFolder = 'dialwright/.install'
/** The record's own file. */
export const recordFile = `${recordFolder}/record.json`

/** A file that was written. Digests are SHA-256 in hex. */
export interface WrittenFile {
  /** Below the configuration's folder. */
  readonly path: string
  readonly written: string
  /** Name of the copy of what was there before, beside the record; absent: there was nothing. */
  readonly copy?: string
}

/** A sound that was written, below the folder of sounds. */
export interface WrittenSound {
  readonly path: string
  readonly written: string
}

/** What an installation has done, so that it can be undone. */
export interface InstallRecord {
  readonly soundsFolder: string
  readonly files: readonly WrittenFile[]
  readonly sounds: readonly WrittenSound[]
}

/** Reads a record. @throws InputError `record-damaged` */
export function parseRecord(text: string): InstallRecord {
  const record = parsed(text)
  if (
    isObject(record) &&
    typeof record.soundsFolder === 'string' &&
    Array.isArray(record.files) &&
    Array.isArray(record.sounds) &&
    record.files.every(isWritten) &&
    record.sounds.every(isWritten)
  )
    return { soundsFolder: record.soundsFolder, files: record.files, sounds: record.sounds }
  throw new InputError(
    'record-damaged',
    `${recordFile} cannot be read: put it back from a backup, or take our lines and files out by hand`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** A path that leads out of its folder is none of ours. */
function isWritten(value: unknown): boolean {
  return (
    isObject(value) &&
    isInside(value.path) &&
    typeof value.written === 'string' &&
    (value.copy === undefined || (isInside(value.copy) && !String(value.copy).includes('/')))
  )
}

function isInside(path: unknown): boolean {
  return typeof path === 'string' && path !== '' && !path.startsWith('/') && !path.split('/').includes('..')
}

/** What is to be copied before the changes, and the record that holds after them. */
export interface Recording {
  readonly record: InstallRecord
  /** Texts by the name of their copy. */
  readonly copies: ReadonlyMap<string, string>
}

/** The name of a file's copy. */
export function copyName(path: string): string {
  return `${path.replaceAll('/', '__')}.before`
}
