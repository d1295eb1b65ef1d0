import { readFileSync } from 'node:fs'
import type { Silence } from '../../core/alarms/alarm.ts'
import { type AlarmBook, emptyBook, type KeptAlarm, type Notice } from '../../core/alarms/book.ts'
import { isAlarmCode } from '../../core/alarms/kinds.ts'
import { errorCode, errorMessage } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { AlarmKeeper } from '../../ports/alarms.ts'
import { replaceFile } from '../keptFile.ts'

/**
 * Keeps the alarms in a file of their own beside the database, because a database that cannot be written is one of them: JSON, mode
 * 600, written aside and put in its place whole. No personal data stand in it.
 */
export function keepAlarmsIn(file: string, log: Pick<Log, 'warn' | 'debug'>): AlarmKeeper {
  let wanted: AlarmBook | undefined
  let saving: Promise<void> | undefined
  let told = false

  async function saveAll(): Promise<void> {
    for (let book = wanted; book !== undefined; book = wanted) {
      wanted = undefined
      try {
        await replaceFile(file, `${JSON.stringify({ version, ...book })}\n`)
        told = false
      } catch (error) {
        if (!told) log.warn({ file, code: errorCode(error), reason: errorMessage(error) }, 'the alarms are not kept')
        told = true
      }
    }
    saving = undefined
  }

  return {
    load() {
      try {
        return bookOf(JSON.parse(readFileSync(file, 'utf8')))
      } catch (error) {
        if (errorCode(error) !== 'ENOENT')
          log.warn({ file, reason: errorMessage(error) }, 'the alarms that were kept cannot be read: they begin anew')
        return undefined
      }
    },
    save(book) {
      wanted = book
      saving ??= saveAll()
    },
    settled: async () => saving,
  }
}

const version = 1

type Members = Readonly<Record<string, unknown>>

/** What was written, but for what a later version has written or somebody has spoiled. */
function bookOf(written: unknown): AlarmBook {
  const { lastId, alarms, silences, outbox } = membersOf(written)
  return {
    lastId: typeof lastId === 'number' ? lastId : emptyBook.lastId,
    // The checks below have proved each shape.
    alarms: listOf(alarms).filter(isKept) as unknown as KeptAlarm[],
    silences: listOf(silences).filter(isSilence) as unknown as Silence[],
    outbox: listOf(outbox).filter(isNotice) as unknown as Notice[],
  }
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function listOf(value: unknown): readonly Members[] {
  return Array.isArray(value) ? value.map(membersOf) : []
}

function isNamed({ code, subject }: Members): boolean {
  return typeof code === 'string' && isAlarmCode(code) && (subject === undefined || typeof subject === 'string')
}

function isKept(alarm: Members): boolean {
  const { id, says, since, goneSince, sent } = alarm
  const gone = goneSince === undefined || typeof goneSince === 'number'
  const figures = typeof id === 'number' && typeof since === 'number' && gone
  return isNamed(alarm) && figures && typeof says === 'string' && typeof sent === 'boolean'
}

function isSilence(silence: Members): boolean {
  const { until, by, reason } = silence
  return isNamed(silence) && typeof until === 'number' && typeof by === 'string' && typeof reason === 'string'
}

function isNotice({ id, kind, at, alarm }: Members): boolean {
  const told = membersOf(alarm)
  const isKind = kind === 'alarm-raised' || kind === 'alarm-ended'
  const isTold = isNamed(told) && typeof told.says === 'string' && typeof told.since === 'number'
  return typeof id === 'string' && isKind && typeof at === 'number' && isTold
}
