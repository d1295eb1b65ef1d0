import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { OperatingError } from '../errors.ts'

/** What a hash costs: 32 MB, and a quarter of a second of one core that dials meanwhile (OWASP, Password Storage Cheat Sheet: N=2^15, r=8, p=3). */
const cost = { N: 2 ** 15, r: 8, p: 3 }
const hashBytes = 32
const saltBytes = 16
/** Whoever comes when so many wait is told to come again: one at a time is worked at, so that dialing keeps its core. */
const waitingMax = 20

/** Hashes passwords and holds them against their hashes, in Node's pool of threads, one at a time. */
export interface Passwords {
  /** `scrypt$N$r$p$salt$hash`, salt and hash in base64. @throws OperatingError `too-busy` */
  hash(password: string): Promise<string>
  /**
   * Whether the password is that of the hash; without a hash no, after as long a time.
   * @throws OperatingError `too-busy`
   */
  verify(password: string, hash: string | undefined): Promise<boolean>
}

interface Parts {
  readonly cost: { readonly N: number; readonly r: number; readonly p: number }
  readonly salt: Buffer
  readonly hash: Buffer
}

/** Makes it; `spent`: other costs than those of the daemon, for tests that hash much. */
export function createPasswords(spent: Parts['cost'] = cost): Passwords {
  const inTurn = createTurns()
  const nobody: Parts = { cost: spent, salt: randomBytes(saltBytes), hash: randomBytes(hashBytes) }
  return {
    hash: password =>
      inTurn(async () => {
        const salt = randomBytes(saltBytes)
        const hash = await derive(password, { cost: spent, salt })
        const { N, r, p } = spent
        return ['scrypt', N, r, p, salt.toString('base64'), hash.toString('base64')].join('$')
      }),
    verify: (password, written) =>
      inTurn(async () => {
        const known = written === undefined ? undefined : partsOf(written)
        const { hash, ...how } = known ?? nobody
        const isRight = timingSafeEqual(await derive(password, how), hash)
        return isRight && known !== undefined
      }),
  }
}

/** However it was typed, and on whatever keyboard (RFC 8265 section 4.2.1). */
function derive(password: string, { cost: { N, r, p }, salt }: Omit<Parts, 'hash'>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 256 * N * r }
    scrypt(password.normalize('NFC'), salt, hashBytes, options, (error, hash) => {
      if (error === null) resolve(hash)
      else reject(error)
    })
  })
}

function partsOf(written: string): Parts | undefined {
  const [kind, N, r, p, salt = '', hash = ''] = written.split('$')
  if (kind !== 'scrypt') return undefined
  const bytes = Buffer.from(hash, 'base64')
  if (bytes.length !== hashBytes) return undefined
  return { cost: { N: Number(N), r: Number(r), p: Number(p) }, salt: Buffer.from(salt, 'base64'), hash: bytes }
}

/** One after the other. */
function createTurns(): <Answer>(work: () => Promise<Answer>) => Promise<Answer> {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return async work => {
    if (waiting >= waitingMax)
      throw new OperatingError('too-busy', 'too many log-ins are under way: try again in a few seconds')
    waiting += 1
    const turn = last.then(work)
    last = turn.catch(() => {})
    try {
      return await turn
    } finally {
      waiting -= 1
    }
  }
}
