import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { language, say, sayOf } from '../parts/words.ts'
import type { Draft } from './draft.ts'

interface FieldProps {
  readonly draft: Draft
  /** Where in the campaign's file, `pacing.dialLevelMax`. */
  readonly path: string
}

interface FrameProps extends FieldProps {
  readonly children: (shared: {
    readonly id: string
    readonly 'aria-invalid': boolean
    readonly 'aria-describedby': string
  }) => ComponentChildren
  readonly isWide?: boolean
}

/** A field under its label, with what is wrong beneath it. */
function Framed({ draft, path, children, isWide = false }: FrameProps) {
  const id = useId()
  const problem = draft.problemAt(path)
  return (
    <div class={isWide ? 'whole' : undefined}>
      <label for={id}>{sayOf('setting', path)}</label>
      {children({ id, 'aria-invalid': problem !== undefined, 'aria-describedby': `${id}-says` })}
      <span id={`${id}-says`} class={problem === undefined ? 'hint small muted' : 'hint small problem'} role="status">
        {problem ?? hintOf(path)}
      </span>
    </div>
  )
}

function hintOf(path: string): string {
  const hint = sayOf('hint', path)
  return hint === path ? '' : hint
}

function shown(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A line of text; nothing: the key is left out. */
export function TextField({ draft, path }: FieldProps) {
  return (
    <Framed draft={draft} path={path}>
      {shared => (
        <input
          type="text"
          {...shared}
          value={shown(draft.get(path))}
          onInput={({ currentTarget: { value } }) => draft.set(path, value === '' ? undefined : value)}
        />
      )}
    </Framed>
  )
}

/** A number, as it is or as a share of a hundred. What is no number stays there as it was typed, and is said to be none. */
export function NumberField({ draft, path, isShare = false }: FieldProps & { readonly isShare?: boolean }) {
  const factor = isShare ? 100 : 1
  const value = draft.get(path)
  const text = useSignal(typeof value === 'number' ? shown(rounded(value * factor)) : shown(value))
  const write = (typed: string): void => {
    text.value = typed
    const number = Number(typed.trim().replace(',', '.'))
    if (typed.trim() === '') draft.set(path, undefined)
    else draft.set(path, Number.isFinite(number) ? rounded(number / factor) : typed)
  }
  return (
    <Framed draft={draft} path={path}>
      {shared => (
        <span class="unit">
          <input
            type="text"
            inputMode="decimal"
            {...shared}
            value={text.value}
            onInput={event => write(event.currentTarget.value)}
          />
          {isShare && <span aria-hidden="true">%</span>}
        </span>
      )}
    </Framed>
  )
}

function rounded(value: number): number {
  return Number(value.toPrecision(12))
}

/** One of some words; `none`: the key may be left out. */
export function ChoiceField({
  draft,
  path,
  choices,
  mayBeNone = false,
}: FieldProps & { readonly choices: readonly string[]; readonly mayBeNone?: boolean }) {
  return (
    <Framed draft={draft} path={path}>
      {shared => (
        <select
          {...shared}
          value={shown(draft.get(path))}
          onChange={({ currentTarget: { value } }) => draft.set(path, value === '' ? undefined : value)}
        >
          {mayBeNone && <option value="">{say('campaigns.none')}</option>}
          {choices.map(choice => (
            <option key={choice} value={choice}>
              {sayOf('choice', choice)}
            </option>
          ))}
        </select>
      )}
    </Framed>
  )
}

/** Texts, one a line. */
export function LinesField({ draft, path }: FieldProps) {
  const value = draft.get(path)
  const text = useSignal(Array.isArray(value) ? value.join('\n') : shown(value))
  const write = (typed: string): void => {
    text.value = typed
    const lines = typed.split(/[\n,]/).map(line => line.trim())
    const given = lines.filter(line => line !== '')
    draft.set(path, given.length === 0 ? undefined : given)
  }
  return (
    <Framed draft={draft} path={path}>
      {shared => (
        <textarea rows={3} {...shared} value={text.value} onInput={event => write(event.currentTarget.value)} />
      )}
    </Framed>
  )
}

/** Any of some words, in their order. */
export function FlagsField({
  draft,
  path,
  choices,
  says,
}: FieldProps & { readonly choices: readonly string[]; readonly says?: (choice: string) => string }) {
  const value = draft.get(path)
  const chosen: readonly unknown[] = Array.isArray(value) ? value : []
  const problem = draft.problemAt(path)
  const turn = (choice: string, on: boolean): void =>
    draft.set(
      path,
      [...choices, ...chosen.map(String).filter(one => !choices.includes(one))].filter(one =>
        one === choice ? on : chosen.includes(one),
      ),
    )
  return (
    <fieldset>
      <legend class="small muted">{sayOf('setting', path)}</legend>
      <div class="row">
        {choices.map(choice => (
          <label key={choice} class="tick">
            <input
              type="checkbox"
              checked={chosen.includes(choice)}
              onChange={event => turn(choice, event.currentTarget.checked)}
            />
            {says?.(choice) ?? sayOf('choice', choice)}
          </label>
        ))}
      </div>
      <span class={problem === undefined ? 'hint small muted' : 'hint small problem'} role="status">
        {problem ?? hintOf(path)}
      </span>
    </fieldset>
  )
}

/** Yes or no. */
export function ToggleField({ draft, path }: FieldProps) {
  const problem = draft.problemAt(path)
  return (
    <div>
      <label class="tick">
        <input
          type="checkbox"
          checked={draft.get(path) === true}
          onChange={event => draft.set(path, event.currentTarget.checked)}
        />
        {sayOf('setting', path)}
      </label>
      <span class={problem === undefined ? 'hint small muted' : 'hint small problem'} role="status">
        {problem ?? hintOf(path)}
      </span>
    </div>
  )
}

/** A weekday in the language of the page, by its English beginning. */
export function weekday(name: string): string {
  const at = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].indexOf(name)
  return new Intl.DateTimeFormat(language.value, { weekday: 'short', timeZone: 'UTC' }).format(
    // The 4th of January 1970 was a Sunday.
    new Date((3 + at) * 86_400_000),
  )
}
