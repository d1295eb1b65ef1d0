import { Fragment } from 'preact'
import type { DayView } from '../../api/agents/desk.ts'
import { clock, say, sayOf, time } from '../parts/words.ts'
import type { Papers } from './papers.ts'

/** My day in figures. What is not known is said, and is not nothing. */
export function Day({ papers }: { readonly papers: Papers }) {
  const day = papers.day.value
  return (
    <section class="card stack" aria-labelledby="day-title">
      <h2 id="day-title">{say('day.title')}</h2>
      {day === undefined ? <p class="muted">{say('day.loading')}</p> : <Figures day={day} />}
    </section>
  )
}

/** A day whose first minute is known is known whole. */
const wholeMs = 60_000

function Figures({ day }: { readonly day: DayView }) {
  const { calls, talkMs, wrapUpMs, availableMs, pausedMs, outcomes, knownSince } = day
  const midnight = new Date().setHours(0, 0, 0, 0)
  const shown = [
    [say('day.calls'), String(calls)],
    [say('day.talk'), clock(talkMs)],
    [say('day.wrap-up'), clock(wrapUpMs)],
    [say('day.waiting'), clock(availableMs)],
    [say('day.pauses'), clock(pausedMs)],
  ] as const
  const came = Object.entries(outcomes).sort(([, one], [, other]) => other - one)
  return (
    <>
      <dl class="day">
        {shown.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h3 class="small muted">{say('day.outcomes')}</h3>
      {came.length === 0 ? (
        <p class="muted">{say('day.no-outcomes')}</p>
      ) : (
        <dl class="facts">
          {came.map(([code, times]) => (
            <Fragment key={code}>
              <dt>{sayOf('code', code)}</dt>
              <dd>{times}</dd>
            </Fragment>
          ))}
        </dl>
      )}
      {Date.parse(knownSince) - midnight > wholeMs && (
        <p class="small muted">{say('day.known-since', { at: time(knownSince) })}</p>
      )}
    </>
  )
}
