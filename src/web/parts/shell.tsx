import { type Signal, useSignal } from '@preact/signals'
import { type ComponentChildren, render } from 'preact'
import type { SessionView } from '../../api/access/sessions.ts'
import { ask, Refusal, whoAmI } from './api.ts'
import { forgetAllNotes } from './keptNotes.ts'
import { now } from './now.ts'
import { clock, language, languages, learn, type Part, say, speak } from './words.ts'

const themeKept = 'dialwright.theme'

/** Puts a page into the window, in its language and colours, when what it says is there. */
export async function openWith(parts: readonly Part[], page: ComponentChildren): Promise<void> {
  await learn(parts)
  open(page)
}

/** Puts a page into the window, in its language and colours. */
export function open(page: ComponentChildren): void {
  void speak(language.value)
  wear(localStorage.getItem(themeKept) ?? '')
  render(page, document.body)
}

/** Who is logged in, however long the daemon takes to answer; undefined: nobody. */
export async function whoAmIPatiently(): Promise<SessionView | undefined> {
  for (;;) {
    try {
      return await whoAmI()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      open(<p class="narrow">{say('shell.waiting')}</p>)
      await new Promise(resolve => setTimeout(resolve, 2_000))
    }
  }
}

function wear(theme: string): void {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  else delete document.documentElement.dataset.theme
  localStorage.setItem(themeKept, theme)
}

interface ChoicesProps {
  readonly name?: string | undefined
  /** What comes before somebody leaves; false: they stay. */
  readonly beforeLeaving?: () => Promise<boolean>
}

/** Language, colours, the way out. */
export function Choices({ name, beforeLeaving }: ChoicesProps) {
  const theme = useSignal(localStorage.getItem(themeKept) ?? '')
  const leave = async (): Promise<void> => {
    if (beforeLeaving !== undefined && !(await beforeLeaving())) return
    await ask('DELETE', '/v1/session').catch(() => undefined)
    forgetAllNotes()
    location.assign('/login')
  }
  return (
    <nav class="row" aria-label={say('shell.choices')}>
      <select
        aria-label={say('shell.language')}
        value={language.value}
        onChange={event => void speak(event.currentTarget.value)}
      >
        {Object.entries(languages).map(([id, text]) => (
          <option key={id} value={id} lang={id}>
            {text}
          </option>
        ))}
      </select>
      <select
        aria-label={say('shell.theme')}
        value={theme.value}
        onChange={event => {
          theme.value = event.currentTarget.value
          wear(theme.value)
        }}
      >
        <option value="">{say('shell.theme.system')}</option>
        <option value="light">{say('shell.theme.light')}</option>
        <option value="dark">{say('shell.theme.dark')}</option>
      </select>
      {name !== undefined && (
        <button type="button" onClick={leave}>
          {say('shell.leave', { name })}
        </button>
      )}
    </nav>
  )
}

/** Says that the line to the daemon is lost, for as long as it is; the one thing that may interrupt. */
export function LostLine({ lostAt }: { readonly lostAt: Signal<number | undefined> }) {
  const since = lostAt.value
  return (
    <div role="alert">
      {since !== undefined && <p class="note act">{say('shell.lost', { for: clock(now.value - since) })}</p>}
    </div>
  )
}
