import { useSignal } from '@preact/signals'
import type { SessionListView, SessionView } from '../../api/access/sessions.ts'
import { Answer, Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useAsked, useDeed } from '../parts/asking.ts'
import { Field } from '../parts/field.tsx'
import { Part, Text } from '../parts/forms.tsx'
import { dayTime, say } from '../parts/words.ts'
import { ShownOnce } from './shown.tsx'

/** One's own password, codes and browsers. */
export function Account({ session }: { readonly session: SessionView }) {
  return (
    <div class="stack">
      <Password />
      <Codes areOn={session.oneTimeCodes === true} />
      <Browsers name={session.name} />
    </div>
  )
}

function Password() {
  const [password, newPassword] = [useSignal(''), useSignal('')]
  const isDone = useSignal(false)
  const deed = useDeed()
  const change = async (event: Event): Promise<void> => {
    event.preventDefault()
    const body = { password: password.value, newPassword: newPassword.value }
    isDone.value = await deed.run(() => ask('PUT', '/v1/session/password', body))
    if (isDone.value) for (const field of [password, newPassword]) field.value = ''
  }
  return (
    <Part title={say('settings.change-password')}>
      <form class="fields" onSubmit={event => void change(event)}>
        <Field label={say('settings.password')} value={password} isSecret autocomplete="current-password" />
        <Field label={say('settings.new-password')} value={newPassword} isSecret autocomplete="new-password" />
        <button class="at-end" type="submit" disabled={deed.isBusy.value}>
          {say('settings.change-password')}
        </button>
      </form>
      <Refused refused={deed.refused} />
      <div role="status">{isDone.value && <p class="note">{say('settings.done')}</p>}</div>
    </Part>
  )
}

interface Begun {
  readonly secret: string
  readonly url: string
}

function Codes({ areOn }: { readonly areOn: boolean }) {
  const isOn = useSignal(areOn)
  const [password, code] = [useSignal(''), useSignal('')]
  const begun = useSignal<Begun | undefined>(undefined)
  const recovery = useSignal<readonly string[] | undefined>(undefined)
  const deed = useDeed()
  const path = '/v1/session/one-time-codes'
  const begin = (event: Event): void => {
    event.preventDefault()
    void deed.run(async () => {
      const body = { password: password.value }
      if (isOn.value) {
        await ask('DELETE', path, body)
        isOn.value = false
      } else begun.value = await ask<Begun>('POST', path, body)
      password.value = ''
    })
  }
  const confirm = (event: Event): void => {
    event.preventDefault()
    void deed.run(async () => {
      const { recoveryCodes } = await ask<{ recoveryCodes: string[] }>('PUT', path, { code: code.value.trim() })
      recovery.value = recoveryCodes
      begun.value = undefined
      isOn.value = true
    })
  }
  return (
    <Part title={say('settings.codes')}>
      <p class="small muted">{say('settings.codes-lead')}</p>
      {recovery.value !== undefined && (
        <ShownOnce
          says={say('settings.recovery')}
          text={recovery.value.join('\n')}
          onDone={() => {
            recovery.value = undefined
          }}
        />
      )}
      {begun.value === undefined ? (
        <form class="fields" onSubmit={begin}>
          <Field label={say('settings.password')} value={password} isSecret autocomplete="current-password" />
          <button class="at-end" type="submit" disabled={deed.isBusy.value}>
            {say(isOn.value ? 'settings.codes-end' : 'settings.codes-begin')}
          </button>
        </form>
      ) : (
        <form class="stack" onSubmit={confirm}>
          <p>{say('settings.codes-secret')}</p>
          <code class="said">{begun.value.secret}</code>
          <a href={begun.value.url}>{say('settings.codes-open')}</a>
          <div class="fields">
            <Text label={say('settings.code')} value={code} isRequired maxLength={40} />
            <button class="first at-end" type="submit" disabled={deed.isBusy.value}>
              {say('settings.codes-confirm')}
            </button>
          </div>
        </form>
      )}
      <Refused refused={deed.refused} />
    </Part>
  )
}

function Browsers({ name }: { readonly name: string }) {
  const asked = useAsked<SessionListView>(`/v1/sessions?user=${encodeURIComponent(name)}`)
  const deed = useDeed()
  const end = async (sessionId: string): Promise<void> => {
    await deed.run(() => ask('DELETE', `/v1/sessions/${encodeURIComponent(sessionId)}`))
    asked.again()
  }
  return (
    <Part title={say('settings.browsers')}>
      <Refused refused={deed.refused} />
      <Answer asked={asked} what={say('settings.browsers')}>
        {({ sessions }) => (
          <ul class="plain listed">
            {sessions.map(({ sessionId, program, address, usedAt, own }) => (
              <li key={sessionId} class="row spread">
                <span>
                  <bdi>{program}</bdi>
                  <span class="small muted">{` · ${address} · ${say('settings.used', { at: dayTime(usedAt) })}`}</span>
                </span>
                {own ? (
                  <span class="small muted">{say('settings.this-one')}</span>
                ) : (
                  <button type="button" disabled={deed.isBusy.value} onClick={() => void end(sessionId)}>
                    {say('settings.log-out')}
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </Part>
  )
}
