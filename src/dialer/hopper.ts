import { answerOdds, orderScore } from '../core/campaigns/answerOdds.ts'
import { type HopperLead, leadKind } from '../core/campaigns/lead.ts'
import { leadUnderLaw } from '../core/campaigns/leadUnderLaw.ts'
import type { VerdictFacts, VerdictRules } from '../core/compliance/facts.ts'
import { fatiguePoints } from '../core/compliance/fatigue.ts'
import { decideVerdict } from '../core/compliance/verdict.ts'
import { obstacleOf } from '../core/dialing/obstacle.ts'
import type { Effect } from '../core/effects.ts'
import { given } from '../core/given.ts'
import type { CampaignId } from '../core/ids.ts'
import type { Input } from '../core/inputs.ts'
import type { Campaign, EngineState } from '../core/state.ts'
import type { RefusalReason } from '../core/vocabulary.ts'
import { errorCode, errorMessage } from '../errors.ts'
import type { Log } from '../log.ts'
import { dateOf } from '../ports/clock.ts'
import type { DialableLead, LeadStore } from '../ports/leads.ts'
import { type FactSources, gateFacts } from './gateFacts.ts'
import { createListShares, type ListShares } from './listMix.ts'
import type { Writer } from './writer.ts'

type Refill = Extract<Effect, { kind: 'refill-hopper' }>

/** Leads are looked at in batches: the event loop has others to serve. */
const batchMax = 100
/** A refill looks at so many times the leads it wants before it gives what it has: a list out of hours must not occupy the store. */
const lookedAtShare = 5
const lookedAtMin = 500
/** So many more leads than wanted compete for the places in the hopper. */
const competitors = 100
/** Where the pacer does not learn it: then only the order of the leads rests on it. */
const unknownPrior = 0.2

/** Fills hoppers with leads that the gate would let through now, best first. */
export interface HopperFiller {
  fill(refill: Refill): void
}

interface FillerOptions extends FactSources {
  readonly store: Pick<LeadStore, 'dialableLeads' | 'facts' | 'deferLead'>
  readonly state: Pick<EngineState, 'campaigns' | 'laws' | 'agents' | 'obstacle' | 'draining'>
  readonly log: Pick<Log, 'error'>
  readonly writer: Pick<Writer, 'healthy' | 'settled'>
  submit(input: Extract<Input, { kind: 'hopper-filled' }>): void
  /** Told of each lead that the gate has put off. */
  heldBack(campaignId: CampaignId, reason: RefusalReason): void
}

/** A filler that knows each campaign's shares from its first refill on. */
export function createHopperFiller(options: FillerOptions): HopperFiller {
  const { submit, log } = options
  const shares = new Map<CampaignId, ListShares>()

  async function gather(refill: Refill): Promise<Filled> {
    const campaign = options.state.campaigns.get(refill.campaignId)
    if (campaign === undefined) return { leads: [] }
    if (obstacleOf(options.state) !== undefined || !options.writer.healthy()) return { leads: [], failed: true }
    // Ends still on their way to the disk would let a lead be offered that has just been called.
    await options.writer.settled()
    const mix = shares.get(refill.campaignId) ?? createListShares()
    shares.set(refill.campaignId, mix)
    const search = new Search(options, campaign, refill)
    for (const { list, count } of mix.split(campaign.settings.listMix, refill.count)) await search.take(count, list)
    // What a list could not give, the others may.
    for (const { list } of campaign.settings.listMix.filter(({ share }) => share > 0)) {
      await search.take(refill.count - search.found, list)
    }
    return search.filled()
  }

  return {
    fill(refill) {
      const { campaignId } = refill
      gather(refill)
        .then(filled => submit({ kind: 'hopper-filled', campaignId, ...filled }))
        .catch(error => {
          log.error({ campaignId, code: errorCode(error), error: errorMessage(error) }, 'the hopper was not refilled')
          submit({ kind: 'hopper-filled', campaignId, leads: [], failed: true })
        })
    },
  }
}

interface Filled {
  readonly leads: readonly HopperLead[]
  readonly blocked?: number
  readonly moreAt?: number
  /** Something stood in the way of asking. */
  readonly failed?: true
}

interface Asked {
  readonly facts: VerdictFacts
  readonly rules: VerdictRules
}

interface Candidate {
  readonly lead: HopperLead
  readonly priority: number
  readonly score: number
}

/** One refill: asks the store for leads, the gate for each of them. */
class Search {
  readonly #options: FillerOptions
  readonly #campaign: Campaign
  readonly #exclude: number[]
  readonly #taken: Candidate[] = []
  /** Cleared and not taken, by list: what another list cannot give is taken from them. */
  readonly #spare = new Map<string | undefined, Candidate[]>()
  #left: number
  #blocked = 0
  #moreAt: number | undefined

