import { useSignal } from '@preact/signals'
import type { BackupView } from '../../api/upkeep/backups.ts'
import { given } from '../../core/given.ts'
import { Progress, Refused } from '../parts/answers.tsx'
import { useDeed } from '../parts/asking.ts'
import { Text } from '../parts/forms.tsx'
import { count, say } from '../parts/words.ts'
import { askAtWork } from '../parts/working.ts'

/** A backup now, while calls go on. What was begun ends by itself, whoever leaves the page. */
export function Backup() {
  const [folder, rotate] = [useSignal(''), useSignal('')]
  const made = useSignal<BackupView | undefined>(undefined)
  const deed = useDeed()
  const make = (event: Event): void => {
    event.preventDefault()
    const keep = rotate.value === '' ? undefined : Number(rotate.value)
    const body = { folder: folder.value.trim(), ...given({ rotate: keep }) }
    made.value = undefined
    const waiter = { signal: new AbortController().signal, onProgress: () => {} }
    void deed.run(async () => {
      made.value = await askAtWork<BackupView>('/v1/backups', body, waiter)
    })
  }
  const view = made.value
  return (
    <section class="card stack" aria-labelledby="backup">
      <h2 id="backup">{say('health.backup')}</h2>
      <form class="fields" onSubmit={make}>
        <Text label={say('health.folder')} value={folder} isRequired maxLength={4096} />
        <Text label={say('health.rotate')} value={rotate} type="number" />
        <button type="submit" disabled={deed.isBusy.value}>
          {say('health.backup')}
        </button>
      </form>
      {deed.isBusy.value && <Progress label={say('health.backing-up')} done={undefined} />}
      <Refused refused={deed.refused} />
      <div role="status">
        {view !== undefined && (
          <p class="note">
            {say('health.backed-up', {
              folder: view.folder,
              bytes: count(view.bytes),
              entries: count(view.ledgerEntries),
            })}
          </p>
        )}
      </div>
    </section>
  )
}
