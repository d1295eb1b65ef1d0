import type { Command } from 'commander'
import { type Static, Type } from 'typebox'
import { type AgentView, agentShowView, agentView } from '../../api/agents.ts'
import { doneView } from '../../api/views.ts'
import { given } from '../../core/given.ts'
import { type Cli, examples } from '../cli.ts'
import { apiPath } from '../client.ts'
import { elapsed, fields, localTime, percent, table } from '../terminal/format.ts'

const base = '/v1/agents'
const listView = Type.Object({ agents: Type.Array(agentView) })

/** `agents list|show|add|login|logout|pause|resume` */
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

  sessionCommands(agents, cli)
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
      .description("ring the agent's phone; they are available when they answer"),
    'dialwright agents login 1001 --campaign spring',
  ).action((id: string, options: { campaign?: string }) =>
    post(id, 'login', { body: given({ campaignId: options.campaign }), said: 'the phone rings' }),
  )

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
}

function phoneWords({ registered, mediaFlowing }: AgentView): string {
  if (registered === false) return 'not registered'
  return mediaFlowing ? 'ok' : 'silent'
}

function agentTable(agents: readonly AgentView[]): string {
  const header = ['agent', 'name', 'campaign', 'state', 'since', 'calls', 'occupancy', 'phone', 'endpoint']
  const rows = agents.map(agent => [
    ...[
      agent.agentId,
      agent.name,
      agent.campaignId,
      stateWords(agent),
      elapsed(Math.max(0, Date.now() - Date.parse(agent.since))),
    ],
    ...[agent.calls, percent(agent.occupancy), phoneWords(agent), agent.endpoint],
  ])
  return table(header, rows)
}

function stateWords({ state, pauseReason, pending }: AgentView): string {
  const reason = pauseReason === undefined ? '' : ` (${pauseReason})`
  return `${state}${reason}${pending === undefined ? '' : `, then ${pending}`}`
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
