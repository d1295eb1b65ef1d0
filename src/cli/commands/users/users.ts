import { type Command, InvalidArgumentError } from 'commander'
import {
  type InviteView,
  inviteView,
  type UserBody,
  type UserChangeBody,
  type UserView,
  userListView,
  userView,
} from '../../../api/access/users.ts'
import { doneView } from '../../../api/views.ts'
import { endCodesOf } from '../../../app/access/ownAccount.ts'
import {
  addUser,
  changeUser,
  inviteUser,
  listUsers,
  removeUser,
  setPassword,
  showUser,
} from '../../../app/access/users.ts'
import { type Role, roles } from '../../../core/access/rights.ts'
import { given } from '../../../core/given.ts'
import { type Cli, examples } from '../../cli.ts'
import { apiPath } from '../../client.ts'
import { localTime, table } from '../../terminal/format.ts'
import { readPassword } from '../../terminal/password.ts'
import { inEitherWay, local } from './access.ts'

const base = '/v1/users'
const by = local

/** `users add|list|show|change|remove|invite|password|no-codes` */
export function userCommands(program: Command, cli: Cli): void {
  const users = examples(
    program.command('users').description('who may log in; works beside a running daemon and without one'),
    'dialwright users add ann --role admin',
    'dialwright users add sam --role supervisor --campaign spring',
    'dialwright users add kim --role agent --agent 1001',
    'dialwright users list --json',
  )
  addCommand(users, cli)
  listCommands(users, cli)
  changeCommands(users, cli)
  secretCommands(users, cli)
}

interface Details {
  readonly role?: Role
  readonly campaign?: readonly string[]
  readonly agent?: string
  readonly numbers?: boolean
}

function withDetails(command: Command): Command {
  return command
    .option('--campaign <ids...>', "a supervisor's campaigns; into which an agent may log in beside their own")
    .option('--agent <id>', 'whose line a user of the role agent has')
    .option('--numbers', 'show them telephone numbers as they are')
    .option('--no-numbers', 'show them masked numbers alone')
}

function detailsOf({ campaign, agent, numbers }: Details): Omit<UserChangeBody, 'role' | 'disabled'> {
  return given({ campaigns: campaign && [...campaign], agentId: agent, seesNumbers: numbers })
}

function readRole(written: string): Role {
  const found = roles.find(role => role === written)
  if (found === undefined) throw new InvalidArgumentError(`use one of ${roles.join(', ')}`)
  return found
}

function addCommand(users: Command, cli: Cli): void {
  examples(
    withDetails(
      users
        .command('add')
        .argument('<name>', 'under which they log in: lower-case letters and digits')
        .requiredOption('--role <role>', roles.join(', '), readRole),
    ).description('add a user, and print the link by which they set their password: it serves once, within a day'),
    'dialwright users add ann --role admin',
    'dialwright users add sam --role supervisor --campaign spring autumn',
    'dialwright users add kim --role agent --agent 1001',
    'dialwright users add aud --role auditor --numbers',
  ).action(async (name: string, { role, ...details }: Details & { readonly role: Role }) => {
    const body: UserBody = { name, role, ...detailsOf(details) }
    const answer = await inEitherWay(
      cli,
      api => api.send(inviteView, { method: 'POST', path: base, body }),
      access => addUser(access, body, { by }),
    )
    printLink(cli, answer)
  })
}

function printLink(cli: Cli, { user, path, url, expiresAt }: InviteView): void {
  const link = url ?? `${cli.api('quietly').url}${path}`
  const words = `${user.name} (${user.role}) sets their password here, once, until ${localTime(expiresAt)}:\n${link}\n`
  cli.print({ user, link, expiresAt }, () => words)
  cli.remark('Give it to them alone: whoever opens it first is them.')
}

function listCommands(users: Command, cli: Cli): void {
  examples(users.command('list').description('all users'), 'dialwright users list').action(async () => {
    const answer = await inEitherWay(
      cli,
      api => api.get(userListView, base),
      access => ({ users: [...listUsers(access)] }),
    )
    const none = 'nobody can log in yet: `dialwright users add NAME --role admin`\n'
    cli.print(answer, () => (answer.users.length === 0 ? none : usersTable(answer.users)))
  })

  examples(users.command('show').argument('<name>').description('one user'), 'dialwright users show ann').action(
    async (name: string) => {
      const answer = await inEitherWay(
        cli,
        api => api.get(userView, apiPath(base, name)),
        access => showUser(access, name),
      )
      cli.print(answer, () => usersTable([answer]))
    },
  )
}

