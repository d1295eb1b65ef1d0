import { type Signal, useComputed } from '@preact/signals'
import type { AgentShowView } from '../../api/agents/agents.ts'
import { Beside } from '../desk/beside.tsx'
import { Controls } from '../desk/controls.tsx'
import { Day } from '../desk/day.tsx'
import { useDeskKeys } from '../desk/deskKeys.ts'
import { DialPad } from '../desk/dialPad.tsx'
import { KeyCard } from '../desk/keyCard.tsx'
import { useKeys } from '../desk/keys.ts'
import { Lead } from '../desk/lead.tsx'
import { Notes } from '../desk/notes.tsx'
import { OfferedHistory, OfferedMiddle, OfferedPerson, OfferHeadline } from '../desk/offer.tsx'
import { Person } from '../desk/person.tsx'
import { DueLine, Promises } from '../desk/promises.tsx'
import { FormCard, ScriptCard } from '../desk/script.tsx'
import { TimeLeft } from '../desk/timeLeft.tsx'
import { Wishes } from '../desk/wishes.tsx'
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
  useDeskKeys(work)
  const shown = line.value
  const call = useComputed(() => line.value?.call)
  const offer = work.dialing.offer.value
  return (
    <>
      <header class="bar">
        {shown ? (
          <Headline agent={shown.agent} work={work} />
        ) : (
          <span class="state">{say(shown === null ? 'desk.no-line' : 'desk.loading')}</span>
        )}
        <Choices name={name} beforeLeaving={() => work.goHome()} />
      </header>
      <LostLine lostAt={lostAt} />
      <PhonePanel phone={phone} />
      <main class="desk">
        <section aria-label={say('desk.person')}>
          {offer === undefined ? (
            <Person
              call={call.value}
              agent={shown?.agent}
              person={work.papers.person.value}
              mode={work.papers.desk.value?.campaign?.mode}
            />
          ) : (
            <OfferedPerson offer={offer} />
          )}
          <Left work={work} />
        </section>
        <section aria-label={say('desk.middle')}>
          <Middle work={work} />
        </section>
        <section aria-label={say('desk.notes')}>
          <Right work={work} />
        </section>
      </main>
      {shown && <Controls work={work} shown={shown} />}
      <KeyCard />
    </>
  )
}

/** The person's wishes, and what the list says of them where a script has the middle. */
function Left({ work }: { readonly work: Work }) {
  const call = work.shown.value?.call
  const person = work.papers.person.value
  const hasScript = work.papers.script.value !== undefined
  return (
    <>
      {person !== undefined && <Wishes key={person.callId} work={work} person={person} />}
      {call !== undefined && hasScript && <Lead lead={call.lead} />}
    </>
  )
}

/** During a call what is said and asked; else what has been done. */
function Middle({ work }: { readonly work: Work }) {
  const call = work.shown.value?.call
  const offer = work.dialing.offer.value
  if (offer !== undefined) return <OfferedMiddle work={work} offer={offer} />
  if (call === undefined)
    return (
      <>
        {mayDial(work) && <DialPad work={work} />}
        <Day papers={work.papers} />
      </>
    )
  const script = work.papers.script.value
  if (script === undefined) return <Lead lead={call.lead} />
  return (
    <>
      {script.steps.length > 0 && <ScriptCard work={work} script={script} lead={call.lead} />}
      {script.form.length > 0 && <FormCard work={work} script={script} />}
    </>
  )
}

function mayDial({ papers, shown }: Work): boolean {
  return papers.desk.value?.campaign?.mode === 'manual' && shown.value?.agent.state === 'available'
}

/** During a call what is noted; else whom I have promised a call. */
function Right({ work }: { readonly work: Work }) {
  const { call, agent } = work.shown.value ?? {}
  const offer = work.dialing.offer.value
  return (
    <>
      <Notes work={work} callId={call?.callId} />
      {offer !== undefined && <OfferedHistory offer={offer} />}
      {call === undefined ? (
        <Promises papers={work.papers} call={mayDial(work) ? wish => (work.dialing.wanted.value = wish) : undefined} />
      ) : (
        <Beside work={work} />
      )}
      <DueLine papers={work.papers} isFree={agent?.state === 'available'} />
    </>
  )
}

/** Who has called somebody is not called. */
function stateWords({ state }: AgentShowView['agent'], { shown }: Work): string {
  return shown.value?.call?.state === 'originating' || shown.value?.call?.state === 'ringing'
    ? say('desk.it-rings')
    : sayOf('state', state)
}

/** A break has the length that was agreed on; over it nothing happens but that it is seen. */
function PauseLeft({ since, until }: { readonly since: string; readonly until: string }) {
  const max = Date.parse(until) - Date.parse(since)
  const isOver = now.value > Date.parse(until)
  return <span class={isOver ? 'note warn' : 'muted'}>{say('desk.pause-of', { max: clock(max) })}</span>
}

function Headline({ agent, work }: { readonly agent: AgentShowView['agent']; readonly work: Work }) {
  const {
    state,
    since,
    wrapUpUntil,
    breatherUntil,
    pauseReason,
    pauseUntil,
    campaignId,
    pending,
    registered,
    mediaFlowing,
  } = agent
  const heldSince = work.shown.value?.call?.heldSince
  const line = registered === false ? 'away' : state === 'offline' || mediaFlowing ? 'well' : 'silent'
  return (
    <>
      {agent.offer === undefined ? (
        <span class="state" data-state={state}>
          <span aria-hidden="true">{sayOf('sign', state)}</span> <span role="status">{stateWords(agent, work)}</span>{' '}
          {clock(now.value - Date.parse(since))}
        </span>
      ) : (
        <OfferHeadline work={work} until={agent.offer.until} />
      )}
      {state === 'on-call' && heldSince !== undefined && (
        <span class="note warn">{say('desk.held', { for: clock(now.value - Date.parse(heldSince)) })}</span>
      )}
      {agent.helpSince !== undefined && <span class="note act">{say('desk.hand')}</span>}
      {pauseReason !== undefined && <span>{sayOf('pause', pauseReason)}</span>}
      {pauseUntil !== undefined && <PauseLeft since={since} until={pauseUntil} />}
      {wrapUpUntil !== undefined && <TimeLeft work={work} until={wrapUpUntil} />}
      {breatherUntil !== undefined && (
        <span class="muted">{say('desk.left', { for: clock(Date.parse(breatherUntil) - now.value) })}</span>
      )}
      {pending !== undefined && <span class="muted">{sayOf('next', pending)}</span>}
      <span class="muted">{campaignId ?? say('desk.no-campaign')}</span>
      <span class={line === 'well' ? 'muted' : 'note act'}>{sayOf('line', line)}</span>
    </>
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
