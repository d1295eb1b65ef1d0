import { changedSettings, type SettingChange } from '../config/campaignChange.ts'
import type { Config } from '../config.ts'
import type { CampaignId } from '../core/ids.ts'
import type { Dialer } from '../dialer/dialer.ts'
import { OperatingError } from '../errors.ts'

/** A campaign that is new, or the settings of it that are not what they were, as a campaign's file names them. */
export interface CampaignChange {
  readonly campaignId: CampaignId
  readonly changed: readonly SettingChange[] | 'new'
}

/** Applies campaigns of the configuration: there the file has the last word. Gives what that changes. */
export async function applyCampaigns(
  { gateway }: Pick<Dialer, 'gateway'>,
  { campaigns }: Pick<Config, 'campaigns'>,
): Promise<readonly CampaignChange[]> {
  const changes: CampaignChange[] = []
  for (const settings of campaigns) {
    const { campaignId } = settings
    const known = gateway.campaign(campaignId)?.settings
    const answer = await gateway.command({ kind: 'campaign-apply', settings })
    if (!answer.accepted) throw new OperatingError(answer.code, `campaign ${campaignId}: ${answer.message}`)
    const changed = known === undefined ? 'new' : changedSettings(known, settings)
    if (changed.length > 0) changes.push({ campaignId, changed })
  }
  return changes
}
