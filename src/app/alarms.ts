import {
  type AlarmListView,
  type AlarmTestView,
  type SilenceBody,
  type SilenceView,
  type UnsilenceQuery,
  viewAlarm,
  viewSilence,
} from '../api/alarms.ts'
import { ApiError } from '../api/apiError.ts'
import { durationMs, formatDuration } from '../config/durations.ts'
import { given } from '../core/given.ts'
import { dayMs } from '../core/time.ts'
import type { AppContext } from './context.ts'

type Context = Pick<AppContext, 'gateway'>

/** The alarms that are on, the gravest first, silenced ones last; what is silenced, and how the receiver does. */
export function listAlarms({ gateway }: Context): AlarmListView {
  const { alarms, silences, webhook } = gateway.alarmDesk.overview()
  return {
    alarms: alarms.map(viewAlarm),
    silences: silences.map(viewSilence),
    ...given({ webhook: webhook && { ...webhook } }),
  }
}

/** Whoever silences an alarm for longer has forgotten it. */
const silenceMaxMs = 30 * dayMs

/** Shows an alarm and does not send it, for a time; one that is silenced already gets the new time. */
export function silenceAlarm({ gateway }: Context, body: SilenceBody): SilenceView {
  const { code, subject, by, reason } = body
  const forMs = durationMs(body.for)
  if (forMs <= 0 || forMs > silenceMaxMs)
    throw new ApiError(
      422,
      'invalid-request',
      `for must be more than nothing and at most ${formatDuration(silenceMaxMs)}`,
    )
  const until = gateway.board().at + forMs
  const silence = { code, until, by, reason, ...given({ subject }) }
  gateway.alarmDesk.silence(silence)
  return viewSilence(silence)
}

/** Ends a silence: what still holds is sent. @throws ApiError 404 where there is none */
export function unsilenceAlarm({ gateway }: Context, { code, subject }: UnsilenceQuery): void {
  if (gateway.alarmDesk.unsilence({ code, ...given({ subject }) })) return
  const whose =
    subject === undefined ? 'whatever it is about (name its subject where it was silenced with one)' : `of ${subject}`
  throw new ApiError(404, 'not-silenced', `${code} is not silenced ${whose}: \`dialwright alarms\` shows what is`)
}

/** Sends a test to the receiver. @throws ApiError 409 where there is none, 502 with what it answered */
export async function testAlarms({ gateway }: Context): Promise<AlarmTestView> {
  const { webhook } = gateway.alarmDesk.overview()
  if (webhook === undefined)
    throw new ApiError(409, 'no-webhook', 'nobody is sent alarms: set alarms.webhook in dialwright.yaml, then restart')
  const outcome = await gateway.alarmDesk.test()
  if (outcome.taken) return { taken: true, receiver: webhook.receiver }
  throw new ApiError(502, 'webhook-failed', `${webhook.receiver} did not take the test: ${outcome.reason}`)
}