function usersTable(users: readonly UserView[]): string {
  const rows = users.map(user => [user.name, user.role, user.agentId ?? user.campaigns.join(' '), stateOf(user)])
  return table(['name', 'role', 'of', 'state'], rows)
}

function stateOf({ disabled, hasPassword, oneTimeCodes, sessions, linkUntil, seesNumbers }: UserView): string {
  const words = [
    disabled ? 'disabled' : undefined,
    hasPassword ? undefined : 'no password',
    oneTimeCodes ? 'one-time codes' : undefined,
    seesNumbers ? 'sees numbers' : undefined,
    sessions === 0 ? undefined : `logged in (${sessions})`,
    linkUntil === undefined ? undefined : `link until ${localTime(linkUntil)}`,
  ]
  return words.filter(word => word !== undefined).join(', ')
}

function changeCommands(users: Command, cli: Cli): void {
  const change = async (name: string, body: UserChangeBody): Promise<void> => {
    const answer = await inEitherWay(
      cli,
      api => api.send(userView, { method: 'PATCH', path: apiPath(base, name), body }),
      access => changeUser(access, name, { change: body, by }),
    )
    cli.print(answer, () => usersTable([answer]))
  }

  examples(
    withDetails(
      users
        .command('change')
        .argument('<name>')
        .option('--role <role>', roles.join(', '), readRole)
        .option('--disable', 'they cannot log in any more')
        .option('--enable', 'they can again'),
    ).description('change a user; what is not said stays, and their sessions end at once'),
    'dialwright users change sam --campaign spring autumn',
    'dialwright users change kim --disable',
  ).action(async (name: string, options: Details & { readonly disable?: true; readonly enable?: true }) => {
    const { role, disable, enable } = options
    if (disable === true && enable === true)
      throw new InvalidArgumentError('--disable and --enable contradict: keep one')
    await change(name, {
      ...given({ role, disabled: disable ?? (enable === true ? false : undefined) }),
      ...detailsOf(options),
    })
  })

  examples(
    users.command('remove').argument('<name>').description('remove a user; what they did stays in the ledger'),
    'dialwright users remove kim',
  ).action(async (name: string) => {
    await inEitherWay(
      cli,
      async api => void (await api.send(doneView, { method: 'DELETE', path: apiPath(base, name) })),
      access => removeUser(access, name, by),
    )
    cli.print({ removed: name }, () => `${name} is removed\n`)
  })
}

function secretCommands(users: Command, cli: Cli): void {
  examples(
    users
      .command('invite')
      .argument('<name>')
      .description('print a new link to set a password; an older one serves no more'),
    'dialwright users invite ann',
  ).action(async (name: string) => {
    const answer = await inEitherWay(
      cli,
      api => api.send(inviteView, { method: 'POST', path: apiPath(base, name, 'invite') }),
      access => inviteUser(access, name, by),
    )
    printLink(cli, answer)
  })

  examples(
    users
      .command('password')
      .argument('<name>')
      .description('set a password: typed unseen, or the first line of the standard input; their sessions end'),
    'dialwright users password ann',
    'pass show dialwright | dialwright users password ann',
  ).action(async (name: string) => {
    const password = await readPassword(cli.terminal, name)
    await inEitherWay(
      cli,
      async api =>
        void (await api.send(doneView, { method: 'PUT', path: apiPath(base, name, 'password'), body: { password } })),
      access => setPassword(access, name, { password, by }),
    )
    cli.print({ passwordSet: name }, () => `${name} has a new password\n`)
  })

  examples(
    users
      .command('no-codes')
      .argument('<name>')
      .description('ask for no one-time code any more, of somebody who has lost device and recovery codes'),
    'dialwright users no-codes ann',
  ).action(async (name: string) => {
    await inEitherWay(
      cli,
      async api => void (await api.send(doneView, { method: 'DELETE', path: apiPath(base, name, 'one-time-codes') })),
      access => endCodesOf(access, name, by),
    )
    cli.print({ codesOff: name }, () => `${name} is asked for no code any more\n`)
  })
}
