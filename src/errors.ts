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
