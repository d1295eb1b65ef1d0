import type { DoNotCallHit } from '../../core/compliance/doNotCall.ts'
import { listedReasons, recyclableReasons } from '../../core/compliance/release.ts'
import { given } from '../../core/given.ts'
import { numberToInteger } from '../../numbers/e164.ts'
import type { LeadRecycling, LeadUpkeepStore } from '../../ports/leadUpkeep.ts'
import { mergeLists } from '../decisions/leadLists.ts'
import { isImported } from '../decisions/ownList.ts'
import type { Write, WriteHandlers } from '../operations.ts'
import { leadRecord, type MemoryLead } from './lead.ts'
import type { Model } from './model.ts'

/** Which leads a release makes due, and which finished ones are called again. */
export function leadReleases(model: Model): WriteHandlers<'release-leads' | 'release-number' | 'recycle-leads'> {
  const { leads } = model

  function release(candidates: Iterable<MemoryLead>, reasons: readonly string[]): number {
    const found = [...candidates].filter(lead => isPutOffFor(lead, reasons))
    for (const lead of found) leads.makeDue(lead)
    return found.length
  }

  return {
    'release-leads': ({ step: { campaignId, reasons } }) => ({
      released: release(leads.all(campaignId), reasons),
      more: false,
    }),
    'release-number': ({ number, reasons }) =>
      release(
        leads.numbersOf(number).flatMap(one => leads.ofNumber(one)),
        reasons,
      ),
    'recycle-leads'({ leadIds, resetAttempts, listed }) {
      const found = leadIds.map(leadId => leads.active(leadId)).filter(lead => lead !== undefined)
      const recycled = found.filter(lead => lead.state === 'finished' && mayRecycle(model, lead, listed))
      for (const lead of recycled) {
        if (resetAttempts) lead.attempts = 0
        leads.makeDue(lead, 'retry')
      }
      return recycled.length
    },
  }
}

/** Looks after leads in memory. */
export function createMemoryUpkeep(model: Model, write: Write): LeadUpkeepStore {
  const { leads } = model
  return {
    async releaseLeads({ campaignId, number, reasons }) {
      if (number !== undefined) return write({ kind: 'release-number', number, reasons })
      const step = { reasons, begin: true, ...given({ campaignId }) }
      return (await write({ kind: 'release-leads', step })).released
    },
    async recycleLeads({ resetAttempts, attemptsMax, dryRun, listed, ...asked }) {
      const found = [...leads.all(asked.campaignId)].filter(lead => isAskedFor(lead, asked))
      const allowed = found.filter(lead => mayRecycle(model, lead, listed))
      const due = allowed.filter(lead => resetAttempts || lead.attempts < attemptsMax)
      if (!dryRun)
        await write({
          kind: 'recycle-leads',
          leadIds: due.map(({ leadId }) => leadId),
          resetAttempts,
          ...given({ listed }),
        })
      return {
        recycled: due.length,
        barred: found.length - allowed.length,
        exhausted: allowed.length - due.length,
      }
    },
    async leadLists(campaignId) {
      const active = [...leads.all(campaignId)].filter(lead => lead.active)
      return mergeLists(
        active.map(({ list, state, attempts, lead: { provenance } }) => {
          const finished = Number(state === 'finished')
          const origins = provenance === undefined ? [] : [provenance]
          return { list, leads: 1, dialable: 1 - finished, finished, attempts, origins }
        }),
      )
    },
    async leadsPutOff({ reason, campaignId, limit, after = 0 }) {
      const found = [...leads.all(campaignId)].filter(lead => isPutOffFor(lead, [reason]) && lead.leadId > after)
      return found.slice(0, limit).map(leadRecord)
    },
  }
}

function isPutOffFor({ active, state, reason }: MemoryLead, reasons: readonly string[]): boolean {
  return active && state !== 'finished' && reason !== undefined && reason !== 'resting' && reasons.includes(reason)
}

function isAskedFor(
  { leadId, active, state, list, lastDisposition }: MemoryLead,
  { after = 0, ...asked }: Pick<LeadRecycling, 'after' | 'list' | 'last'>,
): boolean {
  if (!active || leadId <= after || state !== 'finished') return false
  if (asked.list !== undefined && list !== asked.list) return false
  return asked.last === undefined || (lastDisposition !== undefined && asked.last.includes(lastDisposition))
}

/** A refusal, a complaint and a dead number are for good. */
function mayRecycle(
  { attempts, campaigns, doNotCall }: Model,
  { campaignId, lead: { number }, reason = '' }: MemoryLead,
  listed: true | undefined,
): boolean {
  const words: readonly string[] = listed ? listedReasons : recyclableReasons
  if (!words.includes(reason) || attempts.inFlight(number) || attempts.hasRefused(number)) return false
  const own = campaigns.sellerOf(campaignId)
  // What was said to another seller is the gate's to weigh.
  const isOthers = ({ seller }: DoNotCallHit) => seller !== undefined && seller !== own
  return doNotCall.lookup.hitsOf(numberToInteger(number)).every(hit => isImported(hit) || isOthers(hit))
}
