import type { LedgerHeadView, RotationBody, RotationView } from '../../api/ledger.ts'
import { iso } from '../../api/views.ts'
import { given } from '../../core/given.ts'
import type { InstantMs } from '../../core/ids.ts'
import type { Store } from '../../ports/store.ts'
import { type AppContext, instantMs, optionalMs } from '../context.ts'
import { filesOf } from '../files.ts'

/** The newest entry: kept elsewhere, it shows any later change of the ledger. */
export async function showHead(store: Store): Promise<LedgerHeadView> {
  const { at, ...head } = await store.ledgerHead()
  return { ...head, at: iso(at) }
}

/** A request keeps the API's time limits: what is left over is asked for again, until nothing is moved. */
const segmentsPerRequest = 1

/** Moves old entries out at a request of the API, as much as one request may. */
export function rotateAtRequest({ store, gateway }: AppContext, body: RotationBody): Promise<RotationView> {
  return rotateLedger(store, body, { at: gateway.now(), segmentsMax: segmentsPerRequest })
}

/** Moves old entries to segment files beside the database, at most `segmentsMax` of them (absent: all that is old enough). */
export async function rotateLedger(
  store: Store,
  { before, dropBefore }: RotationBody,
  { at, segmentsMax }: { readonly at: InstantMs; readonly segmentsMax?: number },
): Promise<RotationView> {
  const { moved, dropped } = await filesOf(store).rotateLedger({
    before: instantMs(before, 'before'),
    at,
    ...given({ dropBefore: optionalMs(dropBefore, 'dropBefore'), segmentsMax }),
  })
  return { moved: [...moved], dropped: [...dropped] }
}
