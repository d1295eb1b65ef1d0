import { signal } from '@preact/signals'

/** The parts of one campaign. */
export const tabs = ['now', 'leads', 'pacing', 'settings', 'script', 'codes'] as const
/** A part of one campaign. */
export type Tab = (typeof tabs)[number]

/** What the page is about. */
export interface Spot {
  /** Absent: all campaigns. */
  readonly campaignId?: string
  readonly tab: Tab
}

function read(): Spot {
  const [id = '', part = ''] = location.hash.slice(1).split('/')
  const tab = tabs.find(one => one === part) ?? 'now'
  return id === '' ? { tab } : { campaignId: decodeURIComponent(id), tab }
}

/** Where somebody is: it stands in the address, so that back and a reload come here again. */
export const spot = signal<Spot>(read())

addEventListener('hashchange', () => {
  spot.value = read()
})

/** The address of a campaign's part; without an id that of all. */
export function addressOf(campaignId?: string, tab: Tab = 'now'): string {
  return campaignId === undefined ? '#' : `#${encodeURIComponent(campaignId)}/${tab}`
}
