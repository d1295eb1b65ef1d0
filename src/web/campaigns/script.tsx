import { useSignal } from '@preact/signals'
import { filledIn } from '../../core/campaigns/script.ts'
import { say } from '../parts/words.ts'
import type { Draft } from './draft.ts'
import { RowsField } from './rows.tsx'

interface ScriptProps {
  readonly draft: Draft
  readonly mayChange: boolean
}

/** What agents say and ask, and how it reads with a lead that nobody is. */
export function ScriptEditor({ draft, mayChange }: ScriptProps) {
  return (
    <div class="beside">
      <fieldset class="stack" disabled={!mayChange} key={draft.version.value}>
        <legend class="unseen">{say('campaigns.tab.script')}</legend>
        <p class="small muted">{say('campaigns.script-how')}</p>
        <RowsField
          draft={draft}
          path="script.steps"
          columns={[{ key: 'title' }, { key: 'say', kind: 'long' }, { key: 'duty.name' }, { key: 'duty.says' }]}
        />
        <RowsField
          draft={draft}
          path="script.form"
          columns={[
            { key: 'name' },
            { key: 'label' },
            { key: 'type', choices: ['', 'text', 'number', 'date', 'choice', 'yes-no'] },
            { key: 'choices', kind: 'lines' },
            { key: 'requiredFor', kind: 'lines' },
            { key: 'min', kind: 'number' },
            { key: 'max', kind: 'number' },
            { key: 'maxLength', kind: 'number' },
          ]}
        />
      </fieldset>
      <Preview draft={draft} />
    </div>
  )
}

function Preview({ draft }: { readonly draft: Draft }) {
  const name = useSignal(say('campaigns.made-up-name'))
  const steps = listAt(draft, 'script.steps')
  const fields = listAt(draft, 'script.form')
  const columns = [
    ...new Set(
      steps.flatMap(step => [...textOf(step, 'say').matchAll(/\{([^{}\n]{1,60})\}/g)].map(([, at = '']) => at)),
    ),
  ]
  const values = useSignal<Readonly<Record<string, string>>>({})
  const lead = { name: name.value, ...values.value }
  return (
    <section class="card stack" aria-labelledby="preview-title">
      <h2 id="preview-title">{say('campaigns.script-preview')}</h2>
      {columns.length > 0 && (
        <div class="fields">
          {columns.map(column => (
            <label key={column}>
              {column}
              <input
                type="text"
                value={values.value[column] ?? (column === 'name' ? name.value : '')}
                onInput={event => (values.value = { ...values.value, [column]: event.currentTarget.value })}
              />
            </label>
          ))}
        </div>
      )}
      {steps.length === 0 && <p class="muted">{say('campaigns.script-empty')}</p>}
      <ol class="stack">
        {steps.map((step, at) => (
          <li key={at}>
            {textOf(step, 'title') !== '' && <h3 class="small muted">{textOf(step, 'title')}</h3>}
            <p class="said">{filledIn(textOf(step, 'say'), lead)}</p>
          </li>
        ))}
      </ol>
      {fields.length > 0 && (
        <ul>
          {fields.map((field, at) => (
            <li key={at}>{textOf(field, 'label')}</li>
          ))}
        </ul>
      )}
    </section>
  )
}

function listAt(draft: Draft, path: string): readonly unknown[] {
  const value = draft.get(path)
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown, key: string): string {
  const found: unknown =
    typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined
  return typeof found === 'string' ? found : ''
}
