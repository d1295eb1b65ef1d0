import type { LogInBody } from '../../api/access/sessions.ts'
import { ApiError } from '../../api/apiError.ts'
import { codeStep, recoveryHash } from '../../credentials/oneTimeCodes.ts'
import type { UserRecord } from '../../ports/users.ts'
import type { Access } from './access.ts'

/** From where somebody logs in, and with which program, as it says itself. */
export interface Caller {
  /** A network, as the sender's address has it. */
  readonly address: string
  readonly program: string
}

/**
 * Lets somebody in and gives what their cookie is to hold. Whether there is such a user shows neither in the answer nor in the time
 * that it takes. @throws ApiError 401, 429 with `retryAfterSec`
 */
export async function logIn(
  access: Access,
  { name: written, password, code }: LogInBody,
  caller: Caller,
): Promise<string> {
  const { book, throttle, passwords } = access
  const name = written.toLowerCase()
  const user = book.user(name)
  const isAtHome = book.sessions().some(session => session.user === name && session.address === caller.address)
  const trying = { name, address: caller.address, isAtHome }
  const waitMs = throttle.waitMs(trying)
  if (waitMs > 0) throw new TooManyTries(Math.ceil(waitMs / 1000))
  // Counted before it is known to be one: those who try at once are not let try for nothing.
  throttle.mistake(trying)
  const isRight = await passwords.verify(password, user?.password).catch(error => {
    throttle.noMistake(trying)
    throw error
  })
  if (user === undefined || !isRight || !isStill(access, user)) throw wrong()
  await checkCode(access, user, code).catch(error => {
    // The password was right, and nothing was guessed.
    if (error instanceof CodeNeeded) throttle.noMistake(trying)
    throw error
  })
  if (!isStill(access, user)) throw wrong()
  throttle.right(trying)
  const secret = await book.begin({ user: name, address: caller.address, program: caller.program.slice(0, 200) })
  if (isStill(access, user)) return secret
  const begun = book.sessionOf(secret)
  if (begun !== undefined) await book.end([begun.session.sessionId])
  throw wrong()
}

/** Whether somebody whose password was held against this record may come in by it: much may have happened meanwhile. */
function isStill({ book }: Access, { name, password }: UserRecord): boolean {
  const now = book.user(name)
  return now !== undefined && now.password === password && now.disabled !== true
}

/** The password was right, and the code is missing. */
class CodeNeeded extends ApiError {
  constructor() {
    super(401, 'code-needed', 'the code of the authenticator is missing: send code')
  }
}

/** A name or address from which too many mistakes have come. */
export class TooManyTries extends ApiError {
  readonly retryAfterSec: number

  constructor(retryAfterSec: number) {
    super(429, 'too-many-tries', `too many wrong passwords: try again in ${retryAfterSec} s`)
    this.retryAfterSec = retryAfterSec
  }
}

function wrong(): ApiError {
  return new ApiError(401, 'wrong-password', 'name or password is wrong, or the user is disabled')
}

async function checkCode(access: Access, user: UserRecord, code: string | undefined): Promise<void> {
  const oneTime = access.book.user(user.name)?.oneTime
  if (oneTime?.confirmed !== true) return
  if (code === undefined) throw new CodeNeeded()
  if (takeStep(access, user.name, { secret: oneTime.secret, code })) return
  if (await useRecoveryCode(access, user.name, code)) return
  throw new ApiError(401, 'wrong-code', 'the code is wrong or was used already: wait for the next one')
}

/** Takes a one-time code, once. */
export function takeStep(
  { usedSteps, book }: Pick<Access, 'usedSteps' | 'book'>,
  name: string,
  { secret, code }: { readonly secret: string; readonly code: string },
): boolean {
  const step = codeStep({ secret, code: code.replaceAll(' ', '') }, { at: book.now(), after: usedSteps.get(name) })
  if (step !== undefined) usedSteps.set(name, step)
  return step !== undefined
}

/** Each serves once, however many try at once: they are looked at one after another. */
async function useRecoveryCode({ book }: Access, name: string, code: string): Promise<boolean> {
  const hash = recoveryHash(code)
  return book.change(name, user => {
    const { oneTime } = user
    if (oneTime === undefined || !oneTime.recovery.includes(hash)) return undefined
    const recovery = oneTime.recovery.filter(one => one !== hash)
    return { user: { ...user, oneTime: { ...oneTime, recovery } }, event: 'recovery-code-used', by: name }
  })
}
