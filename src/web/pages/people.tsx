import { useSignal } from '@preact/signals'
import type { SessionView } from '../../api/access/sessions.ts'
import { homeOf } from '../parts/api.ts'
import { Frame } from '../parts/frame.tsx'
import { openWith, whoAmIPatiently } from '../parts/shell.tsx'
import { say } from '../parts/words.ts'
import { Person } from '../people/person.tsx'

/** The number stands in the field and in memory alone: an address is kept by browsers and seen by those who look over a shoulder. */
function People({ session }: { readonly session: SessionView }) {
  const typed = useSignal('')
  const asked = useSignal<{ readonly number: string; readonly round: number } | undefined>(undefined)
  const look = (event: Event): void => {
    event.preventDefault()
    const number = typed.value.trim()
    if (number !== '') asked.value = { number, round: (asked.value?.round ?? 0) + 1 }
  }
  return (
    <Frame session={session} at="people">
      <h1>{say('place.people')}</h1>
      <form class="stack tight" onSubmit={look}>
        <label for="number">{say('people.number')}</label>
        <div class="row">
          <input
            id="number"
            class="search"
            type="tel"
            autocomplete="off"
            maxLength={50}
            required
            value={typed.value}
            onInput={event => (typed.value = event.currentTarget.value)}
          />
          <button class="first" type="submit">
            {say('people.look')}
          </button>
        </div>
      </form>
      {asked.value === undefined ? (
        <p class="muted">{say('people.begin')}</p>
      ) : (
        <Person key={asked.value.round} session={session} number={asked.value.number} />
      )}
    </Frame>
  )
}

const session = await whoAmIPatiently()
if (session === undefined || !session.rights.includes('see-leads'))
  location.replace(session === undefined ? '/login' : homeOf(session))
else void openWith(['people'], <People session={session} />)
