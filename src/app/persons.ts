import { ApiError } from '../api/apiError.ts'
import {
  type ErasureView,
  type HoursBody,
  type PersonHoursView,
  type PersonView,
  viewErasure,
  viewPerson,
  viewPersonHours,
  weekdays,
} from '../api/persons.ts'
import type { PersonHours } from '../core/compliance/consent.ts'
import { permissionReasons } from '../core/compliance/release.ts'
import type { HoursSpan } from '../core/compliance/rules.ts'
import type { AppContext } from './context.ts'

/** Everything that is kept about whoever has this number: the answer to a request of access. */
export async function showPerson({ store, readNumber }: AppContext, written: string): Promise<PersonView> {
  return viewPerson(await store.personData(readNumber(written)))
}

/** Erases whoever has this number. What the law has kept stays without a name, and is listed. */
export async function erasePerson(
  { gateway, readNumber }: AppContext,
  written: string,
  by: string,
): Promise<ErasureView> {
  const number = readNumber(written)
  const report = await gateway.refuse({ way: 'erasure', number, by })
  if (report !== undefined) return viewErasure(report)
  const message = `${number} is being called right now: erase the person when the call has ended`
  throw new ApiError(409, 'call-in-flight', message)
}

/** Hours at the person's place in which they want to be called; no call is made outside them. */
export async function setHours(context: AppContext, written: string, body: HoursBody): Promise<PersonHoursView> {
  const { gateway, store, readNumber } = context
  const number = readNumber(written)
  const hours = { number, days: personDays(body.days), how: body.how, recordedAt: gateway.now() }
  await store.setPersonHours(hours)
  gateway.release({ number, reasons: permissionReasons })
  return viewPersonHours(hours)
}

/** Forgets the person's hours. */
export async function forgetHours({ gateway, store, readNumber }: AppContext, written: string): Promise<void> {
  const number = readNumber(written)
  await store.setPersonHours({ number, days: null })
  gateway.release({ number, reasons: permissionReasons })
}

/** Hours by weekday as they are sent. @throws ApiError 422 */
export function personDays(days: Readonly<Record<string, readonly string[]>>): PersonHours {
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
