import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { errorCode, InputError } from '../../../../errors.ts'
import { instantOf, type Plain, type Prover, type Word } from './plain.ts'

/** So many of the newest lines. */
const linesMax = 1_000

/** A line that came again and again in the same second stands once. */
interface Line {
  readonly at: number
  readonly level: number
  readonly message: Word | undefined
  readonly code: Word | undefined
}

/**
 * Of each line its time, its level, its message where that is one of the program's own (they are constant) and its code: fields
 * hold numbers, names and ids, and stay behind. @throws InputError the file cannot be read
 */
export async function logPart(file: string, prover: Prover): Promise<Plain> {
  const kept: Line[] = []
  let lines = 0
  let notOurs = 0
  try {
    for await (const text of createInterface({
      input: createReadStream(file, 'utf8'),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      if (text.trim() === '') continue
      lines += 1
      const line = readLine(text, prover)
      if (line === undefined) notOurs += 1
      else kept.push(line)
      if (kept.length > linesMax) kept.shift()
    }
  } catch (cause) {
    throw new InputError('log-unreadable', `${file} cannot be read (${errorCode(cause)}): name the daemon's log`, {
      cause,
    })
  }
  return { lines, notOurs, newest: kept.map(({ at, ...line }) => ({ at: instantOf(at), ...line })) }
}

function readLine(text: string, prover: Prover): Line | undefined {
  const { time, level, msg, code } = fieldsOf(text)
  const at = typeof time === 'string' || typeof time === 'number' ? new Date(time).getTime() : Number.NaN
  if (!Number.isFinite(at) || typeof level !== 'number' || typeof msg !== 'string') return undefined
  if (!prover.isOurs(msg)) return undefined
  return {
    at,
    level: levelOf(level),
    message: prover.word(msg),
    code: typeof code === 'string' ? prover.word(code) : undefined,
  }
}

/** Pino's, ten apart. */
function levelOf(level: number): number {
  return Math.min(60, Math.max(10, Math.round(level / 10) * 10))
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === 'object' && read !== null ? { ...read } : {}
  } catch {
    return {}
  }
}
