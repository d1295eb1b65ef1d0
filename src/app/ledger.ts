import type { LedgerHeadView, RotationBody, RotationView } from '../api/ledger.ts'
import { iso } from '../api/views.ts'
import { given } from '../core/given.ts'
import type { InstantMs } from '../core/ids.ts'
import type { Store } from '../ports/store.ts'
import { optionalMs } from './context.ts'

/** The newest entry: kept elsewhere, it shows any later change of the ledger. */
export async function showHead(store: Store): Promise<LedgerHeadView> {
  const { at, ...head } = await store.ledgerHead()
  return { ...head, at: iso(at) }
}

/**
 * Moves old entries to a segment file, at most one: a request keeps the API's time limits, and what is left over is asked for
 * again, until nothing is moved.
 */
export async function rotateLedger(
  store: Store,
  { before, dropBefore }: RotationBody,
  now: InstantMs,
): Promise<RotationView> {
  const { moved, dropped } = await store.rotateLedger({
    before: Date.parse(before),
    segmentsMax: 1,
    at: now,
    ...given({ dropBefore: optionalMs(dropBefore) }),
  })
  return { moved: [...moved], dropped: [...dropped] }
}
