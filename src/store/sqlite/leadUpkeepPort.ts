import { given } from '../../core/given.ts'
import type { LeadListState, LeadRecycling, LeadUpkeepStore, RecyclingReport } from '../../ports/leadUpkeep.ts'
import { mergeLists } from '../decisions/leadLists.ts'
import type { ListsPage, RecyclingPage } from './queries/leads/leadUpkeepReads.ts'
import type { Writing } from './writing/writing.ts'

/** So many pages are a portion of a recycling: a second or so, after which its asker is told. */
const pagesMax = 100

/** The side of the SQLite store that makes leads due again. Everything goes in steps, between which others have their turn. */
export function leadUpkeepPort(writes: Writing): LeadUpkeepStore {
  return {
    async releaseLeads({ campaignId, number, reasons }, told = () => {}) {
      if (number !== undefined) return writes.write({ kind: 'release-number', number, reasons })
      const of = campaignId === undefined ? { reasons } : { campaignId, reasons }
      let released = 0
      for (let begin = true; ; begin = false) {
        const step = await writes.write({ kind: 'release-leads', step: { ...of, begin } })
        released += step.released
        if (!step.more) return released
        told(released)
      }
    },
    async recycleLeads({ dryRun, ...which }) {
      const report = { recycled: 0, barred: 0, exhausted: 0 }
      let after = which.after ?? 0
      for (let pages = 0; pages < pagesMax; pages += 1) {
        const page: RecyclingPage = await writes.scan({ kind: 'recyclable-leads', question: { ...which, after } })
        await takePage(writes, { report, page, dryRun, which })
        if (page.after === undefined) return report
        after = page.after
      }
      return { ...report, after }
    },
    async leadLists(campaignId) {
      const parts: LeadListState[] = []
      let after: number | undefined = 0
      while (after !== undefined) {
        const page: ListsPage = await writes.scan({ kind: 'lead-lists', campaignId, after })
        parts.push(...page.parts)
        after = page.after
      }
      return mergeLists(parts)
    },
    leadsPutOff: query => writes.scan({ kind: 'leads-put-off', query }),
  }
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] }

/** Between the look and the write a lead may have been barred: the writer looks again. */
async function takePage(
  writes: Writing,
  taken: {
    readonly report: Mutable<RecyclingReport>
    readonly page: RecyclingPage
    readonly dryRun: boolean
    readonly which: Pick<LeadRecycling, 'resetAttempts' | 'listed'>
  },
): Promise<void> {
  const { report, page, dryRun, which } = taken
  const { resetAttempts, listed } = which
  const { leadIds, barred, exhausted } = page
  const write = !dryRun && leadIds.length > 0
  const recycled = write
    ? await writes.write({ kind: 'recycle-leads', leadIds, resetAttempts, ...given({ listed }) })
    : leadIds.length
  report.recycled += recycled
  report.barred += barred + leadIds.length - recycled
  report.exhausted += exhausted
}
