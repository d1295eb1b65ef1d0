import { useSignal } from '@preact/signals'
import type { DrainView } from '../../api/upkeep/drain.ts'
import { given } from '../../core/given.ts'
import { Answer, Confirm, Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useAsked, useDeed } from '../parts/asking.ts'
import { Choice } from '../parts/forms.tsx'
import { dayTime, say } from '../parts/words.ts'
import { useEvery } from './every.ts'

const spans = ['5m', '15m', '30m', '1h']

/** How dialing ends in order, and how far it is. */
export function Drain({ mayKeep }: { readonly mayKeep: boolean }) {
  const asked = useAsked<{ drain?: DrainView }>('/v1/drain')
  const deed = useDeed()
  useEvery(asked)
  const cancel = async (): Promise<void> => {
    await deed.run(() => ask('DELETE', '/v1/drain'))
    asked.again()
  }
  return (
    <section class="card stack" aria-labelledby="drain">
      <h2 id="drain">{say('health.drain')}</h2>
      <p class="small muted">{say('health.drain-lead')}</p>
      <Answer asked={asked} what={say('health.drain')}>
        {({ drain }) =>
          drain === undefined ? (
            mayKeep && <Begin onBegun={asked.again} />
          ) : (
            <div class="note warn stack" role="status">
              <p>
                {drain.state === 'drained'
                  ? say('health.drained')
                  : say('health.draining', { ...drain, at: dayTime(drain.since) })}
              </p>
              {mayKeep && (
                <div>
                  <button type="button" disabled={deed.isBusy.value} onClick={() => void cancel()}>
                    {say('health.dial-again')}
                  </button>
                </div>
              )}
            </div>
          )
        }
      </Answer>
      <Refused refused={deed.refused} />
    </section>
  )
}

function Begin({ onBegun }: { readonly onBegun: () => void }) {
  const [deadline, finish] = [useSignal(''), useSignal('stay')]
  const isAsked = useSignal(false)
  const deed = useDeed()
  const begin = async (): Promise<void> => {
    const body = { finish: finish.value, ...given({ deadline: deadline.value === '' ? undefined : deadline.value }) }
    if (!(await deed.run(() => ask('POST', '/v1/drain', body)))) return
    isAsked.value = false
    onBegun()
  }
  return (
    <>
      <div class="fields">
        <Choice
          label={say('health.deadline')}
          value={deadline}
          choices={[['', say('health.never')], ...spans.map(span => [span, say('health.after', { span })] as const)]}
        />
        <Choice
          label={say('health.then')}
          value={finish}
          choices={[
            ['stay', say('health.then.stay')],
            ['end', say('health.then.end')],
          ]}
        />
        <button type="button" class="act" onClick={() => (isAsked.value = true)}>
          {say('health.drain')}
        </button>
      </div>
      {isAsked.value && (
        <Confirm
          title={say('health.drain-sure')}
          does={say('health.drain')}
          deed={deed}
          isGrave
          onYes={() => void begin()}
          onNo={() => (isAsked.value = false)}
        >
          <p>{say('health.drain-lead')}</p>
        </Confirm>
      )}
    </>
  )
}
