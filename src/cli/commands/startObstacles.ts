import { campaignExplainView, campaignSoundsView, campaignView } from '../../api/campaigns.ts'
import { type CampaignStatus, type Status, statusView } from '../../api/views.ts'
import type { Cli } from '../cli.ts'
import { apiPath } from '../client.ts'
import { localTime, localTimes } from '../terminal/format.ts'

/** With more leads counting why takes longer than somebody who starts a campaign waits. */
const countedMax = 100_000

/** What keeps a campaign that was just started from dialing, a sentence with the next step each; empty: nothing. */
export async function startObstacles(cli: Cli, campaignId: string): Promise<readonly string[]> {
  const api = cli.api()
  const [{ status, leads }, everything] = await Promise.all([
    api.get(campaignView, apiPath('/v1/campaigns', campaignId)),
    api.get(statusView, '/v1/status'),
  ])
  return [
    ...machineObstacles(everything),
    ...agentObstacles(status),
    ...(leads.total === 0
      ? [`it has no leads: \`dialwright leads import FILE --campaign ${campaignId}\``]
      : await leadObstacles(cli, campaignId, leads.total)),
  ]
}

function machineObstacles({ nodes, alarms = [], drain }: Status): readonly string[] {
  const down = nodes.filter(({ link }) => link === 'down').map(({ nodeId }) => nodeId)
  return [
    ...(down.length === 0 ? [] : [`the PBX ${down.join(', ')} is not reachable: \`dialwright doctor\``]),
    ...(drain === undefined ? [] : ['the daemon is drained: `dialwright drain --cancel`']),
    ...alarms.filter(({ stopsDialing }) => stopsDialing).map(({ says }) => says),
  ]
}

function agentObstacles({ campaignId, agents, dayCap }: CampaignStatus): readonly string[] {
  const atWork = agents.available + agents.reserved + agents['on-call'] + agents['wrap-up']
  const onTheLine = atWork + agents.paused + agents.breather
  const capped = dayCap === undefined ? [] : [localTimes(dayCap.says)]
  if (onTheLine === 0)
    return [...capped, `no agent is on the line: \`dialwright agents login ID --campaign ${campaignId}\``]
  return onTheLine === agents.paused ? [...capped, 'every agent is paused: `dialwright agents resume ID`'] : capped
}

async function leadObstacles(cli: Cli, campaignId: string, leads: number): Promise<readonly string[]> {
  if (leads > countedMax) return []
  const { dialable, reasons } = await cli
    .api()
    .get(campaignExplainView, apiPath('/v1/campaigns', campaignId, 'explain'))
  const [most] = reasons
  if (dialable > 0 || most === undefined) return []
  const firstAt = reasons
    .flatMap(({ firstAt, changedBy }) => (changedBy === undefined ? (firstAt ?? []) : []))
    .sort()
    .at(0)
  const until = firstAt === undefined ? '' : `, the first from ${localTime(firstAt)} on`
  return [
    `none of its leads may be dialed now${until}; most are a lead that ${most.says}: \`dialwright campaign explain ${campaignId}\``,
  ]
}

/** What a PBX lacks of a campaign's sounds, a sentence each: people would hear nothing. One that is away refuses nothing. */
export async function soundRemarks(cli: Cli, campaignId: string): Promise<readonly string[]> {
  const { missing, notAsked } = await cli.api().get(campaignSoundsView, apiPath('/v1/campaigns', campaignId, 'sounds'))
  const away = `whether ${notAsked.join(', ')} has its sounds is not known, the PBX is not reachable: \`dialwright doctor\` looks again`
  return [...missing.map(({ says }) => says), ...(notAsked.length === 0 ? [] : [away])]
}
