/** Our own id of one attempt's call, `[A-Za-z0-9-]{1,40}`; the PBX channel id is derived from it. Unique for ever. */
export type CallId = string
/** The agent's id as the operator wrote it, `[A-Za-z0-9_-]{1,40}`; also the name of the agent's SIP endpoint unless set. */
export type AgentId = string
/** The campaign's id as the operator wrote it, `[A-Za-z0-9_-]{1,40}`. */
export type CampaignId = string
/** The lead's row number in the store, a positive integer. */
export type LeadId = number
/** A way out to the telephone network, named in the configuration. */
export type TrunkId = string
/** One Asterisk, named in the configuration. */
export type NodeId = string
/** A telephone number in E.164 with its plus sign: `+` and 7 to 15 digits. */
export type PhoneNumber = string
/** A moment in milliseconds since the epoch (production) or since the start (simulation). */
export type InstantMs = number

/** The part of a database's identity that its calls carry in their ids. */
export function databaseTag(databaseId: string): string {
  return databaseId
    .toLowerCase()
    .replaceAll(/[^0-9a-z]/g, '')
    .slice(0, 8)
}

/** The prefix of the ids of one run's calls: when it began, and in which database they are. */
export function callIdPrefix(run: { readonly startedAt: InstantMs; readonly databaseId: string }): string {
  return `${run.startedAt.toString(36)}-${databaseTag(run.databaseId)}`
}

/** The tag of the database in which a call is; undefined: its id names none, as those of older versions and of simulations. */
export function databaseOfCall(callId: CallId): string | undefined {
  return /^[^-]+-([0-9a-z]+)-[^-]+$/.exec(callId)?.[1]
}

/** Whether a call was begun on the database of whoever makes these ids. */
export function isOwnCall({ prefix }: CallIdSource, callId: CallId): boolean {
  return databaseOfCall(callId) === databaseOfCall(`${prefix}-0`)
}

/** Makes call ids: a prefix that differs between two runs of the daemon, and a counter. */
export interface CallIdSource {
  readonly prefix: string
  next: number
}

/** Takes the next call id. */
export function nextCallId(source: CallIdSource): CallId {
  const id = `${source.prefix}-${source.next.toString(36)}`
  source.next += 1
  return id
}
