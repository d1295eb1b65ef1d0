import type { ListShare } from '../core/campaigns/campaign.ts'

/** Divides refills among a campaign's lists by their shares, over many refills exactly. */
export interface ListShares {
  /** How many leads to take from which list; one entry without a list where the campaign has no mix. */
  split(mix: readonly ListShare[], count: number): readonly { readonly list?: string; readonly count: number }[]
}

/** Nobody is owed anything yet. */
export function createListShares(): ListShares {
  const owed = new Map<string, number>()
  return {
    split(mix, count) {
      const active = mix.filter(({ share }) => share > 0)
      const total = active.reduce((sum, { share }) => sum + share, 0)
      if (mix.length === 0) return [{ count }]
      for (const list of owed.keys()) if (!active.some(one => one.list === list)) owed.delete(list)
      for (const { list, share } of active) owed.set(list, (owed.get(list) ?? 0) + (count * share) / total)
      const parts = active.map(({ list }) => ({ list, count: Math.max(0, Math.floor(owed.get(list) ?? 0)) }))
      spread(parts, { owed, left: count - parts.reduce((sum, part) => sum + part.count, 0) })
      for (const { list, count: given } of parts) owed.set(list, (owed.get(list) ?? 0) - given)
      return parts
    },
  }
}

/** What rounding has left goes to those who are owed most. */
function spread(
  parts: readonly { readonly list: string; count: number }[],
  { owed, left }: { readonly owed: ReadonlyMap<string, number>; readonly left: number },
): void {
  const byRest = [...parts].sort((a, b) => (owed.get(b.list) ?? 0) - b.count - ((owed.get(a.list) ?? 0) - a.count))
  for (const part of byRest.slice(0, Math.max(0, left))) part.count += 1
}
