import type { LedgerEntry } from '../../ports/ledger.ts'
import type { PlainCall } from './rows.ts'

/** Something in an archive that the ledger does not bear out. */
export interface ArchiveProblem {
  /** Of the ledger's entry; absent: none speaks of it. */
  readonly seq?: number
  readonly says: string
}

/** An archive that is to be held against the ledger. */
export interface ProvedArchive {
  readonly file: string
  readonly sha256: string
  readonly attempts: readonly PlainCall[]
}

/** What was proved of archives. */
export interface ArchiveProof {
  /** Attempts whose entries say the same. */
  readonly attempts: number
  /** Attempts of which no entry speaks: of before there was a ledger, brought in from another dialer, or in a segment that was not named. */
  readonly unspoken: number
}

/** Holds archives against entries as they are read; all attempts of the archives are in memory. */
export interface ArchiveCheck {
  take(entry: LedgerEntry): ArchiveProblem | undefined
  finish(): { readonly proof: ArchiveProof; readonly problem?: ArchiveProblem }
}

interface Held {
  readonly call: PlainCall
  readonly file: string
  spoken: boolean
  /** The codes of all entries about the agent's word: they may stand in another order than they were written in. */
  readonly codes: Set<unknown>
}

type Members = Readonly<Record<string, unknown>>

/** Begins to hold archives against a ledger. */
export function createArchiveCheck(archives: readonly ProvedArchive[]): ArchiveCheck {
  const held = new Map<string, Held>()
  const named = new Set<string>()
  for (const { file, attempts } of archives)
    for (const call of attempts) held.set(call.callId, { call, file, spoken: false, codes: new Set() })
  return {
    take({ seq, at, kind, entry }) {
      if (archives.length === 0) return undefined
      if (kind === 'archive') named.add(String(membersOf(entry).sha256))
      if (kind !== 'originate' && kind !== 'incoming' && kind !== 'outcome' && kind !== 'wrap-up') return undefined
      const said = membersOf(entry)
      const one = held.get(String(said.callId))
      if (one === undefined) return undefined
      one.spoken = true
      if (kind === 'wrap-up') one.codes.add(said.code)
      const other =
        kind === 'outcome' ? otherEnd(one.call, { ...said, endedAt: at }) : otherBegin(one, { kind, said, at })
      return other === undefined
        ? undefined
        : { seq, says: `${one.file}: call ${one.call.callId} has another ${other}` }
    },
    finish() {
      const all = [...held.values()]
      const attempts = all.filter(({ spoken }) => spoken).length
      const proof = { attempts, unspoken: all.length - attempts }
      const unnamed = archives.find(({ sha256 }) => !named.has(sha256))
      if (unnamed !== undefined)
        return {
          proof,
          problem: {
            says: `${unnamed.file} is not what any entry names: its entry is in a segment that was not named or came after the backup that was restored, or the file was changed`,
          },
        }
      const word = all.find(({ call, codes }) => codes.size > 0 && !codes.has(call.wrapUp?.code))
      if (word === undefined) return { proof }
      return { proof, problem: { says: `${word.file}: call ${word.call.callId} has another word of the agent` } }
    },
  }
}

function otherEnd({ end }: PlainCall, said: Members): string | undefined {
  const ended: Members = { ...end, counts: end?.countsAsAttempt }
  const names = [
    'disposition',
    'detail',
    'sipCode',
    'ringingAt',
    'answeredAt',
    'connectedAt',
    'transferredAt',
    'transferredTo',
    'endedAt',
    'agentId',
    'counts',
  ]
  return names.find(name => ended[name] !== said[name])
}

function otherBegin(
  { call }: Held,
  {
    kind,
    said,
    at,
  }: { readonly kind: 'originate' | 'incoming' | 'wrap-up'; readonly said: Members; readonly at: number },
): string | undefined {
  if (kind === 'wrap-up') return undefined
  if (call.originatedAt !== at) return 'originatedAt'
  const begun: Members = { campaign: call.campaignId, node: call.nodeId, trunk: call.trunkId, callerId: call.callerId }
  return ['campaign', 'node', 'trunk', 'callerId'].find(name => begun[name] !== said[name])
}

function membersOf(entry: string): Members {
  return JSON.parse(entry)
}
