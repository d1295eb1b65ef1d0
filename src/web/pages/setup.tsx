import { useSignal } from '@preact/signals'
import { ask, Refusal } from '../parts/api.ts'
import { Field } from '../parts/field.tsx'
import { saysOf } from '../parts/refusals.ts'
import { Choices, open } from '../parts/shell.tsx'
import { say } from '../parts/words.ts'

// What stands behind the # is sent to nobody before the button is pressed, and stays in no log.
const link = location.hash.slice(1)

function SetUp() {
  const password = useSignal('')
  const again = useSignal('')
  const wrong = useSignal<string | undefined>(undefined)
  const doneFor = useSignal<string | undefined>(undefined)

  const set = async (event: Event): Promise<void> => {
    event.preventDefault()
    wrong.value = password.value === again.value ? undefined : say('setup.differ')
    if (wrong.value !== undefined) return
    try {
      doneFor.value = (await ask<{ name: string }>('POST', '/v1/setup', { link, password: password.value })).name
      history.replaceState(null, '', '/setup')
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      wrong.value = saysOf(error)
    }
  }

  return (
    <div class="narrow stack">
      <h1>{say('setup.title')}</h1>
      {doneFor.value === undefined ? (
        <form class="card stack" onSubmit={set}>
          {link === '' && <p class="note warn">{say('setup.no-link')}</p>}
          <Field label={say('setup.password')} value={password} isSecret autocomplete="new-password" />
          <Field label={say('setup.again')} value={again} isSecret autocomplete="new-password" />
          <div role="status">{wrong.value !== undefined && <p class="note act">{wrong.value}</p>}</div>
          <button class="first" type="submit" disabled={link === ''}>
            {say('setup.set')}
          </button>
        </form>
      ) : (
        <div class="card stack" role="status">
          <p>{say('setup.done', { name: doneFor.value })}</p>
          <a href="/login">{say('login.enter')}</a>
        </div>
      )}
      <Choices />
    </div>
  )
}

open(<SetUp />)
