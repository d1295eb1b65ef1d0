import { type ReadonlySignal, useSignal } from '@preact/signals'
import type { SessionView } from '../../api/access/sessions.ts'
import type { AgentView } from '../../api/agents/agents.ts'
import { Search } from '../parts/forms.tsx'
import { now } from '../parts/now.ts'
import { clock, say, sayOf } from '../parts/words.ts'
import { Deeds } from './deeds.tsx'
import type { Agents, Campaign } from './topics.ts'
import type { Usual } from './usual.ts'

interface AgentListProps {
  readonly session: SessionView
  readonly agents: ReadonlySignal<Agents | null | undefined>
  readonly campaigns: readonly Campaign[]
  readonly usual: Usual
}

const atOnceMax = 60

/** Who asks for help stands first, the longest first; then whoever has been in their state for long; the others keep their places. */
export function AgentList({ session, agents, campaigns, usual }: AgentListProps) {
  const chosen = useSignal<string | undefined>(undefined)
  const wanted = useSignal('')
  const showsAll = useSignal(false)
  const all = Object.values(agents.value ?? {})
  if (all.length === 0) return <p class="card muted">{say('board.no-agents')}</p>
  const at = now.value
  const rank = (agent: AgentView): number => (agent.state === 'offline' ? 2 : usual.isLong(agent, at) ? 0 : 1)
  const rows = all
    .filter(agent => matches(agent, wanted.value))
    .sort((a, b) => byHand(a, b) || rank(a) - rank(b) || a.name.localeCompare(b.name))
  const shown = showsAll.value ? rows : rows.slice(0, atOnceMax)
  const agent = chosen.value === undefined ? undefined : agents.value?.[chosen.value]
  return (
    <section class="card stack" aria-label={say('board.agents')}>
      <div class="row spread">
        <h2>{say('board.agents')}</h2>
        <Search label={say('board.find')} value={wanted} />
      </div>
      <div class="scroll">
        <table>
          <Head />
          <tbody>
            {shown.map(one => (
              <Row
                key={one.agentId}
                agent={one}
                isLong={usual.isLong(one, at)}
                onChoose={() => (chosen.value = one.agentId)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.length && (
        <button type="button" onClick={() => (showsAll.value = true)}>
          {say('board.all', { count: rows.length })}
        </button>
      )}
      {agent && (
        <Deeds
          key={agent.agentId}
          agent={agent}
          campaigns={campaigns}
          rights={session.rights}
          onClose={() => (chosen.value = undefined)}
        />
      )}
    </section>
  )
}

function Head() {
  return (
    <thead>
      <tr>
        <th scope="col">{say('board.name')}</th>
        <th scope="col">{say('board.state')}</th>
        <th scope="col" class="number">
          {say('board.for')}
        </th>
        <th scope="col" class="number">
          {say('board.calls')}
        </th>
        <th scope="col" class="wide-only">
          {say('board.campaign')}
        </th>
      </tr>
    </thead>
  )
}

function matches({ name, agentId, state, campaignId }: AgentView, wanted: string): boolean {
  const text = `${name} ${agentId} ${sayOf('short', state)} ${campaignId ?? ''}`.toLowerCase()
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
}

function byHand(a: AgentView, b: AgentView): number {
  return (a.helpSince ?? '~').localeCompare(b.helpSince ?? '~')
}

interface RowProps {
  readonly agent: AgentView
  readonly isLong: boolean
  readonly onChoose: () => void
}

function Row({ agent, isLong, onChoose }: RowProps) {
  const over = agent.pauseUntil !== undefined && now.value > Date.parse(agent.pauseUntil)
  return (
    <tr>
      <td class="name">
        <button type="button" class="link" aria-haspopup="dialog" onClick={onChoose}>
          <bdi>{agent.name}</bdi>
        </button>
        {agent.helpSince !== undefined && (
          <strong class="note act">{say('board.hand', { for: clock(now.value - Date.parse(agent.helpSince)) })}</strong>
        )}
      </td>
      <td>
        <span class="dot" data-state={agent.state}>
          {sayOf('sign', agent.state)}
        </span>{' '}
        {sayOf('short', agent.state)}
        {agent.pauseReason !== undefined && <span class="muted">{` · ${sayOf('pause', agent.pauseReason)}`}</span>}
        {agent.pending !== undefined && <span class="muted">{` · ${sayOf('board.pending', agent.pending)}`}</span>}
      </td>
      <td class="number">
        {clock(now.value - Date.parse(agent.since))}
        {(over || isLong) && agent.state !== 'offline' && (
          <strong class="warns small"> {say(over ? 'board.over' : 'board.long')}</strong>
        )}
      </td>
      <td class="number">{agent.calls}</td>
      <td class="wide-only">
        <bdi>{agent.campaignId ?? ''}</bdi>
      </td>
    </tr>
  )
}
