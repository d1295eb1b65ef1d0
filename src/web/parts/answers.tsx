import { type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Refusal } from './api.ts'
import type { Asked, Deed } from './asking.ts'
import { saysOf } from './refusals.ts'
import { say } from './words.ts'

/** A wait that is shorter is not spoken of, milliseconds. */
const patienceMs = 1_000

/** Why something was refused, where it was. Read out as it comes. */
export function Refused({ refused }: { readonly refused: Signal<Refusal | undefined> }) {
  return <div role="status">{refused.value !== undefined && <p class="note act">{saysOf(refused.value)}</p>}</div>
}

interface AnswerProps<Answer> {
  readonly asked: Asked<Answer>
  /** What is waited for, in a word or two. */
  readonly what: string
  readonly children: (answer: Answer) => ComponentChildren
}

/** What was asked for once it is there; until then what is waited for, and why it does not come with the way to ask again. */
export function Answer<A>({ asked, what, children }: AnswerProps<A>) {
  const answer = asked.answer.value
  const refused = asked.refused.value
  return (
    <>
      {refused !== undefined && (
        <div class="note act row spread" role="status">
          <span>{saysOf(refused)}</span>
          <button type="button" onClick={asked.again}>
            {say('shell.again')}
          </button>
        </div>
      )}
      {answer !== undefined && children(answer)}
      {answer === undefined && refused === undefined && <Waiting what={what} />}
    </>
  )
}

/** Says what is waited for, after a moment. */
function Waiting({ what }: { readonly what: string }) {
  const isLong = useSignal(false)
  useEffect(() => {
    const timer = setTimeout(() => (isLong.value = true), patienceMs)
    return () => clearTimeout(timer)
  }, [])
  return (
    <p class="muted waits" role="status">
      {isLong.value ? say('shell.waits', { what }) : ''}
    </p>
  )
}

interface ConfirmProps {
  readonly title: string
  /** What it does, in a button's words. */
  readonly does: string
  readonly deed: Deed
  readonly onYes: () => void
  readonly onNo: () => void
  /** It cannot be undone, or somebody else pays for it. */
  readonly isGrave?: boolean
  readonly children?: ComponentChildren
}

/** Asks once before something that is not undone by a press. Esc leaves it undone. */
export function Confirm({ title, does, deed, onYes, onNo, isGrave = false, children }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const submit = (event: Event): void => {
    event.preventDefault()
    onYes()
  }
  return (
    <dialog ref={dialog} class="card" aria-labelledby="confirm-title" onClose={onNo}>
      <form class="stack" onSubmit={submit}>
        <h2 id="confirm-title">{title}</h2>
        {children}
        <Refused refused={deed.refused} />
        <div class="row">
          <button class={isGrave ? 'act' : 'first'} type="submit" disabled={deed.isBusy.value}>
            {does}
          </button>
          <button type="button" onClick={onNo}>
            {say('shell.no')}
          </button>
        </div>
      </form>
    </dialog>
  )
}

interface ProgressProps {
  readonly label: string
  /** 0 to 1; undefined: nobody knows how long it takes. */
  readonly done: number | undefined
}

/** How far something is. */
export function Progress({ label, done }: ProgressProps) {
  return (
    <div class="small muted">
      {label}
      {done === undefined ? <progress aria-label={label} /> : <progress aria-label={label} max={1} value={done} />}
    </div>
  )
}
