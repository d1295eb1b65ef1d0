/**
 * A set-up step that cannot be done here. The message is one line that names the next step; `exitCode` lets a caller
 * tell "this machine cannot have a live Asterisk" (a demo then falls back to the simulated PBX) from a real fault.
 */
export class SetupFailure extends Error {
  /** @param {string} code kebab-case reason @param {string} message @param {number} [exitCode] */
  constructor(code, message, exitCode = SANDBOX_UNAVAILABLE) {
    super(message)
    this.name = 'SetupFailure'
    this.code = code
    this.exitCode = exitCode
  }
}

/** EX_UNAVAILABLE of sysexits.h: the private Asterisk cannot be had on this machine today. */
export const SANDBOX_UNAVAILABLE = 69

/**
 * Prints a SetupFailure as its one line and ends with its code; anything else is a bug and keeps its stack.
 * @param {Promise<unknown>} promise
 */
export function exitOnFailure(promise) {
  promise.catch(error => {
    if (!(error instanceof SetupFailure)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = error.exitCode
  })
}
