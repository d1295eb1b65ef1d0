import { accessSync, constants, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorCode, OperatingError } from '../errors.ts'

function unwritable(file: string, cause: unknown): OperatingError {
  const text = `cannot write ${file} (${errorCode(cause)}): choose another place`
  return new OperatingError('file-unwritable', text, { cause })
}

/** Refuses a place that cannot be written before minutes of work go into what shall stand there. */
export function checkWritable(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK)
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() !== true) return
  } catch (cause) {
    throw unwritable(file, cause)
  }
  throw unwritable(file, { code: 'EISDIR' })
}

/**
 * Writes a file whole or not at all: a reader never sees half of it, and what was there stays until it is done. `mode`: who may
 * read it, as far as the process lets.
 */
export function writeWhole(file: string, text: string, mode = 0o666): void {
  const part = `${file}.${process.pid}.part`
  try {
    writeFileSync(part, text, { mode })
    renameSync(part, file)
  } catch (cause) {
    if (existsSync(part)) rmSync(part)
    throw unwritable(file, cause)
  }
}
