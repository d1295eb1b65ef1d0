import { type Signal, useComputed } from '@preact/signals'
import { Fragment } from 'preact'
import type { AgentShowView } from '../../api/agents.ts'
import { Controls } from '../desk/controls.tsx'
import { useKeys } from '../desk/keys.ts'
import { Notes } from '../desk/notes.tsx'
import { Person } from '../desk/person.tsx'
import { createWork, type Work } from '../desk/work.ts'
import { homeOf } from '../parts/api.ts'
import { forgetOldNotes } from '../parts/keptNotes.ts'
import { follow } from '../parts/live.ts'
import { now } from '../parts/now.ts'
import { Choices, LostLine, open, whoAmIPatiently } from '../parts/shell.tsx'
import { clock, say, sayOf } from '../parts/words.ts'
import { PhonePanel } from '../phone/panel.tsx'
import { createPhone, type Phone } from '../phone/phone.ts'

interface DeskProps {
  readonly name: string
  readonly work: Work
  readonly phone: Phone
  readonly line: Signal<AgentShowView | null | undefined>
  readonly lostAt: Signal<number | undefined>
}

function Desk({ name, work, phone, line, lostAt }: DeskProps) {
  useKeys(work)
  const shown = line.value
  const call = useComputed(() => line.value?.call)
  return (
    <>
      <header class="bar">
        {shown ? (
          <Headline agent={shown.agent} heldSince={shown.call?.heldSince} />
        ) : (
          <span class="state">{say(shown === null ? 'desk.no-line' : 'desk.loading')}</span>
        )}
        <Choices name={name} />
      </header>
      <LostLine lostAt={lostAt} />
      <PhonePanel phone={phone} />
      <main class="desk">
        <section aria-label={say('desk.person')}>
          <Person call={call.value} agent={shown?.agent} />
        </section>
        <section aria-label={say('desk.facts')}>
          <Lead lead={call.value?.lead} />
        </section>
        <section aria-label={say('desk.notes')}>
          <Notes work={work} callId={call.value?.callId} />
        </section>
      </main>
      {shown && <Controls work={work} shown={shown} />}
    </>
  )
}

interface HeadlineProps {
  readonly agent: AgentShowView['agent']
  readonly heldSince: string | undefined
}

function Headline({ agent, heldSince }: HeadlineProps) {
  const { state, since, pauseReason, campaignId, pending, registered, mediaFlowing } = agent
  const until = agent.wrapUpUntil ?? agent.breatherUntil
  const left = until === undefined ? undefined : Date.parse(until) - now.value
  const line = registered === false ? 'away' : state === 'offline' || mediaFlowing ? 'well' : 'silent'
  return (
    <>
      <span class="state" data-state={state}>
        <span aria-hidden="true">{sayOf('sign', state)}</span> <span role="status">{sayOf('state', state)}</span>{' '}
        {clock(now.value - Date.parse(since))}
      </span>
      {state === 'on-call' && heldSince !== undefined && (
        <span class="note warn">{say('desk.held', { for: clock(now.value - Date.parse(heldSince)) })}</span>
      )}
      {agent.helpSince !== undefined && <span class="note act">{say('desk.hand')}</span>}
      {pauseReason !== undefined && <span>{sayOf('pause', pauseReason)}</span>}
      {left !== undefined && (
        <span class={left < 10_000 ? 'note warn' : 'muted'}>{say('desk.left', { for: clock(left) })}</span>
      )}
      {pending !== undefined && <span class="muted">{sayOf('next', pending)}</span>}
      <span class="muted">{campaignId ?? say('desk.no-campaign')}</span>
      <span class={line === 'well' ? 'muted' : 'note act'}>{sayOf('line', line)}</span>
    </>
  )
}

function Lead({ lead }: { readonly lead: Readonly<Record<string, string>> | undefined }) {
  const columns = Object.entries(lead ?? {})
  return (
    <div class="card stack">
      <h2>{say('desk.facts')}</h2>
      {columns.length === 0 ? (
        <p class="muted">{say(lead === undefined ? 'desk.no-call' : 'desk.no-columns')}</p>
      ) : (
        <dl class="facts">
          {columns.map(([column, value]) => (
            <Fragment key={column}>
              <dt>{column}</dt>
              <dd>{value}</dd>
            </Fragment>
          ))}
        </dl>
      )}
    </div>
  )
}

const session = await whoAmIPatiently()
if (session?.agentId === undefined) location.replace(session === undefined ? '/login' : homeOf(session))
else {
  const { name, agentId } = session
  const topic = `agent:${agentId}` as const
  const live = follow<Record<typeof topic, AgentShowView>>([topic], () => location.replace('/login'))
  const line = live.state(topic)
  forgetOldNotes()
  const work = createWork(agentId, line)
  open(<Desk name={name} work={work} phone={createPhone(line)} line={line} lostAt={live.lostAt} />)
}
