import { useSignal } from '@preact/signals'
import type { CampaignCheckView } from '../../api/campaigns.ts'
import { Confirm, Refused } from '../parts/answers.tsx'
import { useDeed } from '../parts/asking.ts'
import { say, sayOf } from '../parts/words.ts'
import type { Draft } from './draft.ts'

interface SavingProps {
  readonly draft: Draft
  /** All settings; else the pacing alone. */
  readonly mayChangeAll: boolean
}

/** Stands under everything while something is changed and not applied: what is wrong, what it would change, and then the deed. */
export function Saving({ draft, mayChangeAll }: SavingProps) {
  const look = useDeed()
  const deed = useDeed()
  const shown = useSignal<CampaignCheckView['changed']>(undefined)
  if (!draft.isChanged.value) return null
  const problems = draft.found.value?.problems ?? []
  const open = async (): Promise<void> => {
    await look.run(async () => {
      shown.value = (await draft.check()).changed
    })
  }
  const apply = async (): Promise<void> => {
    if (await deed.run(() => draft.apply(mayChangeAll))) shown.value = undefined
  }
  return (
    <section class="controls saving" aria-label={say('campaigns.unsaved')}>
      <div class="first-line stack tight" role="status">
        {problems.length === 0 ? (
          <strong>{say('campaigns.unsaved')}</strong>
        ) : (
          problems.slice(0, 3).map(({ path, says }) => (
            <p key={path} class="acts">
              {labelOf(path)}: {says}
            </p>
          ))
        )}
      </div>
      <Refused refused={look.refused} />
      <button type="button" onClick={draft.reset}>
        {say('campaigns.undo')}
      </button>
      <button
        type="button"
        class="first"
        disabled={look.isBusy.value || problems.length > 0}
        onClick={() => void open()}
      >
        {say('campaigns.look-at-changes')}
      </button>
      {shown.value !== undefined && (
        <Confirm
          title={say('campaigns.apply-sure')}
          does={say('campaigns.apply')}
          deed={deed}
          onYes={() => void apply()}
          onNo={() => (shown.value = undefined)}
        >
          <Changes changed={shown.value} />
        </Confirm>
      )}
    </section>
  )
}

/** The words of a setting, or of what it is part of. */
function labelOf(path: string): string {
  for (let at = path; at !== ''; at = at.replace(/(\.|\[)[^.[]*$|^[^.[]*$/, '')) {
    const words = sayOf('setting', at)
    if (words !== at) return words
  }
  return path
}

function Changes({ changed }: { readonly changed: NonNullable<CampaignCheckView['changed']> }) {
  if (changed === 'new') return <p>{say('campaigns.is-new')}</p>
  if (changed.length === 0) return <p>{say('campaigns.changes-nothing')}</p>
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{say('campaigns.what')}</th>
            <th scope="col">{say('campaigns.before')}</th>
            <th scope="col">{say('campaigns.then')}</th>
          </tr>
        </thead>
        <tbody>
          {changed.map(({ path, before, now }) => (
            <tr key={path}>
              <th scope="row">{labelOf(path)}</th>
              <td class="said">{before ?? '–'}</td>
              <td class="said">{now ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
