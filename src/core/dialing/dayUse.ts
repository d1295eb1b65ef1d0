import type { Call } from '../calls/call.ts'
import type { DayCaps } from '../campaigns/campaign.ts'
import type { CampaignId, InstantMs } from '../ids.ts'
import { minuteMs } from '../time.ts'

/** A calendar day: [from, until). */
export interface Day {
  readonly from: InstantMs
  readonly until: InstantMs
}

/** What calls of a campaign have come to in a day. */
export interface DayTotals {
  readonly campaignId: CampaignId
  readonly attempts: number
  /** From the answers to the ends, as far as it lies in the day; calls that have not ended give none. */
  readonly talkMs: number
}

/** A cap that has been reached: nothing more is dialed until the day is over. */
export interface ReachedCap {
  readonly of: 'campaign' | 'installation'
  readonly what: 'attempts' | 'minutes'
  readonly max: number
  /** When the next day begins. */
  readonly until: InstantMs
}

interface Use {
  attempts: number
  talkMs: number
}

/** A day as the shell tells it, with the caps of the whole installation. */
export interface DayBegun {
  readonly caps: DayCaps
  readonly day: Day
  /** What calls of that day have come to before, by campaign. */
  readonly totals: readonly DayTotals[]
}

type OneCall = Pick<Call, 'campaignId' | 'origin' | 'originatedAt' | 'recovered' | 'timed' | 'phase'>

/** What has been dialed and talked today, of each campaign and in all. Calls that come in are no use of ours. */
export class DayUse {
  readonly #all: Use = { attempts: 0, talkMs: 0 }
  readonly #campaigns = new Map<CampaignId, Use>()
  #caps: DayCaps = {}
  #day: Day = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY }

  /** A day begins, or the daemon in the middle of one: `totals` is what has been used up of it. */
  begin({ caps, day, totals }: DayBegun): void {
    this.#caps = caps
    this.#day = day
    this.#campaigns.clear()
    Object.assign(this.#all, { attempts: 0, talkMs: 0 })
    for (const { campaignId, attempts, talkMs } of totals) this.#add(campaignId, { attempts, talkMs })
  }

  /** A call is about to leave. One that was found on the PBX after a restart left before it, and is in the day's totals. */
  originated(call: OneCall): void {
    if (call.origin !== 'inbound' && call.recovered !== true) this.#add(call.campaignId, { attempts: 1, talkMs: 0 })
  }

  /** It did not leave: the gate said no. */
  takenBack(call: OneCall): void {
    if (call.origin !== 'inbound' && call.originatedAt >= this.#day.from)
      this.#add(call.campaignId, { attempts: -1, talkMs: 0 })
  }

  /** A call has ended: the part of it that lies in this day has been talked. */
  ended(call: OneCall, endedAt: InstantMs): void {
    this.#add(call.campaignId, { attempts: 0, talkMs: this.#talkedMs(call, endedAt) })
  }

  /** The cap that stands in the way of one more call of a campaign; `undefined`: none. */
  reached(
    { campaignId, dayCaps }: { readonly campaignId: CampaignId; readonly dayCaps?: DayCaps },
    calls: Iterable<OneCall>,
    now: InstantMs,
  ): ReachedCap | undefined {
    const caps = this.#caps
    if (isOff(caps) && isOff(dayCaps)) return undefined
    const own = this.#campaigns.get(campaignId) ?? { attempts: 0, talkMs: 0 }
    const over = (of: ReachedCap['of'], { attemptsMax, minutesMax }: DayCaps, use: Use): ReachedCap | undefined => {
      const { until } = this.#day
      if (attemptsMax !== undefined && use.attempts >= attemptsMax)
        return { of, what: 'attempts', max: attemptsMax, until }
      if (minutesMax === undefined) return undefined
      const talkMs = use.talkMs + this.#liveMs(calls, of === 'campaign' ? campaignId : undefined, now)
      return talkMs >= minutesMax * minuteMs ? { of, what: 'minutes', max: minutesMax, until } : undefined
    }
    return over('campaign', dayCaps ?? {}, own) ?? over('installation', caps, this.#all)
  }

  /** Calls that are talking now have used what they have used: else a hundred long ones would not count until they end. */
  #liveMs(calls: Iterable<OneCall>, campaignId: CampaignId | undefined, now: InstantMs): number {
    let sumMs = 0
    for (const call of calls)
      if (campaignId === undefined || call.campaignId === campaignId) sumMs += this.#talkedMs(call, now)
    return sumMs
  }

  #talkedMs(call: OneCall, until: InstantMs): number {
    const since = talkingSince(call)
    return call.origin === 'inbound' || since === undefined ? 0 : Math.max(0, until - Math.max(since, this.#day.from))
  }

  #add(campaignId: CampaignId, { attempts, talkMs }: Use): void {
    const own = this.#campaigns.get(campaignId) ?? { attempts: 0, talkMs: 0 }
    this.#campaigns.set(campaignId, own)
    for (const use of [own, this.#all]) {
      use.attempts += attempts
      use.talkMs += talkMs
    }
  }
}

function isOff(caps: DayCaps | undefined): boolean {
  return caps?.attemptsMax === undefined && caps?.minutesMax === undefined
}

/**
 * Since when a call is paid for: its answer. One that outlived a restart, and whose answer its PBX has not kept, was answered
 * nobody knows when: since it was originated. Absent: nobody has answered.
 */
export function talkingSince({
  phase,
  recovered,
  timed,
  originatedAt,
}: Pick<Call, 'phase' | 'recovered' | 'timed' | 'originatedAt'>): InstantMs | undefined {
  if (!('answeredAt' in phase)) return undefined
  return recovered === true && timed !== true ? Math.min(originatedAt, phase.answeredAt) : phase.answeredAt
}
