import { type Signal, signal } from '@preact/signals'
import { formProblems, type Script } from '../../core/campaigns/script.ts'
import { forgetNotes, keepNotes, keptNotes } from '../parts/keptNotes.ts'

/** How far the script has come and what was answered, of one call; kept over a reload. */
export interface Form {
  readonly answers: Signal<Readonly<Record<string, string>>>
  /** Index of the step that is said next. */
  readonly step: Signal<number>
  turnTo(callId: string | undefined): void
  answer(name: string, value: string): void
  goTo(step: number): void
  forget(callId: string): void
}

interface Kept {
  readonly answers: Readonly<Record<string, string>>
  readonly step: number
}

const nothing: Kept = { answers: {}, step: 0 }

/** The form of no call yet. */
export function createForm(): Form {
  const answers = signal(nothing.answers)
  const step = signal(nothing.step)
  let noted: string | undefined
  const keep = (): void => {
    if (noted !== undefined) keepNotes(keyOf(noted), JSON.stringify({ answers: answers.value, step: step.value }))
  }
  return {
    answers,
    step,
    turnTo(callId) {
      noted = callId
      const kept = callId === undefined ? nothing : read(callId)
      answers.value = kept.answers
      step.value = kept.step
    },
    answer(name, value) {
      answers.value = { ...answers.value, [name]: value }
      keep()
    },
    goTo(wanted) {
      step.value = Math.max(0, wanted)
      keep()
    },
    forget: callId => forgetNotes(keyOf(callId)),
  }
}

function keyOf(callId: string): string {
  return `${callId}.form`
}

function read(callId: string): Kept {
  const text = keptNotes(keyOf(callId))
  return text === '' ? nothing : JSON.parse(text)
}

/** What the daemon would take of it whatever the code: a refusal does not wait for a field to be put right. */
export function soundAnswers(
  script: Script | undefined,
  answers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const problems = formProblems(script ?? { steps: [], form: [] }, answers, '')
  return Object.fromEntries(Object.entries(answers).filter(([name]) => !problems.has(name)))
}
