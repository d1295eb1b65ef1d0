import type { Command } from 'commander'
import { type Static, Type } from 'typebox'
import { type AgentView, agentShowView, agentView, removedView } from '../../api/agents/agents.ts'
import { type DeskPhoneView, deskPhoneView, type PhoneView, phoneView } from '../../api/agents/phones.ts'
import { doneView } from '../../api/views.ts'
import { given } from '../../core/given.ts'
import { OperatingError } from '../../errors.ts'
import { type Cli, examples } from '../cli.ts'
import { apiPath } from '../client.ts'
import { elapsed, fields, localTime, percent, table } from '../terminal/format.ts'
import { displayWidth } from '../terminal/width.ts'

const base = '/v1/agents'
const listView = Type.Object({ agents: Type.Array(agentView) })

/** `agents list|show|add|remove|login|logout|pause|resume` */
export function agentCommands(program: Command, cli: Cli): void {
  const agents = program.command('agents').description('agents and their sessions')

  examples(
    agents.command('list').option('--campaign <id>', 'of one campaign').description('agents with their state'),
    'dialwright agents list',
  ).action(async (options: { campaign?: string }) => {
    const answer = await cli.api().get(listView, base, { campaignId: options.campaign })
    cli.print(answer, () => agentTable(answer.agents))
  })

  examples(
    agents.command('show').argument('<agent>').description('one agent, with the call they are in and its lead'),
    'dialwright agents show 1001',
  ).action(async (id: string) => {
    const answer = await cli.api().get(agentShowView, apiPath(base, id))
    cli.print(answer, () => showWords(answer))
  })

  examples(
    agents
      .command('add')
      .argument('<agent>', 'the id, also the name of the SIP endpoint unless set')
      .option('--name <text>', 'the name')
      .option('--endpoint <endpoint>', 'the SIP endpoint (default: PJSIP/<id>)')
      .option('--node <id>', 'the PBX that holds the agent, where there are several')
      .option('--campaign <id>', 'the campaign that a log-in joins')
      .description('add an agent, or change one'),
    "dialwright agents add 1002 --name 'Ben Okri' --campaign spring",
  ).action(async (id: string, options: { name?: string; endpoint?: string; node?: string; campaign?: string }) => {
    const { node, campaign, ...rest } = options
    const body = { agentId: id, ...rest, ...given({ nodeId: node, campaignId: campaign }) }
    const answer = await cli.api().send(agentView, { method: 'POST', path: base, body })
    cli.print(answer, () => `agent ${id} (${answer.endpoint} on ${answer.nodeId}) is ${answer.state}\n`)
  })

  examples(
    agents
      .command('remove')
      .argument('<agent>')
      .description(
        'remove an agent: at once, or when they are off the line; the configuration file does not bring them back until it says something new of them',
      ),
    'dialwright agents remove 1002',
  ).action(async (id: string) => {
    const answer = await cli.api().send(removedView, { method: 'DELETE', path: apiPath(base, id) })
    cli.print(answer, () =>
      answer.removed ? `agent ${id} is removed\n` : `agent ${id} is removed when they are off the line\n`,
    )
  })

  phoneCommand(agents, cli)
  sessionCommands(agents, cli)
}

function phoneCommand(agents: Command, cli: Cli): void {
  examples(
    agents
      .command('phone')
      .argument('<agent>')
      .option('--password', 'make a new password, and say once what to type into the telephone')
      .description("who holds an agent's line: a page, a telephone, or a phone that stands in the PBX's files"),
    'dialwright agents phone 1001 --password',
  ).action(async (id: string, { password = false }: { password?: boolean }) => {
    const path = apiPath(base, id, 'phone')
    if (password) {
      const made = await cli.api().send(deskPhoneView, { method: 'POST', path, body: {} })
      cli.print(made, () => deskPhoneWords(made))
      return
    }
    const phone = await cli.api().get(phoneView, path)
    cli.print(phone, () => phoneFields(phone))
  })
}

function deskPhoneWords({
  agentId,
  server,
  port,
  transport,
  user,
  password,
  logInNumber,
  note,
}: DeskPhoneView): string {
  const settings = fields([
    ['server', server],
    ['port', port],
    ['transport', transport],
    ['user', user],
    ['password', password],
  ])
  const remark = note === undefined ? '' : `${note}\n`
  return `${settings}\nThe password is told this once. Agent ${agentId} dials ${logInNumber} to be on the line.\n${remark}`
}

const holders = { browser: 'a page in a browser', desk: 'a telephone', none: "what the PBX's files say, or nobody" }

function phoneFields(phone: PhoneView): string {
  return fields([
    ['agent', phone.agentId],
    ['line', `${phone.endpoint} on ${phone.nodeId}${phone.registered === false ? ', not registered' : ''}`],
    ['held by', holders[phone.in]],
    ['password of', phone.madeAt && `${localTime(phone.madeAt)}, by ${phone.madeBy}`],
  ])
}

