import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { CampaignCheckView } from '../../api/campaigns.ts'
import { Refused } from '../parts/answers.tsx'
import { ask, Refusal } from '../parts/api.ts'
import { useDeed } from '../parts/asking.ts'
import { say, sayOf } from '../parts/words.ts'
import { addressOf } from './place.ts'

/** A campaign of one's own: as little as it needs, the rest stands in its settings. It dials nobody before it is started. */
export function Create() {
  const isOpen = useSignal(false)
  return (
    <>
      <button type="button" class="first" onClick={() => (isOpen.value = true)}>
        {say('campaigns.create')}
      </button>
      {isOpen.value && <Form onClose={() => (isOpen.value = false)} />}
    </>
  )
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const deed = useDeed()
  const values = useSignal<Readonly<Record<string, string>>>({ id: '', name: '', message: '' })
  useEffect(() => dialog.current?.showModal(), [])
  const create = async (event: Event): Promise<void> => {
    event.preventDefault()
    const { id = '', name = '', message = '' } = values.value
    const path = `/v1/campaigns/${encodeURIComponent(id)}`
    const isDone = await deed.run(async () => {
      const { problems, changed } = await ask<CampaignCheckView>('POST', `${path}/check`, { id, message })
      const [problem] = problems
      if (problem !== undefined)
        throw new Refusal({
          status: 422,
          code: 'campaign-wrong',
          message: `${sayOf('setting', problem.path)} ${problem.says}`,
        })
      // It would be changed, and not made.
      if (changed !== 'new') throw new Refusal({ status: 409, code: 'campaign-exists', message: '' })
      await ask('PUT', path, name === '' ? { id, message } : { id, name, message })
    })
    if (isDone) location.hash = addressOf(id, 'settings')
  }
  return (
    <dialog ref={dialog} class="card" aria-labelledby="create-title" onClose={onClose}>
      <form class="stack" onSubmit={create}>
        <h2 id="create-title">{say('campaigns.create')}</h2>
        {['id', 'name', 'message'].map(key => (
          <label key={key}>
            {sayOf('setting', key)}
            <input
              type="text"
              required={key !== 'name'}
              maxLength={200}
              value={values.value[key]}
              onInput={event => (values.value = { ...values.value, [key]: event.currentTarget.value })}
            />
            <span class="hint small muted">{sayOf('hint', key) === key ? '' : sayOf('hint', key)}</span>
          </label>
        ))}
        <p class="small muted">{say('campaigns.create-means')}</p>
        <Refused refused={deed.refused} />
        <div class="row">
          <button type="submit" class="first" disabled={deed.isBusy.value}>
            {say('campaigns.create')}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            {say('shell.no')}
          </button>
        </div>
      </form>
    </dialog>
  )
}
