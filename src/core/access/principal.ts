import type { AgentId, CampaignId } from '../ids.ts'
import type { Right, Role } from './rights.ts'

/** Who asks, and what they may. */
export interface Principal {
  /** As the ledger names them: the user's name, `token NAME`, or `local` for whoever has the token of the configuration. */
  readonly name: string
  readonly via: 'local' | 'session' | 'token'
  /** Absent: a program. */
  readonly role?: Role
  readonly rights: ReadonlySet<Right>
  /** Theirs alone; absent: all. */
  readonly campaigns?: ReadonlySet<CampaignId>
  /** Their own line and calls alone; absent: everybody's. */
  readonly agentId?: AgentId
  /** Into which campaigns they may log their line beside its own. */
  readonly joins?: ReadonlySet<CampaignId>
}

/** Whether something that belongs to this campaign (absent: to none) is any of their business. */
export function concernsCampaign({ campaigns }: Principal, campaignId: CampaignId | undefined): boolean {
  return campaigns === undefined || (campaignId !== undefined && campaigns.has(campaignId))
}

/** Whether they see one campaign, or one agent, and not all. */
export function isBound({ campaigns, agentId }: Principal): boolean {
  return campaigns !== undefined || agentId !== undefined
}
