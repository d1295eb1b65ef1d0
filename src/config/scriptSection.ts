import { type Static, Type } from 'typebox'
import { answerMax, type FormField, fieldTypes, type Script, type ScriptStep } from '../core/campaigns/script.ts'
import { given } from '../core/given.ts'

const closed = { additionalProperties: false }
const name = Type.String({
  pattern: '^[a-z0-9-]{1,40}$',
  'x-says': 'a name of at most 40 small letters, digits and -, like move-date',
})
const words = Type.String({ minLength: 1, maxLength: 200 })
const code = Type.String({ pattern: '^[a-z0-9-]{1,40}$', 'x-says': 'a wrap-up code like sale' })

const stepSchema = Type.Object(
  {
    title: Type.Optional(words),
    say: Type.String({ minLength: 1, maxLength: 4_000 }),
    duty: Type.Optional(Type.Object({ name, says: words }, closed)),
  },
  closed,
)

const fieldSchema = Type.Object(
  {
    name,
    label: words,
    type: Type.Enum([...fieldTypes], { 'x-says': fieldTypes.join(', ') }),
    requiredFor: Type.Optional(Type.Array(code, { maxItems: 12, 'x-says': 'a list of wrap-up codes like [sale]' })),
    choices: Type.Optional(Type.Array(words, { minItems: 1, maxItems: 50, 'x-says': 'a list of answers' })),
    min: Type.Optional(Type.Number()),
    max: Type.Optional(Type.Number()),
    maxLength: Type.Optional(Type.Integer({ minimum: 1, maximum: answerMax })),
  },
  closed,
)

/** What agents say and ask, as written in a campaign's file or sent over the API. */
export const scriptSchema = Type.Object(
  {
    steps: Type.Optional(Type.Array(stepSchema, { maxItems: 60 })),
    form: Type.Optional(Type.Array(fieldSchema, { maxItems: 40 })),
  },
  closed,
)

/** The settings that it means. */
export function scriptOf({ steps = [], form = [] }: Static<typeof scriptSchema>): Script {
  return {
    steps: steps.map(({ say, title, duty }): ScriptStep => ({ say, ...given({ title, duty }) })),
    form: form.map(
      ({ name, label, type, ...more }): FormField => ({ name, label, type, ...given(more as Partial<FormField>) }),
    ),
  }
}

/** As files and the API write it. */
export function writtenScript({ steps, form }: Script): Static<typeof scriptSchema> {
  return {
    steps: steps.map(step => ({ ...step })),
    form: form.map(({ requiredFor, choices, ...field }) => ({
      ...field,
      ...given({ requiredFor: requiredFor && [...requiredFor], choices: choices && [...choices] }),
    })),
  }
}

/** Refuses what is each well formed and cannot be answered. `codes`: those of the campaign. */
export function checkScript(
  { steps, form }: Script,
  codes: readonly string[],
  wrong: (key: string, text: string) => void,
): void {
  const names = [...form.map(field => field.name), ...steps.flatMap(({ duty }) => (duty ? [duty.name] : []))]
  const twice = names.find((one, at) => names.indexOf(one) !== at)
  if (twice !== undefined) wrong('script', `names ${twice} twice: answers are kept by their names`)
  for (const field of form) checkField(field, codes, text => wrong('script.form', `: ${field.name} ${text}`))
}

function checkField(field: FormField, codes: readonly string[], wrong: (text: string) => void): void {
  const { type, choices, min, max, maxLength, requiredFor = [] } = field
  if (type === 'choice' && choices === undefined) wrong('is a choice and names none: add choices')
  if (type !== 'choice' && choices !== undefined) wrong(`has choices and is a ${type}: write type: choice`)
  if (type !== 'number' && (min !== undefined || max !== undefined))
    wrong(`has min or max and is a ${type}: leave them out`)
  if (min !== undefined && max !== undefined && min > max) wrong('has a min above its max')
  if (type !== 'text' && maxLength !== undefined) wrong(`has a maxLength and is a ${type}: leave it out`)
  const unknown = requiredFor.find(one => !codes.includes(one))
  if (unknown !== undefined)
    wrong(`is required for ${unknown}, which is none of the campaign's codes (${codes.join(', ')})`)
}
