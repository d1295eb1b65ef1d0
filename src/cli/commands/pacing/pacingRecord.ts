import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { Type } from 'typebox'
import type { DecisionRecord, PacingDecision } from '../../../core/pacing/pacer.ts'
import { recompute } from '../../../core/pacing/record.ts'
import { ConfigError } from '../../../errors.ts'
import { type Cli, examples } from '../../cli.ts'
import { apiPath } from '../../client.ts'
import { fields } from '../../terminal/format.ts'

const recordSchema = Type.Object({}, { additionalProperties: true })

/** `pacing record|recompute`: a decision with everything it rested on, and its proof in another process. */
export function recordCommands(pacing: Command, cli: Cli): void {
  examples(
    pacing
      .command('record')
      .argument('<campaign>')
      .description('the newest decision with everything it rested on, as JSON'),
    'dialwright pacing record spring > decision.json',
  ).action(async (id: string) => {
    const record = await cli.api().get(recordSchema, apiPath('/v1/campaigns', id, 'pacing', 'record'))
    cli.terminal.out(`${JSON.stringify(record)}\n`)
  })

  examples(
    pacing
      .command('recompute')
      .argument('<file>', 'what `pacing record` printed; - reads standard input')
      .description('work a recorded decision out again, here, without the daemon'),
    'dialwright pacing recompute decision.json',
    'dialwright pacing record spring | dialwright pacing recompute -',
  ).action((file: string) => {
    const record = readRecord(file)
    const again = recompute(record)
    const differences = differencesOf(record.decision, again)
    const equal = differences.length === 0
    cli.print({ equal, recorded: record.decision, recomputed: again }, () =>
      fields([
        ['decided at', new Date(record.at).toISOString()],
        ['recorded', `originate ${record.decision.originate}, ${record.decision.reason}`],
        ['recomputed', `originate ${again.originate}, ${again.reason}`],
        ['equal', equal ? 'yes, to the last digit' : `no: ${differences.join(', ')}`],
      ]),
    )
    if (!equal) cli.setExitCode(1)
  })
}

function readRecord(file: string): DecisionRecord {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'))
  } catch (error) {
    throw new ConfigError('record-unreadable', `${file} is no decision record: make one with \`pacing record\``, {
      cause: error,
    })
  }
  if (!isRecord(value))
    throw new ConfigError('record-wrong', `${file} is no decision record: make one with \`pacing record\``)
  if (isCurrent(value)) return value
  throw new ConfigError(
    'record-old',
    `${file} was recorded under other rules than this version's: record a decision anew`,
  )
}

/** A decision record of whatever version. */
type AnyRecord = Omit<DecisionRecord, 'version'> & { readonly version: unknown }

function isRecord(value: unknown): value is AnyRecord {
  if (typeof value !== 'object' || value === null) return false
  const parts = ['version', 'settings', 'memory', 'observations', 'snapshot', 'at', 'decision']
  return parts.every(part => part in value)
}

function isCurrent(record: AnyRecord): record is DecisionRecord {
  return record.version === 2
}

/** What differs between two decisions, by name. */
function differencesOf(one: PacingDecision, other: PacingDecision): string[] {
  const flat = ({ figures, withdraw, ...rest }: PacingDecision) => ({ ...rest, ...figures, withdraw: withdraw.join() })
  const [a, b]: readonly Readonly<Record<string, unknown>>[] = [flat(one), flat(other)]
  return Object.keys({ ...a, ...b }).filter(name => a?.[name] !== b?.[name])
}
