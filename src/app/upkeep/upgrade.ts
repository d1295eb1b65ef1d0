import { ApiError } from '../../api/apiError.ts'
import type { UpgradeView } from '../../api/upkeep/upgrade.ts'
import { given } from '../../core/given.ts'
import type { AppContext } from '../context.ts'

interface UpgradeContext extends Pick<AppContext, 'upgrade'> {
  readonly version: string
}

/**
 * Starts the next daemon, which takes over from this one as soon as it is ready.
 * @throws ApiError 409 `upgrade-under-way`, `first-process`, `not-here`
 * @throws OperatingError `not-started`
 */
export async function beginUpgrade(context: UpgradeContext): Promise<UpgradeView> {
  const { upgrade } = context
  if (upgrade === undefined) throw new ApiError(409, 'not-here', 'this daemon cannot start the next one')
  if (upgrade.isFirst)
    throw new ApiError(
      409,
      'first-process',
      'the daemon is the first process of its container, which ends with it: start the container of the new image instead',
    )
  if (upgrade.next()?.state === 'starting')
    throw new ApiError(409, 'upgrade-under-way', 'the next daemon is being started already: wait for it')
  await upgrade.start()
  return showUpgrade(context)
}

/** Who answers, and who comes next. */
export function showUpgrade({ upgrade, version }: UpgradeContext): UpgradeView {
  return { pid: process.pid, version, ...given({ next: upgrade?.next() }) }
}
