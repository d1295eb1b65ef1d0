import { recyclableReasons } from '../../core/compliance/release.ts'
import type { PhoneNumber } from '../../core/ids.ts'
import type { DoNotCallLookup } from '../../ports/doNotCall.ts'
import type { LeadRecycling, LeadRelease, LeadUpkeepStore } from '../../ports/leadUpkeep.ts'
import { mergeLists } from '../decisions/leadLists.ts'
import type { MemoryAttempts } from './attempts.ts'
import { leadRecord, type MemoryLead } from './lead.ts'
import type { MemoryLeads } from './leads.ts'

interface Parts {
  readonly leads: MemoryLeads
  readonly attempts: MemoryAttempts
  readonly doNotCall: { readonly doNotCall: DoNotCallLookup }
}

/** Looks after leads in memory. */
export function createMemoryUpkeep(parts: Parts): LeadUpkeepStore {
  const { leads } = parts
  return {
    async releaseLeads(release) {
      const found = [...candidates(leads, release)].filter(lead => isPutOffFor(lead, release.reasons))
      for (const lead of found) leads.makeDue(lead)
      return found.length
    },
    async recycleLeads(recycling) {
      const report = { recycled: 0, barred: 0, exhausted: 0 }
      for (const lead of [...leads.all(recycling.campaignId)].filter(lead => isAskedFor(lead, recycling))) {
        if (!mayRecycle(parts, lead)) report.barred += 1
        else if (!recycling.resetAttempts && lead.attempts >= recycling.attemptsMax) report.exhausted += 1
        else {
          report.recycled += 1
          if (!recycling.dryRun) recycle(leads, lead, recycling)
        }
      }
      return report
    },
    async leadLists(campaignId) {
      const active = [...leads.all(campaignId)].filter(lead => lead.active)
      return mergeLists(
        active.map(({ list, state, attempts, lead: { provenance } }) => {
          const finished = Number(state === 'finished')
          const counts = { leads: 1, dialable: 1 - finished, finished, attempts }
          return { list, ...counts, origins: provenance === undefined ? [] : [provenance] }
        }),
      )
    },
    async leadsPutOff({ reason, campaignId, limit, after = 0 }) {
      const found = [...leads.all(campaignId)].filter(lead => isPutOffFor(lead, [reason]) && lead.leadId > after)
      return found.slice(0, limit).map(leadRecord)
    },
  }
}

function candidates(leads: MemoryLeads, { campaignId, number }: LeadRelease): Iterable<MemoryLead> {
  return number === undefined ? leads.all(campaignId) : leads.numbersOf(number).flatMap(one => leads.ofNumber(one))
}

function isPutOffFor({ active, state, reason }: MemoryLead, reasons: readonly string[]): boolean {
  return active && state !== 'finished' && reason !== undefined && reason !== 'resting' && reasons.includes(reason)
}

function isAskedFor({ active, state, list, lastDisposition }: MemoryLead, asked: LeadRecycling): boolean {
  if (!active || state !== 'finished' || (asked.list !== undefined && list !== asked.list)) return false
  return asked.last === undefined || (lastDisposition !== undefined && asked.last.includes(lastDisposition))
}

/** A refusal, a complaint and a dead number are for good. */
function mayRecycle({ attempts, doNotCall }: Parts, { reason = '', lead: { number } }: MemoryLead): boolean {
  const words: readonly string[] = recyclableReasons
  if (!words.includes(reason) || attempts.inFlight(number) || isOnOwnList(doNotCall.doNotCall, number)) return false
  return !attempts.historyOf(number, []).some(({ refusal, complaint }) => refusal || complaint)
}

function isOnOwnList(lookup: DoNotCallLookup, number: PhoneNumber): boolean {
  return lookup.hitsOf(Number(number.slice(1))).some(({ kind }) => kind === 'company' || kind === 'retired')
}

function recycle(leads: MemoryLeads, lead: MemoryLead, { resetAttempts }: LeadRecycling): void {
  if (resetAttempts) lead.attempts = 0
  leads.makeDue(lead, 'retry')
}
