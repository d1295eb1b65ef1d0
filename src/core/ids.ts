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
