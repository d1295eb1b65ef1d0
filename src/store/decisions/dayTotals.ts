import type { Day, DayTotals } from '../../core/dialing/dayUse.ts'
import type { InstantMs } from '../../core/ids.ts'
import { type CallRecord, longestCountedMs } from '../../ports/attempts.ts'
import { movedFrom } from '../../ports/importing/packedMoved.ts'

/** Adds up what calls have come to in a day. */
export function dayTotals(records: Iterable<CallRecord | undefined>, day: Day): readonly DayTotals[] {
  const found = new Map<string, { attempts: number; talkMs: number }>()
  for (const record of records) {
    if (record === undefined || !mayCount(record, day)) continue
    const { campaignId, originatedAt } = record
    const attempts = originatedAt >= day.from ? 1 : 0
    const talkMs = talkedMs(record, day)
    if (attempts === 0 && talkMs === 0) continue
    const sum = found.get(campaignId) ?? { attempts: 0, talkMs: 0 }
    found.set(campaignId, { attempts: sum.attempts + attempts, talkMs: sum.talkMs + talkMs })
  }
  return [...found]
    .map(([campaignId, sum]) => ({ campaignId, ...sum }))
    .sort((one, other) => (one.campaignId < other.campaignId ? -1 : 1))
}

/** Calls of another dialer were not paid for here. */
function mayCount({ origin, nodeId, originatedAt }: CallRecord, { from, until }: Day): boolean {
  if (origin === 'inbound' || nodeId === movedFrom) return false
  return originatedAt >= from - longestCountedMs && originatedAt < until
}

/** As `talkingSince` of the engine: what outlived a restart was answered nobody knows when. */
function talkedMs({ originatedAt, end }: CallRecord, { from, until }: Day): InstantMs {
  if (end?.answeredAt === undefined) return 0
  const since = end.detail === 'recovered' ? Math.min(originatedAt, end.answeredAt) : end.answeredAt
  return Math.max(0, Math.min(end.endedAt, until) - Math.max(since, from))
}
