import { InputError } from '../errors.ts'
import type { CommandAnswer } from '../ports/engine.ts'

/** A request that cannot be obeyed: over HTTP `{ error: { code, message } }` with this status. */
export class ApiError extends InputError {
  readonly status: number

  constructor(status: number, code: string, message: string) {
    super(code, message)
    this.status = status
  }
}

const rejectionStatus: Readonly<Record<string, number>> = {
  'unknown-campaign': 404,
  'unknown-agent': 404,
  'unknown-call': 404,
  'node-down': 503,
}

/** Lets an obeyed command pass and turns a rejection into its error. */
export function obeyed(answer: CommandAnswer): void {
  if (!answer.accepted) throw new ApiError(rejectionStatus[answer.code] ?? 409, answer.code, answer.message)
}