function sessionCommands(agents: Command, cli: Cli): void {
  const post = async (id: string, what: string, more: { body?: unknown; said: string }): Promise<void> => {
    await cli.api().send(doneView, { method: 'POST', path: apiPath(base, id, what), body: more.body ?? {} })
    cli.print({ done: true }, () => `agent ${id}: ${more.said}\n`)
  }

  examples(
    agents
      .command('login')
      .argument('<agent>')
      .option('--campaign <id>', 'the campaign to join')
      .option('--no-wait', 'do not wait until the phone is answered')
      .description("ring the agent's phone; they are available when they answer"),
    'dialwright agents login 1001 --campaign spring',
  ).action(async (id: string, { campaign, wait }: { campaign?: string; wait: boolean }) => {
    const body = given({ campaignId: campaign })
    await cli.api().send(doneView, { method: 'POST', path: apiPath(base, id, 'login'), body })
    if (wait) await untilOnTheLine(cli, id)
    else cli.print({ done: true }, () => `agent ${id}: the phone rings\n`)
  })

  examples(
    agents
      .command('logout')
      .argument('<agent>')
      .option('--force', 'do not wait for calls that ring for them')
      .description('end the session'),
    'dialwright agents logout 1001',
  ).action((id: string, { force = false }: { force?: boolean }) =>
    post(id, 'logout', { body: { force }, said: 'logs out' }),
  )

  examples(
    agents
      .command('pause')
      .argument('<agent>')
      .option('--reason <text>', 'why', 'break')
      .option('--force', 'do not wait for calls that ring for them')
      .description('no calls until resumed'),
    'dialwright agents pause 1001 --reason lunch',
  ).action((id: string, { reason, force = false }: { reason: string; force?: boolean }) =>
    post(id, 'pause', {
      body: { pauseReason: reason, force },
      said: 'pauses when the calls that ring for them are settled',
    }),
  )

  examples(
    agents.command('resume').argument('<agent>').description('take calls again'),
    'dialwright agents resume 1001',
  ).action((id: string) => post(id, 'resume', { said: 'takes calls again' }))

  examples(
    agents
      .command('lower-hand')
      .argument('<agent>')
      .description('say that somebody has come to an agent who asked for help'),
    'dialwright agents lower-hand 1001',
  ).action(async (id: string) => {
    await cli.api().send(doneView, { method: 'DELETE', path: apiPath(base, id, 'help') })
    cli.print({ done: true }, () => `agent ${id}: the hand is lowered\n`)
  })
}

/** How often to look whether a phone was answered. */
const lookEveryMs = 250

/** Waits for what becomes of the phone that rings. */
async function untilOnTheLine(cli: Cli, id: string): Promise<void> {
  cli.remark(`the phone of agent ${id} rings: they take the call to be logged in`)
  for (;;) {
    const { agent } = await cli.api().get(agentShowView, apiPath(base, id))
    if (agent.state === 'offline') {
      const message = `agent ${id} is not logged in: ${unreachedWords(agent)}`
      throw new OperatingError('agent-unreached', message)
    }
    if (agent.state !== 'calling') {
      const joined = agent.campaignId === undefined ? 'in no campaign' : `in ${agent.campaignId}`
      cli.print(agent, () => `agent ${id} is on the line, ${joined}: ${stateWords(agent)}\n`)
      return
    }
    await new Promise(resolve => setTimeout(resolve, lookEveryMs))
  }
}

function unreachedWords({ endpoint, unreached }: AgentView): string {
  switch (unreached) {
    case undefined:
      return 'they were logged out, or hung up at once'
    case 'busy':
      return `the phone ${endpoint} is busy: let them end its call, then log in again`
    case 'no-answer':
      return `nobody took the call on the phone ${endpoint}`
    case 'rejected':
    case 'unwanted':
      return `the phone ${endpoint} declined the call: is it set to do not disturb?`
    default:
      return `the phone ${endpoint} could not be called (${unreached}): see \`dialwright doctor\``
  }
}

function phoneWords({ registered, mediaFlowing }: AgentView): string {
  if (registered === false) return 'not registered'
  return mediaFlowing ? 'ok' : 'silent'
}

const agentColumns = ['agent', 'name', 'campaign', 'state', 'since', 'phone', 'calls', 'occupancy', 'endpoint']
/** Up to `state`. */
const agentColumnsMin = 4

/** The agents with what they do; in a narrow window without the last columns. */
export function agentTable(agents: readonly AgentView[], width = Number.POSITIVE_INFINITY): string {
  const rows = agents.map(agent => [
    ...[
      agent.agentId,
      agent.name,
      agent.campaignId,
      stateWords(agent),
      elapsed(Math.max(0, Date.now() - Date.parse(agent.since))),
    ],
    ...[phoneWords(agent), agent.calls, percent(agent.occupancy), agent.endpoint],
  ])
  for (let count = agentColumns.length; ; count -= 1) {
    const text = table(agentColumns.slice(0, count), rows)
    if (count === agentColumnsMin || text.split('\n').every(line => displayWidth(line) <= width)) return text
  }
}

function stateWords({ state, pauseReason, pending, removed, helpSince }: AgentView): string {
  const reason = pauseReason === undefined ? '' : ` (${pauseReason})`
  const then = pending === undefined ? '' : `, then ${removed ? 'removed' : pending}`
  return `${state}${reason}${then}${helpSince === undefined ? '' : ', asks for help'}`
}

function showWords({ agent, call }: Static<typeof agentShowView>): string {
  const about = fields([
    ['agent', `${agent.agentId} ${agent.name}`],
    ['campaign', agent.campaignId],
    ['state', `${stateWords(agent)} since ${localTime(agent.since)}`],
    ['phone', `${agent.endpoint} on ${agent.nodeId}, ${phoneWords(agent)}`],
    ['calls', agent.calls],
    ['occupancy', percent(agent.occupancy)],
  ])
  if (call === undefined) return about
  const lead = Object.entries(call.lead)
  return `${about}\n${fields([['call', `${call.callId} (${call.state})`], ['number', call.number], ['lead', call.leadId], ...lead])}`
}
