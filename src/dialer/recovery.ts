import { given } from '../core/given.ts'
import type { Input } from '../core/inputs.ts'
import type { AttemptStore } from '../ports/attempts.ts'
import type { CampaignStore } from '../ports/campaigns.ts'
import type { Telephony } from '../ports/telephony.ts'
import type { DialerOptions } from './options.ts'

interface RestoreParts extends Pick<DialerOptions, 'trunks' | 'agents' | 'respectLine'> {
  readonly store: Pick<CampaignStore, 'campaigns' | 'agents'> & Pick<AttemptStore, 'openAttempts'>
  readonly telephonies: readonly Pick<Telephony, 'nodeId' | 'watchAgents'>[]
}

/**
 * Enters what a previous run left, before any node links up: campaigns with their counters and what their pacers learned,
 * agents, and attempts without an end. Those wait in the engine for the inventory of their node.
 */
export async function restore(options: RestoreParts, submit: (input: Input) => unknown): Promise<void> {
  const { store, trunks } = options
  submit({ kind: 'nodes', nodeIds: options.telephonies.map(telephony => telephony.nodeId) })
  submit({ kind: 'trunks', trunks })
  if (options.respectLine !== undefined) submit({ kind: 'respect-line', ...options.respectLine })
  for (const { settings, progress, counters } of await store.campaigns()) {
    submit({ kind: 'campaign-apply', settings })
    const { campaignId } = settings
    const { running = false, memory } = progress ?? {}
    submit({ kind: 'campaign-restored', campaignId, counters, running, ...given({ memory }) })
  }
  const agents = new Map((await store.agents()).map(agent => [agent.agentId, agent]))
  for (const agent of options.agents) {
    const campaignId = agents.get(agent.agentId)?.campaignId ?? agent.campaignId
    agents.set(agent.agentId, campaignId === undefined ? agent : { ...agent, campaignId })
  }
  for (const settings of agents.values()) submit({ kind: 'agent-add', settings })
  for (const telephony of options.telephonies) {
    telephony.watchAgents([...agents.values()].filter(agent => agent.nodeId === telephony.nodeId))
  }
  submit({ kind: 'recovered', open: await store.openAttempts() })
}
