import { type Command, InvalidArgumentError } from 'commander'
import { type TokenBody, type TokenView, tokenListView, tokenMadeView } from '../../../api/access/users.ts'
import { doneView } from '../../../api/views.ts'
import { localAdmin } from '../../../app/access/principals.ts'
import { addToken, listTokens, revokeToken } from '../../../app/access/tokens.ts'
import { type Right, rights } from '../../../core/access/rights.ts'
import { given } from '../../../core/given.ts'
import { type Cli, examples } from '../../cli.ts'
import { apiPath } from '../../client.ts'
import { localTime, table } from '../../terminal/format.ts'
import { inEitherWay, local } from './access.ts'

const base = '/v1/tokens'
const defaultDays = 90

/** `tokens create|list|revoke` */
export function tokenCommands(program: Command, cli: Cli): void {
  const tokens = examples(
    program.command('tokens').description('tokens of programs, each with its rights and its end'),
    'dialwright tokens create crm --right see-calls see-leads --days 365',
    'dialwright tokens create prometheus --right see-metrics',
    'dialwright tokens revoke crm',
  )

  examples(
    tokens
      .command('create')
      .argument('<name>', 'the program')
      .requiredOption('--right <rights...>', rights.join(', '))
      .option('--campaign <ids...>', 'these campaigns alone (default: all)')
      .option('--days <count>', `for how long, at most 366 (default: ${defaultDays})`, readDays)
      .description('make a token and print it: it is not shown again'),
    'dialwright tokens create crm --right see-calls --campaign spring --days 365',
  ).action(async (name: string, options: { right: string[]; campaign?: string[]; days?: number }) => {
    const { right, campaign: campaigns, days = defaultDays } = options
    const body: TokenBody = { name, rights: right.map(readRight), days, ...given({ campaigns }) }
    const answer = await inEitherWay(
      cli,
      api => api.send(tokenMadeView, { method: 'POST', path: base, body }),
      access => addToken(access, body, localAdmin),
    )
    cli.print(answer, () => `${answer.token}\n`)
    cli.remark(`It serves until ${localTime(answer.expiresAt)}, and is not shown again.`)
  })

  examples(tokens.command('list').description('tokens that were not revoked'), 'dialwright tokens list').action(
    async () => {
      const answer = await inEitherWay(
        cli,
        api => api.get(tokenListView, base),
        access => ({ tokens: [...listTokens(access)] }),
      )
      cli.print(answer, () => (answer.tokens.length === 0 ? 'there is no token\n' : tokensTable(answer.tokens)))
    },
  )

  examples(
    tokens.command('revoke').argument('<token>', 'its id, or its name').description('take a token back, at once'),
    'dialwright tokens revoke crm',
  ).action(async (named: string) => {
    await inEitherWay(
      cli,
      async api => void (await api.send(doneView, { method: 'DELETE', path: apiPath(base, named) })),
      access => revokeToken(access, named, local),
    )
    cli.print({ revoked: named }, () => `${named} is revoked\n`)
  })
}

function tokensTable(tokens: readonly TokenView[]): string {
  const rows = tokens.map(({ tokenId, name, rights: may, campaigns, expiresAt, expired, addedBy }) => [
    tokenId,
    name,
    may.join(' '),
    campaigns?.join(' ') ?? 'all',
    `${expired ? 'expired' : 'until'} ${localTime(expiresAt)}`,
    addedBy,
  ])
  return table(['id', 'name', 'rights', 'campaigns', '', 'by'], rows)
}

function readRight(written: string): Right {
  const found = rights.find(right => right === written)
  if (found === undefined) throw new InvalidArgumentError(`there is no right ${written}: use ${rights.join(', ')}`)
  return found
}

function readDays(written: string): number {
  const days = Number(written)
  if (!Number.isInteger(days) || days < 1 || days > 366)
    throw new InvalidArgumentError('use a whole number from 1 to 366')
  return days
}
