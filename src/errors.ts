/**
 * An operating error: something outside the program that an operator can put right. Its message is one line that says
 * what to do; `code` is for programs. Bugs are assertions and outcomes are values: neither is an OperatingError.
 */
export class OperatingError extends Error {
  readonly code: string

  constructor(code: string, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** The PBX did not do what it was asked to, or cannot be reached. `retryable`: the same request may go through later. */
export class TelephonyError extends OperatingError {}

/** The store cannot keep or give what it was asked. */
export class StoreError extends OperatingError {}

/** The configuration (or a scenario) is wrong; the message names file and path. */
export class ConfigError extends OperatingError {}

/** A setting of a campaign that is well formed and does not go with the others, or not with the law. */
export class SettingError extends ConfigError {
  /** As in the campaign's file, `pacing.abandonmentTarget`. */
  readonly path: string
  /** What is wrong there, and what to do. */
  readonly says: string

  constructor(campaignId: string, path: string, says: string) {
    super('campaign-wrong', `campaign ${campaignId}: ${path} ${says}`)
    this.path = path
    this.says = says
  }
}

/** What a person or a program sent is wrong; becomes a 4xx or a non-zero exit. */
export class InputError extends OperatingError {}

/** A bug: an assertion that failed. The process ends and its supervisor starts it again. */
export class Defect extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Defect'
  }
}

/** The code of any error, for programs: `code` where it has one, else `unexpected`. */
export function errorCode(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code
  return 'unexpected'
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What an operator reads of an error of the file system, by its code. */
const diskLines: Readonly<Record<string, readonly [code: string, line: (file: string) => string]>> = {
  ENOSPC: ['disk-full', file => `The disk that holds ${file} is full: free some space, then try again`],
  EROFS: ['read-only', file => `${file} lies on a read-only file system: remount it, or choose another place`],
  EACCES: ['read-only', file => `${file} cannot be written: give this user write access to it and its folder`],
  ENOENT: ['cannot-open', file => `${file} cannot be opened: its folder does not exist; create it first`],
  EISDIR: ['cannot-open', file => `${file} is a folder: name a file in it`],
  ENOTDIR: ['cannot-open', file => `${file} cannot be opened: its folder is a file`],
}

/** Puts an error of the file system into the words of the operator. A StoreError stays as it is. */
export function diskErrorOf(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error
  const found = diskLines[errorCode(error)]
  if (found === undefined) return new StoreError('unexpected', `${file}: ${errorMessage(error)}`, { cause: error })
  return new StoreError(found[0], found[1](file), { cause: error })
}
