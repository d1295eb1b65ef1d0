import type { AgentCallView, AgentView } from '../../api/agents/agents.ts'
import type { ClockView, DeskCampaignView, DeskPersonView } from '../../api/agents/desk.ts'
import { given } from '../../core/given.ts'
import { now } from '../parts/now.ts'
import { say, sayOf } from '../parts/words.ts'
import { differentClocks, placeOf, timeThere } from './clocks.ts'
import { Verdict } from './verdict.tsx'

/** A call, or whom an agent is shown. */
type Shown = Pick<AgentCallView, 'lead' | 'number' | 'provenance'> & Partial<Pick<AgentCallView, 'callerId'>>

interface PersonProps {
  readonly call: Shown | undefined
  readonly agent: AgentView | undefined
  readonly person: Omit<DeskPersonView, 'callId'> | undefined
  /** How the campaign dials; absent: it is not known yet. */
  readonly mode?: DeskCampaignView['mode'] | undefined
}

/** Columns that hold a name, as lists of leads call them. */
const nameColumns = ['name', 'full_name', 'fullname', 'first_name', 'nombre', '姓名']

/** Who it is, why they may be called, and where the number is from: answerable in one glance. */
export function Person({ call, agent, person, mode }: PersonProps) {
  if (call === undefined)
    return (
      <div class="card stack">
        <h1 class="muted">{say('desk.nobody')}</h1>
        <p class="muted">
          {agent === undefined ? '' : sayOf('waits', agent.state === 'available' ? waitsIn(mode) : agent.state)}
        </p>
        {agent?.refused !== undefined && (
          <Verdict verdict={{ allowed: false, ...agent.refused, ...given({ nextAt: agent.refused.retryAt }) }} />
        )}
      </div>
    )
  const { provenance } = call
  return (
    <div class="card stack">
      <h1>{nameOf(call.lead) ?? call.number ?? say('desk.withheld')}</h1>
      <dl class="facts">
        <dt>{say('desk.number')}</dt>
        <dd>{call.number ?? say('desk.withheld')}</dd>
        <dt>{say('desk.why')}</dt>
        <dd>{provenance === undefined ? say('desk.not-known') : sayOf('basis', provenance.legalBasis)}</dd>
        <dt>{say('desk.from')}</dt>
        <dd>
          {provenance === undefined
            ? say('desk.not-known')
            : [provenance.origin, provenance.obtainedAt].filter(part => part !== undefined).join(', ')}
        </dd>
        <dt>{say('desk.their-time')}</dt>
        <dd>{person === undefined ? '' : theirTime(person.clocks)}</dd>
        {call.callerId !== undefined && (
          <>
            <dt>{say('desk.shows')}</dt>
            <dd>{call.callerId}</dd>
          </>
        )}
      </dl>
    </div>
  )
}

function waitsIn(mode: PersonProps['mode']): string {
  return mode === 'preview' || mode === 'manual' ? mode : 'available'
}

/** What a lead is called, where its list says so. */
export function nameOf(lead: Readonly<Record<string, string>>): string | undefined {
  return nameColumns.map(column => lead[column]).find(value => value !== undefined && value !== '')
}

function theirTime(clocks: readonly ClockView[]): string {
  const shown = differentClocks(clocks).map(clock => `${timeThere(now.value, clock)} ${placeOf(clock)}`)
  return shown.length === 0 ? say('desk.not-known') : shown.join(', ')
}
