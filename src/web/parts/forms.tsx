import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

interface TextProps {
  readonly label: string
  readonly value: Signal<string>
  readonly type?: 'text' | 'date' | 'number'
  readonly isRequired?: boolean
  readonly maxLength?: number
}

/** Looks for something among what is shown, as it is typed. */
export function Search({ label, value }: Pick<TextProps, 'label' | 'value'>) {
  return (
    <input
      type="search"
      class="search"
      aria-label={label}
      placeholder={label}
      value={value.value}
      onInput={event => (value.value = event.currentTarget.value)}
    />
  )
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
