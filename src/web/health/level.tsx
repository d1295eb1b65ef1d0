import { useSignal } from '@preact/signals'
import type { LogLevelView } from '../../api/upkeep/logLevel.ts'
import { given } from '../../core/given.ts'
import { Answer, Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useAsked, useDeed } from '../parts/asking.ts'
import { Choice } from '../parts/forms.tsx'
import { dayTime, say } from '../parts/words.ts'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
const spans = ['10m', '1h', '8h']

/** How much the log says, for a time. */
export function Level() {
  const asked = useAsked<LogLevelView>('/v1/log-level')
  const [level, span] = [useSignal('debug'), useSignal('10m')]
  const deed = useDeed()
  const set = async (event: Event): Promise<void> => {
    event.preventDefault()
    const body = { level: level.value, ...given({ for: span.value === '' ? undefined : span.value }) }
    if (await deed.run(() => ask('PUT', '/v1/log-level', body))) asked.again()
  }
  return (
    <section class="card stack" aria-labelledby="log">
      <h2 id="log">{say('health.log')}</h2>
      <Answer asked={asked} what={say('health.log')}>
        {({ level: now, configured, until }) => (
          <p role="status">
            {until === undefined
              ? say('health.level-now', { level: now, configured })
              : say('health.level-until', { level: now, configured, until: dayTime(until) })}
          </p>
        )}
      </Answer>
      <form class="fields" onSubmit={event => void set(event)}>
        <Choice label={say('health.level')} value={level} choices={levels.map(one => [one, one] as const)} />
        <Choice
          label={say('health.silence-for')}
          value={span}
          choices={[...spans.map(one => [one, one] as const), ['', say('health.until-start')]]}
        />
        <button type="submit" disabled={deed.isBusy.value}>
          {say('health.set')}
        </button>
      </form>
      <Refused refused={deed.refused} />
    </section>
  )
}
