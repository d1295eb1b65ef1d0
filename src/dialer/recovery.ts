import { type AgentFileChange, type AgentFileMerge, mergeAgentFile } from '../core/agents/agentFile.ts'
import { given } from '../core/given.ts'
import type { Input } from '../core/inputs.ts'
import type { AttemptStore } from '../ports/attempts.ts'
import type { CampaignStore } from '../ports/campaigns.ts'
import type { Telephony } from '../ports/telephony.ts'
import type { DialerOptions } from './options.ts'

interface RestoreParts extends Pick<DialerOptions, 'trunks' | 'agents' | 'respectLine'> {
  readonly store: Pick<CampaignStore, 'campaigns' | 'agents' | 'agentsOfFile' | 'importAgents'> &
    Pick<AttemptStore, 'openAttempts'>
  readonly telephonies: readonly Pick<Telephony, 'nodeId' | 'watchAgents'>[]
}

interface MergeParts {
  readonly store: Pick<CampaignStore, 'agents' | 'agentsOfFile' | 'importAgents'>
  readonly agents: RestoreParts['agents']
}

/** Makes the kept agents follow the configuration file, on disk alone: the engine is told afterwards. */
async function mergeIntoStore({ store, agents: file }: MergeParts): Promise<AgentFileMerge> {
  const [lastFile, kept] = await Promise.all([store.agentsOfFile(), store.agents()])
  const merge = mergeAgentFile({ file, lastFile, kept })
  await store.importAgents(merge.imports)
  return merge
}

/**
 * Enters what a previous run left, before any node links up: campaigns with their counters and what their pacers learned,
 * agents, and attempts without an end. Those wait in the engine for the inventory of their node. Gives what the configuration file has
 * changed of the agents.
 */
export async function restore(
  options: RestoreParts,
  submit: (input: Input) => unknown,
): Promise<readonly AgentFileChange[]> {
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
  const { agents, changes } = await mergeIntoStore(options)
  for (const settings of agents) submit({ kind: 'agent-add', settings })
  for (const telephony of options.telephonies) {
    telephony.watchAgents(agents.filter(agent => agent.nodeId === telephony.nodeId))
  }
  submit({ kind: 'recovered', open: await store.openAttempts() })
  return changes
}

interface TakingParts {
  readonly options: Pick<DialerOptions, 'telephonies'> & Pick<MergeParts, 'store'>
  submit(input: Input): unknown
}

/** Agents follow the configuration file, by the same rule as at a start: who is removed goes when they are off the line. */
export async function takeInAgents(
  { options, submit }: TakingParts,
  file: MergeParts['agents'],
): Promise<readonly AgentFileChange[]> {
  const { agents, changes } = await mergeIntoStore({ store: options.store, agents: file })
  const touched = new Map(changes.map(change => [change.agentId, change.kind]))
  const changed = agents.filter(({ agentId }) => ['added', 'changed'].includes(touched.get(agentId) ?? ''))
  for (const settings of changed) submit({ kind: 'agent-add', settings })
  for (const telephony of options.telephonies) {
    const here = changed.filter(({ nodeId }) => nodeId === telephony.nodeId)
    if (here.length > 0) telephony.watchAgents(here)
  }
  for (const { agentId, kind } of changes) if (kind === 'removed') submit({ kind: 'agent-remove', agentId })
  return changes
}
