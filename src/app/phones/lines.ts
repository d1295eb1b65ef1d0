import { ApiError } from '../../api/apiError.ts'
import type { LineBody } from '../../api/lines.ts'
import { type FigureSpread, lightOfCall } from '../../core/calls/lineFigures.ts'
import { isE164 } from '../../numbers/e164.ts'
import { unknownCall } from '../calls.ts'
import type { AppContext } from '../context.ts'

/** A page's clock may differ, and its phone is on the line before the call and a moment longer. */
const clockSlackMs = 10_000

/**
 * Keeps how the agent's line was in a call, as their phone has counted it; the first word stays.
 * @throws ApiError 404, 409 `line-kept`, `person-erased`, 422 for what cannot have been
 */
export async function recordLine({ gateway, store, lines }: AppContext, callId: string, line: LineBody): Promise<void> {
  const call = await store.call(callId)
  if (call === undefined) throw unknownCall(callId)
  const lastedMs = (call.end?.endedAt ?? gateway.now()) - call.originatedAt
  if (line.seconds * 1_000 > lastedMs + clockSlackMs)
    throw impossible(`seconds ${line.seconds} is longer than call ${callId} has lasted`)
  for (const [name, figure] of [
    ['jitterMs', line.jitterMs],
    ['roundTripMs', line.roundTripMs],
  ] as const)
    if (figure !== undefined && !isAscending(figure))
      throw impossible(`${name} must not fall from p50 to p95 to max: what half the time is not above, 95 % are not`)
  if (call.number !== undefined && !isE164(call.number))
    throw new ApiError(409, 'person-erased', `the person of call ${callId} was erased: nothing is kept of it any more`)
  if (!(await store.recordLine(callId, line)))
    throw new ApiError(
      409,
      'line-kept',
      `how the line of call ${callId} was has been told already: the first word stays`,
    )
  lines.add(lightOfCall(line))
}

function isAscending({ p50, p95, max }: FigureSpread): boolean {
  return p50 <= p95 && p95 <= max
}

function impossible(message: string): ApiError {
  return new ApiError(422, 'invalid-request', message)
}
