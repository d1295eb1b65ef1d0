import { useEffect, useRef } from 'preact/hooks'
import type { SessionView } from '../../api/access/sessions.ts'
import type { ExplainView } from '../../api/leads.ts'
import type { ConsentView } from '../../api/persons.ts'
import { Answer } from '../parts/answers.tsx'
import { type Asked, useAsked } from '../parts/asking.ts'
import { say } from '../parts/words.ts'
import { Access } from './access.tsx'
import { Calls } from './calls.tsx'
import type { CaseProps } from './case.ts'
import { OwnHours } from './hours.tsx'
import { Leads } from './leads.tsx'
import { Lists } from './lists.tsx'
import { Permissions } from './permissions.tsx'

interface PersonProps {
  readonly session: SessionView
  /** As it was typed. */
  readonly number: string
}

/** Everything about whoever has a number, as far as whoever looks may see it. */
export function Person({ session, number }: PersonProps) {
  const explained = useAsked<ExplainView>(`/v1/leads/explain?number=${encodeURIComponent(number)}`)
  return (
    <Answer asked={explained} what={say('people.waits')}>
      {explain => <Case session={session} number={number} explain={explain} again={explained.again} />}
    </Answer>
  )
}

interface WholeProps extends PersonProps {
  readonly explain: ExplainView
  readonly again: () => void
}

function Case({ session, number, explain, again }: WholeProps) {
  const seesWishes = session.rights.includes('see-people')
  const consent = useAsked<ConsentView>(seesWishes ? `/v1/permissions/${encodeURIComponent(number)}` : undefined)
  const changed = (): void => {
    again()
    consent.again()
  }
  const shared = { session, number, changed }
  return (
    <>
      <Headline explain={explain} />
      <div class="board">
        <div class="stack">
          <Leads leads={explain.leads} />
          {session.rights.includes('see-numbers') && session.rights.includes('see-calls') && <Calls {...shared} />}
        </div>
        <div class="stack">
          <Lists {...shared} explain={explain} />
          {seesWishes && <Wishes {...shared} consent={consent} />}
          <Access {...shared} />
        </div>
      </div>
    </>
  )
}

/** The answer in one line, where the eye and whoever listens to the page go first. */
function Headline({ explain: { number, inFlight, leads, doNotCall } }: { readonly explain: ExplainView }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const isListed = doNotCall.listed
  const may = leads.filter(({ dialable }) => dialable).map(({ lead }) => lead.campaignId)
  const stops = isListed || (!inFlight && leads.length > 0 && may.length === 0)
  const says = (): string => {
    if (inFlight) return say('people.in-flight')
    if (leads.length === 0) return say(isListed ? 'people.listed-no-lead' : 'people.no-lead')
    return may.length === 0 ? say('people.not-now') : say('people.now', { campaigns: may.join(', ') })
  }
  return (
    <div class={stops ? 'note act' : 'note'}>
      <h2 class="state" ref={heading} tabIndex={-1}>
        <bdi>{number}</bdi>
      </h2>
      <p>{says()}</p>
    </div>
  )
}

function Wishes({ consent, ...shared }: CaseProps & { readonly consent: Asked<ConsentView> }) {
  return (
    <Answer asked={consent} what={say('people.wishes')}>
      {({ permissions, hours }) => (
        <>
          <Permissions {...shared} permissions={permissions} />
          <OwnHours {...shared} hours={hours} />
        </>
      )}
    </Answer>
  )
}
