import { ApiError } from '../../api/apiError.ts'
import type { AgentId, PhoneNumber } from '../../core/ids.ts'
import type { CallSnapshot } from '../../ports/engine.ts'
import { unknownCall } from '../calls.ts'
import type { AppContext } from '../context.ts'

/** A call that an agent is in, or writes up. */
export interface PresentCall {
  readonly call: CallSnapshot
  readonly agentId: AgentId
}

/** The call, while it is somebody's. @throws ApiError 404 where there is none, 409 where it is over */
export async function presentCall({ gateway, store }: AppContext, callId: string): Promise<PresentCall> {
  const call = gateway.call(callId)
  const agent = gateway.agents().find(({ phase }) => 'callId' in phase && phase.callId === callId)
  if (call !== undefined && agent !== undefined) return { call, agentId: agent.agentId }
  if (call === undefined && (await store.call(callId)) === undefined) throw unknownCall(callId)
  const message = `call ${callId} is over: what is said of its person now goes by their number (PUT /v1/persons/NUMBER/hours, POST /v1/permissions)`
  throw new ApiError(409, 'call-over', message)
}

/** The number of a call. @throws ApiError 409 where it is withheld */
export function numberOf({ callId, number }: CallSnapshot): PhoneNumber {
  if (number !== undefined) return number
  throw new ApiError(
    409,
    'number-withheld',
    `the number of call ${callId} is withheld: nothing can be kept of its person`,
  )
}
