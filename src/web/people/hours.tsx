import { useSignal } from '@preact/signals'
import type { PersonHoursView } from '../../api/persons.ts'
import { Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useDeed } from '../parts/asking.ts'
import { dayName, hoursText, weekdays } from '../parts/hours.ts'
import { dayTime, say } from '../parts/words.ts'
import type { CaseProps } from './case.ts'
import { How } from './permissions.tsx'

interface OwnHoursProps extends CaseProps {
  readonly hours: PersonHoursView | undefined
}

/** Hours in which the person wants to be called, at their place. */
export function OwnHours({ session, number, changed, hours }: OwnHoursProps) {
  return (
    <section class="card stack" aria-labelledby="hours-title">
      <h3 id="hours-title">{say('people.hours')}</h3>
      {hours === undefined ? (
        <p>{say('wishes.any-hour')}</p>
      ) : (
        <div>
          <p>{hoursText(hours.days)}</p>
          <p class="small muted">{dayTime(hours.recordedAt)}</p>
          <p class="said small">{hours.how}</p>
        </div>
      )}
      {session.rights.includes('record-wishes') && (
        <SetHours key={hours?.recordedAt} number={number} changed={changed} hours={hours} />
      )}
    </section>
  )
}

function SetHours({ number, changed, hours }: Omit<OwnHoursProps, 'session'>) {
  const deed = useDeed()
  const how = useSignal('')
  const days = useSignal<Readonly<Record<string, string>>>(written(hours))
  const path = `/v1/persons/${encodeURIComponent(number)}/hours`
  const keep = async (event: Event): Promise<void> => {
    event.preventDefault()
    const body = { days: read(days.value), how: how.value.trim() }
    if (await deed.run(() => ask('PUT', path, body))) changed()
  }
  const forget = async (): Promise<void> => {
    if (await deed.run(() => ask('DELETE', path))) changed()
  }
  return (
    <details>
      <summary>{say('wishes.hours')}</summary>
      <form class="stack tight" onSubmit={event => void keep(event)}>
        <p class="small muted">{say('people.hours-how')}</p>
        <div class="fields">
          {weekdays.map((day, index) => (
            <label key={day}>
              {dayName(index)}
              <input
                type="text"
                autocomplete="off"
                placeholder="09:00-12:00, 14:00-18:00"
                value={days.value[day] ?? ''}
                onInput={event => (days.value = { ...days.value, [day]: event.currentTarget.value })}
              />
            </label>
          ))}
        </div>
        <How how={how} />
        <p class="row">
          <button type="submit" disabled={deed.isBusy.value}>
            {say('wishes.keep')}
          </button>
          {hours !== undefined && (
            <button type="button" disabled={deed.isBusy.value} onClick={() => void forget()}>
              {say('wishes.forget')}
            </button>
          )}
        </p>
        <Refused refused={deed.refused} />
      </form>
    </details>
  )
}

function written(hours: PersonHoursView | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(hours?.days ?? {}).map(([day, spans]) => [day, spans.join(', ')]))
}

/** A day of which nothing is said is a day without calls. */
function read(days: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> {
  const spans = Object.entries(days).map(([day, text]) => [day, text.split(/[,;\s]+/).filter(Boolean)] as const)
  return Object.fromEntries(spans.filter(([, ofDay]) => ofDay.length > 0))
}
