import type { Verdict } from '../core/compliance/facts.ts'
import type { TrunkFault } from '../core/dialing/breaker.ts'
import type { ReachedCap } from '../core/dialing/dayUse.ts'
import type { BreakerCause } from '../core/dialing/nodeHealth.ts'
import type { PacingReason, RefusalReason } from '../core/vocabulary.ts'
import type { BreakerFigures, RecordedDecision } from '../ports/engine.ts'

/** What a pacing decision's reason means, for people. The word itself stays beside it. */
const pacingSentences: Readonly<Record<PacingReason, string>> = {
  'campaign-not-running': 'the campaign is not running',
  'agents-dial': 'agents dial by themselves: nothing is dialed without one of them',
  'no-agents': 'no agent is logged in and at work',
  'no-leads': 'no lead may be dialed right now',
  'node-down': 'the PBX is not reachable',
  'node-breaker':
    'the PBX answers slowly or loses calls: nothing is dialed over it until it has proved well (`dialwright monitor` says why)',
  'trunk-limit': 'every channel of the trunks is in use',
  'trunk-failing': 'the carrier fails on every trunk of the campaign: each is tried again with one call at a time',
  'calls-per-second-limit': 'the trunks take no more calls this second',
  'max-dial-level': 'as many calls per agent are in flight as the campaign permits (dialLevelMax)',
  'agents-covered': 'every agent who is or will be free has a call on its way',
  'agent-available': 'an agent is free and has no call on its way',
  'predicted-release': 'an agent is expected to be free by the time somebody answers',
  'abandonment-risk': 'one call more would risk that somebody answers and nobody is free',
  'abandonment-budget': 'the abandonment budget does not permit more risk now',
  'growth-limit': 'more calls in flight than were tried lately: they grow by half every 15 s',
  'cold-start': 'too little is known yet to dial ahead: one call per free agent',
  'legal-stop': "abandonment is at the law's limit: one call per free agent until it has fallen",
  'store-unavailable': 'the store cannot be written: nothing is dialed that could not be recorded',
  'clock-jumped': 'the clock has jumped, and hours cannot be judged until it has held for a minute',
  'restore-unconfirmed':
    'the database came from a backup, and nobody has said that it may dial: `dialwright dialing show`, then `dialwright dialing confirm`',
  draining: 'the daemon is drained: nothing more is dialed (`dialwright drain --cancel` dials again)',
  'day-cap': 'as much has been dialed or talked today as dayCaps permit: nothing more until the next day',
}

const breakerSentences: Readonly<Record<BreakerCause, string>> = {
  'pbx-slow': 'it takes too long to answer',
  'manager-link-down': 'its manager interface (AMI) is not reachable',
  'pbx-took-over': 'it had to play the message itself, because joins came too late',
  'joins-failed': 'people who answered could not be joined with agents',
  'legs-lost': 'it does not tell the end of calls',
}

/** Why nothing, or one call at a time, is originated on a PBX. */
export function nodeBreakerSentence(state: 'open' | 'probing', cause: BreakerCause): string {
  return `${state === 'open' ? 'nothing is originated' : 'one call at a time'}: ${breakerSentences[cause]}`
}

/** What a refusal's reason means. */
export const refusalSentences: Readonly<Record<RefusalReason, string>> = {
  'invalid-number': 'is not a valid number',
  'number-kind': 'has a number of a kind that is not called, whatever its address says',
  'country-not-allowed': "has a number of a country that is not among the campaign's `countries`",
  'number-retired': 'is not in service: the network said so',
  'do-not-call': 'is on a do-not-call list',
  'list-missing': 'cannot be held against the do-not-call list that its law wants: import it (`dialwright dnc import`)',
  'list-too-old': 'cannot be held against a do-not-call list young enough for its law: import a newer one',
  'consent-missing': "has no permission on record for the campaign's topic (`dialwright consent import`)",
  'consent-expired': 'has a permission that has expired',
  'consent-withdrawn': 'has taken the permission back',
  'opt-out-missing': 'may not hear a machine without a toll-free number to call back: set optOutNumber in the campaign',
  'outside-own-hours': 'wants to be called at other hours',
  'unknown-place': 'is at a place without rules: say which profile covers it (`rules: profiles:` in the configuration)',
  'unknown-time-zone': 'has no known time zone',
  'outside-calling-hours': 'is outside the calling hours at the called place',
  'number-in-flight': 'is being called right now',
  'attempts-exhausted': 'has had all its attempts',
  'attempts-limit': 'has been called as often as a limit allows',
  resting: 'rests after the last attempt',
  skipped: 'rests, or is finished, because an agent has skipped it',
  'rest-after-abandonment': 'rests after an abandoned call',
  'rest-after-refusal': 'rests after a refusal',
  'rest-after-conversation': 'rests after a conversation',
  'rest-after-complaint': 'rests after a complaint',
  'rest-after-restore': 'rests for its longest limit, because calls of the time between backup and restore are unknown',
  'fatigue-rest': 'rests longer: earlier calls have tired it',
  'fatigue-limit': 'is worn out by calls: consider putting it on the do-not-call list',
  'caller-identity': 'may not be called with any of the caller identities',
  'list-rests': "belongs to a list that has no share of the campaign's dials",
  'by-hand-only': 'was typed by an agent: only agents call it, unless the person has agreed to a call-back',
  'filtered-out': "does not pass the campaign's filter",
  unreachable: 'cannot be reached: the carrier has failed its number as often as it may',
  'lead-finished': 'is finished',
  'campaign-not-running': 'its campaign is not running',
  'store-unavailable': 'cannot be checked: the store does not answer',
  'clock-jumped': 'cannot be checked: the clock has just jumped',
  'restore-unconfirmed': 'came from a backup that nobody has let dial yet',
  draining: 'is not called: the daemon is drained',
}

