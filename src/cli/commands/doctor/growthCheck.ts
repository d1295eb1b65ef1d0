import { statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { dayMs } from '../../../core/time.ts'
import { OperatingError } from '../../../errors.ts'
import { storageForecast } from '../../../store/decisions/storageForecast.ts'
import { openLedger } from '../../../store/sqlite/ledgerReader.ts'
import { byteCount } from '../../terminal/format.ts'
import { type Check, finding, ok } from './checks.ts'

/** Growth is what the last days say. */
const lookedAtMs = 7 * dayMs
/** Nobody buys a disk in a day. */
const daysLeftMin = 30

/** How the database grows, and on which day its disk is full; nothing for one that is younger than a day, or cannot be read. */
export function growthChecks(file: string, now: number): readonly Check[] {
  try {
    const ledger = openLedger(file)
    try {
      const [first, head] = [ledger.first(), ledger.head()]
      if (first === undefined || head === undefined) return []
      const spanMs = Math.min(lookedAtMs, now - first.at)
      if (spanMs < dayMs) return []
      const before = ledger.headBefore(now - spanMs)?.seq ?? first.seq
      const { bavail, bsize } = statfsSync(dirname(file))
      const entries = { entries: ledger.count(), entriesLately: head.seq - before }
      const room = { usedBytes: statSync(file).size, freeBytes: bavail * bsize }
      return [growthCheck(storageForecast({ ...entries, ...room, spanMs, at: now }), now)]
    } finally {
      ledger.close()
    }
  } catch (error) {
    // Other checks tell of it.
    if (error instanceof OperatingError) return []
    throw error
  }
}

function growthCheck({ bytesPerDay, fullAt }: ReturnType<typeof storageForecast>, now: number): Check {
  if (fullAt === undefined) return ok('growth', 'the database does not grow')
  const far = fullAt > now + 3_650 * dayMs
  const when = far ? 'not full in ten years' : `full on ${new Date(fullAt).toISOString().slice(0, 10)}`
  const says = `${byteCount(bytesPerDay)} a day by the last days: the disk is ${when}`
  if (fullAt >= now + daysLeftMin * dayMs) return ok('growth', says, { bytesPerDay })
  return finding('disk-filling', 'growth', { says, facts: { bytesPerDay } })
}
