import { ApiError } from '../../api/apiError.ts'
import type { LedgerAuditView, LedgerVerifyBody, LedgerVerifyView } from '../../api/ledger.ts'
import { iso } from '../../api/views.ts'
import { given } from '../../core/given.ts'
import type { LedgerProver } from '../../ports/ledger.ts'
import type { Waiter } from '../../ports/waiter.ts'

/** Proves the ledger, one proof at a time: each reads the whole of it. */
export interface ProofDesk {
  /** @throws ApiError 409 where there is no ledger in a file, 429 while another proof is made */
  verify(body: LedgerVerifyBody, waiter?: Waiter): Promise<LedgerVerifyView>
  /** @throws ApiError as `verify` */
  audit(waiter?: Waiter): Promise<LedgerAuditView>
}

/** Makes the desk; without a prover it refuses. */
export function createProofDesk(prover: LedgerProver | undefined): ProofDesk {
  let underWay: string | undefined
  const alone = async <Proof>(what: string, prove: (prover: LedgerProver) => Promise<Proof>): Promise<Proof> => {
    if (prover === undefined)
      throw new ApiError(409, 'no-ledger-file', 'this ledger lies in no file: there is nothing to read')
    if (underWay !== undefined)
      throw new ApiError(429, 'proof-under-way', `${underWay} is under way: ask again when it has ended`)
    underWay = what
    try {
      return await prove(prover)
    } finally {
      underWay = undefined
    }
  }
  return {
    verify: ({ head }, waiter = {}) => {
      const heads = head === undefined ? [] : [readHead(head)]
      return alone('a verification', async prover => {
        const { head: last, ...found } = await prover.verify(heads, waiter)
        return { ...found, ...given({ head: last && { ...last, at: iso(last.at) } }) }
      })
    },
    audit: (waiter = {}) =>
      alone('an audit', async prover => {
        const { violations, ...found } = await prover.audit(waiter)
        return { ...found, violations: violations.map(one => ({ ...one, at: iso(one.at) })) }
      }),
  }
}

/** The schema has looked at its shape. */
function readHead(written: string): { readonly hash: string; readonly seq: number } {
  const [hash = '', seq = ''] = written.split('@')
  return { hash: hash.toLowerCase(), seq: Number(seq) }
}
