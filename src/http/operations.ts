/** What a route is called in the API's description: a name for generated clients, and a line for people. */
export interface Operation {
  readonly operationId: string
  readonly summary: string
}

/** Every route. Who may ask for it stands in `access/rules.ts`. */
export const operations = {
  'GET /v1/campaigns': ['listCampaigns', 'All campaigns with their figures'],
  'GET /v1/campaigns/:id': ['showCampaign', 'A campaign with its settings, figures and leads'],
  'PUT /v1/campaigns/:id': ['applyCampaign', 'Create a campaign, or change one while it dials'],
  'POST /v1/campaigns/:id/check': ['checkCampaign', 'What settings would change, or what is wrong with them'],
  'POST /v1/campaigns/:id/start': ['startCampaign', 'Dial from now on'],
  'POST /v1/campaigns/:id/pause': ['pauseCampaign', 'Originate nothing more; calls that ring are served'],
  'POST /v1/campaigns/:id/stop': ['stopCampaign', 'End when the calls in flight are settled'],
  'GET /v1/campaigns/:id/explain': ['explainCampaign', 'Why its leads may not be dialed now, counted'],
  'GET /v1/campaigns/:id/sounds': ['checkCampaignSounds', 'Which of its sounds the PBXs lack'],
  'GET /v1/campaigns/:id/pacing': ['showPacing', 'The pacing in force'],
  'PATCH /v1/campaigns/:id/pacing': ['changePacing', 'Change the pacing while calls ring'],
  'POST /v1/campaigns/:id/pacing/what-if': ['tryPacing', 'What another pacing would give: simulated, nothing changes'],
  'GET /v1/campaigns/:id/pacing/record': ['showPacingRecord', 'The newest decision with all it rested on'],
  'GET /v1/campaigns/:id/pacing/decisions': ['listPacingDecisions', 'The last decisions in words'],
  'GET /v1/campaigns/:id/leads': ['listLeads', 'A page of leads'],
  'GET /v1/campaigns/:id/leads/lists': ['showLeadLists', 'The lists of a campaign and how far each has come'],
  'POST /v1/campaigns/:id/leads/recycle': ['recycleLeads', 'Call finished leads again'],
  'POST /v1/campaigns/:id/leads/preview': ['previewLeads', 'How a CSV of leads would be understood'],
  'POST /v1/campaigns/:id/leads/import': ['importLeads', 'Add leads from a CSV'],
  'POST /v1/campaigns/:id/move-in/vicidial': ['moveInFromVicidial', 'Take over the tables of VICIdial'],
  'GET /v1/leads/explain': ['explainNumber', 'Every check that a dial of a number passes'],
  'GET /v1/rules': ['showRules', 'The laws and codes that calls are held to'],
  'GET /v1/rules/lines': ['listRuleLines', 'Lines of law with their sources'],
  'GET /v1/rules/number/:number': ['showBound', 'What binds a call to a number now'],
  'POST /v1/permissions': ['addPermission', 'Record what a person permitted'],
  'POST /v1/permissions/withdraw': ['withdrawPermission', 'The person takes a permission back'],
  'GET /v1/permissions/:number': ['showPermissions', 'What a person permitted and asked for'],
  'POST /v1/permissions/import': ['importPermissions', 'Record permissions from a CSV'],
  'GET /v1/persons/:number': ['showPerson', 'Everything that is kept about a person'],
  'DELETE /v1/persons/:number': ['erasePerson', 'Erase a person'],
  'PUT /v1/persons/:number/hours': ['setPersonHours', 'Set the hours in which a person wants to be called'],
  'DELETE /v1/persons/:number/hours': ['forgetPersonHours', 'Forget those hours'],
  'GET /v1/do-not-call': ['listDoNotCall', 'Imported lists and wildcards'],
  'PUT /v1/do-not-call/:number': ['addDoNotCall', 'Put a number, or all that begin so, on do-not-call'],
  'GET /v1/do-not-call/:number': ['checkDoNotCall', 'Whether a number is listed, and by whom'],
  'DELETE /v1/do-not-call/:number': ['removeDoNotCall', 'Take a number off the list'],
  'POST /v1/do-not-call/import': ['importDoNotCall', 'Import a list, or changes of one'],
  'DELETE /v1/do-not-call/lists/:list': ['dropDoNotCallList', 'Remove an imported list'],
  'POST /v1/do-not-call/lists/:list/verify': ['verifyDoNotCallList', 'Hold a list against its checksum'],
  'GET /v1/do-not-call/proposals': ['listProposals', 'Numbers that calls have worn out'],
  'POST /v1/do-not-call/proposals/accept': ['acceptProposals', 'Put proposed numbers on do-not-call'],
  'GET /v1/agents': ['listAgents', 'Agents with their state'],
  'GET /v1/agents/:id': ['showAgent', 'An agent with their call and its lead'],
  'POST /v1/agents': ['addAgent', 'Add an agent, or change one'],
  'DELETE /v1/agents/:id': ['removeAgent', 'Remove an agent: now, or when they are off the line'],
  'POST /v1/agents/:id/login': ['logInAgent', "Ring the agent's phone"],
  'POST /v1/agents/:id/logout': ['logOutAgent', "End the agent's session"],
  'POST /v1/agents/:id/pause': ['pauseAgent', 'No calls until resumed'],
  'POST /v1/agents/:id/resume': ['resumeAgent', 'Take calls again'],
  'GET /v1/agents/:id/phone': ['showPhone', "An agent's phone"],
  'POST /v1/agents/:id/phone': ['makeDeskPhone', 'A password for a desk phone, and what to type in'],
  'POST /v1/agents/:id/breather': ['letAgentBreathe', 'Two minutes without calls, after abuse'],
  'PUT /v1/agents/:id/help': ['raiseHand', 'The agent asks for somebody to come'],
  'DELETE /v1/agents/:id/help': ['lowerHand', 'The agent has been seen to'],
  'GET /v1/agents/:id/desk': ['showDesk', 'The script, and the person on the line with what was before'],
  'GET /v1/agents/:id/call-backs': ['listCallBacks', 'Call-backs that the agent has promised'],
  'GET /v1/agents/:id/day': ['showDay', "The agent's day in figures"],
  'GET /v1/agents/:id/offer': ['showOffer', 'The lead that the agent may call'],
  'POST /v1/agents/:id/offer/call': ['callOffered', 'Call the lead that is shown'],
  'POST /v1/agents/:id/offer/skip': ['skipOffered', 'Skip the lead that is shown, with a reason'],
  'POST /v1/agents/:id/dial/look': ['lookUpNumber', 'Whether the agent may call somebody now'],
  'POST /v1/agents/:id/dial': ['dialByHand', 'The agent calls somebody of their choice'],
  'POST /v1/agents/:id/more-time': ['giveMoreTime', 'A longer wrap-up'],
  'GET /v1/calls': ['listCalls', 'A page of call records, newest first'],
  'GET /v1/calls/export': ['exportCalls', 'Every call record, streamed'],
  'GET /v1/calls/:id': ['showCall', 'One call record'],
  'POST /v1/calls/:id/hang-up': ['hangUpCall', 'End a conversation'],
  'POST /v1/calls/:id/hold': ['holdCall', 'Put the person on hold'],
  'POST /v1/calls/:id/unhold': ['unholdCall', 'Take the person back'],
  'POST /v1/calls/:id/digits': ['sendDigits', "Press keys on the person's line"],
  'POST /v1/calls/:id/transfer': ['transferCall', 'Ring somebody to whom the person may be given'],
  'POST /v1/calls/:id/transfer/complete': ['completeTransfer', 'Leave the person with them'],
  'POST /v1/calls/:id/transfer/return': ['returnTransfer', 'Take the person back'],
  'POST /v1/calls/:id/wrap-up': ['wrapUpCall', "The agent's word on a conversation"],
  'PUT /v1/calls/:id/line': ['recordLine', "How the agent's line was"],
  'GET /v1/calls/:id/call-back': ['askCallBack', 'Whether the person may be called back then'],
  'PUT /v1/calls/:id/hours': ['setHoursOnCall', 'Hours that the person on the line has said'],
  'DELETE /v1/calls/:id/hours': ['forgetHoursOnCall', 'The person on the line has none any more'],
  'PUT /v1/calls/:id/topics': ['setTopicOnCall', 'Whether the person on the line wants calls about a topic'],
  'GET /v1/ledger/head': ['showLedgerHead', "The ledger's newest entry"],
  'GET /v1/ledger/deeds': ['listDeeds', 'What people and programs did, as the ledger has it'],
  'POST /v1/ledger/verify': ['verifyLedger', 'Follow the chain of the ledger'],
  'POST /v1/ledger/audit': ['auditLedger', 'Hold every call against the rules once more'],
  'POST /v1/ledger/rotate': ['rotateLedger', 'Move old entries of the ledger to a file'],
  'POST /v1/backups': ['makeBackup', 'Back up database, lists and ledger while dialing'],
  'POST /v1/journal/trim': ['trimJournal', 'Let go of what no backup needs of the journal any more'],
  'POST /v1/archives': ['makeArchive', 'Let attempts and leads go that no rule asks for any more'],
  'GET /v1/dialing/restoration': ['showRestoration', 'Whether the database came from a backup, and may dial'],
  'POST /v1/dialing/confirm': ['confirmRestoration', 'Let a restored database dial'],
  'GET /v1/reports/abandonment': ['reportAbandonment', "The regulator's table of abandonment"],
  'GET /v1/reports/abandonment/calls': ['listAbandonedCalls', 'The calls behind that table'],
  'GET /v1/alarms': ['listAlarms', 'The alarms that are on, and what to do'],
  'PUT /v1/alarms/silences': ['silenceAlarm', 'Show an alarm and do not send it, for a time'],
  'DELETE /v1/alarms/silences': ['unsilenceAlarm', 'Send an alarm again'],
  'POST /v1/alarms/test': ['testAlarms', 'Send a test to the receiver of alarms'],
  'GET /v1/drain': ['showDrain', 'Whether the daemon is being drained, and how far it is'],
  'POST /v1/drain': ['beginDrain', 'Originate nothing more, wait for what goes on, then end or stay'],
  'DELETE /v1/drain': ['cancelDrain', 'Dial again as the campaigns are set'],
  'GET /v1/drain/end': ['awaitDrain', 'Answers when the drain has ended'],
  'GET /v1/log-level': ['showLogLevel', 'How much the log says'],
  'PUT /v1/log-level': ['setLogLevel', 'Set how much the log says, for a time'],
  'POST /v1/reload': ['reloadConfiguration', 'Read the configuration anew'],
  'GET /v1/upgrade': ['showUpgrade', 'Which daemon answers, and which comes next'],
  'POST /v1/upgrade': ['beginUpgrade', 'Start the installed version, which takes over'],
  'GET /v1/health': ['showHealth', 'Whether the daemon is well'],
  'GET /v1/ready': ['showReady', 'Whether calls can be made now'],
  'GET /metrics': ['showMetrics', 'Figures for Prometheus'],
  'GET /v1/status': ['showStatus', "The live board's figures"],
  'GET /v1/status/course': ['showCourse', 'The last hours, minute by minute'],
  'GET /v1/nodes': ['listNodes', 'Every PBX, asked now'],
  'GET /v1/events': ['streamEvents', 'What happens, as it happens'],
  'POST /v1/session': ['logIn', 'Log in: a cookie is set'],
  'GET /v1/session': ['showSession', 'Who asks, and what they may'],
  'DELETE /v1/session': ['logOut', 'Log out: the session ends'],
  'PUT /v1/session/password': ['changePassword', 'Change the own password'],
  'POST /v1/session/one-time-codes': ['beginOneTimeCodes', 'A secret for an authenticator'],
  'PUT /v1/session/one-time-codes': ['confirmOneTimeCodes', 'Ask for a code at every log-in from now on'],
  'DELETE /v1/session/one-time-codes': ['endOneTimeCodes', 'Ask for no code any more'],
  'POST /v1/session/phone': ['takePhone', 'The phone in the page of whoever is logged in'],
  'DELETE /v1/session/phone': ['givePhoneBack', 'The page gives the line back to the desk phone'],
  'GET /v1/session/phone/socket': ['openPhoneSocket', "The messages of the page's phone"],
  'GET /v1/sessions': ['listSessions', 'Browsers that are logged in'],
  'DELETE /v1/sessions/:id': ['endSession', 'Log a browser out'],
  'POST /v1/setup': ['setUpUser', 'Set a password with a one-time link'],
  'GET /v1/users': ['listUsers', 'Who may log in'],
  'POST /v1/users': ['addUser', 'Add a user, with a link to set their password'],
  'GET /v1/users/:name': ['showUser', 'A user, with their sessions'],
  'PATCH /v1/users/:name': ['changeUser', 'Change a user; their sessions end'],
  'DELETE /v1/users/:name': ['removeUser', 'Remove a user'],
  'POST /v1/users/:name/invite': ['inviteUser', 'A new link to set a password'],
  'PUT /v1/users/:name/password': ['setUserPassword', "Set a user's password"],
  'DELETE /v1/users/:name/one-time-codes': ['endUserCodes', 'Ask a user for no code any more'],
  'GET /v1/tokens': ['listTokens', 'Tokens of programs'],
  'POST /v1/tokens': ['addToken', 'Make a token for a program'],
  'DELETE /v1/tokens/:id': ['revokeToken', 'Take a token back'],
} as const satisfies Readonly<Record<string, readonly [operationId: string, summary: string]>>

/** A route by its method and address. */
export type Route = keyof typeof operations

/** Whether there is such a route. */
export function isRoute(written: string): written is Route {
  return Object.hasOwn(operations, written)
}

/** The operation of a route; one that is not in the table is called by its address. */
export function operationOf(method: string, url: string): Operation {
  const route = `${method} ${url}`
  const [operationId, summary] = isRoute(route)
    ? operations[route]
    : [route.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_'), route]
  return { operationId, summary }
}

const summaries = new Map<string, string>(Object.values(operations))

/** What an operation does, by its name; undefined: there is no such operation. */
export function summaryOf(operationId: string): string | undefined {
  return summaries.get(operationId)
}
