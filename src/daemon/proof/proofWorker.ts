import { parentPort, workerData } from 'node:worker_threads'
import { type AuditEntry, audit, auditEntry } from '../../audit/audit.ts'
import { given } from '../../core/given.ts'
import { hourMs } from '../../core/time.ts'
import { errorCode, errorMessage, StoreError } from '../../errors.ts'
import type { AuditProof, ChainProof, LedgerEntry, LedgerHead } from '../../ports/ledger.ts'
import { createChainCheck } from '../../store/ledger/verify.ts'
import { openLedger } from '../../store/sqlite/ledgerReader.ts'
import { stepBack } from '../../threads/threads.ts'

/** What is to be proved. */
type ProofQuestion =
  | { readonly kind: 'verify'; readonly heads: readonly Pick<LedgerHead, 'seq' | 'hash'>[] }
  | { readonly kind: 'audit' }

/** What the thread is started with: it answers one question and ends. */
export interface ProofData {
  readonly file: string
  readonly question: ProofQuestion
  /** One number that both threads see: other than 0, nobody waits any more. */
  readonly gone: Int32Array<SharedArrayBuffer>
}

/** What the thread says: how far it is, now and then, and at its end one of the others. */
export type ProofAnswer =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'proof'; readonly proof: ChainProof | AuditProof }
  | { readonly kind: 'problem'; readonly code: string; readonly message: string }

const batchOf = 1_000
/** Progress is told no more often than this. */
const tellEveryMs = 200
/** A call without an outcome may be so old before that is a violation, as for the command line. */
const openMaxMs = 4 * hourMs
/** As many violations are listed; all are counted. */
const listedMax = 200

function say(answer: ProofAnswer): void {
  parentPort?.postMessage(answer)
}

/** Every entry of the database, a batch at a time, as it stood when the reading began. */
function* batches({ file, gone }: ProofData): Generator<readonly LedgerEntry[]> {
  const reader = openLedger(file)
  try {
    const total = reader.count()
    let done = 0
    let after = -1
    let toldAt = Number.NEGATIVE_INFINITY
    for (;;) {
      if (Atomics.load(gone, 0) !== 0) throw new StoreError('proof-ended', 'nobody waits for it any more')
      const batch = reader.entries(after, batchOf)
      const last = batch.at(-1)
      if (last === undefined) return
      yield batch
      after = last.seq
      done += batch.length
      if (performance.now() < toldAt + tellEveryMs) continue
      toldAt = performance.now()
      say({ kind: 'progress', done, total })
    }
  } finally {
    reader.close()
  }
}

function verify(data: ProofData, heads: readonly Pick<LedgerHead, 'seq' | 'hash'>[]): ChainProof {
  const check = createChainCheck({ heads })
  const so = (problem: ChainProof['problem']): ChainProof => {
    const [first, last] = [check.first(), check.last()]
    const fromSeq = first && (first.kind === 'anchor' ? first.seq + 1 : first.seq)
    const head = last && { seq: last.seq, hash: last.hash, at: last.at }
    return { ok: problem === undefined, entries: check.entries(), ...given({ fromSeq, head, problem }) }
  }
  for (const batch of batches(data)) {
    for (const entry of batch) {
      const problem = check.take(entry)
      if (problem !== undefined) return so(problem)
    }
  }
  return so(check.finish())
}

function auditAll(data: ProofData): AuditProof {
  const entries: AuditEntry[] = []
  for (const batch of batches(data)) {
    for (const line of batch) {
      const entry = auditEntry(line)
      if (entry === undefined) throw new StoreError('ledger-line', `entry ${line.seq} is no object`)
      entries.push(entry)
    }
  }
  const violations = audit(entries, undefined, { openMaxMs })
  const listed = violations.slice(0, listedMax).map(({ seq, at, check, ruleId, callId, says }) => ({
    seq,
    at,
    check,
    says,
    ...given({ ruleId, callId }),
  }))
  return { entries: entries.length, found: violations.length, violations: listed }
}

stepBack()
// Started with this type by prover.ts only.
const data = workerData as ProofData
try {
  const { question } = data
  say({ kind: 'proof', proof: question.kind === 'verify' ? verify(data, question.heads) : auditAll(data) })
} catch (error) {
  say({ kind: 'problem', code: errorCode(error), message: errorMessage(error) })
}
