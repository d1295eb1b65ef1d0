import { type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { say } from '../parts/words.ts'

/** What is shown once: read out as it comes, to be copied, put away by a press. */
export function ShownOnce({
  says,
  text,
  onDone,
}: {
  readonly says: string
  readonly text: string
  readonly onDone: () => void
}) {
  const isCopied = useSignal(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(text)
    isCopied.value = true
  }
  return (
    <div class="note warn stack" role="status">
      <p>{says}</p>
      <code class="said">{text}</code>
      <div class="row">
        {navigator.clipboard !== undefined && (
          <button type="button" onClick={() => void copy()}>
            {isCopied.value ? say('settings.copied') : say('settings.copy')}
          </button>
        )}
        <button type="button" onClick={onDone}>
          {say('settings.done')}
        </button>
      </div>
    </div>
  )
}

interface TextProps {
  readonly label: string
  readonly value: Signal<string>
  readonly type?: 'text' | 'date' | 'number'
  readonly isRequired?: boolean
  readonly maxLength?: number
}

/** A field that a browser fills in with nothing. */
export function Text({ label, value, type = 'text', isRequired = false, maxLength = 200 }: TextProps) {
  const shared = {
    required: isRequired,
    value: value.value,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => {
      value.value = event.currentTarget.value
    },
  }
  if (type === 'date')
    return (
      <label>
        {label}
        <input type="date" {...shared} />
      </label>
    )
  if (type === 'number')
    return (
      <label>
        {label}
        <input type="number" min={1} {...shared} />
      </label>
    )
  return (
    <label>
      {label}
      <input type="text" autocomplete="off" maxLength={maxLength} {...shared} />
    </label>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: Signal<string>
  /** What is chosen, and what stands there. */
  readonly choices: readonly (readonly [value: string, says: string])[]
}

/** One of some. */
export function Choice({ label, value, choices }: ChoiceProps) {
  return (
    <label>
      {label}
      <select
        value={value.value}
        onChange={event => {
          value.value = event.currentTarget.value
        }}
      >
        {choices.map(([id, says]) => (
          <option key={id} value={id}>
            {says}
          </option>
        ))}
      </select>
    </label>
  )
}

/** A part of a room, under its heading. */
export function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="stack" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

/** Names with commas between them. */
export function named(written: string): readonly string[] {
  return written
    .split(',')
    .map(one => one.trim())
    .filter(one => one !== '')
}
