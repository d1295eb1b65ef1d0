import { useSignal } from '@preact/signals'
import type { UpgradeView } from '../../api/upkeep/upgrade.ts'
import { Answer, Confirm } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useAsked, useDeed } from '../parts/asking.ts'
import { say } from '../parts/words.ts'
import { useEvery } from './every.ts'

/** Which daemon answers, and the next one. */
export function Upgrade({ mayKeep }: { readonly mayKeep: boolean }) {
  const asked = useAsked<UpgradeView>('/v1/upgrade')
  const isAsked = useSignal(false)
  const deed = useDeed()
  useEvery(asked)
  const begin = async (): Promise<void> => {
    if (!(await deed.run(() => ask('POST', '/v1/upgrade', {})))) return
    isAsked.value = false
    asked.again()
  }
  return (
    <section class="card stack" aria-labelledby="upgrade">
      <h2 id="upgrade">{say('health.upgrade')}</h2>
      <Answer asked={asked} what={say('health.upgrade')}>
        {({ version, next }) => (
          <>
            <p class="small muted">{say('health.upgrade-lead', { version })}</p>
            {next !== undefined && <p class="note warn">{say(`health.next.${next.state}`)}</p>}
            {mayKeep && (
              <div>
                <button type="button" onClick={() => (isAsked.value = true)}>
                  {say('health.upgrade-begin')}
                </button>
              </div>
            )}
          </>
        )}
      </Answer>
      {isAsked.value && (
        <Confirm
          title={say('health.upgrade-sure')}
          does={say('health.upgrade-begin')}
          deed={deed}
          onYes={() => void begin()}
          onNo={() => (isAsked.value = false)}
        />
      )}
    </section>
  )
}
