import { TelephonyError } from '../errors.ts'

/**
 * What went wrong with the PBX; the code of every {@link TelephonyError} that this adapter makes. `claimed`: another daemon drives it;
 * `phone-in-file`, `phones-unmapped`: see the port of phones.
 */
export type TelephonyErrorCode =
  | 'channel-gone'
  | 'unauthorized'
  | 'unreachable'
  | 'timeout'
  | 'rejected'
  | 'claimed'
  | 'phone-in-file'
  | 'phones-unmapped'

/** Makes an error of this adapter. */
export function telephonyError(code: TelephonyErrorCode, message: string, cause?: unknown): TelephonyError {
  return new TelephonyError(code, message, { cause })
}

/** Whether this is our error with this code. */
export function hasCode(error: unknown, ...codes: readonly TelephonyErrorCode[]): boolean {
  return error instanceof TelephonyError && codes.some(code => code === error.code)
}

/**
 * What an ARI status means here; the one place that reads them. 404: no such channel or bridge; 409 and 422: the
 * channel is not in our application (any more); 412: it is not up. A bridge answers 400 for a channel that is gone, as
 * everything else does for a wrong request.
 */
export function codeOfAriStatus(status: number, message: string): TelephonyErrorCode {
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 404 || status === 409 || status === 412 || status === 422) return 'channel-gone'
  if (status === 400 && message === 'Channel not found') return 'channel-gone'
  if (status === 408 || status === 503 || status === 504) return 'unreachable'
  return 'rejected'
}
