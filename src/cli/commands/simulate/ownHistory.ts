import { existsSync } from 'node:fs'
import { campaignView } from '../../../api/campaigns.ts'
import { type CallView, iso } from '../../../api/views.ts'
import { type CampaignDefaults, campaignSettings } from '../../../config/campaignFile.ts'
import { type Config, loadStoreAccess } from '../../../config.ts'
import type { CampaignSettings } from '../../../core/campaigns/campaign.ts'
import { given } from '../../../core/given.ts'
import { dayMs } from '../../../core/time.ts'
import { InputError } from '../../../errors.ts'
import { type PastAttempt, pastAttemptOf } from '../../../sim/scenarios/history.ts'
import { openHistory } from '../../../store/sqlite/history.ts'
import type { Cli } from '../../cli.ts'
import { type ApiClient, apiPath } from '../../client.ts'
import { throughDaemon } from '../../daemonOrAlone.ts'
import { linesOf } from '../../lines.ts'

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

/** Reads a campaign's past: from the daemon, or from its database while it does not run. `days`: only the last so many. */
export async function readOwnHistory(
  cli: Cli,
  { campaignId, days }: { readonly campaignId: string; readonly days?: number | undefined },
): Promise<OwnHistory> {
  const config = loadStoreAccess(cli.configFile())
  const query = { campaignId, since: days === undefined ? undefined : Date.now() - days * dayMs }
  return throughDaemon(
    cli,
    api => fromApi(api, config, query),
    notRunning => {
      if (!existsSync(config.store.path)) throw notRunning
      return fromDatabase(config, query)
    },
  )
}

interface PastQuery {
  readonly campaignId: string
  readonly since: number | undefined
}

/** Nothing is written, so this needs no lock: a daemon may be starting, or listen where it cannot be reached. */
function fromDatabase({ store, trunks }: Sources, { campaignId, since }: PastQuery): OwnHistory {
  const reader = openHistory(store.path)
  try {
    const campaigns = reader.campaigns()
    const settings = campaigns.find(one => one.settings.campaignId === campaignId)?.settings
    if (settings === undefined) throw unknownCampaign(campaignId, campaigns)
    const calls = reader.calls({ campaignId, limit: recordsMax, ...given({ since }) })
    const past = [...calls].flatMap(call => pastAttemptOf(call) ?? [])
    return { settings, past, leads: reader.leadCounts(campaignId), trunk: capacityOf(settings, trunks) }
  } finally {
    reader.close()
  }
}

type Sources = Pick<Config, 'store' | 'trunks'>

function unknownCampaign(
  campaignId: string,
  campaigns: readonly { readonly settings: CampaignSettings }[],
): InputError {
  const known = campaigns.map(one => one.settings.campaignId).slice(0, 10)
  const hint = known.length === 0 ? 'there is none yet: apply one' : `there is ${known.join(', ')}`
  return new InputError('unknown-campaign', `no campaign ${campaignId}: ${hint}`)
}

/** The export is read, whose pages are small: a long past does not hold up the loop that dials. */
async function fromApi(api: ApiClient, { trunks }: Sources, { campaignId, since }: PastQuery): Promise<OwnHistory> {
  const { campaign, leads } = await api.get(campaignView, apiPath('/v1/campaigns', campaignId))
  const query = { campaignId, format: 'jsonl', since: since === undefined ? undefined : iso(since) }
  const past: PastAttempt[] = []
  let records = 0
  for await (const line of linesOf(await api.download('/v1/calls/export', query))) {
    // What the daemon of this version writes in a line is a call's view.
    const attempt = pastAttemptOfView(JSON.parse(line) as CallView)
    if (attempt !== undefined) past.push(attempt)
    records += 1
    if (records >= recordsMax) break
  }
  const settings = campaignSettings(campaign, { trunks } satisfies CampaignDefaults)
  return { settings, past, leads, trunk: capacityOf(settings, trunks) }
}

function pastAttemptOfView(call: CallView): PastAttempt | undefined {
  const { disposition, detail, wrapUpCode } = call
  const at = (written: string | undefined): number | undefined =>
    written === undefined ? undefined : Date.parse(written)
  const endedAt = at(call.endedAt)
  if (disposition === undefined || endedAt === undefined) return undefined
  return {
    disposition,
    detail,
    wrapUpCode,
    endedAt,
    originatedAt: Date.parse(call.originatedAt),
    ringingAt: at(call.ringingAt),
    answeredAt: at(call.answeredAt),
    connectedAt: at(call.connectedAt),
    transferredAt: at(call.transferredAt),
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
