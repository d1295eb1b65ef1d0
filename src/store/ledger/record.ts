import type { AttemptEnd, AttemptStart } from '../../core/calls/call.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import type { Clearance } from '../../core/compliance/clearance.ts'
import type { WrapUpRecord } from '../../ports/attempts.ts'
import type { BulkListVersion } from '../../ports/bulkLists.ts'
import type { WriteOperation } from '../operations.ts'
import type { LedgerBook } from './book.ts'
import { digestOf, named } from './chain.ts'
import { recordOptOut, recordPeople } from './people.ts'
import { recordUsers } from './users.ts'

/** A prefix longer than this is next to being one number, and would be personal data. */
const prefixDigitsMax = 7

/** Writes into the ledger what an operation, now carried out, was about. `answer`: what it gave. */
export function recordOperation(book: LedgerBook, operation: WriteOperation, answer: unknown): void {
  switch (operation.kind) {
    case 'begin-attempt':
      recordBegin(book, operation.attempt, operation.clearance)
      break
    case 'end-attempt':
      recordOutcome(book, operation.end)
      break
    case 'record-wrap-up':
      recordWrapUp(book, operation.wrapUp)
      break
    case 'add-do-not-call':
      if (answer !== false) recordOptOut(book, operation.entry)
      break
    case 'remove-do-not-call':
      if (typeof answer === 'string')
        book.append('opt-in', book.now(), {
          ...named(book.subject(operation.number, 'make')),
          list: answer,
          by: operation.by,
        })
      break
    case 'add-do-not-call-prefix':
      recordPrefix(book, 'prefix-added', operation.entry)
      break
    case 'remove-do-not-call-prefix':
      if (answer === true) recordPrefix(book, 'prefix-removed', operation)
      break
    case 'install-bulk-list':
      recordList(book, operation.version)
      break
    case 'drop-bulk-list':
      book.append('list', book.now(), { event: 'dropped', list: operation.list })
      break
    case 'add-permission':
    case 'set-person-hours':
    case 'withdraw-permission':
    case 'activate-permissions':
    case 'erase-person':
    case 'move-in':
      recordPeople(book, operation, answer)
      return
    case 'save-user':
    case 'remove-user':
    case 'add-api-token':
    case 'revoke-api-token':
    case 'record-act':
      recordUsers(book, operation, answer)
      return
    case 'record-restore': {
      const { restoredAt, ...what } = operation.restoration
      book.append('restore', restoredAt, { event: 'restored', ...what })
      break
    }
    case 'confirm-restore': {
      const { at, ...what } = operation.confirmation
      book.append('restore', at, { event: 'confirmed', ...what })
      break
    }
    case 'record-archive':
      book.append('archive', operation.at, operation.step)
      break
    case 'save-campaign':
      recordCampaign(book, operation.settings)
      break
    default:
  }
}

function recordBegin(book: LedgerBook, attempt: AttemptStart, clearance: Clearance | undefined): void {
  const { callId, campaignId, leadId, number, nodeId, trunkId, callerId, originatedAt } = attempt
  const ids = { callId, campaign: campaignId, node: nodeId, trunk: trunkId, callerId }
  const subject = number !== undefined && named(book.subject(number, 'make'))
  const about = { ...subject, person: leadId === undefined ? undefined : book.person(leadId) }
  const entry = { ...ids, ...about, ...book.owner(campaignId), clearance }
  if (attempt.origin === 'inbound') book.append('incoming', originatedAt, entry)
  // What says nothing of its origin is a campaign's: so it was before there were others.
  else if (attempt.origin === 'campaign') book.append('originate', originatedAt, entry)
  else book.append('originate', originatedAt, { ...entry, origin: attempt.origin, agentId: attempt.agentId })
}

function recordOutcome(book: LedgerBook, end: AttemptEnd): void {
  const { callId, number, disposition, detail, sipCode, ringingAt, answeredAt, connectedAt, endedAt, agentId } = end
  const { transferredAt, transferredTo } = end
  const times = { ringingAt, answeredAt, connectedAt, transferredAt, transferredTo }
  // No new subject for a number that was erased while the call went on.
  const subject = number === undefined ? undefined : book.subject(number)?.subject
  const counts = end.countsAsAttempt
  book.append('outcome', endedAt, { callId, subject, disposition, detail, sipCode, ...times, agentId, counts })
}

function recordWrapUp(book: LedgerBook, { callId, code, refusal, at }: WrapUpRecord): void {
  const number = book.numberOf(callId)
  const subject = number === undefined ? undefined : book.subject(number)?.subject
  book.append('wrap-up', at ?? book.now(), { callId, subject, code, refusal, machine: code === 'machine' })
}

function recordPrefix(
  book: LedgerBook,
  event: 'prefix-added' | 'prefix-removed',
  { prefix, by }: { readonly prefix: string; readonly by?: string },
): void {
  const digits = prefix.length - 1
  const shown = digits <= prefixDigitsMax ? { prefix } : {}
  book.append('list', book.now(), { event, list: 'company', digits, ...shown, by })
}

function recordList(book: LedgerBook, { file: _file, ...version }: BulkListVersion): void {
  book.append('list', version.importedAt, { event: 'installed', ...version })
}

function recordCampaign(book: LedgerBook, settings: CampaignSettings): void {
  const digest = digestOf(settings)
  const { campaignId, seller, purpose, topic, consent, callingHours, attemptLimits, ringTimeoutMs } = settings
  if (!book.changed(`campaign ${campaignId}`, digest)) return
  const owner = { seller: seller?.sellerId, sellerPlace: seller?.place, purpose, topic, consent }
  book.append('campaign', book.now(), {
    campaign: campaignId,
    digest,
    ...owner,
    callingHours,
    attemptLimits,
    ringTimeoutMs,
  })
}
