import type { Static } from 'typebox'
import type { changedView } from '../../api/campaigns.ts'
import type { AgentFileChange } from '../../core/agents/agentFile.ts'
import { plural } from './format.ts'

/** So many are named, the others counted. */
const namedMax = 5

/** What an applied file has changed of a campaign, a line each. */
export function changedWords(changed: Static<typeof changedView>): string {
  if (changed === 'new') return '  new\n'
  if (changed.length === 0) return '  nothing has changed\n'
  return changed.map(({ path, before, now }) => `  ${path}: ${before ?? 'not set'} -> ${now ?? 'not set'}\n`).join('')
}

/** What the configuration file has changed of the agents, in one line; undefined: nothing. */
export function agentChangeWords(changes: readonly AgentFileChange[]): string | undefined {
  const parts = [
    namesOf(changes, 'added', 'added'),
    namesOf(changes, 'changed', 'changed'),
    namesOf(changes, 'removed', 'removed, whom the file no longer names:'),
    namesOf(changes, 'stays-removed', 'removed by hand and not brought back by the file:'),
  ].flatMap(part => part ?? [])
  return parts.length === 0 ? undefined : `agents: ${parts.join('; ')}`
}

function namesOf(
  changes: readonly AgentFileChange[],
  wanted: AgentFileChange['kind'],
  words: string,
): string | undefined {
  const found = changes.filter(({ kind }) => kind === wanted)
  if (found.length === 0) return undefined
  const named = found
    .slice(0, namedMax)
    .map(({ agentId, fields = [] }) => (fields.length === 0 ? agentId : `${agentId} (${fields.join(', ')})`))
  const more = found.length - named.length
  return `${words} ${named.join(', ')}${more === 0 ? '' : ` and ${plural(more, 'other')}`}`
}
