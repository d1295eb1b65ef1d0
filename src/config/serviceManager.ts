/** What systemd wants to hear of a service that it has started (sd_notify(3), sd_watchdog_enabled(3)). */
export interface ServiceManagerWishes {
  /** So often it wants to hear that all is well, in ms; absent: it does not watch. */
  readonly watchdogMs?: number
}

/** What the next daemon of the same service is started with: the watchdog's process was this one. */
export function environmentOfNext(env: Readonly<Record<string, string | undefined>> = process.env) {
  const { WATCHDOG_PID: _, ...rest } = env
  return rest
}

/** The service manager's wishes, from the process's environment; undefined: there is none. */
export function serviceManagerWishes(
  env: Readonly<Record<string, string | undefined>> = process.env,
  pid = process.pid,
) {
  if ((env.NOTIFY_SOCKET ?? '') === '') return undefined
  const isMeant = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === pid
  const watchdogMs = Math.floor(Number(env.WATCHDOG_USEC) / 1000)
  const wishes: ServiceManagerWishes = isMeant && watchdogMs > 0 ? { watchdogMs } : {}
  return wishes
}
