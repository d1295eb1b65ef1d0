import { Type } from 'typebox'
import {
  erasureView,
  personHoursView,
  personView,
  viewErasure,
  viewPerson,
  viewPersonHours,
  weekdays,
} from '../../api/personViews.ts'
import { done, doneView, errorView } from '../../api/views.ts'
import type { PersonHours } from '../../core/compliance/consent.ts'
import { permissionReasons } from '../../core/compliance/release.ts'
import type { HoursSpan } from '../../core/compliance/rules.ts'
import { ApiError, obeyed } from '../apiError.ts'
import type { Api, ApiContext } from '../context.ts'

const closed = { additionalProperties: false }
const failures = { '4xx': errorView, '5xx': errorView }
const tags = ['persons']
const params = Type.Object({ number: Type.String({ minLength: 1, maxLength: 50 }) })

const span = Type.String({
  pattern: '^([01]\\d|2[0-3]):[0-5]\\d-(([01]\\d|2[0-3]):[0-5]\\d|24:00)$',
  'x-says': 'a span like 09:00-12:30',
})

const hoursBody = Type.Object(
  {
    /** `mon`, `tue` ...; a day that is missing is a day without calls. */
    days: Type.Record(Type.String({ pattern: `^(${weekdays.join('|')})$` }), Type.Array(span, { maxItems: 8 }), closed),
    how: Type.String({ minLength: 1, maxLength: 1000 }),
  },
  closed,
)

/** Persons: access, erasure, own hours. */
export function personRoutes(app: Api, context: ApiContext): void {
  const { store, gateway } = context

  app.get(
    '/v1/persons/:number',
    {
      schema: {
        tags,
        description: 'Everything that is kept about whoever has this number: the answer to a request of access.',
        params,
        response: { 200: personView, ...failures },
      },
    },
    async request => viewPerson(await store.personData(context.readNumber(request.params.number))),
  )

  app.delete(
    '/v1/persons/:number',
    {
      schema: {
        tags,
        description: 'Erases whoever has this number. What the law has kept stays without a name, and is listed.',
        params,
        querystring: Type.Object({ by: Type.String({ minLength: 1, maxLength: 100 }) }, closed),
        response: { 200: erasureView, ...failures },
      },
    },
    async request => erase(context, context.readNumber(request.params.number), request.query.by),
  )

  app.put(
    '/v1/persons/:number/hours',
    {
      schema: {
        tags,
        description: 'Hours at the person’s place in which he wants to be called; no call is made outside them.',
        params,
        body: hoursBody,
        response: { 200: personHoursView, ...failures },
      },
    },
    async request => {
      const number = context.readNumber(request.params.number)
      const { days, how } = request.body
      const hours = { number, days: readDays(days), how, recordedAt: gateway.now() }
      await store.setPersonHours(hours)
      gateway.release({ number, reasons: permissionReasons })
      return viewPersonHours(hours)
    },
  )

  app.delete(
    '/v1/persons/:number/hours',
    { schema: { tags, params, response: { 200: doneView, ...failures } } },
    async request => {
      const number = context.readNumber(request.params.number)
      await store.setPersonHours({ number, days: null })
      gateway.release({ number, reasons: permissionReasons })
      return done
    },
  )
}

async function erase({ store, gateway }: ApiContext, number: string, by: string) {
  const numbers = await store.numbersOfPerson(number)
  const calls = [...gateway.state().calls.values()]
  if (calls.some(({ number: called }) => called !== undefined && numbers.includes(called))) {
    const message = `${number} is being called right now: erase the person when the call has ended`
    throw new ApiError(409, 'call-in-flight', message)
  }
  const block = async (): Promise<void> => {
    for (const one of numbers) obeyed(await gateway.command({ kind: 'number-blocked', number: one }))
  }
  // Before, so that no order leaves while it is erased; after, because a refill may have been under way.
  await block()
  const report = await store.erasePerson({ number, at: gateway.now(), by })
  await block()
  return viewErasure(report)
}

function readDays(days: Readonly<Record<string, readonly string[]>>): PersonHours {
  const spans = weekdays.map(day => (days[day] ?? []).map(readSpan))
  if (spans.some(ofDay => ofDay.length > 0)) return spans
  throw new ApiError(
    422,
    'no-hours',
    'no day has hours: put the number on do-not-call when it must not be called at all',
  )
}

function readSpan(written: string): HoursSpan {
  const [startMinute = 0, endMinute = 0] = written.split('-').map(clock => {
    const [hour = 0, minute = 0] = clock.split(':').map(Number)
    return hour * 60 + minute
  })
  if (startMinute < endMinute) return { startMinute, endMinute }
  throw new ApiError(422, 'bad-hours', `"${written}" ends before it begins: hours over midnight are two spans`)
}
