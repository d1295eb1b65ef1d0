import { type Command, InvalidArgumentError } from 'commander'
import { given } from '../../../core/given.ts'
import type { LedgerHead } from '../../../ports/ledger.ts'
import { type ArchiveProof, createArchiveCheck, type ProvedArchive } from '../../../store/archive/proof.ts'
import { createChainCheck } from '../../../store/ledger/verify.ts'
import { type Cli, examples } from '../../cli.ts'
import { plural } from '../../terminal/format.ts'
import { readProved } from './ledgerArchives.ts'
import { auditCommand } from './ledgerAudit.ts'
import { headCommands } from './ledgerHeads.ts'
import { moveCommands } from './ledgerMoves.ts'
import { reportCommand } from './ledgerReport.ts'
import { type LedgerPiece, withPieces } from './ledgerSource.ts'

/** A head kept elsewhere. */
type KeptHead = Pick<LedgerHead, 'seq' | 'hash'>

/** `ledger ...`: the record that proves what was done, offline. */
export function ledgerCommands(program: Command, cli: Cli): void {
  const ledger = program
    .command('ledger')
    .description('the append-only record of every call: verify, publish its head, export, rotate, report, audit')

  verifyCommand(ledger, cli)
  headCommands(ledger, cli)
  moveCommands(ledger, cli)
  reportCommand(ledger, cli)
  auditCommand(ledger, cli)
}

interface VerifyOptions {
  readonly head?: readonly KeptHead[]
  readonly database?: boolean
  readonly archive?: readonly string[]
}

/** What a verification found. */
interface Verified {
  readonly ok: boolean
  readonly entries: number
  readonly fromSeq?: number
  readonly head?: LedgerHead
  readonly problem?: { readonly in: string; readonly seq?: number; readonly says: string }
  readonly archived?: ArchiveProof
}

function verifyCommand(ledger: Command, cli: Cli): void {
  examples(
    ledger
      .command('verify')
      .argument('[file...]', 'exported or rotated segments in their order (default: the database)')
      .option('--head <hash@seq>', 'a head that was kept elsewhere; may be given several times', keptHead)
      .option('--database', 'after the files, the database as well')
      .option('--archive <file...>', 'archives, whose attempts must be as the ledger says')
      .description('find any change, removal, insertion or reordering; a cut-off end needs --head; exit code 1'),
    'dialwright ledger verify',
    'dialwright ledger verify --head 9f86d0...@120345',
    'dialwright ledger verify dialwright.db-ledger/*.jsonl.gz --database',
    'dialwright ledger verify --archive /archive/2031.jsonl.gz',
  ).action(async (files: readonly string[], { head = [], database = false, archive = [] }: VerifyOptions) => {
    const source = { files, alsoDatabase: database, what: 'verifying' }
    const partial = files.length > 0 && !database
    const archives = await readProved(cli, archive)
    const found = await withPieces(cli, source, pieces => verify(pieces, { heads: head, partial, archives }))
    cli.print(found, () => verifiedWords(found))
    if (!found.ok) cli.setExitCode(1)
  })
}

/** An option: a head as `ledger head` prints it. */
function keptHead(written: string, before: readonly KeptHead[] = []): readonly KeptHead[] {
  const match = /^([0-9a-fA-F]{64})@([1-9]\d{0,14})$/.exec(written)
  if (match === null) throw new InvalidArgumentError('write a head as `ledger head` prints it: HASH@SEQ.')
  return [...before, { hash: String(match[1]).toLowerCase(), seq: Number(match[2]) }]
}

/** Follows the chain through all pieces, to the first thing that is wrong. */
export async function verify(
  pieces: readonly LedgerPiece[],
  options: {
    readonly heads: readonly KeptHead[]
    readonly partial: boolean
    readonly archives?: readonly ProvedArchive[]
  },
): Promise<Verified> {
  const check = createChainCheck(options)
  const archives = createArchiveCheck(options.archives ?? [])
  const so = () => {
    const first = check.first()
    const last = check.last()
    return {
      entries: check.entries(),
      ...given({
        fromSeq: first === undefined ? undefined : first.kind === 'anchor' ? first.seq + 1 : first.seq,
        head: last === undefined ? undefined : { seq: last.seq, hash: last.hash, at: last.at },
      }),
    }
  }
  for (const piece of pieces) {
    for await (const entries of piece.entries()) {
      for (const entry of entries) {
        const problem = check.take(entry) ?? archives.take(entry)
        if (problem !== undefined) return { ok: false, ...so(), problem: { in: piece.name, ...problem } }
      }
    }
  }
  const problem = check.finish()
  const archived = archives.finish()
  const proved = given({ archived: (options.archives ?? []).length === 0 ? undefined : archived.proof })
  if (problem === undefined && archived.problem === undefined) return { ok: true, ...so(), ...proved }
  if (problem === undefined)
    return { ok: false, ...so(), ...proved, problem: { in: 'the archives', says: archived.problem?.says ?? '' } }
  return { ok: false, ...so(), problem: { in: pieces.at(-1)?.name ?? '', ...problem } }
}

function verifiedWords({ ok, entries, fromSeq, head, problem, archived }: Verified): string {
  const checked = plural(entries, 'entry', 'entries')
  if (problem?.seq === undefined && problem !== undefined) return `NOT AS WRITTEN: ${problem.says}\n`
  if (problem !== undefined) return `NOT AS WRITTEN: entry ${problem.seq} in ${problem.in}: ${problem.says}\n`
  const began = fromSeq === 1 ? '' : `; what came before entry ${fromSeq} stands elsewhere`
  const end = head === undefined ? '' : `; head ${head.hash}@${head.seq}`
  const also = archived === undefined ? '' : archivedWords(archived)
  return `${ok ? 'unchanged' : 'unknown'}: ${checked} follow from each other${began}${end}\n${also}`
}

function archivedWords({ attempts, unspoken }: ArchiveProof): string {
  const rest = unspoken === 0 ? '' : `; of ${unspoken} no entry here speaks: name the older segments as well`
  return `archives as the ledger names them: ${plural(attempts, 'attempt')} as their entries say${rest}\n`
}
