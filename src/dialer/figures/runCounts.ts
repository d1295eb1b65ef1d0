import type { Effect, EngineEvent } from '../../core/effects.ts'
import type { CampaignId, TrunkId } from '../../core/ids.ts'
import type { PacingDecision } from '../../core/pacing/pacer.ts'
import { DurationTally } from '../../core/tally.ts'
import type { Disposition, PacingReason, RefusalReason } from '../../core/vocabulary.ts'
import type { ByHandFigures, RunCounts } from '../../ports/engine.ts'

/** Counts what a run comes to; each takes an increment. */
export interface RunCounter {
  ended(ended: Extract<Effect, { kind: 'attempt-ended' }>): void
  decided(campaignId: CampaignId, decision: PacingDecision): void
  told(event: EngineEvent): void
  /** The gate has put a lead off. */
  heldBack(campaignId: CampaignId, reason: RefusalReason): void
  /** What agents have dialed by themselves in a campaign; undefined: nothing. */
  byHand(campaignId: CampaignId): ByHandFigures | undefined
  /** A copy, but for what waits. */
  counts(): Omit<RunCounts, 'recordsWaiting'>
}

/** The law's two seconds, and what a person feels below them. */
const connectBoundsMs = [25, 50, 100, 150, 250, 500, 1_000, 1_500, 2_000, 3_000]

interface CampaignTally {
  readonly calls: Partial<Record<Disposition, number>>
  readonly connectDelays: DurationTally
  readonly decisions: Partial<Record<PacingReason, number>>
  readonly heldBack: Partial<Record<RefusalReason, number>>
}

/** Nothing has happened yet. */
export function createRunCounter(): RunCounter {
  const trunks = new Map<TrunkId, Partial<Record<Disposition, number>>>()
  const campaigns = new Map<CampaignId, CampaignTally>()
  const byHand = new Map<CampaignId, ByHandFigures>()

  function tallyOf(campaignId: CampaignId): CampaignTally {
    const known = campaigns.get(campaignId)
    if (known !== undefined) return known
    const made = {
      calls: {},
      connectDelays: new DurationTally(connectBoundsMs),
      decisions: {},
      heldBack: {},
    }
    campaigns.set(campaignId, made)
    return made
  }

  return {
    ended({ trunkId, end: { campaignId, disposition, origin } }) {
      const trunk = trunks.get(trunkId) ?? {}
      trunks.set(trunkId, trunk)
      increment(trunk, disposition)
      increment(tallyOf(campaignId).calls, disposition)
      if (origin !== 'manual') return
      const { attempts, connected } = byHand.get(campaignId) ?? { attempts: 0, connected: 0 }
      const talked = Number(disposition === 'connected')
      byHand.set(campaignId, { attempts: attempts + 1, connected: connected + talked })
    },
    decided: (campaignId, { reason }) => increment(tallyOf(campaignId).decisions, reason),
    told(event) {
      if (event.kind === 'call-connected') tallyOf(event.campaignId).connectDelays.add(event.connectDelayMs)
    },
    heldBack: (campaignId, reason) => increment(tallyOf(campaignId).heldBack, reason),
    byHand: campaignId => byHand.get(campaignId),
    counts: () => ({
      trunkCalls: [...trunks].flatMap(([trunkId, counts]) =>
        entriesOf(counts).map(([disposition, calls]) => ({ trunkId, disposition, calls })),
      ),
      campaigns: [...campaigns].map(([campaignId, { calls, connectDelays, decisions, heldBack }]) => ({
        campaignId,
        calls: { ...calls },
        connectDelays: connectDelays.copy(),
        decisions: { ...decisions },
        heldBack: { ...heldBack },
      })),
    }),
  }
}

function increment<Key extends string>(counts: Partial<Record<Key, number>>, key: Key): void {
  counts[key] = (counts[key] ?? 0) + 1
}

function entriesOf<Key extends string>(counts: Partial<Record<Key, number>>): readonly (readonly [Key, number])[] {
  // Nothing but these keys was ever set, and no value but a number.
  return Object.entries(counts) as unknown as readonly (readonly [Key, number])[]
}
