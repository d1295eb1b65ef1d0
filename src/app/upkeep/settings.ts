import { ApiError } from '../../api/apiError.ts'
import { type LogLevelBody, type LogLevelView, viewLogLevel } from '../../api/upkeep/logLevel.ts'
import type { ReloadView } from '../../api/upkeep/reload.ts'
import { durationMs } from '../../config/durations.ts'
import { dayMs, secondMs } from '../../core/time.ts'
import type { AppContext } from '../context.ts'

const forMaxMs = 7 * dayMs

/** How much the log says. @throws ApiError 409 where it is nobody's to change */
export function readLogLevel({ logLevel }: Pick<AppContext, 'logLevel'>): LogLevelView {
  return viewLogLevel(there(logLevel).read())
}

/** Sets how much the log says. @throws ApiError 422 for a time of no use, 409 */
export function setLogLevel(
  { logLevel }: Pick<AppContext, 'logLevel'>,
  { level, for: written }: LogLevelBody,
): LogLevelView {
  const forMs = written === undefined ? undefined : durationMs(written)
  if (forMs !== undefined && (forMs < secondMs || forMs > forMaxMs))
    throw new ApiError(422, 'invalid-request', `for is ${written}: use 1s to 7d`)
  return viewLogLevel(there(logLevel).set(level, forMs))
}

/** Reads the configuration anew. @throws ConfigError, StoreError as the reload does; ApiError 409 where there is none */
export function reload({ reload: control }: Pick<AppContext, 'reload'>, dryRun: boolean): Promise<ReloadView> {
  return there(control).reload({ dryRun })
}

function there<Control>(control: Control | undefined): Control {
  if (control === undefined) throw new ApiError(409, 'not-here', 'this daemon was started without a configuration file')
  return control
}
