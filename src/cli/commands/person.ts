import { type Command, InvalidArgumentError } from 'commander'
import { type ErasureView, erasureView, type PersonView, personView } from '../../api/persons.ts'
import { printable } from '../../core/printable.ts'
import { type Cli, examples } from '../cli.ts'
import { apiPath } from '../client.ts'
import { checkWritable, writeWhole } from '../files.ts'
import { localTime, plural, table } from '../terminal/format.ts'
import { originWords } from './leads/leadExplainText.ts'

const base = '/v1/persons'

/** `person access|erase` */
export function personCommands(program: Command, cli: Cli): void {
  const person = program.command('person').description('answers to a person who asks what is kept, or wants it gone')

  examples(
    person
      .command('access')
      .argument('<number>')
      .option('-o, --output <file>', 'write it to this file, as JSON')
      .description('everything that is kept about whoever has this number'),
    "dialwright person access '+12025550100'",
    "dialwright person access '+12025550100' -o answer.json",
  ).action(async (number: string, { output }: { output?: string }) => {
    if (output !== undefined) checkWritable(output)
    const answer = await cli.api().get(personView, apiPath(base, number))
    if (output === undefined) cli.print(answer, () => personWords(answer))
    else {
      // All that is known of a person is its owner's alone.
      writeWhole(output, `${JSON.stringify(answer, null, 2)}\n`, 0o600)
      cli.remark(`written to ${output}: ${countWords(answer)}`)
    }
  })

  examples(
    person
      .command('erase')
      .argument('<number>')
      .requiredOption('--by <name>', 'who answers for it; goes into the ledger')
      .option('--yes', 'do it: there is no way back')
      .description('erase whoever has this number; what the law has kept stays without a name'),
    "dialwright person erase '+12025550100' --by 'R. Miller' --yes",
  ).action(async (number: string, { by, yes }: { by: string; yes?: boolean }) => {
    if (yes !== true)
      throw new InvalidArgumentError(
        `nothing was erased: look at \`dialwright person access '${number}'\`, then add --yes.`,
      )
    const path = `${apiPath(base, number)}?by=${encodeURIComponent(by)}`
    const answer = await cli.api().send(erasureView, { method: 'DELETE', path })
    cli.print(answer, () => erasureWords(number, answer))
  })
}

function countWords({ leads, calls, permissions }: PersonView): string {
  return [plural(leads.length, 'lead'), plural(calls.length, 'call'), plural(permissions.length, 'permission')].join(
    ', ',
  )
}

function personWords(person: PersonView): string {
  const { numbers, personIds, leads, calls, permissions, hours, doNotCall, ledger } = person
  const known = personIds.length === 0 ? '' : `, known as ${personIds.join(', ')}`
  const leadRows = leads.map(lead => [
    ...[lead.number, lead.campaignId, lead.list, lead.state],
    lead.provenance === undefined ? 'not stated' : originWords(lead.provenance),
    Object.entries(lead.data)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  ])
  const callRows = calls.map(call => [
    localTime(call.originatedAt),
    call.number,
    call.disposition,
    call.agentId,
    call.note,
  ])
  const permissionRows = permissions.map(({ number, topics, basis, givenAt, withdrawnAt, how }) => [
    ...[number, topics.join(' ') || 'everything', basis, localTime(givenAt), localTime(withdrawnAt), how],
  ])
  const sections = [
    `${printable(`${numbers.join(', ')}${known}`)}\n`,
    section('leads', ['number', 'campaign', 'list', 'state', 'number from', 'data'], leadRows),
    section('calls', ['at', 'number', 'disposition', 'agent', 'note'], callRows),
    section('permissions', ['number', 'topics', 'basis', 'given', 'withdrawn', 'how'], permissionRows),
    ...hours.map(({ number, days }) => `own hours of ${number}: ${JSON.stringify(days)}\n`),
    ...doNotCall.map(
      ({ number, list, at, note }) => `${number} is on ${list} since ${localTime(at)} ${printable(note ?? '')}\n`,
    ),
    `${plural(ledger.length, 'ledger entry', 'ledger entries')}; --json or -o has all of it\n`,
  ]
  return sections.join('')
}

function section(name: string, header: readonly string[], rows: Parameters<typeof table>[1]): string {
  return rows.length === 0 ? `no ${name}\n` : `\n${name}\n${table(header, rows)}`
}

function erasureWords(number: string, { numbers, leads, calls, permissions, kept }: ErasureView): string {
  const gone = [plural(leads, 'lead'), plural(permissions, 'permission')].join(' and ')
  const done = `${number} is erased (${plural(numbers, 'number')}): ${gone} removed, ${plural(calls, 'call')} without number and notes\n`
  return `${done}${kept.map(line => `kept: ${line}\n`).join('')}`
}
