import type { Command } from 'commander'
import { stringify } from 'yaml'
import { campaignAppliedView, campaignExplainView, campaignListView, campaignView } from '../../api/campaigns.ts'
import { type CampaignStatus, doneView } from '../../api/views.ts'
import type { CampaignDocument } from '../../config/campaignFile.ts'
import { loadCampaignFile } from '../../config.ts'
import { type Cli, examples } from '../cli.ts'
import { apiPath } from '../client.ts'
import { changedWords } from '../terminal/changes.ts'
import { fields, percent, plural, table } from '../terminal/format.ts'
import { campaignExplainWords } from './campaignExplainText.ts'
import { soundRemarks, startObstacles } from './startObstacles.ts'

/** `campaign apply|list|show|explain|start|pause|stop` */
export function campaignCommands(program: Command, cli: Cli): void {
  const campaign = program
    .command('campaign')
    .description('campaigns: rules, agents and leads that are dialed together')

  examples(
    campaign
      .command('apply')
      .argument('<file...>', 'campaign files (YAML)')
      .description('create campaigns, or change them while they dial'),
    'dialwright campaign apply campaign.yaml',
  ).action(async (files: string[]) => {
    // All are read before the first is sent: a mistake in the second file leaves everything as it was.
    const documents = files.map(loadCampaignFile)
    for (const document of documents) await apply(cli, document)
  })

  examples(
    campaign.command('list').description('all campaigns with their state'),
    'dialwright campaign list',
    'dialwright campaign list --json',
  ).action(async () => {
    const answer = await cli.api().get(campaignListView, '/v1/campaigns')
    cli.print(answer, () => listWords(answer.campaigns))
    if (answer.campaigns.length === 0)
      cli.remark('there is no campaign yet: write a file and `dialwright campaign apply FILE`')
  })

  examples(
    campaign
      .command('show')
      .argument('<campaign>')
      .description('one campaign: figures, leads, and the file that gives its settings'),
    'dialwright campaign show spring',
  ).action(async (id: string) => {
    const answer = await cli.api().get(campaignView, apiPath('/v1/campaigns', id))
    cli.print(answer, () => `${statusWords(answer.status, answer.leads)}\n${stringify(answer.campaign)}`)
    if (answer.modeBecause !== undefined) cli.remark(answer.modeBecause)
  })

  examples(
    campaign
      .command('explain')
      .argument('<campaign>')
      .description('why its leads may not be dialed now, counted, and when they may'),
    'dialwright campaign explain spring',
  ).action(async (id: string) => {
    const answer = await cli.api().get(campaignExplainView, apiPath('/v1/campaigns', id, 'explain'))
    cli.print(answer, () => campaignExplainWords(answer))
  })

  runCommands(campaign, cli)
}

/** `campaign start|pause|stop` */
function runCommands(campaign: Command, cli: Cli): void {
  for (const [name, description] of [
    ['start', 'dial from now on'],
    ['pause', 'originate nothing more; calls that ring are served'],
  ] as const) {
    examples(
      campaign.command(name).argument('<campaign>').description(description),
      `dialwright campaign ${name} spring`,
    ).action(async (id: string) => {
      await cli.api().send(doneView, { method: 'POST', path: apiPath('/v1/campaigns', id, name) })
      cli.print({ done: true }, () => `campaign ${id}: ${name === 'start' ? 'started' : 'paused'}\n`)
      if (name === 'start') await tellStart(cli, id)
    })
  }

  examples(
    campaign
      .command('stop')
      .argument('<campaign>')
      .option('--force', 'end calls that ring as soon as the law lets them')
      .description('originate nothing more and end when the calls in flight are settled'),
    'dialwright campaign stop spring',
  ).action(async (id: string, options: { force?: boolean }) => {
    await cli.api().send(doneView, {
      method: 'POST',
      path: apiPath('/v1/campaigns', id, 'stop'),
      body: { force: options.force === true },
    })
    cli.print({ done: true }, () => `campaign ${id}: stopping\n`)
  })
}

/** What it waits for, or how to watch it. */
async function tellStart(cli: Cli, id: string): Promise<void> {
  const obstacles = await startObstacles(cli, id)
  for (const says of obstacles) cli.remark(`it does not dial yet: ${says}`)
  for (const says of await soundRemarks(cli, id)) cli.remark(`warning: ${says}`)
  if (obstacles.length === 0) cli.remark('it dials: watch it with `dialwright monitor`')
}

async function apply(cli: Cli, document: CampaignDocument): Promise<void> {
  const answer = await cli
    .api()
    .send(campaignAppliedView, { method: 'PUT', path: apiPath('/v1/campaigns', document.id), body: document })
  const { status, leads, changed } = answer
  cli.print(
    answer,
    () =>
      `campaign ${document.id} applied: ${status.mode}, ${status.state}, ${plural(leads.total, 'lead')}\n${changedWords(changed)}`,
  )
  if (answer.modeBecause !== undefined) cli.remark(answer.modeBecause)
  for (const says of await soundRemarks(cli, document.id)) cli.remark(`warning: ${says}`)
  if (leads.total === 0) cli.remark(`next: \`dialwright leads import FILE --campaign ${document.id}\``)
  else if (status.state === 'stopped') cli.remark(`next: \`dialwright campaign start ${document.id}\``)
}

function inFlight({ calls }: CampaignStatus): number {
  return calls.originating + calls.ringing + calls.screening + calls.waiting + calls.connected + calls.announcing
}

function onTheLine({ agents }: CampaignStatus): number {
  return agents.available + agents.reserved + agents['on-call'] + agents['wrap-up'] + agents.paused + agents.breather
}

function listWords(campaigns: readonly CampaignStatus[]): string {
  const header = [
    'campaign',
    'name',
    'state',
    'mode',
    'agents',
    'calls',
    'dial level',
    'attempts',
    'abandonment',
    'occupancy',
  ]
  const rows = campaigns.map(campaign => [
    ...[campaign.campaignId, campaign.name, campaign.state, campaign.mode, onTheLine(campaign), inFlight(campaign)],
    ...[
      campaign.dialLevel.toFixed(2),
      campaign.counters.attempts,
      percent(campaign.abandonmentRate),
      percent(campaign.occupancy),
    ],
  ])
  return table(header, rows)
}

function statusWords(status: CampaignStatus, leads: { total: number; dialable: number; finished: number }): string {
  const { counters } = status
  return fields([
    ['state', status.state],
    ['leads', `${leads.total}, of them ${leads.dialable} dialable now, ${leads.finished} finished`],
    ['agents on the line', onTheLine(status)],
    ['calls in flight', inFlight(status)],
    ['dial level', `${status.dialLevel.toFixed(2)} of at most ${status.dialLevelMax}`],
    [
      'abandonment',
      `${percent(status.abandonmentRate)} (${counters.abandoned} of ${counters.answeredByPerson}), target ${percent(status.abandonmentTarget)}, limit ${percent(status.abandonmentRateMax)}`,
    ],
    ['occupancy', percent(status.occupancy)],
    ['attempts', `${counters.attempts}, answered ${counters.answered}, connected ${counters.connected}`],
    ['do-not-call', `${counters.doNotCallBlocked} blocked`],
  ])
}
