import type { CampaignSettings } from '../core/campaigns/campaign.ts'
import { given } from '../core/given.ts'
import { campaignDocument } from './campaignFile.ts'

/** A setting of a campaign by its path in the file, `pacing.abandonmentTarget`, as written before and now; absent: it was or is not there. */
export interface SettingChange {
  readonly path: string
  readonly before?: string
  readonly now?: string
}

/** What differs between two settings of a campaign, in the words of its file. */
export function changedSettings(before: CampaignSettings, now: CampaignSettings): readonly SettingChange[] {
  const was = leaves(campaignDocument(before))
  const is = leaves(campaignDocument(now))
  const paths = [...new Set([...was.keys(), ...is.keys()])]
  return paths
    .filter(path => was.get(path) !== is.get(path))
    .map(path => ({ path, ...given({ before: was.get(path), now: is.get(path) }) }))
}

/** Every value by its path; lists are values. */
function leaves(value: unknown, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map([[path, written(value)]])
  const inside = Object.entries(value).filter(([, part]) => part !== undefined)
  return new Map(inside.flatMap(([key, part]) => [...leaves(part, path === '' ? key : `${path}.${key}`)]))
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