  constructor(options: FillerOptions, campaign: Campaign, { count, exclude }: Refill) {
    this.#options = options
    this.#campaign = campaign
    this.#exclude = [...exclude]
    this.#left = Math.max(lookedAtMin, count * lookedAtShare)
  }

  get found(): number {
    return this.#taken.length
  }

  filled(): Filled {
    const leads = this.#taken.map(({ lead }) => lead)
    const failed = obstacleOf(this.#options.state) === undefined ? undefined : true
    return { leads, ...given({ blocked: this.#blocked || undefined, moreAt: this.#moreAt, failed }) }
  }

  /** Takes the best `count` leads of a list (absent: of all lists) that the gate lets through now. */
  async take(count: number, list: string | undefined): Promise<void> {
    const { store, clock } = this.#options
    const { campaignId } = this.#campaign.settings
    const cleared = this.#spare.get(list) ?? []
    while (count > 0 && cleared.length < count + competitors && this.#left > 0) {
      const limit = Math.min(batchMax, count + competitors - cleared.length, this.#left)
      const query = { campaignId, limit, exclude: this.#exclude, now: dateOf(clock) }
      const answer = await store.dialableLeads({ ...query, ...given({ list }) })
      this.#left -= answer.leads.length
      cleared.push(...(await this.#examine(answer.leads)))
      if (answer.moreAt !== undefined) this.#moreAt = Math.min(this.#moreAt ?? answer.moreAt, answer.moreAt)
      if (answer.leads.length < limit) break
    }
    cleared.sort(bestFirst)
    this.#taken.push(...cleared.splice(0, Math.max(0, count)))
    this.#spare.set(list, cleared)
  }

  async #examine(leads: readonly DialableLead[]): Promise<readonly Candidate[]> {
    const { store, clock, heldBack } = this.#options
    const { campaignId } = this.#campaign.settings
    const cleared: Candidate[] = []
    const deferrals: Promise<void>[] = []
    for (const found of leads) {
      const lead = this.#promised(found)
      this.#exclude.push(lead.leadId)
      const asked = await gateFacts(this.#options, { campaignId, leadId: lead.leadId })
      if (asked === undefined) break
      const { facts } = asked
      const rules = lead.agentId === undefined ? asked.rules : { ...asked.rules, agentReserved: true }
      const now = dateOf(clock)
      // A verdict by a clock that nobody trusts would put the lead off for a reason that is none.
      if (obstacleOf(this.#options.state) !== undefined) break
      const verdict = decideVerdict(facts, rules, now)
      if (verdict.allowed) cleared.push(this.#candidate(lead, { facts, rules }, now))
      else {
        if (verdict.reason === 'do-not-call') this.#blocked += 1
        heldBack(campaignId, verdict.reason)
        deferrals.push(store.deferLead(lead.leadId, verdict.retryAt ?? null, verdict.reason))
      }
    }
    await Promise.all(deferrals)
    return cleared
  }

  /** A promise to call back is the agent's own while they are at work here; without them it is anybody's. */
  #promised({ agentId, ...lead }: DialableLead): DialableLead {
    const agent = agentId === undefined ? undefined : this.#options.state.agents.get(agentId)
    const atWork = agent?.campaignId === this.#campaign.settings.campaignId && agent.view.working
    return atWork && agentId !== undefined ? { ...lead, agentId } : lead
  }

  #candidate({ priority, ...lead }: DialableLead, { facts, rules }: Asked, now: number): Candidate {
    const { settings, pacer } = this.#campaign
    const { fatigue } = rules
    const usual = pacer.answerProbability?.(now)
    const likes = pacer.answerFactor?.(leadKind(lead, now)) ?? 1
    const prior = usual === undefined ? unknownPrior : Math.min(1, likes * usual)
    const question = { history: facts.history, prior, offsetMinutes: facts.zones[0]?.offsetMinutes ?? 0 }
    const tired = fatigue.on ? Math.min(1, fatiguePoints(facts.history, fatigue, now) / fatigue.limit) : 0
    const known = usual !== undefined && facts.history.length > 0
    return {
      priority,
      score: orderScore(question, now) * (1 - tired),
      lead: {
        ...leadUnderLaw(lead, { settings, facts, rules, now }),
        ...(known ? { answerFactor: answerOdds(question, now) / usual } : {}),
      },
    }
  }
}

/** Highest priority first; among equals the likeliest answer of the least tired number. The sort is stable: else as they came. */
function bestFirst(a: Candidate, b: Candidate): number {
  return b.priority - a.priority || b.score - a.score
}
