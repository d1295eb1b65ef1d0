import type { CampaignId, InstantMs } from '../../core/ids.ts'
import type { PacingDecision } from '../../core/pacing/pacer.ts'
import type { RecordedDecision } from '../../ports/engine.ts'

const keptMax = 200

/** Keeps the last decisions of each campaign; equal neighbours that originate nothing are folded into one. */
export interface DecisionLog {
  add(campaignId: CampaignId, decision: PacingDecision, at: InstantMs): void
  /** Newest first. */
  of(campaignId: CampaignId): readonly RecordedDecision[]
  newest(campaignId: CampaignId): RecordedDecision | undefined
}

/** An empty log. */
export function createDecisionLog(): DecisionLog {
  const byCampaign = new Map<CampaignId, RecordedDecision[]>()
  return {
    add(campaignId, decision, at) {
      const kept = byCampaign.get(campaignId) ?? []
      byCampaign.set(campaignId, kept)
      const last = kept.at(-1)
      const equal =
        last !== undefined &&
        decision.originate === 0 &&
        last.decision.originate === 0 &&
        last.decision.reason === decision.reason
      if (equal) kept[kept.length - 1] = { at, decision, times: last.times + 1 }
      else kept.push({ at, decision, times: 1 })
      if (kept.length > keptMax) kept.shift()
    },
    of: campaignId => (byCampaign.get(campaignId) ?? []).toReversed(),
    newest: campaignId => byCampaign.get(campaignId)?.at(-1),
  }
}
