import { ApiError } from '../../api/apiError.ts'
import {
  type DrainBegunView,
  type DrainBody,
  type DrainEndView,
  type DrainView,
  viewDrain,
  viewDrainEnd,
} from '../../api/drain.ts'
import { durationMs } from '../../config/durations.ts'
import { given } from '../../core/given.ts'
import type { EngineGateway } from '../../ports/engine.ts'
import type { Waiter } from '../../ports/waiter.ts'

type Gateway = Pick<EngineGateway, 'drain' | 'cancelDrain' | 'drainEnd' | 'draining'>

/** Who waits is told this often how far it is. */
const tellEveryMs = 500

/** Nothing is dialed from now on; asked once more, the new order replaces the one before. @throws ApiError 409 `stopping` */
export async function beginDrain(
  context: { readonly gateway: Gateway },
  { finish = 'end', deadline, wait = false }: DrainBody,
  waiter: Waiter,
): Promise<DrainBegunView> {
  const deadlineMs = deadline === undefined ? undefined : durationMs(deadline)
  const begun = context.gateway.drain({ finish, ...given({ deadlineMs }) })
  if (begun === undefined) throw stopping()
  // In the same moment: the daemon may be about to end.
  return wait ? { end: await awaitDrain(context, waiter) } : { drain: viewDrain(begun) }
}

/** Campaigns dial again as they are set. @throws ApiError 409 `stopping` */
export function cancelDrain({ gateway }: { readonly gateway: Gateway }): void {
  if (!gateway.cancelDrain()) throw stopping()
}

function stopping(): ApiError {
  return new ApiError(409, 'stopping', 'the daemon is about to end: start it again, and campaigns dial as they are set')
}

/** The drain, where there is one. */
export function showDrain({ gateway }: { readonly gateway: Gateway }): { readonly drain?: DrainView } {
  const drain = gateway.draining()
  return given({ drain: drain && viewDrain(drain) })
}

/** Waits until the drain has ended, with the word how far it is. */
export async function awaitDrain(
  { gateway }: { readonly gateway: Gateway },
  { onProgress }: Waiter,
): Promise<DrainEndView> {
  const most = leftOf(gateway)
  const tell = (): void =>
    onProgress?.({ what: 'calls and wrap-ups', done: Math.max(0, most - leftOf(gateway)), total: most })
  tell()
  const beats = setInterval(tell, tellEveryMs)
  try {
    return viewDrainEnd(await gateway.drainEnd())
  } finally {
    clearInterval(beats)
  }
}

function leftOf(gateway: Gateway): number {
  const drain = gateway.draining()
  return drain === undefined ? 0 : drain.calls + drain.wrapUps
}
