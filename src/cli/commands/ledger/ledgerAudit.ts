import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import {
  type AuditEntry,
  audit,
  auditEntry,
  type PlainRules,
  plainRulesProblem,
  type Violation,
} from '../../../audit/audit.ts'
import { hourMs } from '../../../core/time.ts'
import { ConfigError, InputError } from '../../../errors.ts'
import type { LedgerEntry } from '../../../ports/ledger.ts'
import { type Cli, examples } from '../../cli.ts'
import { plural, table } from '../../terminal/format.ts'
import { duration } from '../../terminal/values.ts'
import { withPieces } from './ledgerSource.ts'

interface AuditOptions {
  readonly rules?: string
  readonly openMax: number
  readonly database?: boolean
}

/** As many violations are printed; the JSON has all. */
const shownMax = 50

/** `ledger audit` */
export function auditCommand(ledger: Command, cli: Cli): void {
  examples(
    ledger
      .command('audit')
      .argument('[file...]', 'exported or rotated segments in their order (default: the database)')
      .option('--database', 'after the files, the database as well')
      .option('--rules <file>', 'rules as JSON (default: those that the ledger names at each call)')
      .addOption(
        new Option('--open-max <duration>', 'a call without an outcome may be so old before that is a violation')
          .argParser(duration)
          .default(4 * hourMs, '4h'),
      )
      .description(
        'check every call against the rules once more, by a second implementation; exit code 1 on a violation',
      ),
    'dialwright ledger audit',
    'dialwright ledger audit dialwright.db-ledger/*.jsonl.gz --database --json',
  ).action(async (files: readonly string[], { rules: file, openMax: openMaxMs, database = false }: AuditOptions) => {
    const rules = file === undefined ? undefined : readRules(file)
    const source = { files, alsoDatabase: database, what: 'reading' }
    const entries = await withPieces(cli, source, async pieces => {
      const read: AuditEntry[] = []
      for (const piece of pieces) for await (const batch of piece.entries()) read.push(...batch.map(auditEntryOf))
      return read
    })
    const violations = audit(entries, rules, { openMaxMs })
    cli.print({ entries: entries.length, violations }, () => auditWords(entries.length, violations))
    if (violations.length > 0) cli.setExitCode(1)
  })
}

function auditEntryOf(line: LedgerEntry): AuditEntry {
  const entry = auditEntry(line)
  if (entry !== undefined) return entry
  throw new InputError('ledger-line', `entry ${line.seq} is no object`)
}

function readRules(file: string): PlainRules {
  let rules: unknown
  try {
    rules = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new ConfigError('rules-unreadable', `${file} is no JSON of rules`, { cause })
  }
  const problem = plainRulesProblem(rules)
  if (problem !== undefined) throw new ConfigError('rules-wrong', `${file}: ${problem}`)
  // It has just been looked at.
  return rules as PlainRules
}

function auditWords(entries: number, violations: readonly Violation[]): string {
  if (violations.length === 0) return `no violation in ${plural(entries, 'entry', 'entries')}\n`
  const rows = violations
    .slice(0, shownMax)
    .map(({ seq, check, ruleId = '', callId = '', says }) => [seq, check, ruleId, callId, says])
  const more = violations.length > shownMax ? `and ${violations.length - shownMax} more: see --json\n` : ''
  const found = `${plural(violations.length, 'violation')} in ${plural(entries, 'entry', 'entries')}\n\n`
  return `${found}${table(['entry', 'check', 'rule', 'call', 'what'], rows)}${more}`
}
