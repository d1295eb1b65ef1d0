import { unpackLeads } from '../../ports/importing/packedLeads.ts'
import { unpackMoved } from '../../ports/importing/packedMoved.ts'
import type { WriteHandlers, WriteKind } from '../operations.ts'
import { archiveWrites } from './archive.ts'
import { eraser } from './erasure.ts'
import { leadReleases } from './leadUpkeep.ts'
import type { Model } from './model.ts'

/** What the model can be asked to write: everything but what is a matter of files. */
export type ModelKind = Exclude<
  WriteKind,
  'install-bulk-list' | 'rotate-ledger' | 'ledger-dropped' | 'record-restore' | 'confirm-restore' | 'keep-journal-place'
>

/** What each write means. */
export function modelWrites(model: Model): WriteHandlers<ModelKind> {
  const { campaigns, attempts, doNotCall, people, ledger } = model
  return {
    'begin-attempt': ({ attempt }) => attempts.begin(attempt),
    'end-attempt': ({ end }) => attempts.end(end),
    'record-wrap-up': ({ wrapUp }) => attempts.wrapUp(wrapUp),
    'record-line': ({ callId, line }) => attempts.line(callId, line),
    'save-campaign'({ settings }) {
      const only = campaigns.onlySeller()
      campaigns.of(settings.campaignId).settings = settings
      // What was said while there was one seller was said to them.
      if (only !== undefined && campaigns.onlySeller() === undefined) people.giveTo(only)
    },
    'save-progress'({ progress }) {
      campaigns.of(progress.campaignId).progress = progress
    },
    'save-agent': ({ settings }) => campaigns.saveAgent(settings),
    'remove-agent': ({ agentId }) => campaigns.removeAgent(agentId),
    'import-agents': ({ agents }) => campaigns.importAgents(agents),
    'add-do-not-call': ({ entry }) => doNotCall.tell(entry),
    'remove-do-not-call': ({ number, list }) => doNotCall.remove(number, list),
    'add-do-not-call-prefix': ({ entry }) => doNotCall.prefixes.add(entry),
    'remove-do-not-call-prefix': ({ prefix }) => doNotCall.prefixes.remove(prefix),
    'drop-bulk-list': ({ list }) => void doNotCall.drop(list),
    'add-permission': ({ permission }) => people.add(permission),
    'withdraw-permission': ({ withdrawal }) => people.withdraw(withdrawal),
    'set-person-hours': ({ hours }) => people.setHours(hours),
    'import-permissions': ({ importId, permissions }) => people.importRows(importId, JSON.parse(permissions)),
    'activate-permissions': ({ importId }) => people.activate(importId),
    'discard-permissions': ({ importId }) => people.discard(importId),
    'erase-person': eraser(model),
    'record-rules': ({ book, at }) => ledger.recordRules(book, at),
    'erase-subject': ({ number, at }) => ledger.eraseSubject(number, at),
    ...userWrites(model),
    ...leadWrites(model),
    ...movedWrites(model),
    ...leadReleases(model),
    ...archiveWrites(model),
  }
}

type UserKind =
  | 'save-user'
  | 'remove-user'
  | 'save-user-session'
  | 'end-user-sessions'
  | 'add-api-token'
  | 'revoke-api-token'
  | 'record-act'

function userWrites({ users }: Model): WriteHandlers<UserKind> {
  return {
    'save-user': ({ change }) => users.save(change),
    'remove-user': ({ name }) => users.remove(name),
    'save-user-session': ({ session }) => users.saveSession(session),
    'end-user-sessions': ({ sessionIds }) => users.endSessions(sessionIds),
    'add-api-token': ({ token }) => users.addToken(token),
    'revoke-api-token': ({ tokenId }) => users.revokeToken(tokenId),
    // It stands in the ledger alone.
    'record-act': () => {},
  }
}

type LeadKind = 'defer-lead' | 'import-leads' | 'activate-import' | 'discard-import'

function leadWrites({ campaigns, leads, ledger }: Model): WriteHandlers<LeadKind> {
  return {
    'defer-lead'({ leadId, until, reason }) {
      const lead = leads.active(leadId)
      if (lead === undefined || lead.state === 'finished') return
      if (reason === 'do-not-call') campaigns.of(lead.campaignId).counters.doNotCallBlocked += 1
      leads.move(lead, { until, reason })
    },
    'import-leads'({ importId, campaignId, leads: packed }) {
      campaigns.of(campaignId)
      return leads.add(importId, campaignId, unpackLeads(packed))
    },
    'activate-import': ({ importId, summary }) =>
      leads.activate(importId, { list: summary.list, at: ledger.book.now() }),
    'discard-import'({ importId }) {
      for (const personId of leads.discard(importId)) ledger.forgetNames(personId, new Set())
    },
  }
}

function movedWrites({ campaigns, attempts, doNotCall }: Model): WriteHandlers<'move-in' | 'take-back-calls'> {
  return {
    'move-in'({ campaignId, moved }) {
      campaigns.of(campaignId)
      const batch = unpackMoved(moved)
      const isNew =
        batch.kind === 'calls'
          ? batch.calls.map(call => attempts.bringIn(campaignId, call))
          : batch.refusals.map(entry => doNotCall.add(entry))
      return { duplicates: [...isNew.keys()].filter(position => isNew[position] === false) }
    },
    'take-back-calls'({ campaignId, callIds }) {
      campaigns.of(campaignId)
      for (const callId of callIds) attempts.takeBack(callId)
    },
  }
}
