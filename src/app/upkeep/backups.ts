import type {
  BackupBody,
  BackupView,
  ConfirmationBody,
  JournalTrimBody,
  JournalTrimView,
  RestorationView,
} from '../../api/upkeep/backups.ts'
import { iso } from '../../api/views.ts'
import { given } from '../../core/given.ts'
import type { InstantMs } from '../../core/ids.ts'
import type { Store } from '../../ports/store.ts'
import type { Waiter } from '../../ports/waiter.ts'
import { filesOf } from '../files.ts'

type Files = Pick<Store, 'files'>

/** Copies database, lists and ledger segments to a folder, verified; a backup goes on though nobody waits for it any more. */
export async function makeBackup(
  store: Files,
  { folder: target, rotate: keep }: BackupBody,
  { at, waiter = {} }: { readonly at: InstantMs; readonly waiter?: Waiter },
): Promise<BackupView> {
  const report = await filesOf(store).backup({ target, at, ...given({ keep, onProgress: waiter.onProgress }) })
  return { ...report, removed: [...report.removed] }
}

/** Lets go of what no restore from this backup on needs of the journal. */
export async function trimJournal(
  store: Files,
  { backup }: JournalTrimBody,
  { at, waiter = {} }: { readonly at: InstantMs; readonly waiter?: Waiter },
): Promise<JournalTrimView> {
  const trim = await filesOf(store).trimJournal({ backup, at, ...given({ onProgress: waiter.onProgress }) })
  return { ...trim, backupAt: iso(trim.backupAt) }
}

/** Whether the database came from a backup, and whether it waits for somebody to let it dial. */
export function showRestoration(store: Files): RestorationView {
  const found = filesOf(store).restoration()
  if (found === undefined) return { restored: false, waits: false, gaps: [] }
  const { backupAt, restoredAt, replayed, gaps, confirmedBy } = found
  const times = { backupAt: iso(backupAt), restoredAt: iso(restoredAt) }
  const waits = confirmedBy === undefined
  return { restored: true, waits, replayed, gaps: [...gaps], ...times, ...given({ confirmedBy }) }
}

/** Lets a restored database dial; who says so stands in the ledger. */
export async function confirmRestoration(
  store: Files,
  { by, signGaps = false }: ConfirmationBody,
  at: InstantMs,
): Promise<RestorationView> {
  await filesOf(store).confirmRestore({ by, signsGaps: signGaps, at })
  return showRestoration(store)
}
