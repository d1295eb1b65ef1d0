import { useSignal } from '@preact/signals'
import type { ExplainView } from '../../api/leads.ts'
import { Confirm, Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useDeed } from '../parts/asking.ts'
import { dayTime, say, sayOf } from '../parts/words.ts'
import type { CaseProps } from './case.ts'

interface ListsProps extends CaseProps {
  readonly explain: ExplainView
}

/** On which do-not-call lists the number is, and the ways onto the company's and off it. */
export function Lists({ session, number, changed, explain: { doNotCall, lists } }: ListsProps) {
  const { listed, list, source, at, note, through } = doNotCall
  const imported = lists.filter(hit => hit.list !== list)
  return (
    <section class="card stack" aria-labelledby="lists-title">
      <h3 id="lists-title">{say('people.lists')}</h3>
      {!listed && lists.length === 0 && <p>{say('people.on-no-list')}</p>}
      {listed && (
        <div>
          <p>
            <b>{list}</b> {source !== undefined && <span class="muted">{sayOf('listed', source)}</span>}
          </p>
          {at !== undefined && <p class="small muted">{dayTime(at)}</p>}
          {note !== undefined && <p class="said small">{note}</p>}
          {through !== undefined && <p class="small muted">{say('people.through', { number: through })}</p>}
        </div>
      )}
      {imported.length > 0 && (
        <ul class="plain stack tight">
          {imported.map(hit => (
            <li key={hit.list}>
              <b>{hit.list}</b>{' '}
              <span class="small muted">{[hit.kind, hit.place, hit.version].filter(Boolean).join(' · ')}</span>
            </li>
          ))}
        </ul>
      )}
      {!listed && session.rights.includes('record-wishes') && <PutOn number={number} changed={changed} />}
      {listed && session.rights.includes('unlist-numbers') && session.campaigns === undefined && (
        <TakeOff number={number} changed={changed} by={session.name} list={list ?? ''} />
      )}
    </section>
  )
}

type DeedProps = Pick<CaseProps, 'number' | 'changed'>

/** Harms nobody, so it is not asked twice. */
function PutOn({ number, changed }: DeedProps) {
  const deed = useDeed()
  const note = useSignal('')
  const put = async (event: Event): Promise<void> => {
    event.preventDefault()
    const body = note.value.trim() === '' ? {} : { note: note.value.trim() }
    if (await deed.run(() => ask('PUT', `/v1/do-not-call/${encodeURIComponent(number)}`, body))) changed()
  }
  return (
    <form class="stack tight" onSubmit={event => void put(event)}>
      <label>
        {say('people.note')}
        <input
          type="text"
          autocomplete="off"
          maxLength={1_000}
          value={note.value}
          onInput={event => (note.value = event.currentTarget.value)}
        />
      </label>
      <p>
        <button class="act" type="submit" disabled={deed.isBusy.value}>
          {say('people.put-on')}
        </button>
      </p>
      <Refused refused={deed.refused} />
    </form>
  )
}

interface TakeOffProps extends DeedProps {
  readonly by: string
  readonly list: string
}

function TakeOff({ number, changed, by, list }: TakeOffProps) {
  const deed = useDeed()
  const isAsked = useSignal(false)
  const path = `/v1/do-not-call/${encodeURIComponent(number)}?by=${encodeURIComponent(by)}`
  const take = async (): Promise<void> => {
    if (!(await deed.run(() => ask('DELETE', path)))) return
    isAsked.value = false
    changed()
  }
  return (
    <>
      <p>
        <button type="button" onClick={() => (isAsked.value = true)}>
          {say('people.take-off', { list })}
        </button>
      </p>
      {isAsked.value && (
        <Confirm
          title={say('people.take-off', { list })}
          does={say('people.take-off-yes')}
          deed={deed}
          isGrave
          onYes={() => void take()}
          onNo={() => (isAsked.value = false)}
        >
          <p>{say('people.take-off-means', { name: by })}</p>
        </Confirm>
      )}
    </>
  )
}
