import { type Static, Type } from 'typebox'
import { durationSchema } from '../../config/campaignFile.ts'
import { given } from '../../core/given.ts'
import { type LogLevel, logLevels } from '../../core/vocabulary.ts'
import { closed } from '../schemas.ts'
import { instant, isoOf } from '../views.ts'

/** How much the daemon's log says now, and until when. */
export interface LogLevelSnapshot {
  readonly level: LogLevel
  /** As configured: what it falls back on. */
  readonly configured: LogLevel
  /** When it falls back by itself, epoch milliseconds; absent: not before the next start. */
  readonly untilMs?: number
}

/** The level of the daemon's log, changed while it runs. */
export interface LogLevelControl {
  read(): LogLevelSnapshot
  /** Sets the level; `forMs`: for so long. A later order replaces one before. */
  set(level: LogLevel, forMs?: number): LogLevelSnapshot
  /** The configuration says another: it counts at once, but for a level that was set for a time. */
  configure(level: LogLevel): void
  close(): void
}

const level = Type.Enum([...logLevels], { 'x-says': 'trace, debug, info, warn, error or fatal' })

/** How much the log shall say, and for how long; without a time until the next start. */
export const logLevelBody = Type.Object({ level, for: Type.Optional(durationSchema) }, closed)
/** How much the log shall say, and for how long. */
export type LogLevelBody = Static<typeof logLevelBody>

/** How much the log says. */
export const logLevelView = Type.Object({
  level,
  /** What it falls back on. */
  configured: level,
  /** Absent: it stays until the next start. */
  until: Type.Optional(instant),
})
/** How much the log says, as answers show it. */
export type LogLevelView = Static<typeof logLevelView>

/** Shows how much the log says. */
export function viewLogLevel({ level: now, configured, untilMs }: LogLevelSnapshot): LogLevelView {
  return { level: now, configured, ...given({ until: isoOf(untilMs) }) }
}
