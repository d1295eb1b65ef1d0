import type { OfferedView } from '../../api/agents/dialing.ts'
import { filledIn } from '../../core/campaigns/script.ts'
import { Key } from '../parts/key.tsx'
import { now } from '../parts/now.ts'
import { say, sayOf } from '../parts/words.ts'
import { History } from './history.tsx'
import { Lead } from './lead.tsx'
import { nameOf, Person } from './person.tsx'
import { Verdict } from './verdict.tsx'
import type { Work } from './work.ts'

/** Whom an agent is shown, and how long they have to decide. */
export function OfferHeadline({ work, until }: { readonly work: Work; readonly until: string }) {
  const offer = work.dialing.offer.value
  const name = offer === undefined ? say('desk.loading') : (nameOf(offer.lead) ?? offer.number)
  const left = Math.max(0, Math.ceil((Date.parse(until) - now.value) / 1000))
  return (
    <>
      <span class="state" data-state="available">
        <span aria-hidden="true">{sayOf('sign', 'reserved')}</span>{' '}
        <span role="status">{say('offer.headline', { name })}</span> {say('offer.left', { seconds: left })}
      </span>
      {offer !== undefined && <span class="muted">{say(`offer.then-${offer.timeUp}`)}</span>}
    </>
  )
}

/** Who it is, and whether the gate would let the call through now. */
export function OfferedPerson({ offer }: { readonly offer: OfferedView }) {
  return (
    <>
      <Person call={offer} agent={undefined} person={offer.person} />
      <Verdict verdict={offer.verdict} />
    </>
  )
}

/** What the list says, and what will be said. */
export function OfferedMiddle({ work, offer }: { readonly work: Work; readonly offer: OfferedView }) {
  const script = work.papers.script.value
  return (
    <>
      <Lead lead={offer.lead} />
      {script !== undefined && script.steps.length > 0 && (
        <section class="card stack" aria-labelledby="offered-script">
          <h2 id="offered-script">{say('script.title')}</h2>
          <ol class="lines">
            {script.steps.map(({ title, say: words }, index) => (
              <li key={index}>
                {title === undefined ? filledIn(words, offer.lead) : `${title}: ${filledIn(words, offer.lead)}`}
              </li>
            ))}
          </ol>
        </section>
      )}
    </>
  )
}

/** What was before with them. */
export function OfferedHistory({ offer }: { readonly offer: OfferedView }) {
  return (
    <section class="card stack" aria-labelledby="offered-history">
      <h2 id="offered-history">{say('history.title')}</h2>
      <History person={offer.person} />
    </section>
  )
}

/** Call, or Skip with a reason. */
export function OfferDeeds({ work, offer }: { readonly work: Work; readonly offer: OfferedView }) {
  const { dialing } = work
  if (dialing.skipping.value)
    return (
      <fieldset class="row" aria-label={say('offer.why')} data-codes>
        {offer.skipReasons.map((reason, index) => (
          <button
            key={reason}
            type="button"
            data-digit={index < 9 ? index + 1 : undefined}
            onClick={() => dialing.skipOffered(reason)}
          >
            {index < 9 && <kbd>{index + 1}</kbd>} {sayOf('skip', reason)}
          </button>
        ))}
      </fieldset>
    )
  return (
    <>
      <button class="first" type="button" disabled={!offer.verdict.allowed} onClick={() => dialing.callOffered()}>
        {say('offer.call')} <Key of="next" />
      </button>
      <button type="button" onClick={() => (dialing.skipping.value = true)}>
        {say('offer.skip')} <Key of="outcome" />
      </button>
    </>
  )
}
