import { InputError, type StoreError } from '../errors.ts'
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
  'callback-without-time': 422,
  'callback-without-lead': 422,
  'unknown-skip-reason': 422,
}

/** What a caller of the store can ask for wrongly; everything else is the store's own trouble, and may go through later. */
const storeStatus: Readonly<Record<string, number>> = {
  'unknown-call': 404,
  'unknown-lead': 404,
  'unknown-import': 404,
  'unknown-list': 404,
  'ledger-empty': 404,
  'call-in-flight': 409,
  'already-begun': 409,
  'already-ended': 409,
  'reserved-name': 409,
  'list-newer': 409,
  'file-exists': 409,
  'backup-running': 409,
  'archive-running': 409,
  'trimming-running': 409,
  'no-journal': 409,
  'no-backup': 404,
  'backup-of-another': 409,
  'backup-without-journal': 409,
  'older-backup': 409,
  'not-in-journal': 409,
  'nothing-to-confirm': 409,
  'gaps-unsigned': 409,
  'proof-ended': 409,
  'ledger-too-large': 409,
}

/** The status of what the store could not keep or give. */
export function statusOfStore({ code }: StoreError): number {
  return storeStatus[code] ?? 503
}

/** Lets an obeyed command pass and turns a rejection into its error. */
export function obeyed(answer: CommandAnswer): void {
  if (!answer.accepted) throw new ApiError(rejectionStatus[answer.code] ?? 409, answer.code, answer.message)
}
