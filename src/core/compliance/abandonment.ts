import type { AttemptEnd } from '../calls/call.ts'

/** What calls come to where abandonment is concerned. Nothing is corrected in place: both figures stay. */
export interface AbandonmentCounts {
  /** Answered, and taken for persons when they were answered. */
  readonly answered: number
  /** Of those, what agents have coded as machine. */
  readonly codedMachine: number
  /** Hung up on by detection, as machines: some of them were persons. */
  readonly machines: number
  readonly abandoned: number
  /** Hung up by themselves before an agent was due. */
  readonly hungUpWaiting: number
  /** Abandoned calls for which the message was ordered, or that the PBX played it to by itself. */
  readonly messages: number
  /** Of those, within 2 s of the answer. */
  readonly messagesInTime: number
  /** Of those, without a witness of the instant: the PBX began while the engine was gone. */
  readonly messagesUntimed: number
}

/** Before anything was answered. */
export const noAbandonment: AbandonmentCounts = {
  answered: 0,
  codedMachine: 0,
  machines: 0,
  abandoned: 0,
  hungUpWaiting: 0,
  messages: 0,
  messagesInTime: 0,
  messagesUntimed: 0,
}

/** 16 CFR 310.4(b)(1)(iv): an agent within two seconds, else the message. */
const inTimeMs = 2_000

/** Whether a call enters the abandonment count: what pacing has dialed, and whom an agent's own call has left in silence. */
export function isCounted({ origin, disposition }: Pick<AttemptEnd, 'origin' | 'disposition'>): boolean {
  return origin === 'campaign' || (origin === 'manual' && disposition === 'abandoned')
}

/**
 * What one call counts for, given its end and the agent's code as far as they are known. An agent's own call that found its agent
 * counts for nothing: it would make room for abandonments that pacing has not earned.
 */
export function abandonmentOf(end: AttemptEnd | undefined, wrapUpCode: string | undefined): AbandonmentCounts {
  if (end?.answeredAt === undefined || !isCounted(end)) return noAbandonment
  const machine = end.disposition === 'machine'
  const abandoned = end.disposition === 'abandoned'
  const byPbx = end.detail === 'pbx-took-over' || end.detail === 'application-gone'
  const waitedMs = abandoned && end.messageAt !== undefined ? end.messageAt - end.answeredAt : undefined
  const untimed = abandoned && end.messageAt === undefined && byPbx
  return {
    answered: Number(!machine),
    codedMachine: Number(!machine && wrapUpCode === 'machine'),
    machines: Number(machine),
    abandoned: Number(abandoned),
    hungUpWaiting: Number(end.disposition === 'hung-up-waiting'),
    messages: Number(waitedMs !== undefined || untimed),
    messagesInTime: Number(waitedMs !== undefined && waitedMs <= inTimeMs),
    messagesUntimed: Number(untimed),
  }
}

/** One count after the other, by name. */
export function combineCounts(
  one: AbandonmentCounts,
  other: AbandonmentCounts,
  combine: (one: number, other: number) => number,
): AbandonmentCounts {
  return {
    answered: combine(one.answered, other.answered),
    codedMachine: combine(one.codedMachine, other.codedMachine),
    machines: combine(one.machines, other.machines),
    abandoned: combine(one.abandoned, other.abandoned),
    hungUpWaiting: combine(one.hungUpWaiting, other.hungUpWaiting),
    messages: combine(one.messages, other.messages),
    messagesInTime: combine(one.messagesInTime, other.messagesInTime),
    messagesUntimed: combine(one.messagesUntimed, other.messagesUntimed),
  }
}

/** The sum of two. */
export function addCounts(one: AbandonmentCounts, other: AbandonmentCounts): AbandonmentCounts {
  return combineCounts(one, other, (a, b) => a + b)
}

/** Persons and abandonments as pacing counts them: corrected, and whoever hung up while waiting is counted as abandoned. */
export function personsOf(counts: AbandonmentCounts): { readonly answers: number; readonly abandoned: number } {
  return {
    answers: Math.max(0, counts.answered - counts.codedMachine),
    abandoned: counts.abandoned + counts.hungUpWaiting,
  }
}
