import { useSignal } from '@preact/signals'
import type { AlarmListView, AlarmView } from '../../api/alarms.ts'
import { given } from '../../core/given.ts'
import { Answer, Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { type Asked, useAsked, useDeed } from '../parts/asking.ts'
import { Choice, Text } from '../parts/forms.tsx'
import { dayTime, say } from '../parts/words.ts'
import { useEvery } from './every.ts'

interface KeepProps {
  readonly mayKeep: boolean
}

/** What must be known, each with what to do; silenced, sent again and tested by right. */
export function Alarms({ mayKeep }: KeepProps) {
  const asked = useAsked<AlarmListView>('/v1/alarms')
  useEvery(asked)
  return (
    <section class="card stack" aria-labelledby="alarms">
      <h2 id="alarms">{say('health.alarms')}</h2>
      <Answer asked={asked} what={say('health.alarms')}>
        {({ alarms, webhook }) => (
          <>
            {alarms.length === 0 && <p class="muted">{say('health.no-alarms')}</p>}
            <ul class="plain listed">
              {alarms.map(alarm => (
                <Alarm key={`${alarm.code} ${alarm.subject}`} alarm={alarm} mayKeep={mayKeep} asked={asked} />
              ))}
            </ul>
            <Receiver webhook={webhook} mayKeep={mayKeep} />
          </>
        )}
      </Answer>
    </section>
  )
}

interface AlarmProps extends KeepProps {
  readonly alarm: AlarmView
  readonly asked: Asked<AlarmListView>
}

function Alarm({ alarm, mayKeep, asked }: AlarmProps) {
  const { code, subject, severity, says, todo, since, goneSince, stopsDialing, silenced } = alarm
  const when = say('health.since', { at: dayTime(since) })
  const gone = goneSince === undefined ? undefined : say('health.gone', { at: dayTime(goneSince) })
  const facts = [when, gone, stopsDialing ? say('health.stops') : undefined, say('health.page', { code })]
  return (
    <li class="stack">
      <div>
        <p class={severity === 'critical' && silenced === undefined ? 'acts' : undefined}>
          <strong>{says}</strong>
        </p>
        <p>{todo}</p>
        <p class="small muted">{facts.filter(fact => fact !== undefined).join(' · ')}</p>
      </div>
      {silenced !== undefined && (
        <p class="small">
          {say('health.silenced', { by: silenced.by, until: dayTime(silenced.until), reason: silenced.reason })}
        </p>
      )}
      {mayKeep && <Silencing of={{ code, ...given({ subject }) }} isSilent={silenced !== undefined} asked={asked} />}
    </li>
  )
}

interface SilencingProps {
  readonly of: { readonly code: string; readonly subject?: string }
  readonly isSilent: boolean
  readonly asked: Asked<AlarmListView>
}

const spans = ['30m', '2h', '8h', '24h', '7d']

function Silencing({ of, isSilent, asked }: SilencingProps) {
  const isOpen = useSignal(false)
  const [span, reason] = [useSignal('2h'), useSignal('')]
  const deed = useDeed()
  const change = async (work: () => Promise<unknown>): Promise<void> => {
    if (!(await deed.run(work))) return
    isOpen.value = false
    asked.again()
  }
  const silence = (event: Event): void => {
    event.preventDefault()
    // Whoever is logged in signs with their own name, whatever stands there.
    const body = { ...of, for: span.value, reason: reason.value, by: 'page' }
    void change(() => ask('PUT', '/v1/alarms/silences', body))
  }
  if (isSilent)
    return (
      <div>
        <button
          type="button"
          disabled={deed.isBusy.value}
          onClick={() => void change(() => ask('DELETE', `/v1/alarms/silences?${new URLSearchParams(of)}`))}
        >
          {say('health.unsilence')}
        </button>
        <Refused refused={deed.refused} />
      </div>
    )
  if (!isOpen.value)
    return (
      <div>
        <button type="button" onClick={() => (isOpen.value = true)}>
          {say('health.silence')}
        </button>
      </div>
    )
  return (
    <form class="stack" onSubmit={silence}>
      <div class="fields">
        <Choice label={say('health.silence-for')} value={span} choices={spans.map(one => [one, one] as const)} />
        <Text label={say('health.reason')} value={reason} isRequired maxLength={500} />
        <button type="submit" disabled={deed.isBusy.value}>
          {say('health.silence')}
        </button>
      </div>
      <Refused refused={deed.refused} />
    </form>
  )
}

function Receiver({ webhook, mayKeep }: KeepProps & { readonly webhook: AlarmListView['webhook'] }) {
  const isTaken = useSignal(false)
  const deed = useDeed()
  if (webhook === undefined) return <p class="small muted">{say('health.no-receiver')}</p>
  const test = async (): Promise<void> => {
    isTaken.value = await deed.run(() => ask('POST', '/v1/alarms/test', {}))
  }
  return (
    <div class="stack">
      <p class="small">{say('health.receiver', { receiver: webhook.receiver })}</p>
      {webhook.failure !== undefined && <p class="small acts">{say('health.failure', { failure: webhook.failure })}</p>}
      {mayKeep && (
        <div>
          <button type="button" disabled={deed.isBusy.value} onClick={() => void test()}>
            {say('health.test')}
          </button>
        </div>
      )}
      <Refused refused={deed.refused} />
      <div role="status">{isTaken.value && <p class="note">{say('health.tested')}</p>}</div>
    </div>
  )
}
