import { type Signal, useSignal, useSignalEffect } from '@preact/signals'
import { Fragment } from 'preact'
import type { CallBackView, ClockView } from '../../api/agents/desk.ts'
import { ask, Refusal } from '../parts/api.ts'
import { say, sayOf } from '../parts/words.ts'
import { differentClocks, fieldsOf, momentHere, momentThere, offsetHere, placeOf } from './clocks.ts'
import type { Work } from './work.ts'

interface CallBackProps {
  readonly work: Work
  readonly callId: string
  readonly clocks: readonly ClockView[]
}

/** When the person is called back, by their clock or mine, and whether that is permitted. */
interface Choice {
  readonly day: Signal<string>
  readonly time: Signal<string>
  readonly whose: Signal<'theirs' | 'mine'>
  readonly own: Signal<boolean>
  readonly answer: Signal<CallBackView | undefined>
  /** What the answer is about. */
  readonly answered: Signal<string | undefined>
  readonly problem: Signal<string | undefined>
}

/** A key that follows another so soon is waited for before the daemon is asked, milliseconds. */
const typingMs = 250

/** Promises a call: only for a time at which it will be made. */
export function CallBack({ work, callId, clocks }: CallBackProps) {
  const choice = useChoice(callId, clocks)
  const { day, time, own, answer, answered } = choice
  // An answer about what was chosen a moment ago permits nothing.
  const isPermitted = () => answer.value?.permitted === true && answered.value === queryOf(choice)
  const promise = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (answer.value === undefined || !isPermitted()) return
    await work.wrapUp({ code: 'callback', callbackAt: answer.value.at, callbackOwn: own.value })
  }
  return (
    <form class="stack" data-call-back onSubmit={event => void promise(event)}>
      <div class="fields">
        <label>
          {say('back.day')}
          <input type="date" required value={day.value} onInput={event => (day.value = event.currentTarget.value)} />
        </label>
        <label>
          {say('back.time')}
          <input
            type="time"
            required
            step={300}
            value={time.value}
            onInput={event => (time.value = event.currentTarget.value)}
          />
        </label>
      </div>
      <Whose whose={choice.whose} clocks={clocks} />
      <Verdict choice={choice} />
      <label class="tick">
        <input type="checkbox" checked={own.value} onChange={event => (own.value = event.currentTarget.checked)} />
        {say('back.own')}
      </label>
      <button class="first" type="submit" disabled={!isPermitted()}>
        {say('back.promise')}
      </button>
    </form>
  )
}

function useChoice(callId: string, clocks: readonly ClockView[]): Choice {
  const tomorrow = Date.now() + 86_400_000
  const choice: Choice = {
    day: useSignal(fieldsOf(tomorrow, clocks[0]?.offsetMinutes ?? offsetHere(tomorrow)).day),
    time: useSignal('10:00'),
    whose: useSignal<'theirs' | 'mine'>(clocks.length === 0 ? 'mine' : 'theirs'),
    own: useSignal(false),
    answer: useSignal<CallBackView | undefined>(undefined),
    answered: useSignal<string | undefined>(undefined),
    problem: useSignal<string | undefined>(undefined),
  }
  useSignalEffect(() => {
    const query = queryOf(choice)
    choice.answer.value = undefined
    choice.problem.value = undefined
    if (query === undefined) return
    let isLast = true
    const look = async (): Promise<void> => {
      try {
        const answer = await ask<CallBackView>('GET', `/v1/calls/${encodeURIComponent(callId)}/call-back?${query}`)
        if (!isLast) return
        choice.answer.value = answer
        choice.answered.value = query
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        const word = sayOf('back', error.code)
        if (isLast) choice.problem.value = word === error.code ? error.message : word
      }
    }
    const timer = setTimeout(() => void look(), typingMs)
    return () => {
      isLast = false
      clearTimeout(timer)
    }
  })
  return choice
}

/** undefined: it is no time yet. */
function queryOf({ day, time, whose, own }: Choice): string | undefined {
  const wall = `${day.value}T${time.value.slice(0, 5)}`
  const here = new Date(wall)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(wall) || Number.isNaN(here.getTime())) return undefined
  const when = whose.value === 'theirs' ? { local: wall } : { at: here.toISOString() }
  return String(new URLSearchParams({ ...when, callbackOwn: String(own.value) }))
}

function Whose({ whose, clocks }: { readonly whose: Choice['whose']; readonly clocks: readonly ClockView[] }) {
  const [first] = clocks
  if (first === undefined) return <p class="small muted">{say('back.place-unknown')}</p>
  return (
    <fieldset class="row" aria-label={say('back.whose')}>
      {(['theirs', 'mine'] as const).map(one => (
        <button
          key={one}
          type="button"
          class="toggle"
          aria-pressed={whose.value === one}
          onClick={() => (whose.value = one)}
        >
          {say(`back.${one}`, { place: placeOf(first) })}
        </button>
      ))}
    </fieldset>
  )
}

function Verdict({ choice }: { readonly choice: Choice }) {
  const { answer, problem } = choice
  const found = answer.value
  return (
    <div role="status" class="verdict">
      {problem.value !== undefined && <p class="note warn">{problem.value}</p>}
      {found !== undefined && (
        <div class={found.permitted ? 'note' : 'note warn'}>
          <p>{found.permitted ? say('back.permitted') : sayOf('no-call', found.reason ?? '')}</p>
          <Both at={found.at} clocks={found.clocks} />
          {found.nextAt !== undefined && (
            <button type="button" onClick={() => take(choice, found.nextAt ?? '', found.clocks)}>
              {say('back.next', { at: nextText(found.nextAt, found.clocks) })}
            </button>
          )}
        </div>
      )}
    </div>
  )
}

function nextText(nextAt: string, clocks: readonly ClockView[]): string {
  const [first] = clocks
  const at = Date.parse(nextAt)
  return first === undefined ? momentHere(at) : momentThere(at, first)
}

/** The clocks may change between the two times; what was taken is asked about again, and shown as it is. */
function take({ day, time, whose }: Choice, nextAt: string, clocks: readonly ClockView[]): void {
  const at = Date.parse(nextAt)
  const offset = whose.value === 'theirs' ? (clocks[0]?.offsetMinutes ?? 0) : offsetHere(at)
  const fields = fieldsOf(at, offset)
  day.value = fields.day
  time.value = fields.time
}

/** Their time and mine, both named. */
function Both({ at, clocks }: { readonly at: string; readonly clocks: readonly ClockView[] }) {
  const instant = Date.parse(at)
  return (
    <dl class="facts small">
      {differentClocks(clocks).map(clock => (
        <Fragment key={clock.zone}>
          <dt>{say('back.in', { place: placeOf(clock) })}</dt>
          <dd>{momentThere(instant, clock)}</dd>
        </Fragment>
      ))}
      <dt>{say('back.here')}</dt>
      <dd>{momentHere(instant)}</dd>
    </dl>
  )
}
