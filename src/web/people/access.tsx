import { useSignal } from '@preact/signals'
import type { ErasureView, PersonView } from '../../api/persons.ts'
import { Confirm, Refused } from '../parts/answers.tsx'
import { ask } from '../parts/api.ts'
import { useDeed } from '../parts/asking.ts'
import { saveAs } from '../parts/saving.ts'
import { say } from '../parts/words.ts'
import type { CaseProps } from './case.ts'

/** What a person may ask of us: all that is kept of them, and that it goes. Both are of the whole house. */
export function Access({ session, number, changed }: CaseProps) {
  if (session.campaigns !== undefined || session.agentId !== undefined) return null
  const maySee = session.rights.includes('see-people')
  const mayErase = session.rights.includes('erase-people')
  if (!maySee && !mayErase) return null
  return (
    <section class="card stack" aria-labelledby="access-title">
      <h3 id="access-title">{say('people.access')}</h3>
      {maySee && <Kept number={number} />}
      {mayErase && <Erasure number={number} changed={changed} by={session.name} />}
    </section>
  )
}

/** The file's name says nothing of the person. */
function Kept({ number }: Pick<CaseProps, 'number'>) {
  const deed = useDeed()
  const save = async (): Promise<void> => {
    const kept = await ask<PersonView>('GET', `/v1/persons/${encodeURIComponent(number)}`)
    saveAs(`person-${new Date().toISOString().slice(0, 10)}.json`, JSON.stringify(kept, null, 2))
  }
  return (
    <div>
      <button type="button" disabled={deed.isBusy.value} onClick={() => void deed.run(save)}>
        {say('people.save')}
      </button>
      <p class="small muted">{say('people.save-means')}</p>
      <Refused refused={deed.refused} />
    </div>
  )
}

interface ErasureProps extends Pick<CaseProps, 'number' | 'changed'> {
  readonly by: string
}

/** Said once, then confirmed by typing the number again: there is no way back. */
function Erasure({ number, changed, by }: ErasureProps) {
  const deed = useDeed()
  const isAsked = useSignal(false)
  const typed = useSignal('')
  const done = useSignal<ErasureView | undefined>(undefined)
  const path = `/v1/persons/${encodeURIComponent(number)}?by=${encodeURIComponent(by)}`
  const isSame = digitsOf(typed.value) === digitsOf(number)
  const erase = async (): Promise<void> => {
    if (!isSame || !(await deed.run(async () => (done.value = await ask<ErasureView>('DELETE', path))))) return
    isAsked.value = false
    changed()
  }
  const leave = (): void => {
    typed.value = ''
    isAsked.value = false
  }
  return (
    <div class="stack tight">
      <p>
        <button class="act" type="button" onClick={() => (isAsked.value = true)}>
          {say('people.erase')}
        </button>
      </p>
      <div role="status">{done.value !== undefined && <Erased done={done.value} />}</div>
      {isAsked.value && (
        <Confirm
          title={say('people.erase')}
          does={say('people.erase-yes')}
          deed={deed}
          isGrave
          onYes={() => void erase()}
          onNo={leave}
        >
          <p>{say('people.erase-means')}</p>
          <p>{say('people.erase-keeps')}</p>
          <p class="small muted">{say('people.erase-by', { name: by })}</p>
          <label>
            {say('people.erase-type')}
            <input
              type="tel"
              autocomplete="off"
              required
              value={typed.value}
              onInput={event => (typed.value = event.currentTarget.value)}
            />
          </label>
          <p class="hint problem" role="status">
            {typed.value !== '' && !isSame && say('people.erase-differs')}
          </p>
        </Confirm>
      )}
    </div>
  )
}

function digitsOf(number: string): string {
  return number.replaceAll(/\D/g, '')
}

function Erased({ done: { leads, calls, permissions, kept } }: { readonly done: ErasureView }) {
  return (
    <div class="note">
      <p>{say('people.erased', { leads, calls, permissions })}</p>
      {kept.length > 0 && (
        <>
          <p>{say('people.stays')}</p>
          <ul class="small">
            {kept.map(one => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
