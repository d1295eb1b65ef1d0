import { given } from '../given.ts'
import type { AgentId } from '../ids.ts'
import type { AgentSettings } from './agent.ts'

/** Agents, as three know them. */
export interface AgentSources {
  /** What the configuration file says now. */
  readonly file: readonly AgentSettings[]
  /** What it said when it was last taken in; an agent of an older database is not among them. */
  readonly lastFile: readonly AgentSettings[]
  /** Who is kept, with all that was changed by hand. */
  readonly kept: readonly AgentSettings[]
}

/** What has become of an agent by the file. `stays-removed`: the file names them still, they were removed by hand. */
export interface AgentFileChange {
  readonly agentId: AgentId
  readonly kind: 'added' | 'changed' | 'removed' | 'stays-removed'
  /** Of `changed`: which settings. */
  readonly fields?: readonly AgentField[]
}

/** A setting of an agent that a file can change. */
export type AgentField = (typeof agentFields)[number]

const agentFields = ['name', 'endpoint', 'nodeId', 'campaignId'] as const

/** What the file changes of an agent that is kept. */
export interface AgentImport {
  readonly agentId: AgentId
  /** As they are from now on; absent: they are no more. */
  readonly settings?: AgentSettings
  /** What the file says of them; absent: it does not name them any more. */
  readonly fromFile?: AgentSettings
}

/** What is to be kept from now on, and what that changes. */
export interface AgentFileMerge {
  readonly agents: readonly AgentSettings[]
  readonly imports: readonly AgentImport[]
  readonly changes: readonly AgentFileChange[]
}

/**
 * Takes the configuration file into the agents that are kept. What the file says anew counts; what it only repeats undoes nothing
 * that was changed by hand; whom it no longer names goes, and whom it never named stays.
 */
export function mergeAgentFile({ file, lastFile, kept }: AgentSources): AgentFileMerge {
  const agents = new Map(kept.map(agent => [agent.agentId, agent]))
  const last = new Map(lastFile.map(agent => [agent.agentId, agent]))
  const imports: AgentImport[] = []
  const changes: AgentFileChange[] = []
  for (const says of file) {
    const { agentId } = says
    const said = last.get(agentId)
    const known = agents.get(agentId)
    last.delete(agentId)
    if (known === undefined && said !== undefined && differing(said, says).length === 0) {
      changes.push({ agentId, kind: 'stays-removed' })
      continue
    }
    const settings = known === undefined ? says : merged(known, { says, said })
    const fields = known === undefined ? undefined : differing(known, settings)
    agents.set(agentId, settings)
    if (said === undefined || fields === undefined || fields.length > 0 || differing(said, says).length > 0)
      imports.push({ agentId, settings, fromFile: says })
    if (fields === undefined) changes.push({ agentId, kind: 'added' })
    else if (fields.length > 0) changes.push({ agentId, kind: 'changed', fields })
  }
  for (const agentId of last.keys()) {
    imports.push({ agentId })
    if (agents.delete(agentId)) changes.push({ agentId, kind: 'removed' })
  }
  return { agents: [...agents.values()], imports, changes }
}

/** Without a word of before the file counts, but for the campaign: whoever logged in has chosen it. */
function merged(
  known: AgentSettings,
  { says, said }: { readonly says: AgentSettings; readonly said: AgentSettings | undefined },
): AgentSettings {
  const isNew = (field: AgentField) =>
    said === undefined ? field !== 'campaignId' || known.campaignId === undefined : says[field] !== said[field]
  const campaignId = isNew('campaignId') ? says.campaignId : known.campaignId
  return {
    agentId: known.agentId,
    name: isNew('name') ? says.name : known.name,
    endpoint: isNew('endpoint') ? says.endpoint : known.endpoint,
    nodeId: isNew('nodeId') ? says.nodeId : known.nodeId,
    ...given({ campaignId }),
  }
}

function differing(one: AgentSettings, other: AgentSettings): readonly AgentField[] {
  return agentFields.filter(field => one[field] !== other[field])
}
