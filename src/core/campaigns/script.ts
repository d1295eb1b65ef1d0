/** What an agent says, step by step, and what they ask. Words in braces, `{name}`, are columns of the lead. */
export interface Script {
  readonly steps: readonly ScriptStep[]
  /** What is asked; empty: nothing is. */
  readonly form: readonly FormField[]
}

/** One thing to say. */
export interface ScriptStep {
  readonly title?: string
  readonly say: string
  /** What must have been said, as the agent ticks it; absent: nothing must. */
  readonly duty?: ScriptDuty
}

/** Something that must be said: its tick is kept with the call under this name. */
export interface ScriptDuty {
  /** `[a-z0-9-]{1,40}`, one of its kind in the script. */
  readonly name: string
  readonly says: string
}

/** What a field takes. */
export const fieldTypes = ['text', 'number', 'date', 'choice', 'yes-no'] as const
/** What a field takes: a line of text, a number, a day (`2026-01-31`), one of its choices, `yes` or `no`. */
export type FieldType = (typeof fieldTypes)[number]

/** A field of the form. */
export interface FormField {
  /** `[a-z0-9-]{1,40}`, one of its kind in the script: the name under which the answer is kept. */
  readonly name: string
  readonly label: string
  readonly type: FieldType
  /** Codes that are not given without an answer; absent: none needs it. */
  readonly requiredFor?: readonly string[]
  /** Of a `choice`. */
  readonly choices?: readonly string[]
  /** Of a `number`: the least and the most. */
  readonly min?: number
  readonly max?: number
  /** Of a `text`, in characters; absent: {@link answerMax}. */
  readonly maxLength?: number
}

/** Answers by the names of their fields, as text whatever the type; a duty that was said has the answer `said`. */
export type FormAnswers = Readonly<Record<string, string>>

/** The longest answer, characters. */
export const answerMax = 500
/** The answer of a duty whose tick is set. */
export const dutySaid = 'said'

/** What is wrong with an answer. */
export type AnswerProblem =
  | 'not-a-number'
  | 'too-small'
  | 'too-large'
  | 'not-a-date'
  | 'no-choice'
  | 'too-long'
  | 'not-asked'
  | 'missing'

/** What is wrong with one answer to a field; undefined: nothing. */
export function answerProblem(field: FormField, answer: string): AnswerProblem | undefined {
  switch (field.type) {
    case 'number':
      return numberProblem(field, answer)
    case 'date':
      return isDay(answer) ? undefined : 'not-a-date'
    case 'choice':
      return field.choices?.includes(answer) ? undefined : 'no-choice'
    case 'yes-no':
      return answer === 'yes' || answer === 'no' ? undefined : 'no-choice'
    case 'text':
      return answer.length > (field.maxLength ?? answerMax) ? 'too-long' : undefined
  }
}

function numberProblem({ min, max }: FormField, answer: string): AnswerProblem | undefined {
  // What Number() takes beside: nothing, spaces, 0x10, Infinity.
  if (!/^-?\d{1,15}(\.\d{1,15})?$/.test(answer)) return 'not-a-number'
  const value = Number(answer)
  if (min !== undefined && value < min) return 'too-small'
  return max !== undefined && value > max ? 'too-large' : undefined
}

function isDay(answer: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(answer)) return false
  const [year = 0, month = 0, day = 0] = answer.split('-').map(Number)
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  return month >= 1 && month <= 12 && day >= 1 && day <= days
}

/** Everything that is wrong with answers, by the name of the field; an answer that is empty is none. `code`: that they go with. */
export function formProblems(
  { steps, form }: Script,
  answers: FormAnswers,
  code: string,
): ReadonlyMap<string, AnswerProblem> {
  const problems = new Map<string, AnswerProblem>()
  const duties = new Set(steps.flatMap(({ duty }) => (duty === undefined ? [] : [duty.name])))
  const fields = new Map(form.map(field => [field.name, field]))
  for (const [name, answer] of Object.entries(answers)) {
    if (answer === '') continue
    const field = fields.get(name)
    const isTick = duties.has(name) && answer === dutySaid
    const problem = field === undefined ? (isTick ? undefined : ('not-asked' as const)) : answerProblem(field, answer)
    if (problem !== undefined) problems.set(name, problem)
  }
  for (const { name, requiredFor = [] } of form)
    if (requiredFor.includes(code) && answerOf(answers, name) === '') problems.set(name, 'missing')
  return problems
}

function answerOf(answers: FormAnswers, name: string): string {
  return Object.hasOwn(answers, name) ? (answers[name] ?? '') : ''
}

/** The answers that say something; undefined: none does. */
export function givenAnswers(answers: FormAnswers): FormAnswers | undefined {
  const said = Object.entries(answers).filter(([, answer]) => answer !== '')
  return said.length === 0 ? undefined : Object.fromEntries(said)
}

/** The words of a step with the columns of the lead in them. A column that the lead has not stays as it is written. */
export function filledIn(text: string, lead: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{([^{}\n]{1,60})\}/g, (whole, name: string) => {
    const value = Object.hasOwn(lead, name) ? lead[name] : undefined
    return value === undefined || value === '' ? whole : value
  })
}
