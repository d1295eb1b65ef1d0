import { useSignal } from '@preact/signals'
import type { SessionView } from '../../api/access/sessions.ts'
import { ask, homeOf, Refusal, remember, whoAmI } from '../parts/api.ts'
import { Field } from '../parts/field.tsx'
import { saysOf } from '../parts/refusals.ts'
import { Choices, open } from '../parts/shell.tsx'
import { say } from '../parts/words.ts'

function LogIn() {
  const name = useSignal('')
  const password = useSignal('')
  const code = useSignal('')
  const wantsCode = useSignal(false)
  const wrong = useSignal<string | undefined>(undefined)
  const busy = useSignal(false)

  const enter = async (event: Event): Promise<void> => {
    event.preventDefault()
    busy.value = true
    wrong.value = undefined
    try {
      const given = { name: name.value, password: password.value }
      const body = code.value === '' ? given : { ...given, code: code.value.trim() }
      location.assign(homeOf(remember(await ask<SessionView>('POST', '/v1/session', body))))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.code === 'code-needed') wantsCode.value = true
      else wrong.value = saysOf(error)
    } finally {
      busy.value = false
    }
  }

  return (
    <div class="narrow stack">
      <h1>Dialwright</h1>
      <form class="card stack" onSubmit={enter}>
        <Field label={say('login.name')} value={name} name="name" autocomplete="username" maxLength={100} />
        <Field
          label={say('login.password')}
          value={password}
          name="password"
          isSecret
          autocomplete="current-password"
        />
        {wantsCode.value && <Field label={say('login.code')} value={code} name="code" autocomplete="one-time-code" />}
        <div role="status">{wrong.value !== undefined && <p class="note act">{wrong.value}</p>}</div>
        <button class="first" type="submit" disabled={busy.value}>
          {say('login.enter')}
        </button>
        <p class="small muted">{say('login.forgotten')}</p>
      </form>
      <Choices />
    </div>
  )
}

const session = await whoAmI().catch(() => undefined)
if (session !== undefined && homeOf(session) !== '/login') location.replace(homeOf(session))
else open(<LogIn />)
