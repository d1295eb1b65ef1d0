import { existsSync } from 'node:fs'
import { callListView } from '../../../api/calls.ts'
import { campaignView } from '../../../api/campaigns.ts'
import type { CallView } from '../../../api/views.ts'
import { type CampaignDefaults, campaignSettings } from '../../../config/campaignFile.ts'
import { type Config, loadStoreAccess } from '../../../config.ts'
import type { CampaignSettings } from '../../../core/campaigns/campaign.ts'
import { dayMs } from '../../../core/time.ts'
import { InputError } from '../../../errors.ts'
import { type PastAttempt, pastAttemptOf } from '../../../sim/scenarios/history.ts'
import { openHistory } from '../../../store/sqlite/history.ts'
import type { Cli } from '../../cli.ts'
import { apiPath } from '../../client.ts'

/** A campaign of the operator's with its past. */
export interface OwnHistory {
  readonly settings: CampaignSettings
  /** Newest first. */
  readonly past: readonly PastAttempt[]
  readonly leads: { readonly total: number; readonly finished: number }
  /** The capacity of the campaign's trunks together. */
  readonly trunk: { readonly channels: number; readonly callsPerSecond: number }
}

/** Older records than these tell little of tomorrow. */
const recordsMax = 100_000
/** Over the network it is fewer. */
const recordsOverApiMax = 20_000
const pageMax = 1_000

/**
 * Reads a campaign's past from the daemon's database, whether the daemon runs or not; where the database is on another machine,
 * over the daemon's API. `days`: only the last so many.
 */
export async function readOwnHistory(
  cli: Cli,
  { campaignId, days }: { readonly campaignId: string; readonly days?: number | undefined },
): Promise<OwnHistory> {
  const config = loadStoreAccess(cli.configFile())
  const since = days === undefined ? undefined : Date.now() - days * dayMs
  const query = { campaignId, since }
  return existsSync(config.store.path) ? fromStore(config, query) : fromApi(cli, config, query)
}

interface PastQuery {
  readonly campaignId: string
  readonly since: number | undefined
}

function fromStore({ store, trunks }: Pick<Config, 'store' | 'trunks'>, { campaignId, since }: PastQuery): OwnHistory {
  const reader = openHistory(store.path)
  try {
    const campaigns = reader.campaigns()
    const settings = campaigns.find(one => one.settings.campaignId === campaignId)?.settings
    if (settings === undefined) throw unknownCampaign(campaignId, campaigns)
    const query = { campaignId, limit: recordsMax, ...(since === undefined ? {} : { since }) }
    const past = [...reader.calls(query)].flatMap(call => pastAttemptOf(call) ?? [])
    return { settings, past, leads: reader.leadCounts(campaignId), trunk: capacityOf(settings, trunks) }
  } finally {
    reader.close()
  }
}

function unknownCampaign(
  campaignId: string,
  campaigns: readonly { readonly settings: CampaignSettings }[],
): InputError {
  const known = campaigns.map(one => one.settings.campaignId).slice(0, 10)
  const hint = known.length === 0 ? 'there is none yet: apply one' : `there is ${known.join(', ')}`
  return new InputError('unknown-campaign', `no campaign ${campaignId}: ${hint}`)
}

async function fromApi(
  cli: Cli,
  { trunks }: Pick<Config, 'trunks'>,
  { campaignId, since }: PastQuery,
): Promise<OwnHistory> {
  const api = cli.api()
  const { campaign, leads } = await api.get(campaignView, apiPath('/v1/campaigns', campaignId))
  const past: PastAttempt[] = []
  let after: string | undefined
  do {
    const query = { campaign: campaignId, limit: pageMax, after, since: isoOf(since) }
    const page = await api.get(callListView, '/v1/calls', query)
    past.push(...page.calls.flatMap(call => pastAttemptOfView(call) ?? []))
    after = page.next
  } while (after !== undefined && past.length < recordsOverApiMax)
  const settings = campaignSettings(campaign, { trunks } satisfies CampaignDefaults)
  return { settings, past, leads, trunk: capacityOf(settings, trunks) }
}

function isoOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString()
}

function pastAttemptOfView(call: CallView): PastAttempt | undefined {
  const { disposition, detail, wrapUpCode } = call
  const at = (written: string | undefined): number | undefined =>
    written === undefined ? undefined : Date.parse(written)
  const endedAt = at(call.endedAt)
  if (disposition === undefined || endedAt === undefined) return undefined
  return {
    ...{ disposition, detail, wrapUpCode, endedAt },
    originatedAt: Date.parse(call.originatedAt),
    ringingAt: at(call.ringingAt),
    answeredAt: at(call.answeredAt),
    connectedAt: at(call.connectedAt),
    wrapUpAt: at(call.wrapUpAt),
  }
}

function capacityOf({ trunkIds }: CampaignSettings, trunks: Config['trunks']): OwnHistory['trunk'] {
  const used = trunks.filter(trunk => trunkIds.includes(trunk.trunkId))
  return {
    channels: used.reduce((sum, trunk) => sum + trunk.channelsMax, 0),
    callsPerSecond: used.reduce((sum, trunk) => sum + trunk.callsPerSecondMax, 0),
  }
}
