import type { ArchiveBody, ArchiveView } from '../../api/upkeep/archives.ts'
import { iso } from '../../api/views.ts'
import { given } from '../../core/given.ts'
import type { InstantMs } from '../../core/ids.ts'
import type { Store } from '../../ports/store.ts'
import type { Waiter } from '../../ports/waiter.ts'
import { optionalMs } from '../context.ts'
import { filesOf } from '../files.ts'

/** Lets attempts and leads go that no rule asks for any more; an archive goes on though nobody waits for it any more. */
export async function makeArchive(
  store: Pick<Store, 'files'>,
  { file: target, before, mark, dryRun = false }: ArchiveBody,
  {
    at,
    waiter = {},
    isDaemon = false,
  }: { readonly at: InstantMs; readonly waiter?: Waiter; readonly isDaemon?: boolean },
): Promise<ArchiveView> {
  const wanted = given({
    before: optionalMs(before, 'before'),
    onProgress: waiter.onProgress,
    asker: isDaemon ? given({ mark }) : undefined,
  })
  const report = await filesOf(store).archive({ target, dryRun, at, ...wanted })
  const { oldestAt, newestAt, campaigns, resumed, sha256, ...rest } = report
  const times = given({
    oldestAt: oldestAt === undefined ? undefined : iso(oldestAt),
    newestAt: newestAt === undefined ? undefined : iso(newestAt),
  })
  const lists = { campaigns: campaigns.map(one => ({ ...one })), resumed: [...resumed] }
  return { ...rest, ...lists, ...times, ...given({ sha256 }), before: iso(report.before), left: { ...report.left } }
}
