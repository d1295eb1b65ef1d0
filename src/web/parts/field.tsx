import type { Signal } from '@preact/signals'

interface FieldProps {
  readonly label: string
  readonly value: Signal<string>
  /** What a browser may fill in (HTML, autofill field names). */
  readonly autocomplete: 'username' | 'current-password' | 'new-password' | 'one-time-code'
  readonly name?: string
  readonly isSecret?: boolean
  readonly maxLength?: number
}

/** A field that must be filled in, under its label. */
export function Field({
  label,
  value,
  autocomplete,
  name = autocomplete,
  isSecret = false,
  maxLength = 1_000,
}: FieldProps) {
  const shared = {
    name,
    autocomplete,
    maxLength,
    required: true,
    value: value.value,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => (value.value = event.currentTarget.value),
  }
  if (isSecret)
    return (
      <label>
        {label}
        <input type="password" {...shared} />
      </label>
    )
  return (
    <label>
      {label}
      <input type="text" {...shared} />
    </label>
  )
}
