import { type AttemptSample, attemptsPerMinute, type CampaignSeen, withSample } from '../../core/alarms/conditions.ts'
import { decideVerdict } from '../../core/compliance/verdict.ts'
import { given } from '../../core/given.ts'
import type { CampaignId } from '../../core/ids.ts'
import { minuteMs, secondMs } from '../../core/time.ts'
import { errorCode } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { dateOf } from '../../ports/clock.ts'
import type { LeadStore } from '../../ports/leads.ts'
import { type FactSources, gateFacts } from '../gateFacts.ts'

/** What is known of the leads of the campaigns that run: asked of the store now and then, and remembered. */
export interface LeadsLeft {
  /** What is known of a campaign's leads; asks again behind it where that is old. */
  of(campaign: AskedCampaign): Pick<CampaignSeen, 'dialable' | 'leadsLeft' | 'attemptsPerMinute'>
  /** Campaigns that do not run are forgotten: they begin anew. */
  keepOnly(campaignIds: ReadonlySet<CampaignId>): void
}

interface AskedCampaign {
  readonly campaignId: CampaignId
  /** Logged in: without anybody it matters whether a lead may be dialed, else how many there are. */
  readonly agents: number
  readonly attempts: number
}

interface LeadsLeftParts extends FactSources {
  readonly store: Pick<LeadStore, 'facts' | 'dialableLeads' | 'leadCounts'>
  readonly log: Pick<Log, 'debug'>
}

/** Nobody is there: may anything be dialed? Somebody is: how many are left? */
type Question = 'dialable' | 'left'

interface Known {
  question: Question
  samples: readonly AttemptSample[]
  dialable?: boolean | undefined
  leadsLeft?: number | undefined
  asking: boolean
  /** When it is asked again. */
  askAt: number
}

/** So many of the leads that are due are held to the gate: the first ones may live where it is night. */
const dueMax = 40
const dueEveryMs = 20 * secondMs
/** A count reads all leads of a campaign: not more often than they can have become few. */
const countMinMs = minuteMs
const countMaxMs = 30 * minuteMs
const countShare = 1 / 8

/** Makes it. */
export function createLeadsLeft(parts: LeadsLeftParts): LeadsLeft {
  const { clock, store, log } = parts
  const known = new Map<CampaignId, Known>()

  /** What is known of a campaign; an answer to the other question is none to this one. */
  function knownOf({ campaignId, agents }: AskedCampaign): Known {
    const question = agents === 0 ? 'dialable' : 'left'
    const one = known.get(campaignId) ?? { question, samples: [], asking: false, askAt: 0 }
    known.set(campaignId, one)
    if (one.question !== question) Object.assign(one, { question, askAt: 0, dialable: undefined, leadsLeft: undefined })
    return one
  }

  async function ask(one: Known, campaignId: CampaignId, perMinute: number | undefined): Promise<void> {
    const { question } = one
    one.askAt = clock.now() + dueEveryMs
    if (question === 'dialable') {
      const dialable = await isAnyDialable(parts, campaignId)
      if (one.question === question) one.dialable = dialable
      return
    }
    const { dialable: left } = await store.leadCounts(campaignId)
    if (one.question !== question) return
    one.leadsLeft = left
    const leftMs = perMinute === undefined || perMinute <= 0 ? 0 : (left / perMinute) * minuteMs
    one.askAt = clock.now() + Math.min(countMaxMs, Math.max(countMinMs, leftMs * countShare))
  }

  return {
    of(campaign) {
      const { campaignId, attempts } = campaign
      const one = knownOf(campaign)
      const now = { at: clock.now(), attempts }
      one.samples = withSample(one.samples, now)
      const perMinute = attemptsPerMinute(one.samples, now)
      // How many there are says nothing without the rate at which they go.
      const isWanted = one.question === 'dialable' || perMinute !== undefined
      if (isWanted && !one.asking && now.at >= one.askAt) {
        one.asking = true
        ask(one, campaignId, perMinute)
          .catch(error => log.debug({ campaignId, code: errorCode(error) }, 'the leads that are left were not counted'))
          .finally(() => {
            one.asking = false
          })
      }
      return given({ dialable: one.dialable, leadsLeft: one.leadsLeft, attemptsPerMinute: perMinute })
    },
    keepOnly(campaignIds) {
      for (const campaignId of known.keys()) if (!campaignIds.has(campaignId)) known.delete(campaignId)
    },
  }
}

/** Whether one of the leads that are due may be dialed at this moment, as far as the gate is asked. */
async function isAnyDialable(parts: LeadsLeftParts, campaignId: CampaignId): Promise<boolean> {
  const { store, clock } = parts
  const due = await store.dialableLeads({ campaignId, limit: dueMax, exclude: [], now: dateOf(clock) })
  for (const { leadId } of due.leads) {
    const found = await gateFacts(parts, { campaignId, leadId })
    if (found === undefined) return false
    if (decideVerdict(found.facts, found.rules, dateOf(clock)).allowed) return true
  }
  return false
}
