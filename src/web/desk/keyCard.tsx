import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { changeKey, type Deed, deedOf, deeds, keyOf, resetKeys } from '../parts/keyMap.ts'
import { say, sayOf } from '../parts/words.ts'

/** The keys of the desk, each of which can be another one. F1 opens and closes it. */
export function KeyCard() {
  const card = useRef<HTMLDialogElement>(null)
  const waiting = useSignal<Deed | undefined>(undefined)
  const problem = useSignal<string | undefined>(undefined)
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const dialog = card.current
      if (dialog === null) return
      if (waiting.value !== undefined && dialog.open && event.key !== 'Escape' && event.key !== 'Tab') {
        problem.value = changeKey(waiting.value, event.key) ? undefined : say('keys.not-free', { key: event.key })
        if (problem.value === undefined) waiting.value = undefined
      } else if (deedOf(event) === 'keys') {
        if (dialog.open) dialog.close()
        else dialog.showModal()
      } else return
      event.preventDefault()
      event.stopPropagation()
    }
    // Before the desk's own keys: a key that is being chosen does nothing else.
    document.addEventListener('keydown', press, { capture: true })
    return () => document.removeEventListener('keydown', press, { capture: true })
  }, [])
  return (
    <dialog ref={card} aria-labelledby="keys-title" onClose={() => (waiting.value = undefined)}>
      <form method="dialog" class="stack">
        <h2 id="keys-title">{say('keys.title')}</h2>
        <p class="small muted">{say('keys.digits')}</p>
        <table>
          <tbody>
            {deeds.map(deed => (
              <tr key={deed}>
                <th scope="row">{sayOf('key', deed)}</th>
                <td>
                  <kbd>{keyOf(deed)}</kbd>
                </td>
                <td>
                  {deed !== 'keys' && (
                    <button type="button" aria-pressed={waiting.value === deed} onClick={() => (waiting.value = deed)}>
                      {say(waiting.value === deed ? 'keys.press' : 'keys.change')}
                      <span class="unseen">{` ${sayOf('key', deed)}`}</span>
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <div role="status">{problem.value !== undefined && <p class="note act">{problem.value}</p>}</div>
        <div class="row">
          <button type="submit" class="first">
            {say('keys.close')}
          </button>
          <button type="button" onClick={() => resetKeys()}>
            {say('keys.reset')}
          </button>
        </div>
      </form>
    </dialog>
  )
}
