import type { Disposition } from '../../core/vocabulary.ts'
import type { MovedStatus } from '../../ports/importing/imports.ts'

/** What a VICIdial status says: what becomes of the lead, and how its last call ended. */
export interface StatusMeaning {
  readonly lead: MovedStatus | 'new' | 'callback'
  /** Absent: it does not tell. */
  readonly disposition?: Disposition
}

const meaning = (lead: StatusMeaning['lead'], disposition?: Disposition): StatusMeaning =>
  disposition === undefined ? { lead } : { lead, disposition }

/** The system's statuses (vicidial_statuses as installed). `N` and `B` are the agent's, `NA` and `AB` the dialer's. */
const known: Readonly<Record<string, StatusMeaning>> = {
  NEW: meaning('new'),
  QUEUE: meaning('retry'),
  INCALL: meaning('retry'),
  NA: meaning('retry', 'no-answer'),
  N: meaning('retry', 'no-answer'),
  B: meaning('retry', 'busy'),
  AB: meaning('retry', 'busy'),
  A: meaning('retry', 'machine'),
  AA: meaning('retry', 'machine'),
  AM: meaning('retry', 'machine'),
  AL: meaning('retry', 'machine'),
  DROP: meaning('retry', 'abandoned'),
  PDROP: meaning('retry', 'abandoned'),
  XDROP: meaning('retry', 'abandoned'),
  ERI: meaning('retry', 'congestion'),
  AFAX: meaning('finished', 'machine'),
  DC: meaning('finished', 'rejected'),
  ADC: meaning('finished', 'rejected'),
  ADCT: meaning('finished', 'rejected'),
  SALE: meaning('finished', 'connected'),
  XFER: meaning('finished', 'connected'),
  NI: meaning('finished', 'connected'),
  NP: meaning('finished', 'connected'),
  DEC: meaning('finished', 'connected'),
  DNC: meaning('do-not-call', 'connected'),
  DNCL: meaning('do-not-call'),
  DNCC: meaning('do-not-call'),
  CALLBK: meaning('callback', 'connected'),
  CBHOLD: meaning('callback', 'connected'),
}

/**
 * What a status means: by the operator's word, else by VICIdial's own; `undefined`: nobody knows, so nobody may be called
 * on it.
 */
export function statusMeaning(
  status: string,
  stated: Readonly<Record<string, MovedStatus>> = {},
): StatusMeaning | undefined {
  const of = <Value>(table: Readonly<Record<string, Value>>, name: string) =>
    Object.hasOwn(table, name) ? table[name] : undefined
  // MySQL compares without regard to case, so installations write both.
  const lead = of(stated, status) ?? of(stated, status.toUpperCase())
  const own = of(known, status) ?? of(known, status.toUpperCase())
  return lead === undefined ? own : { ...own, lead }
}

/** Users under which the dialer itself writes. */
const system = new Set(['', 'VDAD', 'VDCL', 'VICIDIAL'])

/** The agent of a call; `undefined`: there was none. */
export function agentOf(user: string): string | undefined {
  return !system.has(user.toUpperCase()) && /^[A-Za-z0-9_-]{1,40}$/.test(user) ? user : undefined
}

/** How a logged call ended. An agent's own status means that they spoke to somebody. */
export function dispositionOf(call: {
  readonly status: string
  readonly termReason: string
  readonly agentId: string | undefined
}): Disposition | undefined {
  if (call.termReason === 'ABANDON' && call.agentId === undefined) return 'abandoned'
  const disposition = known[call.status]?.disposition
  if (disposition !== undefined) return disposition
  return call.agentId === undefined ? undefined : 'connected'
}
