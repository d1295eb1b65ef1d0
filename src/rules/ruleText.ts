import { formatDuration } from '../config/durations.ts'
import type { Rule, RuleScope } from '../core/compliance/rules.ts'
import { hourMs } from '../core/time.ts'
import { hoursText, spanText, windowText } from './units.ts'

/** What a rule says, in one line that an operator understands without the file. */
export function ruleWords(rule: Rule): string {
  const exemptions = (rule.yieldsTo ?? []).map(({ basis, withinMs, agreedHours }) => {
    const age = withinMs === undefined ? '' : ` of the last ${formatDuration(withinMs)}`
    const hours = agreedHours === undefined ? '' : ' with hours that the person has agreed to'
    return `${exemptionWords[basis]}${age}${hours}`
  })
  const yields = exemptions.length === 0 ? '' : `; yields to ${exemptions.join(', ')}`
  return `${conditionWords(rule)}${bodyWords(rule)}${yields}${forceWords(rule)}`
}

const voiceWords = { live: 'a person speaks', recorded: 'a recording speaks', artificial: 'a machine speaks' } as const
const automatesWords = {
  either: 'a system selects or dials the number',
  both: 'a system selects and dials the number',
} as const

/** Which calls the line is about, where it is not about all. */
function conditionWords({ topics, voices, automates }: Rule): string {
  const about = topics === undefined ? [] : [`it is about ${topics.join(' or ')}`]
  const spoken = voices === undefined ? [] : [voices.map(voice => voiceWords[voice]).join(' or ')]
  const automated = automates === undefined ? [] : [automatesWords[automates]]
  const all = [...about, ...spoken, ...automated]
  return all.length === 0 ? '' : `where ${all.join(' and ')}: `
}

const exemptionWords = {
  written: 'written permission',
  express: 'express consent',
  purchase: 'a purchase',
  inquiry: 'an inquiry',
} as const

function bodyWords(rule: Rule): string {
  switch (rule.kind) {
    case 'hours':
      return `${hoursText(rule.days)}${holidayWords(rule)}`
    case 'attempts':
      return `at most ${rule.max} attempts ${attemptsWindowWords(rule)}, ${scopeWords(rule)}`
    case 'rest': {
      const unless = rule.unless === undefined ? '' : ' unless an agent is reserved for it'
      const days = rule.wholeDays === undefined ? '' : wholeDaysWords[rule.wholeDays]
      return `no call for ${spanText(rule.forMs)}${days} after ${causeWords[rule.after]}${unless}, ${scopeWords(rule)}`
    }
    case 'ring': {
      const most = rule.maxMs === undefined ? '' : `, at most ${formatDuration(rule.maxMs)}`
      return `ring at least ${formatDuration(rule.minMs)}${most}`
    }
    case 'abandonment': {
      const target = rule.target === undefined ? '' : `, steer to ${percent(rule.target)}`
      const hungUp = rule.hungUpWaiting === undefined ? '' : '; who hangs up first is not counted'
      return `abandon at most ${percent(rule.rateMax)} of calls answered by a person (${windowText(rule.window)})${target}${hungUp}`
    }
    case 'connect': {
      const message = rule.message ? ', else the message' : ''
      return `an agent within ${formatDuration(rule.withinMs)} of the answer${message}${rule.optOutKey ? ' with an opt-out key' : ''}`
    }
    case 'consent':
      return rule.basis === 'written' ? 'only with written consent' : 'only with consent given beforehand'
    case 'do-not-call-list':
      return `nobody on the list of ${rule.place}, which is at most ${spanText(rule.ageMaxMs)} old`
    case 'caller-identity':
      return `no caller identity that begins with ${rule.forbiddenPrefixes.join(', ')}${exceptWords(rule)}`
    case 'opt-out':
      return `the message offers a way out: ${rule.key ? 'a key' : 'no key needed'}${rule.tollFree ? ', a toll-free number' : ''}`
    case 'refusal':
      return `a refusal that was said to one seller binds ${rule.binds === 'everybody' ? 'every seller of the installation' : 'that seller'}`
    case 'retention':
      return `keep ${rule.of === 'records' ? 'records' : 'people who refused on the list'} for ${spanText(rule.forMs)}`
    case 'duty':
      return rule.says
  }
}

const wholeDaysWords = {
  'from-the-day': ' (whole days, that day the first)',
  'from-the-next-day': ' (whole days, the next one the first)',
} as const

function exceptWords({ except = [] }: Rule<'caller-identity'>): string {
  return except.length === 0 ? '' : `, except ${except.join(', ')}`
}

const causeWords = {
  abandonment: 'an abandoned call',
  refusal: 'a refusal',
  conversation: 'a conversation',
  complaint: 'a complaint',
} as const

function holidayWords({ holidays }: Rule<'hours'>): string {
  if (holidays === undefined) return ''
  return holidays === 'closed' ? ', not on holidays' : ', holidays as Sundays'
}

function attemptsWindowWords({ window }: Rule<'attempts'>): string {
  if (window.kind === 'rolling') return `in ${spanText(window.lengthMs)}`
  return window.kind === 'day' ? 'a day' : 'in a campaign'
}

function scopeWords({ per, across }: RuleScope): string {
  const words = {
    all: '',
    purpose: ' for the same purpose',
    topic: ' on the same topic',
    campaign: ' by the same campaign',
  }
  return `per ${per}${words[across]}`
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 10_000) / 100} %`
}

function forceWords({ from, until }: Rule): string {
  return `${from === undefined ? '' : ` (from ${dayOf(from)})`}${until === undefined ? '' : ` (until ${dayOf(until)})`}`
}

/** The day that began at this instant somewhere: right for every zone from Honolulu to Auckland. */
function dayOf(at: number): string {
  return new Date(at + 13 * hourMs).toISOString().slice(0, 10)
}
