import { given } from '../core/given.ts'
import type { ArchiveWrites } from '../ports/archives.ts'
import { type PackedLeadStore, packLeads } from '../ports/importing/packedLeads.ts'
import type { MoveInStore } from '../ports/importing/packedMoved.ts'
import type { Store } from '../ports/store.ts'
import type { Write } from './operations.ts'

/** A row set larger than this is written in several operations. */
const rowsMax = 100

type WritePort = AttemptWrites &
  LeadWrites &
  PersonWrites &
  DoNotCallWrites &
  OtherWrites &
  UserWrites &
  MoveInStore &
  ArchiveWrites

/** The writes of a store's port, each as its operation: the same for every store. */
export function writePort(write: Write): WritePort {
  return {
    ...attemptWrites(write),
    ...leadWrites(write),
    ...personWrites(write),
    ...doNotCallWrites(write),
    ...otherWrites(write),
    ...userWrites(write),
    moveIn: (campaignId, moved) => write({ kind: 'move-in', campaignId, moved }),
    takeBackCalls: (campaignId, callIds) => write({ kind: 'take-back-calls', campaignId, callIds }),
    nameSubjects: numbers => write({ kind: 'name-subjects', numbers }),
    letRowsGo: rows => write({ kind: 'let-rows-go', rows }),
    recordArchive: (step, at) => write({ kind: 'record-archive', step, at }),
  }
}

type AttemptWrites = Pick<Store, 'beginAttempt' | 'endAttempt' | 'recordWrapUp' | 'recordLine'>

function attemptWrites(write: Write): AttemptWrites {
  return {
    beginAttempt: (attempt, clearance) => write({ kind: 'begin-attempt', attempt, ...given({ clearance }) }),
    endAttempt: end => write({ kind: 'end-attempt', end }),
    recordWrapUp: wrapUp => write({ kind: 'record-wrap-up', wrapUp }),
    recordLine: (callId, line) => write({ kind: 'record-line', callId, line }),
  }
}

type LeadWrites = Pick<Store, 'deferLead' | 'importLeads' | 'activateImport' | 'discardImport'> & PackedLeadStore

function leadWrites(write: Write): LeadWrites {
  return {
    deferLead: (leadId, until, reason) => write({ kind: 'defer-lead', leadId, until, reason }),
    importLeads: (importId, campaignId, rows) =>
      inBatches(rows, batch => write({ kind: 'import-leads', importId, campaignId, leads: packLeads(batch) })),
    importPackedLeads: (importId, campaignId, leads) => write({ kind: 'import-leads', importId, campaignId, leads }),
    activateImport: (importId, summary) => write({ kind: 'activate-import', importId, summary }),
    discardImport: importId => write({ kind: 'discard-import', importId }),
  }
}

type PersonWrites = Pick<
  Store,
  | 'addPermission'
  | 'withdrawPermission'
  | 'setPersonHours'
  | 'erasePerson'
  | 'importPermissions'
  | 'activatePermissions'
  | 'discardPermissions'
>

function personWrites(write: Write): PersonWrites {
  return {
    addPermission: permission => write({ kind: 'add-permission', permission }),
    withdrawPermission: withdrawal => write({ kind: 'withdraw-permission', withdrawal }),
    setPersonHours: hours => write({ kind: 'set-person-hours', hours }),
    erasePerson: ({ number, at, by }) => write({ kind: 'erase-person', number, at, by }),
    importPermissions: (importId, rows) =>
      inBatches(rows, batch => write({ kind: 'import-permissions', importId, permissions: JSON.stringify(batch) })),
    activatePermissions: (importId, { source, imported: permissions, at }) =>
      write({ kind: 'activate-permissions', importId, source, permissions, at }),
    discardPermissions: importId => write({ kind: 'discard-permissions', importId }),
  }
}

type DoNotCallWrites = Pick<Store, 'addDoNotCall' | 'removeDoNotCall' | 'addDoNotCallPrefix' | 'removeDoNotCallPrefix'>

function doNotCallWrites(write: Write): DoNotCallWrites {
  return {
    addDoNotCall: async entry => void (await write({ kind: 'add-do-not-call', entry })),
    removeDoNotCall: (number, by, list) => write({ kind: 'remove-do-not-call', number, ...given({ by, list }) }),
    addDoNotCallPrefix: entry => write({ kind: 'add-do-not-call-prefix', entry }),
    removeDoNotCallPrefix: (prefix, by) => write({ kind: 'remove-do-not-call-prefix', prefix, ...given({ by }) }),
  }
}

type OtherWrites = Pick<
  Store,
  | 'saveCampaign'
  | 'saveCampaignProgress'
  | 'saveAgent'
  | 'removeAgent'
  | 'importAgents'
  | 'recordRules'
  | 'eraseSubject'
>

function otherWrites(write: Write): OtherWrites {
  return {
    saveCampaign: settings => write({ kind: 'save-campaign', settings }),
    saveCampaignProgress: progress => write({ kind: 'save-progress', progress }),
    saveAgent: settings => write({ kind: 'save-agent', settings }),
    removeAgent: agentId => write({ kind: 'remove-agent', agentId }),
    async importAgents(agents) {
      for (let from = 0; from < agents.length; from += rowsMax)
        await write({ kind: 'import-agents', agents: agents.slice(from, from + rowsMax) })
    },
    recordRules: (book, at) => write({ kind: 'record-rules', book, at }),
    eraseSubject: (number, at) => write({ kind: 'erase-subject', number, at }),
  }
}

type UserWrites = Pick<
  Store,
  'saveUser' | 'removeUser' | 'saveUserSession' | 'endUserSessions' | 'addApiToken' | 'revokeApiToken' | 'recordAct'
>

function userWrites(write: Write): UserWrites {
  return {
    saveUser: change => write({ kind: 'save-user', change }),
    removeUser: removal => write({ kind: 'remove-user', ...removal }),
    saveUserSession: session => write({ kind: 'save-user-session', session }),
    endUserSessions: sessionIds => write({ kind: 'end-user-sessions', sessionIds }),
    addApiToken: token => write({ kind: 'add-api-token', token }),
    revokeApiToken: revocation => write({ kind: 'revoke-api-token', ...revocation }),
    recordAct: act => write({ kind: 'record-act', act }),
  }
}

interface Duplicates {
  readonly duplicates: readonly number[]
}

/** One batch at least: an import without rows begins as well. */
async function inBatches<Row>(
  rows: readonly Row[],
  write: (batch: readonly Row[]) => Promise<Duplicates>,
): Promise<Duplicates> {
  const duplicates: number[] = []
  for (let from = 0; from < Math.max(1, rows.length); from += rowsMax) {
    const answer = await write(rows.slice(from, from + rowsMax))
    for (const position of answer.duplicates) duplicates.push(from + position)
  }
  return { duplicates }
}