/** What has to happen before a lead with this reason is dialed, where no time brings it: waiting changes nothing. */
export const changedBySentences: Readonly<Partial<Record<RefusalReason, string>>> = {
  'country-not-allowed': 'when `countries` of the campaign names it',
  'list-missing': 'when the list comes in: `dialwright dnc import`',
  'list-too-old': 'when a newer list comes in: `dialwright dnc import`',
  'consent-missing': 'when a permission comes in: `dialwright consent import`',
  'consent-expired': 'when a newer permission comes in: `dialwright consent import`',
  'consent-withdrawn': 'when the person permits it again',
  'opt-out-missing': 'when the campaign has an optOutNumber',
  'unknown-place': 'when `rules: profiles:` covers the place',
  'unknown-time-zone': 'when the place of the person is known',
  'caller-identity': 'when the campaign has a caller identity for it',
  'list-rests': 'when its list has a share',
  'by-hand-only': 'when agents dial by hand, or the person agrees to a call-back',
  'filtered-out': 'when its columns or the filter change',
}

/** Why a campaign dials progressive that asks for another mode. */
export function modeSentence(asked: string, ruleIds: readonly string[]): string {
  return `${asked} is asked for, and ${ruleIds.join(', ')} lets nobody be called for whom no agent is reserved: progressive until an override of that line is signed (docs/COMPLIANCE.md)`
}

/** What to know of a yes that rests on the law of a whole country alone. */
export function unreadSentence(unread: readonly string[]): string {
  return `nobody has read the law of ${unread.join(', ')}: only the law of the whole country was asked`
}

/** What an operator does about a sound that is not there. */
export const soundMissingTodo =
  "put the recording into the folder of Asterisk's sounds (Debian: /usr/share/asterisk/sounds), or name another in the campaign's file"

/** Names the file that a PBX lacks, and where it belongs. */
export function soundMissingSentence(campaignId: string, { nodeId, sound }: { nodeId: string; sound: string }): string {
  return `campaign ${campaignId} plays ${sound}, which ${nodeId} does not have: as ${sound}.wav (8 kHz, mono, 16 bit) ${soundMissingTodo}`
}

/** One line on a decision: what it did, why, and the figures it rested on. */
export function decisionSentence({ decision, times }: RecordedDecision): string {
  const { originate, withdraw, reason, figures, window } = decision
  const done = [
    originate > 0 ? `originated ${originate}` : undefined,
    withdraw.length > 0 ? `withdrew ${withdraw.length}` : undefined,
  ].filter(part => part !== undefined)
  const what = done.length === 0 ? 'originated none' : done.join(', ')
  const repeated = times > 1 ? ` (${times} times)` : ''
  const numbers = Object.entries(figures).map(([name, value]) => `${spelled(name)} ${shortNumber(value)}`)
  const figuresText = numbers.length === 0 ? '' : ` [${numbers.join(', ')}]`
  const lawful = reason === 'abandonment-budget' || reason === 'legal-stop'
  const over = lawful && window !== undefined ? ` (window: ${window})` : ''
  return `${what}${repeated}: ${pacingSentences[reason]}${over}${figuresText}`
}

const faultSentences: Readonly<Record<TrunkFault, string>> = {
  refusals: 'the carrier fails calls before anybody is reached',
  'unknown-numbers': 'the carrier says of too many numbers in a row that they do not exist',
  'false-answers': 'calls are answered before anybody can have answered them',
  'short-calls': 'too many answered calls are short',
}

/** Whether a trunk is used, why not, and when it is tried again. */
export function trunkBreakerSentence({ state, fault, probeAt }: BreakerFigures): string {
  if (fault === undefined) return 'is used'
  const then = probeAt === undefined ? '' : ` at ${new Date(probeAt).toISOString()}`
  return `is left alone, ${faultSentences[fault]}: ${state === 'probing' ? 'one call tries it now' : `one call tries it${then}`}`
}

/** Why nothing is dialed for the rest of the day, and what can be done about it. */
export function dayCapSentence({ of, what, max, until }: ReachedCap): string {
  const where = of === 'campaign' ? "the campaign's" : "the configuration's"
  return `the cap of ${max} ${what} a day is reached: dialing goes on at ${new Date(until).toISOString()}, or raise ${where} dayCaps`
}

/** `expectedFree` as people read it: `expected free`. */
function spelled(name: string): string {
  return name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
}

function shortNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)))
}

/** One line on a verdict: `yes`, or the reason with what is known of when. */
export function verdictSentence(verdict: Verdict): string {
  if (verdict.allowed) return verdict.unread === undefined ? 'yes' : `yes: ${unreadSentence(verdict.unread)}`
  const why = [verdict.detail, verdict.rule].filter(part => part !== undefined)
  const detail = why.length === 0 ? '' : ` (${why.join('; ')})`
  return `no: ${refusalSentences[verdict.reason]}${detail}${laterWords(verdict)}`
}

function laterWords({ reason, retryAt }: Extract<Verdict, { allowed: false }>): string {
  const changedBy = changedBySentences[reason]
  if (changedBy !== undefined) return `; ${changedBy}`
  return retryAt === undefined ? '' : `; again at ${new Date(retryAt).toISOString()}`
}
