import type { Command } from 'commander'
import { given } from '../../../core/given.ts'
import { InputError } from '../../../errors.ts'
import type { LedgerEntry, LedgerHead } from '../../../ports/ledger.ts'
import { readSegment } from '../../../store/ledger/segments.ts'
import type { LedgerReader } from '../../../store/sqlite/ledgerReader.ts'
import { type Cli, examples } from '../../cli.ts'
import { fields, localTime, percent, table } from '../../terminal/format.ts'
import { dayStart } from '../../terminal/values.ts'
import { withLedger } from './ledgerSource.ts'
import { createLedgerTally, type LedgerTally, type OwnerTally } from './ledgerTally.ts'

/** One day of the ledger. */
interface DayReport extends LedgerTally {
  readonly day: string
  readonly timeZone: string
  /** The newest entry at the day's end; absent: the ledger began later. */
  readonly head?: LedgerHead
}

interface Day {
  readonly from: number
  readonly until: number
}

/** `ledger report` */
export function reportCommand(ledger: Command, cli: Cli): void {
  examples(
    ledger
      .command('report')
      .requiredOption('--day <date>', "a day in this machine's time zone", dayStart)
      .argument('[file...]', 'segments, for a day that was rotated out of the database')
      .description("a day's calls, outcomes and opt-outs, and the ledger's head at its end, to be published"),
    'dialwright ledger report --day 2026-01-31',
    'dialwright ledger report --day 2026-01-31 --json > report-2026-01-31.json',
  ).action(async (files: readonly string[], { day: from }: { readonly day: number }) => {
    const report = await withLedger(cli, reader => reportOf(reader, { files, day: { from, until: nextDay(from) } }))
    cli.print(report, () => reportWords(report))
  })
}

function nextDay(from: number): number {
  const day = new Date(from)
  // Days of 23 and 25 hours exist.
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime()
}

async function reportOf(
  reader: LedgerReader,
  { files, day }: { readonly files: readonly string[]; readonly day: Day },
): Promise<DayReport> {
  const { from, until } = day
  const first = reader.first()
  if (first?.kind === 'anchor' && first.at >= from && files.length === 0) {
    const text = `entries of that day stand in segment files, up to entry ${first.seq}: name the files as well`
    throw new InputError('ledger-rotated', text)
  }
  const tally = createLedgerTally()
  let head: LedgerHead | undefined
  let ended = false
  for await (const entry of entriesOf(files)) {
    ended ||= entry.at >= until
    if (!ended) head = { seq: entry.seq, hash: entry.hash, at: entry.at }
    if (entry.at >= from && entry.at < until) tally.take(entry)
  }
  for (const entry of reader.between(from, until)) tally.take(entry)
  const newest = reader.headBefore(until) ?? head
  return {
    day: localTime(new Date(from).toISOString()).slice(0, 10),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...tally.result(),
    ...given({ head: newest }),
  }
}

async function* entriesOf(files: readonly string[]): AsyncGenerator<LedgerEntry> {
  for (const file of files) {
    for await (const lines of readSegment(file)) {
      for (const { line, entry } of lines) {
        if (entry === undefined) throw new InputError('ledger-line', `${file}, line ${line}: this is no entry`)
        yield entry
      }
    }
  }
}

function reportWords(report: DayReport): string {
  const { day, timeZone, entries, kinds, outcomes, optOuts, wrapUps, refusals, owners, head } = report
  const rows = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).sort(([, one], [, two]) => two - one)
  const section = (name: string, counts: Readonly<Record<string, number>>) =>
    rows(counts).length === 0 ? [] : ['\n', table([name, 'count'], rows(counts))]
  return [
    fields([
      ['day', `${day} (${timeZone})`],
      ['entries', entries],
      ['refusals', refusals],
      ['head', head === undefined ? 'none: the ledger began later' : `${head.hash}@${head.seq}`],
    ]),
    ...section('entries', kinds),
    ...section('outcome', outcomes),
    ...section('wrap-up code', wrapUps),
    ...section('opt-out by', optOuts),
    ...(owners.length === 0 ? [] : ['\n', table(ownerHeader, owners.map(ownerRow))]),
  ].join('')
}

const ownerHeader = ['seller', 'purpose', 'originates', 'answered by a person', 'abandoned', 'rate']

function ownerRow({ seller, purpose, originates, answeredByPerson, abandoned }: OwnerTally): (string | number)[] {
  const rate = answeredByPerson === 0 ? '' : percent(abandoned / answeredByPerson)
  return [seller, purpose, originates, answeredByPerson, abandoned, rate]
}
