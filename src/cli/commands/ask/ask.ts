import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { loadCallDefaults, loadCampaignFile } from '../../../config.ts'
import { doNotCallKinds } from '../../../core/compliance/doNotCall.ts'
import { permissionBases, purposes, type RuleBook } from '../../../core/compliance/rules.ts'
import { given } from '../../../core/given.ts'
import { printable } from '../../../core/printable.ts'
import { errorMessage, InputError } from '../../../errors.ts'
import { type Cli, examples } from '../../cli.ts'
import { readDays } from '../consent.ts'
import type { AskerData } from './askAnswers.ts'
import { askWords } from './askText.ts'

/** Where the rules come from, with or without a configuration. */
export interface RuleSources {
  book(): Promise<RuleBook>
  /** The configuration's file, where there is one. */
  file(): string | undefined
}

interface AskOptions {
  readonly cases?: string
  readonly campaign?: string
  readonly person?: Readonly<Record<string, unknown>>
  readonly at?: string
  readonly address?: string
  readonly zone?: readonly string[]
  readonly country?: string
  readonly seller?: string
  readonly purpose?: string
  readonly topic?: string
  readonly permission?: readonly object[]
  readonly attempt?: readonly string[]
  readonly listed?: readonly object[]
  readonly ownHours?: readonly string[]
  readonly callerId?: readonly string[]
  readonly ringTimeout?: string
  readonly agentReserved?: boolean
}

/** `rules ask`: the gate's verdict on a call that somebody thinks of. */
export function askCommand(rules: Command, cli: Cli, sources: RuleSources): void {
  const command = rules
    .command('ask')
    .argument('[number]', 'the number to call, as it is written')
    .option('--cases <file>', 'answer a file of cases, one JSON object a line; - reads standard input')
    .option('--at <instant>', 'when, with an offset or a zone: 2026-11-25T20:59-05:00 (default: now)')
    .option('--address <address>', "where the person lives, country first: 'US-FL 33101', 'GB SW1A 1AA'")
    .option('--zone <zone...>', 'time zones that the list states: America/New_York')
    .option('--country <code>', 'country of a number without a country code (default: defaultCountry)')
    .option('--seller <place>', 'place for which is called: US, US-FL (default: the configuration, else the country)')
    .addOption(new Option('--purpose <purpose>', 'what for (default: sales)').choices([...purposes]))
    .option('--topic <topic>', 'about what (default: the purpose)')
    .option('--permission <basis=day...>', 'what the person permitted: express=2026-10-01', permission)
    .option('--attempt <instant...>', 'earlier attempts on the number')
    .option('--listed <kind:place...>', 'lists that hold the number: national:US, company, seller:acme', listed)
    .option('--own-hours <hours...>', 'hours in which the person wants calls: mon-fri=17:00-20:00')
    .option('--caller-id <number...>', 'numbers that may be presented')
    .option('--ring-timeout <duration>', 'how long it may ring (default: 25s)')
    .option('--agent-reserved', 'an agent is held for the call')
    .option('--person <json>', 'the same and more as a JSON object, or @FILE that holds it', group)
    .option('--campaign <file>', "a campaign's file: its own hours, limits and identities are asked too")
    .description('whether a call would be lawful, with every line of law that speaks; no daemon, no lead')
  examples(
    command,
    "dialwright rules ask '+12125550100' --at 2026-11-25T20:59-05:00",
    "dialwright rules ask '+13055550100' --at '2026-11-25T20:05[America/New_York]' --address 'US-FL 33101' --purpose debt",
    "dialwright rules ask '+33123456789' --at 2026-09-01T11:00+02:00 --seller DE --permission express=2026-08-01 --json",
    "dialwright rules ask '+12125550100' --attempt 2026-11-25T10:00-05:00 2026-11-25T12:00-05:00 --listed national:US",
    'dialwright rules ask --cases cases.jsonl > answers.jsonl',
    'zcat cases.jsonl.gz | dialwright rules ask --cases - --seller US --purpose sales',
  ).action(async (number: string | undefined, options: AskOptions) => {
    if ((number === undefined) === (options.cases === undefined))
      throw new InvalidArgumentError('name one number, or a file with --cases.')
    const data = await askerData(sources, options.campaign)
    const stated = caseOf(options)
    if (options.cases !== undefined) {
      const defaults = Object.keys(stated).length === 0 ? undefined : stated
      const { answerCases } = await import('./askCases.ts')
      return answerCases(cli, options.cases, { asker: data, defaults })
    }
    const { askerOf } = await import('./askAnswers.ts')
    const asker = askerOf(data)
    const answer = usage(() => asker.ask({ at: new Date().toISOString(), ...stated, number }))
    cli.print(answer, () => askWords(answer, cli.paint))
  })
}

async function askerData(sources: RuleSources, campaign: string | undefined): Promise<AskerData> {
  const file = sources.file()
  return {
    book: await sources.book(),
    ...(file === undefined ? { defaultCountry: 'US' } : loadCallDefaults(file)),
    ...given({ campaign: campaign === undefined ? undefined : loadCampaignFile(campaign) }),
  }
}

/** The part of a case that the options state. */
function caseOf(options: AskOptions): Readonly<Record<string, unknown>> {
  const { at, address, country, seller, purpose, topic, ringTimeout, agentReserved, person = {} } = options
  return {
    ...person,
    ...given({
      at,
      address,
      country,
      seller,
      purpose,
      topic,
      ringTimeout,
      agentReserved,
      zones: options.zone,
      permissions: options.permission,
      attempts: options.attempt,
      doNotCall: options.listed,
      ownHours: options.ownHours === undefined ? undefined : readDays(options.ownHours),
      callerIds: options.callerId,
    }),
  }
}

/** What is wrong with options is a wrong command line, in one line that steers no terminal. */
function usage<Answer>(ask: () => Answer): Answer {
  try {
    return ask()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InvalidArgumentError(printable(error.message))
  }
}

function permission(written: string, before: readonly object[] = []): readonly object[] {
  const [, basis, day] = /^([a-z]+)=(.+)$/.exec(written) ?? []
  const known = permissionBases.find(one => one === basis)
  if (known !== undefined) return [...before, { basis: known, given: day }]
  throw new InvalidArgumentError(`write one of ${permissionBases.join(', ')} and its day: express=2026-10-01.`)
}

function listed(written: string, before: readonly object[] = []): readonly object[] {
  const [kind, whose] = written.split(':')
  const known = doNotCallKinds.find(one => one === kind)
  if (known === 'seller') return [...before, { kind: known, ...given({ seller: whose }) }]
  if (known !== undefined) return [...before, { kind: known, ...given({ place: whose }) }]
  throw new InvalidArgumentError(
    `write one of ${doNotCallKinds.join(', ')}, with its place or seller: national:US, seller:acme.`,
  )
}

function group(written: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(written.startsWith('@') ? readFileSync(written.slice(1), 'utf8') : written)
  } catch (error) {
    throw new InvalidArgumentError(`is no JSON object (${printable(errorMessage(error))}).`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new InvalidArgumentError(
    'write a JSON object like {"permissions": [{"basis": "express", "given": "2026-10-01"}]}.',
  )
}
