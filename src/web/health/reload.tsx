import { useSignal } from '@preact/signals'
import type { ReloadView } from '../../api/upkeep/reload.ts'
import { Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useDeed } from '../parts/asking.ts'
import { say } from '../parts/words.ts'

/** The configuration read anew: what would change is shown first, and applied by a second press. */
export function Reload() {
  const found = useSignal<ReloadView | undefined>(undefined)
  const deed = useDeed()
  const read = (dryRun: boolean): void => {
    void deed.run(async () => {
      found.value = await ask<ReloadView>('POST', '/v1/reload', { dryRun })
    })
  }
  const seen = found.value
  const canApply = seen?.dryRun === true && seen.changes.some(({ effect }) => effect === 'live')
  return (
    <section class="card stack" aria-labelledby="reload">
      <h2 id="reload">{say('health.reload')}</h2>
      <p class="small muted">{say('health.reload-lead')}</p>
      <div class="row">
        <button type="button" disabled={deed.isBusy.value} onClick={() => read(true)}>
          {say('health.look')}
        </button>
        {canApply && (
          <button type="button" class="first" disabled={deed.isBusy.value} onClick={() => read(false)}>
            {say('health.apply')}
          </button>
        )}
      </div>
      <Refused refused={deed.refused} />
      <div role="status">{seen !== undefined && <Changes seen={seen} />}</div>
    </section>
  )
}

function Changes({ seen: { dryRun, changes, warnings } }: { readonly seen: ReloadView }) {
  return (
    <div class="stack">
      {!dryRun && <p class="note">{say('health.applied')}</p>}
      {changes.length === 0 && <p class="muted">{say('health.nothing-changes')}</p>}
      {warnings.map(warning => (
        <p key={warning} class="small warns">
          {warning}
        </p>
      ))}
      {changes.length > 0 && (
        <ul class="plain listed">
          {changes.map(({ key, before = '–', after = '–', effect }) => (
            <li key={key}>
              <code>{key}</code>
              <p>{`${before} → ${after}`}</p>
              <p class={effect === 'restart' ? 'small warns' : 'small muted'}>{say(`health.effect.${effect}`)}</p>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
