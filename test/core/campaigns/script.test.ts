import t from 'tap'
import {
  type AnswerProblem,
  answerProblem,
  type FormField,
  filledIn,
  formProblems,
  givenAnswers,
  type Script,
} from '../../../src/core/campaigns/script.ts'

const script: Script = {
  steps: [{ say: 'Good day, {name}' }, { say: 'One thing', duty: { name: 'recorded', says: 'it is recorded' } }],
  form: [
    { name: 'budget', label: 'Budget', type: 'number', min: 1, max: 10, requiredFor: ['sale'] },
    { name: 'colour', label: 'Colour', type: 'choice', choices: ['red', 'blue'] },
  ],
}

t.test('an answer is held to its field', async t => {
  const number = { name: 'x', label: 'X', type: 'number', min: 1, max: 10 } as const
  const cases: readonly (readonly [Partial<FormField>, string, AnswerProblem | undefined])[] = [
    [number, '1', undefined],
    [number, '10', undefined],
    [number, '2.5', undefined],
    [number, '0.9', 'too-small'],
    [number, '10.1', 'too-large'],
    [number, '', 'not-a-number'],
    [number, '0x10', 'not-a-number'],
    [number, ' 2', 'not-a-number'],
    [number, 'Infinity', 'not-a-number'],
    [{ type: 'date' }, '2026-02-28', undefined],
    [{ type: 'date' }, '2026-02-29', 'not-a-date'],
    [{ type: 'date' }, '2028-02-29', undefined],
    [{ type: 'date' }, '2026-04-31', 'not-a-date'],
    [{ type: 'date' }, '2026-12-00', 'not-a-date'],
    [{ type: 'date' }, '2026-13-01', 'not-a-date'],
    [{ type: 'date' }, '28.2.2026', 'not-a-date'],
    [{ type: 'choice', choices: ['red'] }, 'red', undefined],
    [{ type: 'choice', choices: ['red'] }, 'blue', 'no-choice'],
    [{ type: 'yes-no' }, 'yes', undefined],
    [{ type: 'yes-no' }, 'perhaps', 'no-choice'],
    [{ type: 'text', maxLength: 2 }, 'ab', undefined],
    [{ type: 'text', maxLength: 2 }, 'abc', 'too-long'],
    [{ type: 'text' }, 'a'.repeat(501), 'too-long'],
  ]
  for (const [field, answer, problem] of cases)
    t.equal(
      answerProblem({ name: 'x', label: 'X', type: 'text', ...field }, answer),
      problem,
      `${field.type} ${answer}`,
    )
})

t.test('a form names all that is wrong, and what a code needs', async t => {
  const problems = (answers: Record<string, string>, code: string) => [...formProblems(script, answers, code)]
  t.same(problems({}, 'done'), [])
  t.same(problems({}, 'sale'), [['budget', 'missing']])
  t.same(problems({ budget: '' }, 'sale'), [['budget', 'missing']], 'an empty answer is none')
  t.same(problems({ budget: '3', colour: 'red', recorded: 'said' }, 'sale'), [])
  t.same(problems({ budget: 'much', colour: 'green', size: 'L', recorded: 'yes' }, 'done'), [
    ['budget', 'not-a-number'],
    ['colour', 'no-choice'],
    ['size', 'not-asked'],
    ['recorded', 'not-asked'],
  ])
  t.same(givenAnswers({ budget: '3', colour: '' }), { budget: '3' })
  t.equal(givenAnswers({ colour: '' }), undefined)
})

t.test("a step has the lead's columns in it, and only those", async t => {
  t.equal(filledIn('Good day, {name}. {city}?', { name: '<b>Ana</b>', city: '' }), 'Good day, <b>Ana</b>. {city}?')
  t.equal(filledIn('{constructor} {__proto__}', {}), '{constructor} {__proto__}')
  t.equal(filledIn('{name}', { name: '{name}{name}' }), '{name}{name}', 'what is filled in is not filled in again')
})
