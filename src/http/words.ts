import type { Verdict } from '../core/compliance/verdict.ts'
import type { PacingReason, RefusalReason } from '../core/words.ts'
import type { RecordedDecision } from '../ports.ts'

/** What a pacing decision's reason means, for people. The word itself stays beside it. */
export const pacingSentences: Readonly<Record<PacingReason, string>> = {
  'campaign-not-running': 'the campaign is not running',
  'no-agents': 'no agent is logged in and at work',
  'no-leads': 'no lead may be dialed right now',
  'node-down': 'the PBX is not reachable',
  'trunk-limit': 'every channel of the trunks is in use',
  'calls-per-second-limit': 'the trunks take no more calls this second',
  'max-dial-level': 'as many calls per agent are in flight as the campaign permits (dialLevelMax)',
  'agents-covered': 'every agent who is or will be free has a call on its way',
  'agent-available': 'an agent is free and has no call on its way',
  'predicted-release': 'an agent is expected to be free by the time somebody answers',
  'abandonment-risk': 'one call more would risk that somebody answers and nobody is free',
  'abandonment-budget': 'the abandonment budget does not permit more risk now',
  'cold-start': 'too little is known yet to dial ahead: one call per free agent',
  'legal-stop': "abandonment is at the law's limit: one call per free agent until it has fallen",
}

/** What a refusal's reason means. */
export const refusalSentences: Readonly<Record<RefusalReason, string>> = {
  'do-not-call': 'is on a do-not-call list',
  'outside-calling-hours': 'is outside the calling hours at the called place',
  'unknown-time-zone': 'has no known time zone',
  'invalid-number': 'is not a valid number',
  'number-in-flight': 'is being called right now',
  'attempts-exhausted': 'has had all its attempts',
  resting: 'rests after the last attempt',
  'lead-finished': 'is finished',
  'campaign-not-running': 'its campaign is not running',
  'store-unavailable': 'cannot be checked: the store does not answer',
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

/** `expectedFree` as people read it: `expected free`. */
function spelled(name: string): string {
  return name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
}

function shortNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)))
}

/** One line on a verdict: `yes`, or the reason with what is known of when. */
export function verdictSentence(verdict: Verdict): string {
  if (verdict.allowed) return 'yes'
  const detail = verdict.detail === undefined ? '' : ` (${verdict.detail})`
  const later = verdict.retryAt === undefined ? '' : `; again at ${new Date(verdict.retryAt).toISOString()}`
  return `no: ${refusalSentences[verdict.reason]}${detail}${later}`
}
