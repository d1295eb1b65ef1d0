import type { InstantMs } from '../core/ids.ts'
import type { Importer } from '../ports/importing/importer.ts'
import { importDoNotCall, type ListStore } from './doNotCall/doNotCallImport.ts'
import { considerateOf } from './leads/considerate.ts'
import { importLeads } from './leads/leadImport.ts'
import { previewLeads } from './leads/leadPreview.ts'
import { addTypedLead } from './leads/typedLead.ts'
import { importPermissions, type PermissionImportStore } from './permissions/permissionImport.ts'
import { type MoveInTarget, moveIn } from './vicidial/moveIn.ts'

/** What imports are written to. */
export type ImportStore = MoveInTarget & PermissionImportStore & ListStore

/**
 * Makes the importer of a store. Files are read in a worker thread; one import runs at a time, the next waits. `now` is
 * the time with which lists are dated; while `isDialing` an import takes its time.
 */
export function createImporter(
  store: ImportStore,
  options: { readonly now?: () => InstantMs; readonly isDialing?: () => boolean } = {},
): Importer {
  const now = options.now ?? Date.now
  const considerate = considerateOf(store, options.isDialing ?? (() => false))
  const inTurn = createTurns()
  // A look does not wait for a long import.
  const lookInTurn = createTurns()

  return {
    previewLeads: request => lookInTurn(() => previewLeads(request)),
    importLeads: request => inTurn(() => importLeads(considerate, request, now())),
    addLead: lead => addTypedLead(store, lead),
    importDoNotCall: request => inTurn(() => importDoNotCall(store, request, now)),
    importPermissions: request => inTurn(() => importPermissions(store, request, now())),
    moveIn: request => inTurn(() => moveIn(store, request, now())),
  }
}

/** One after the other, whatever becomes of those before. */
function createTurns(): <Result>(run: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  return run => {
    const result = last.then(run, run)
    last = result.catch(() => {})
    return result
  }
}
