import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import type { RulesView } from '../../api/rules/rules.ts'
import { loadRulesConfig } from '../../config.ts'
import { type Purpose, purposes, type Rule, type RuleBook } from '../../core/compliance/rules.ts'
import { errorMessage, InputError, OperatingError } from '../../errors.ts'
import { type Cli, examples } from '../cli.ts'
import { fields, plural, table } from '../terminal/format.ts'
import { askCommand } from './ask/ask.ts'

interface ShowOptions {
  readonly purpose?: Purpose
  readonly seller?: string
  readonly at?: string
}

/** `dialwright rules list|show|ask|check`: none of them needs a daemon. */
export function rulesCommands(program: Command, cli: Cli): void {
  const rules = program.command('rules').description('the laws and codes that every call is held to')

  examples(
    rules.command('list').description('the jurisdictions with their places, lines and overrides'),
    'dialwright rules list',
    'dialwright rules list --json',
  ).action(async () => {
    const book = await loadBook(cli)
    const { showBook } = await import('../../app/rules/book.ts')
    const view = showBook(book)
    cli.print(view, () => listWords(book, view))
  })

  examples(
    rules
      .command('show')
      .argument('<place>', 'a place (US-FL), or a jurisdiction by its name (US-FTC)')
      .addOption(new Option('--purpose <purpose>', 'only what holds for this purpose').choices([...purposes]))
      .option('--seller <place>', "also what the seller's place says")
      .option('--at <day>', 'only what is in force on this day, 2026-08-11')
      .description('every line that holds at a place, with its source'),
    'dialwright rules show US-FL --purpose sales',
    'dialwright rules show FR --seller DE --at 2026-08-11',
    'dialwright rules show US-RegF',
  ).action(async (where: string, options: ShowOptions) => {
    const book = await loadBook(cli)
    const { findLines } = await import('../../app/rules/book.ts')
    const { ruleWords } = await import('../../rules/ruleText.ts')
    const found = findLines(book, { where, ...options })
    const lines = found.lines.map(rule => ({ ...rule, says: ruleWords(rule) }))
    const { off } = found
    cli.print({ version: book.version, where, lines, off }, () => showWords(lines, off))
  })

  askCommand(rules, cli, { book: () => loadBook(cli), file: () => configFile(cli) })

  examples(
    rules
      .command('check')
      .argument('[files...]', 'rule files, holiday files, or folders of such (default: all that the daemon would load)')
      .description('whether rule files are right; exit code 1 and the line if not'),
    'dialwright rules check',
    'dialwright rules check my-rules/ES.yaml',
  ).action(async (files: readonly string[]) => {
    if (files.length > 0) return checkFiles(cli, files)
    const book = await loadBook(cli)
    const { showBook } = await import('../../app/rules/book.ts')
    cli.print(showBook(book), () => `${countWords(book)}: right\n`)
  })
}

/** The rules as the daemon would load them: with the configuration, if there is one. */
async function loadBook(cli: Cli): Promise<RuleBook> {
  const { loadRuleBook } = await import('../../rules/ruleBook.ts')
  const file = configFile(cli)
  return loadRuleBook(file === undefined ? {} : loadRulesConfig(file))
}

function configFile(cli: Cli): string | undefined {
  try {
    return cli.configFile()
  } catch (error) {
    // Nobody has named one and there is none: the rules as shipped.
    if (error instanceof OperatingError && error.code === 'config-missing') return undefined
    throw error
  }
}

function listWords(book: RuleBook, view: RulesView): string {
  const { jurisdictions, readings, holidays, profiles, overrides } = view
  const rows = jurisdictions.map(({ jurisdiction, name, places, rules, overridden }) => {
    const where = places.length > 4 ? `${places.slice(0, 3).join(' ')} and ${places.length - 3} more` : places.join(' ')
    return [jurisdiction, where, rules, overridden === 0 ? '' : overridden, name]
  })
  const profiled = Object.entries(profiles).map(([place, profile]) => `${place} as ${profile}`)
  const unread = readings.flatMap(one => [
    ['law read of', readWords(one)] as const,
    ['not read of', one.unread.join(' ')] as const,
  ])
  const notes = [
    ...unread,
    ['holidays', holidays.join(' ')],
    ['profiles', profiled.length === 0 ? undefined : profiled.join(', ')],
    ['version', `${book.version}, ${countWords(book)}`],
  ] as const
  const changes = overrides
    .map(({ ruleId, change, by, reason }) => `${ruleId}: ${change} (${by}: ${reason})\n`)
    .join('')
  const told = changes === '' ? '' : `\noverridden:\n${changes}`
  return `${table(['jurisdiction', 'places', 'lines', 'overridden', 'name'], rows)}${told}\n${fields(notes)}`
}

/** The parts by the day of their reading, the latest first. */
function readWords({ read }: RulesView['readings'][number]): string {
  const days = [...new Set(read.map(({ date }) => date))].sort().reverse()
  const of = (day: string) => read.filter(({ date }) => date === day).map(({ place }) => place)
  return days.map(day => `${of(day).join(' ')} (${day === '' ? 'every line is off' : day})`).join(', ')
}

function countWords({ jurisdictions, overrides }: RuleBook): string {
  const lines = jurisdictions.reduce((sum, { rules }) => sum + rules.length, 0)
  return `${plural(jurisdictions.length, 'jurisdiction')}, ${plural(lines, 'line')}, ${plural(overrides.length, 'override')}`
}

type ShownLine = Rule & { readonly says: string; readonly override?: RuleBook['overrides'][number] }

function showWords(lines: readonly ShownLine[], off: RuleBook['overrides']): string {
  const rows = [
    ...lines.map(({ ruleId, says, purposes: whose, source, date, override }) => {
      const changed = override === undefined ? '' : `${override.by}: ${override.change}`
      return [ruleId, says, whose?.join(' ') ?? 'all', source, date, changed]
    }),
    ...off.map(({ ruleId, by, reason }) => [ruleId, 'off', '', '', '', `${by}: ${reason}`]),
  ]
  const uncovered = lines.some(({ kind }) => kind === 'hours')
    ? ''
    : '\nno line gives hours: a person there is not called until a profile or a rule file does\n'
  return `${table(['rule', 'says', 'purposes', 'source', 'read', 'overridden by'], rows)}${uncovered}`
}

async function checkFiles(cli: Cli, named: readonly string[]): Promise<void> {
  const { readAnyRuleFile, yamlFilesIn } = await import('../../rules/ruleFiles.ts')
  const files = named.flatMap(name => filesOf(name, yamlFilesIn))
  const results = files.map(file => {
    try {
      const read = readAnyRuleFile(file)
      const what = 'jurisdiction' in read ? plural(read.written.length, 'line') : plural(read.days.length, 'holiday')
      return { file, right: true, says: `${file}: right, ${what}` }
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error
      return { file, right: false, says: errorMessage(error) }
    }
  })
  cli.print({ files: results }, () => results.map(({ says }) => `${says}\n`).join(''))
  if (results.some(({ right }) => !right)) cli.setExitCode(1)
}

function filesOf(name: string, yamlFilesIn: (folder: string) => readonly string[]): readonly string[] {
  if (!existsSync(name)) throw new InputError('no-such-file', `there is no file ${name}`)
  if (!statSync(name).isDirectory()) return [name]
  const holidays = join(name, 'holidays')
  return [...yamlFilesIn(name), ...(existsSync(holidays) ? yamlFilesIn(holidays) : [])]
}
