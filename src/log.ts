import { type Logger, pino } from 'pino'
import { printableLines } from './core/printable.ts'
import type { LogLevel } from './core/vocabulary.ts'

/** The daemon's log: constant messages with fields, numbers masked. */
export type Log = Logger

/** Shows a number's country and last two digits only: `+1********10`. */
export function maskNumber(number: string): string {
  return number.length <= 4 ? '****' : `${number.slice(0, 2)}${'*'.repeat(number.length - 4)}${number.slice(-2)}`
}

/** So much waits for a log that takes nothing; what comes beyond it is lost. */
const unwrittenMaxBytes = 1024 * 1024

const numberFields = ['number', 'callerId', 'calledNumber']

/**
 * Makes a log at this level, on stderr unless a file descriptor is given. Fields that hold phone numbers are masked; what would
 * steer a terminal that shows the log stands there escaped, in its JSON the same.
 */
export function createLog(options: { readonly level: string; readonly destination?: number }): Log {
  const destination = pino.destination({ fd: options.destination ?? 2, sync: true, maxLength: unwrittenMaxBytes })
  // A log on a full disk must not end the calls that it tells of; what it could not write goes with the next line that it can.
  destination.on('error', () => {})
  const children: Logger[] = []
  const log = pino(
    {
      level: options.level,
      // A child keeps the level that it was born with; there is one a PBX, for the life of the process.
      onChild: child => void children.push(child),
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: Object.fromEntries(
        numberFields.map(field => [
          field,
          (value: unknown) => (typeof value === 'string' ? maskNumber(value) : '****'),
        ]),
      ),
    },
    { write: line => void destination.write(printableLines(line)) },
  )
  childrenOf.set(log, children)
  return log
}

const childrenOf = new WeakMap<Log, readonly Log[]>()

/** From now on the log, and each that was made of it, says what is of this level or graver. */
export function setLogLevel(log: Log, level: LogLevel): void {
  log.level = level
  for (const child of childrenOf.get(log) ?? []) child.level = level
}
