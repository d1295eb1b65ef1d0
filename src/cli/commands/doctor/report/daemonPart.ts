import type { Static } from 'typebox'
import { campaignExplainView, campaignView } from '../../../../api/campaigns.ts'
import { type CampaignStatus, type Status, statusView } from '../../../../api/views.ts'
import type { Config } from '../../../../config.ts'
import { OperatingError } from '../../../../errors.ts'
import { type ApiClient, apiPath, createApiClient } from '../../../client.ts'
import type { Words } from './configPart.ts'
import { instantOf, type Plain } from './plain.ts'

/** With more leads counting why takes longer than somebody who writes a report waits. */
const countedMax = 100_000

/** What a running daemon says of itself; undefined: none answers, or not to our token. */
export async function daemonPart(config: Config, words: Words): Promise<Plain> {
  const api = createApiClient(config.api)
  try {
    const status = await api.get(statusView, '/v1/status')
    const reasons: Plain[] = []
    for (const campaign of status.campaigns) reasons.push(await reasonsPart(api, campaign, words))
    return { ...statusPart(status, words), leads: reasons }
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    return undefined
  }
}

function statusPart({ at, agents, calls, occupancy, nodes, trunks, campaigns, alarms = [] }: Status, words: Words) {
  const { prover, names } = words
  return {
    at: instantOf(Date.parse(at)),
    agents: { ...agents },
    calls: { ...calls },
    occupancy,
    nodes: nodes.map(({ nodeId, link, breaker }) => ({
      node: names.of('node', nodeId),
      link: prover.word(link),
      breaker: breaker && { state: prover.word(breaker.state), cause: prover.word(breaker.cause) },
    })),
    trunks: trunks.map(({ trunkId, channelsInUse, channelsMax, shortCallRate, breaker }) => ({
      trunk: names.of('trunk', trunkId),
      channelsInUse,
      channelsMax,
      shortCallRate,
      state: prover.word(breaker.state),
      fault: prover.word(breaker.fault),
      openings: breaker.openings,
      refusedRate: breaker.refusedRate,
      falseAnswerRate: breaker.falseAnswerRate,
    })),
    campaigns: campaigns.map(campaign => campaignPart(campaign, words)),
    alarms: alarms.map(({ what, code, since, stopsDialing }) => ({
      what: prover.word(what),
      code: prover.word(code),
      since: instantOf(Date.parse(since)),
      stopsDialing,
    })),
  }
}

function campaignPart(campaign: CampaignStatus, { prover, names }: Words): Plain {
  const { decisions, dayCap } = campaign
  return {
    campaign: names.of('campaign', campaign.campaignId),
    state: prover.word(campaign.state),
    mode: prover.word(campaign.mode),
    agents: { ...campaign.agents },
    calls: { ...campaign.calls },
    counters: { ...campaign.counters },
    dialLevel: campaign.dialLevel,
    abandonmentRate: campaign.abandonmentRate,
    occupancy: campaign.occupancy,
    hopper: campaign.hopper,
    dayCap: dayCap && { of: prover.word(dayCap.of), what: prover.word(dayCap.what), max: dayCap.max },
    decisions: decisions.map(({ at, originate, withdraw, reason, times, figures }) => ({
      at: instantOf(Date.parse(at)),
      originate,
      withdraw,
      reason: prover.word(reason),
      times,
      figures: Object.entries(figures).map(([name, value]) => ({ name: prover.word(name), value })),
    })),
  }
}

async function reasonsPart(api: ApiClient, { campaignId }: CampaignStatus, words: Words): Promise<Plain> {
  const path = apiPath('/v1/campaigns', campaignId)
  const campaign = words.names.of('campaign', campaignId)
  const { leads } = await api.get(campaignView, path)
  if (leads.total > countedMax) return { campaign, leads: leads.total }
  return { campaign, ...countsOf(await api.get(campaignExplainView, `${path}/explain`), words) }
}

function countsOf({ leads, dialable, reasons }: Static<typeof campaignExplainView>, { prover }: Words) {
  return {
    leads,
    dialable,
    reasons: reasons.map(({ reason, leads, finished, firstAt }) => ({
      reason: prover.word(reason),
      leads,
      finished,
      firstAt: firstAt === undefined ? undefined : instantOf(Date.parse(firstAt)),
    })),
  }
}
