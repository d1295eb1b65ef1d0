import type { CampaignSoundsView } from '../api/campaigns.ts'
import { soundMissingSentence } from '../api/sentences.ts'
import type { CampaignSettings } from '../core/campaigns/campaign.ts'
import { findCampaign } from './campaigns.ts'
import type { AppContext } from './context.ts'

/** The sounds that a campaign names. */
export function soundsOf({ messageSound, respectLine }: CampaignSettings): readonly string[] {
  const named = [messageSound, respectLine?.whoSound, respectLine?.sourceSound]
  return [...new Set(named.filter(name => name !== undefined))]
}

/** Which of the sounds that a campaign names are not on the PBXs over which it dials. */
export async function checkSounds(context: AppContext, id: string): Promise<CampaignSoundsView> {
  const { settings } = findCampaign(context, id)
  if (context.sounds === undefined) return { missing: [], notAsked: [] }
  const { trunks } = context.gateway.board()
  const used = trunks.filter(({ trunkId }) => settings.trunkIds.includes(trunkId))
  const nodeIds = new Set(used.map(({ nodeId }) => nodeId))
  const found = await context.sounds({ nodeIds, names: soundsOf(settings) })
  const asked = new Map(found.map(({ nodeId, missing }) => [nodeId, missing]))
  return {
    missing: found.flatMap(({ nodeId, missing = [] }) =>
      missing.map(sound => ({ nodeId, sound, says: soundMissingSentence(settings.campaignId, { nodeId, sound }) })),
    ),
    notAsked: [...nodeIds].filter(nodeId => asked.get(nodeId) === undefined),
  }
}
