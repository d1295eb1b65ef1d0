import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { type Command, InvalidArgumentError } from 'commander'
import { type RotationView, rotationView } from '../../../api/ledger.ts'
import { rotateLedger } from '../../../app/ledger/head.ts'
import { given } from '../../../core/given.ts'
import { errorCode, OperatingError } from '../../../errors.ts'
import type { LedgerEntry } from '../../../ports/ledger.ts'
import { lineOf } from '../../../store/ledger/segments.ts'
import type { LedgerReader } from '../../../store/sqlite/ledgerReader.ts'
import { type Cli, examples } from '../../cli.ts'
import { throughDaemon, underLock } from '../../daemonOrAlone.ts'
import { checkWritable } from '../../files.ts'
import { fields, plural } from '../../terminal/format.ts'
import { dayOrInstant, duration } from '../../terminal/values.ts'
import { withLedger } from './ledgerSource.ts'

interface ExportOptions {
  readonly since?: number
  readonly until?: number
  readonly output?: string
}

interface RotateOptions {
  readonly before: number
  readonly dropOlderThan?: number
}

/** `ledger export|rotate` */
export function moveCommands(ledger: Command, cli: Cli): void {
  examples(
    ledger
      .command('export')
      .option('--since <date>', 'from this day or instant on (default: the beginning)', dayOrInstant)
      .option('--until <date>', 'up to this day or instant, exclusive (default: the end)', dayOrInstant)
      .option('-o, --output <file>', 'write to this file, packed where it ends in .gz (default: standard output)')
      .description('entries one a line, with what `ledger verify` needs to check them'),
    'dialwright ledger export --since 2026-01-01 --until 2026-02-01 -o january.jsonl.gz',
  ).action((options: ExportOptions) => {
    const { since, until } = options
    if (since !== undefined && until !== undefined && since >= until)
      throw new InvalidArgumentError('--since must lie before --until: nothing is between them.')
    return withLedger(cli, reader => exportEntries(cli, reader, options))
  })

  examples(
    ledger
      .command('rotate')
      .requiredOption('--before <date>', 'entries older than this day or instant go to a file', dayOrInstant)
      .option('--drop-older-than <duration>', 'throw files away that are older, beyond what the rules demand', duration)
      .description('move old entries to segment files beside the database, each read back before anything is deleted'),
    'dialwright ledger rotate --before 2026-01-01',
    'dialwright ledger rotate --before 2026-01-01 --drop-older-than 2200d',
  ).action(async ({ before, dropOlderThan }: RotateOptions) => {
    const now = Date.now()
    if (before > now) throw new InvalidArgumentError('--before lies in the future')
    const dropBefore = dropOlderThan === undefined ? undefined : now - dropOlderThan
    const done = await rotate(cli, { before, ...given({ dropBefore }) })
    cli.print(done, () => rotationWords(done))
  })
}

/** The daemon does it while it runs, a segment at a request; without one it is done here, in one go. */
function rotate(cli: Cli, { before, dropBefore }: { before: number; dropBefore?: number }): Promise<RotationView> {
  const iso = (at: number) => new Date(at).toISOString()
  const body = { before: iso(before), ...given({ dropBefore: dropBefore === undefined ? undefined : iso(dropBefore) }) }
  return throughDaemon(
    cli,
    api => untilNothingMoves(() => api.send(rotationView, { method: 'POST', path: '/v1/ledger/rotate', body })),
    () => underLock(cli, store => rotateLedger(store, body, { at: Date.now() })),
  )
}

async function untilNothingMoves(step: () => Promise<RotationView>): Promise<RotationView> {
  const done: RotationView = { moved: [], dropped: [] }
  for (;;) {
    const { moved, dropped } = await step()
    done.moved.push(...moved)
    done.dropped.push(...dropped)
    if (moved.length === 0) return done
  }
}

function rotationWords({ moved, dropped }: RotationView): string {
  if (moved.length + dropped.length === 0) return 'nothing is old enough\n'
  const count = moved.reduce((sum, { fromSeq, toSeq }) => sum + toSeq - fromSeq + 1, 0)
  return [
    ...(moved.length === 0 ? [] : [`moved ${plural(count, 'entry', 'entries')}:\n`]),
    fields([
      ...moved.map(({ file, fromSeq, toSeq }) => [`entries ${fromSeq} to ${toSeq}`, file] as const),
      ...dropped.map(name => ['thrown away', name] as const),
    ]),
  ].join('')
}

const linesAtOnce = 1_000

function exportEntries(cli: Cli, reader: LedgerReader, { since, until, output }: ExportOptions): void {
  if (output !== undefined) checkWritable(output)
  const sink = output === undefined ? terminalSink(cli) : fileSink(output)
  let count = 0
  try {
    let lines: string[] = []
    for (const entry of entriesBetween(reader, { since, until })) {
      lines.push(`${lineOf(entry)}\n`)
      if (entry.kind !== 'anchor') count += 1
      if (lines.length < linesAtOnce) continue
      sink.write(lines.join(''))
      lines = []
    }
    sink.write(lines.join(''))
    sink.end()
  } catch (error) {
    sink.abandon()
    throw error
  }
  if (output !== undefined) {
    cli.print({ file: output, entries: count }, () => `${plural(count, 'entry', 'entries')} in ${output}\n`)
  }
}

/** By their order, not by their times alone: a piece of the chain without holes, led by the anchor it hangs on. */
function* entriesBetween(
  reader: LedgerReader,
  { since, until }: { readonly since: number | undefined; readonly until: number | undefined },
): Generator<LedgerEntry> {
  const before = since === undefined ? undefined : reader.headBefore(since)
  const last = until === undefined ? reader.head() : reader.headBefore(until)
  if (last === undefined) return
  if (before !== undefined) yield { ...before, kind: 'anchor', entry: '{}' }
  for (const entry of reader.all(before?.seq ?? -1)) {
    if (entry.seq > last.seq) return
    yield entry
  }
}

interface Sink {
  write(text: string): void
  end(): void
  abandon(): void
}

function terminalSink(cli: Cli): Sink {
  return { write: text => cli.terminal.data(text), end() {}, abandon() {} }
}

/** The file appears when it is whole. */
function fileSink(file: string): Sink {
  const part = `${file}.${process.pid}.part`
  const packed = file.endsWith('.gz')
  let descriptor: number | undefined = openSync(part, 'w')
  const guarded = <Answer>(act: (open: number) => Answer): Answer | undefined => {
    try {
      return descriptor === undefined ? undefined : act(descriptor)
    } catch (cause) {
      const text = `cannot write ${file} (${errorCode(cause)}): choose another place`
      throw new OperatingError('file-unwritable', text, { cause })
    }
  }
  return {
    write: text => {
      if (text !== '') guarded(open => writeFileSync(open, packed ? gzipSync(text) : text))
    },
    end: () =>
      void guarded(open => {
        fsyncSync(open)
        closeSync(open)
        descriptor = undefined
        renameSync(part, file)
      }),
    abandon() {
      if (descriptor !== undefined) closeSync(descriptor)
      if (existsSync(part)) rmSync(part)
    },
  }
}
