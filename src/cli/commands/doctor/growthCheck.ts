import { statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { dayMs } from '../../../core/time.ts'
import { OperatingError } from '../../../errors.ts'
import { storageForecast } from '../../../store/decisions/storageForecast.ts'
import { type LettingGo, readLettingGo } from '../../../store/sqlite/archive/oldestLeaving.ts'
import { type LedgerReader, openLedger } from '../../../store/sqlite/ledgerReader.ts'
import { byteCount } from '../../terminal/format.ts'
import { type Check, finding, ok } from './checks.ts'

/** Growth is what the last days say. */
const lookedAtMs = 7 * dayMs
/** Nobody buys a disk in a day. */
const daysLeftMin = 30

/** How the database grows, on which day its disk is full, and what could leave it; nothing for one that cannot be read. */
export function growthChecks(file: string, now: number): readonly Check[] {
  try {
    const lettingGo = readLettingGo(file, now)
    const ledger = openLedger(file)
    try {
      return [
        growthOf({ file, ledger, freeInsideBytes: lettingGo.freeInsideBytes }, now),
        ...oldRecordsCheck(lettingGo),
      ]
    } finally {
      ledger.close()
    }
  } catch (error) {
    // Other checks tell of it.
    if (error instanceof OperatingError) return []
    throw error
  }
}

interface Growing extends Pick<LettingGo, 'freeInsideBytes'> {
  readonly file: string
  readonly ledger: LedgerReader
}

function growthOf({ file, ledger, freeInsideBytes }: Growing, now: number): Check {
  const [first, head] = [ledger.first(), ledger.head()]
  const spanMs = first === undefined ? 0 : Math.min(lookedAtMs, now - first.at)
  if (first === undefined || head === undefined || spanMs < dayMs)
    return ok('growth', 'not known: the database is younger than a day')
  const before = ledger.headBefore(now - spanMs)?.seq ?? first.seq
  const { bavail, bsize } = statfsSync(dirname(file))
  const entries = { entries: ledger.count(), entriesLately: head.seq - before }
  // What an archive has left free is written to again before the file grows.
  const room = { usedBytes: statSync(file).size - freeInsideBytes, freeBytes: bavail * bsize + freeInsideBytes }
  return growthCheck(storageForecast({ ...entries, ...room, spanMs, at: now }), now)
}

function oldRecordsCheck({ before, oldestAt }: LettingGo): readonly Check[] {
  if (before === undefined || oldestAt === undefined) return []
  const [border, oldest] = [before, oldestAt].map(at => new Date(at).toISOString().slice(0, 10))
  const says = `no rule asks for attempts from before ${border} any more, and the oldest is of ${oldest}`
  return [finding('records-old', 'records', { says, facts: { before, oldestAt } })]
}

function growthCheck({ bytesPerDay, fullAt }: ReturnType<typeof storageForecast>, now: number): Check {
  if (fullAt === undefined) return ok('growth', 'the database does not grow')
  const far = fullAt > now + 3_650 * dayMs
  const when = far ? 'not full in ten years' : `full on ${new Date(fullAt).toISOString().slice(0, 10)}`
  const says = `${byteCount(bytesPerDay)} a day by the last days: the disk is ${when}`
  if (fullAt >= now + daysLeftMin * dayMs) return ok('growth', says, { bytesPerDay })
  return finding('disk-filling', 'growth', { says, facts: { bytesPerDay } })
}
