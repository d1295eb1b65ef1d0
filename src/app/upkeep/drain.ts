import { ApiError } from '../../api/apiError.ts'
import {
  type DrainBegunView,
  type DrainBody,
  type DrainEndView,
  type DrainView,
  viewDrain,
  viewDrainEnd,
} from '../../api/upkeep/drain.ts'
import { durationMs } from '../../config/durations.ts'
import { given } from '../../core/given.ts'
import type { EngineGateway } from '../../ports/engine.ts'
import type { Waiter } from '../../ports/waiter.ts'

type Gateway = Pick<EngineGateway, 'drain' | 'cancelDrain' | 'drainEnd' | 'draining'>

/** Who waits is told this often how far it is. */
const tellEveryMs = 500

/** Nothing is dialed from now on; asked once more, the new order replaces the one before. @throws ApiError 409 `stopping`, 422 `contradiction` */
export async function beginDrain(
  context: { readonly gateway: Gateway },
  { finish = 'end', deadline, wait = false, nextIsReady = false }: DrainBody,
  waiter: Waiter,
): Promise<DrainBegunView> {
  const deadlineMs = deadline === undefined ? undefined : durationMs(deadline)
  if (nextIsReady && (finish !== 'hand-over' || !wait)) throw notNext()
  const begun = context.gateway.drain({ finish, ...given({ deadlineMs, nextIsReady: nextIsReady || undefined }) })
  if (begun === undefined) throw stopping()
  if (nextIsReady) waiter.signal?.addEventListener('abort', () => goOn(context.gateway))
  // In the same moment: the daemon may be about to end.
  return wait ? { end: await awaitDrain(context, waiter) } : { drain: viewDrain(begun) }
}

/** The next daemon has died while it was waited for. Too late once this one ends; another order than its own stands. */
function goOn({ cancelDrain, draining }: Gateway): void {
  if (draining()?.finish === 'hand-over') cancelDrain()
}

function notNext(): ApiError {
  return new ApiError(
    422,
    'contradiction',
    'nextIsReady goes with finish "hand-over" and wait: it is for the next daemon alone',
  )
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
