import type { LogLevelControl, LogLevelSnapshot } from '../api/upkeep/logLevel.ts'
import { given } from '../core/given.ts'
import type { LogLevel } from '../core/vocabulary.ts'
import { type Log, setLogLevel } from '../log.ts'

/** The level of a log that was made at this one. */
export function createLogLevel(log: Log, configuredAtStart: LogLevel): LogLevelControl {
  let configured = configuredAtStart
  let level = configured
  let timer: NodeJS.Timeout | undefined
  let untilMs: number | undefined

  function become(next: LogLevel): void {
    level = next
    setLogLevel(log, next)
  }

  function forget(): void {
    clearTimeout(timer)
    timer = undefined
    untilMs = undefined
  }

  function read(): LogLevelSnapshot {
    return { level, configured, ...given({ untilMs }) }
  }

  return {
    read,
    set(next, forMs) {
      forget()
      log.info({ level: next, forMs }, 'the level of the log is set')
      become(next)
      if (forMs !== undefined) {
        untilMs = Date.now() + forMs
        timer = setTimeout(() => {
          forget()
          become(configured)
          log.info({ level: configured }, 'the level of the log is as configured again')
        }, forMs).unref()
      }
      return read()
    },
    configure(next) {
      configured = next
      if (timer === undefined) become(next)
    },
    close: forget,
  }
}
