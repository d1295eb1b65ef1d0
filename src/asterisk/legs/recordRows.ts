import type { Transferred } from '../../core/calls/call.ts'
import { given } from '../../core/given.ts'
import type { AgentId, CallId, InstantMs } from '../../core/ids.ts'
import type { KeptCall, UnansweredCall, UnattendedCall } from '../../core/inputs.ts'
import { endCauseOf } from './causes.ts'

// How rows of the PBX's records are written. asterisk-conf's dialplan writes the same; anybody else may have written anything.

const reasons: ReadonlySet<string> = new Set<UnattendedCall['reason']>([
  'app-gone',
  'app-late',
  'app-decided',
  'hung-up',
])
const e164 = /^\+[1-9]\d{6,14}$/
const secondsSinceEpoch = /^\d{9,11}$/
/**
 * `<agent>.<answered>.<joined>,<ended>,<peer|us>,<SIP Call-ID>`, behind the joined `.<given on>.<target>` where the agent has given the
 * person on; instants are milliseconds.
 */
const keptRow =
  /^([\w-]{0,40})\.(\d{12,14})\.(\d{12,14})?(?:\.(\d{12,14})\.([\w-]{1,40}))?,(\d{12,14})?,(peer|us)?,(.*)$/

/** `<ended>,<Q.850 cause>,<SIP 486 Busy Here>`, the last where the carrier has said it. */
const unansweredRow = /^(\d{12,14}),(\d{0,3}),(?:SIP (\d{3})\b.*)?$/

/** Whom an agent was joined with, and when, on our clock. */
export interface TalkKept {
  readonly agentId: AgentId
  readonly answeredAt: InstantMs
  readonly connectedAt: InstantMs
  readonly transferred?: Transferred
}

/** Turns an instant of the PBX's into ours. */
type Ours = (pbxAt: number) => InstantMs

/** The channel's `DIALWRIGHT_TALK`, with which its row begins. Without commas and colons: the dialplan splits by them. */
export function keptTalk({ agentId, answeredAt, connectedAt, transferred }: TalkKept): string {
  const givenOn = transferred === undefined ? '' : `.${Math.round(transferred.at)}.${transferred.to}`
  return `${agentId}.${Math.round(answeredAt)}.${Math.round(connectedAt)}${givenOn}`
}

/** Reads a row of the family `dialwright-call`; `undefined`: it is none. */
export function readKept(callId: CallId, value: string, ours: Ours): KeptCall | undefined {
  const found = keptRow.exec(value)
  if (found === null || callId === '') return undefined
  const [, agentId = '', answered = '', joined, givenOn, to = '', ended, by, sipCallId] = found
  // Who met nobody has the times of the PBX alone; a talk's are ours.
  if ((agentId === '') !== (joined === undefined)) return undefined
  const answeredAt = joined === undefined ? ours(Number(answered)) : Number(answered)
  const transferred = givenOn === undefined ? undefined : { at: Number(givenOn), to }
  const talk = joined === undefined ? undefined : { agentId, connectedAt: Number(joined), ...given({ transferred }) }
  const end = ended === undefined ? undefined : { endedAt: ours(Number(ended)), byPeer: by === 'peer' }
  return { callId, answeredAt, ...given({ talk, end, sipCallId: sipCallId || undefined }) }
}

/** Reads what a living channel says of itself: its `DIALWRIGHT_TALK`. */
export function readTalk(callId: CallId, talk: string): KeptCall | undefined {
  return readKept(callId, `${talk},,,`, Number)
}

/**
 * Reads a row of the family `dialwright-unattended`, `<reason>,<epoch seconds>,<0|1>,<SIP Call-ID>,<number of who has opted out>`;
 * `undefined`: it is none. One whose time cannot be read says all the same that somebody answered: before everything else that is
 * known of the call. Older dialplans write no number, and no comma before it.
 */
export function readUnattended(callId: CallId, value: string, ours: Ours): UnattendedCall | undefined {
  const [reason = '', answered = '', optedOut = '', ...rest] = value.split(',')
  if (callId === '' || !isReason(reason)) return undefined
  const answeredAt = secondsSinceEpoch.test(answered) ? ours(Number(answered) * 1000) : 0
  const last = rest.length > 1 ? (rest.at(-1) ?? '') : undefined
  const hasNumber = last === '' || (last !== undefined && e164.test(last))
  const sipCallId = rest.slice(0, hasNumber ? -1 : undefined).join(',')
  return {
    callId,
    reason,
    answeredAt,
    optedOut: optedOut === '1',
    ...given({ number: hasNumber ? last || undefined : undefined, sipCallId: sipCallId || undefined }),
  }
}

/** Reads a row of the family `dialwright-unanswered`; `undefined`: it is none. */
export function readUnanswered(callId: CallId, value: string, ours: Ours): UnansweredCall | undefined {
  const [, ended, q850, code] = unansweredRow.exec(value) ?? []
  if (ended === undefined || callId === '') return undefined
  const sip = given({ sipCode: code === undefined ? undefined : Number(code) })
  const cause = endCauseOf({ q850: Number(q850), ...sip, wasAnswered: false, endedByUs: false })
  return { callId, endedAt: ours(Number(ended)), cause, ...sip }
}

function isReason(word: string): word is UnattendedCall['reason'] {
  return reasons.has(word)
}
