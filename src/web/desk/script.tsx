import type { FormAnswers, Script } from '../../core/campaigns/script.ts'
import { answerMax, answerProblem, dutySaid, type FormField, filledIn } from '../../core/campaigns/script.ts'
import { Key } from '../parts/key.tsx'
import { say, sayOf } from '../parts/words.ts'
import type { Work } from './work.ts'

interface ScriptProps {
  readonly work: Work
  readonly script: Script
  readonly lead: Readonly<Record<string, string>>
}

/** What is said next stands first; what must be said is ticked. */
export function ScriptCard({ work, script: { steps }, lead }: ScriptProps) {
  const { form } = work
  const at = Math.min(form.step.value, steps.length)
  const step = steps[at]
  const open = steps.slice(0, at).flatMap(({ duty }) => (duty && !isSaid(form.answers.value, duty.name) ? [duty] : []))
  return (
    <section class="card stack" aria-labelledby="script-title">
      <div class="row spread">
        <h2 id="script-title">{say('script.title')}</h2>
        <span class="row">
          <span class="muted small">
            {say('script.place', { at: Math.min(at + 1, steps.length), of: steps.length })}
          </span>
          <button type="button" disabled={at === 0} onClick={() => form.goTo(at - 1)}>
            {say('script.back')}
          </button>
          <button type="button" disabled={step === undefined} onClick={() => form.goTo(at + 1)}>
            {say('script.next')} <Key of="next" />
          </button>
        </span>
      </div>
      <div class="stack" aria-live="polite">
        {step === undefined ? (
          <p class="muted">{say('script.end')}</p>
        ) : (
          <>
            {step.title !== undefined && <h3 class="small muted">{step.title}</h3>}
            <p class="line">{filledIn(step.say, lead)}</p>
          </>
        )}
      </div>
      {step?.duty && <Duty work={work} duty={step.duty} />}
      {open.map(duty => (
        <div key={duty.name} class="note warn">
          <p class="small">{say('script.not-said')}</p>
          <Duty work={work} duty={duty} />
        </div>
      ))}
      {at + 1 < steps.length && (
        <ol class="lines muted" start={at + 2}>
          {steps.slice(at + 1).map(({ title, say: words }, index) => (
            <li key={at + index}>{title ?? filledIn(words, lead).split('\n')[0]}</li>
          ))}
        </ol>
      )}
    </section>
  )
}

function isSaid(answers: FormAnswers, name: string): boolean {
  return answers[name] === dutySaid
}

function Duty({
  work,
  duty,
}: {
  readonly work: Work
  readonly duty: { readonly name: string; readonly says: string }
}) {
  const { form } = work
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={isSaid(form.answers.value, duty.name)}
        onChange={event => form.answer(duty.name, event.currentTarget.checked ? dutySaid : '')}
      />
      {duty.says}
    </label>
  )
}

/** What is asked; each answer is looked at when it is left. */
export function FormCard({ work, script: { form: fields } }: Omit<ScriptProps, 'lead'>) {
  return (
    <section class="card stack" aria-labelledby="form-title">
      <h2 id="form-title">{say('form.title')}</h2>
      <div class="fields">
        {fields.map(field => (
          <Answer key={field.name} work={work} field={field} />
        ))}
      </div>
    </section>
  )
}

function Answer({ work, field }: { readonly work: Work; readonly field: FormField }) {
  const { form } = work
  const answer = form.answers.value[field.name] ?? ''
  const problem = answer === '' ? undefined : answerProblem(field, answer)
  const inputId = `answer-${field.name}`
  const problemId = `problem-${field.name}`
  return (
    <div>
      <label for={inputId}>{field.label}</label>
      <Input
        id={inputId}
        field={field}
        value={answer}
        write={value => form.answer(field.name, value)}
        problemId={problemId}
        isWrong={problem !== undefined}
      />
      <span id={problemId} class={problem === undefined ? 'hint small muted' : 'hint small problem'} role="status">
        {problem === undefined ? neededFor(field) : sayOf('answer', problem)}
      </span>
    </div>
  )
}

function neededFor({ requiredFor = [] }: FormField): string {
  if (requiredFor.length === 0) return ''
  return say('form.needed', { codes: requiredFor.map(code => sayOf('code', code)).join(', ') })
}

interface InputProps {
  readonly id: string
  readonly field: FormField
  readonly value: string
  readonly write: (value: string) => void
  readonly problemId: string
  readonly isWrong: boolean
}

function Input({ id, field, value, write, problemId, isWrong }: InputProps) {
  const { type, choices = [] } = field
  const shared = {
    id,
    value,
    'aria-invalid': isWrong,
    'aria-describedby': problemId,
  }
  if (type === 'choice' || type === 'yes-no')
    return (
      <select {...shared} onChange={event => write(event.currentTarget.value)}>
        <option value="">{say('form.not-asked')}</option>
        {(type === 'choice' ? choices : ['yes', 'no']).map(one => (
          <option key={one} value={one}>
            {type === 'choice' ? one : sayOf('form', one)}
          </option>
        ))}
      </select>
    )
  const onInput = (event: { readonly currentTarget: HTMLInputElement }): void => write(event.currentTarget.value)
  if (type === 'date') return <input type="date" {...shared} onInput={onInput} />
  return (
    <input
      type="text"
      inputMode={type === 'number' ? 'decimal' : 'text'}
      maxLength={type === 'text' ? (field.maxLength ?? answerMax) : 40}
      {...shared}
      onInput={onInput}
    />
  )
}
