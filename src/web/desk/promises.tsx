import type { PromiseView } from '../../api/agents/desk.ts'
import { now } from '../parts/now.ts'
import { say } from '../parts/words.ts'
import { differentClocks, momentHere, momentThere, placeOf } from './clocks.ts'
import { dueOf, type Papers } from './papers.ts'
import { nameOf } from './person.tsx'

interface PromisesProps {
  readonly papers: Papers
  /** Where agents dial by themselves: looks whether the lead may be called now. */
  readonly call?: ((leadId: number) => void) | undefined
}

/** Call-backs that I have promised, the next first. */
export function Promises({ papers, call }: PromisesProps) {
  const promises = papers.promises.value
  const mode = papers.desk.value?.campaign?.mode
  const isByHand = mode === 'preview' || mode === 'manual'
  return (
    <section class="card stack" aria-labelledby="promises-title">
      <h2 id="promises-title">{say('promises.title')}</h2>
      {promises === undefined && <p class="muted">{say('promises.loading')}</p>}
      {promises?.length === 0 && <p class="muted">{say(isByHand ? 'promises.none-by-hand' : 'promises.none')}</p>}
      <ol class="plain stack">
        {(promises ?? []).map(promise => (
          <li key={`${promise.at} ${promise.number}`}>
            <Promised promise={promise} call={call} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function Promised({ promise, call }: Pick<PromisesProps, 'call'> & { readonly promise: PromiseView }) {
  const { leadId, at, campaign, number, lead, clocks } = promise
  const instant = Date.parse(at)
  return (
    <>
      <p class="row spread">
        <b>{nameOf(lead) ?? number}</b>
        <span class={instant <= now.value ? 'due' : 'small'}>
          {instant <= now.value ? say('promises.due') : momentHere(instant)}
        </span>
      </p>
      <p class="small muted">
        {[...differentClocks(clocks).map(clock => `${placeOf(clock)} ${momentThere(instant, clock)}`), campaign].join(
          ' · ',
        )}
      </p>
      {call !== undefined && (
        <button type="button" onClick={() => call(leadId)}>
          {say('dial.look')}
        </button>
      )}
    </>
  )
}

/** Says, wherever one is, that a promised call is due; it comes by itself. */
export function DueLine({ papers, isFree }: { readonly papers: Papers; readonly isFree: boolean }) {
  const due = dueOf(papers.promises, now.value)
  const [first] = due
  return (
    <div role="status">
      {first !== undefined && (
        <p class="note warn">
          {say(isFree ? 'promises.alert-free' : 'promises.alert', {
            name: nameOf(first.lead) ?? first.number,
          })}
        </p>
      )}
    </div>
  )
}
