import type { AskCase, AskLine, AskView } from '../../api/rules/ask.ts'
import { verdictSentence } from '../../api/sentences.ts'
import { iso, isoOf } from '../../api/views.ts'
import { no, type VerdictFacts } from '../../core/compliance/facts.ts'
import { type AnsweredLine, type ExplainedVerdict, explainLaw } from '../../core/compliance/lawLines.ts'
import { isAboutPerson } from '../../core/compliance/lists.ts'
import { offsetAt, type ZoneOffset } from '../../core/compliance/localTime.ts'
import type { Rule, RuleBook } from '../../core/compliance/rules.ts'
import type { Refusal } from '../../core/compliance/verdict.ts'
import { given } from '../../core/given.ts'
import type { InstantMs } from '../../core/ids.ts'
import { minuteMs } from '../../core/time.ts'
import { numberProblems } from '../../numbers/phone.ts'
import { placesOfNumber } from '../../numbers/places.ts'
import { zonesOfNumber } from '../../numbers/zones.ts'
import { readCase } from './askCase.ts'
import { type AskedCall, type CaseOptions, createCallReader, unstatedCallerId } from './askFacts.ts'
import { createDatedLaws, createLawFacts, type LawFacts } from './askLaws.ts'
import type { AskedPerson } from './askPlace.ts'

/** What answers stand on. */
export interface AskOptions extends CaseOptions {
  readonly book: RuleBook
  /** What a line says, in words. */
  readonly wordsOf: (rule: Rule) => string
}

/** Answers cases by the gate's own verdict, without a daemon, a PBX or a lead. */
export interface Asker {
  /** The facts and rules that a case makes. @throws InputError in one line */
  call(asked: AskCase): AskedCall
  /** The verdict with everything that spoke; `line` comes back with it. @throws InputError in one line */
  ask(written: unknown, line?: number): AskView
}

/** Makes an asker over a book of rules. */
export function createAsker(options: AskOptions): Asker {
  const laws = createDatedLaws(options.book)
  const call = createCallReader(options, laws)
  const factsOfLaw = createLawFacts(options.book)
  const viewLine = createLineView(options.wordsOf)
  return {
    call,
    ask(written, line) {
      const asked = readCase(written)
      const one = call(asked)
      const explained = explainLaw(one.facts, one.rules, one.now)
      const lawFacts = factsOfLaw(explained.law, one.rules.seller, one.facts.places)
      const answer = viewAnswer(one, explained, lawFacts)
      answer.lines = explained.lines.map(line => viewLine(line, lawFacts))
      answer.assumed = assumptions(asked, one, explained)
      if (asked.id !== undefined) answer.id = asked.id
      if (line !== undefined) answer.line = line
      return answer
    },
  }
}

/** Fields are set one by one: thousands of answers a second are made here, and copies of objects are what would cost most. */
function viewAnswer(
  { facts, rules, now, person }: AskedCall,
  explained: ExplainedVerdict,
  lawFacts: LawFacts,
): AskView {
  const { verdict, law, refusals } = explained
  const answer: AskView = {
    number: facts.number,
    at: iso(now),
    allowed: verdict.allowed,
    says: 'yes',
    seller: rules.seller,
    purpose: rules.of.purpose,
    topic: rules.of.topic,
    latestAnswerAt: iso(now + rules.latestAnswerMs),
    places: viewPlaces(facts, person, lawFacts),
    zones: viewZones(facts, person, now),
    refusals: refusals.map(viewRefusal),
    lines: [],
    off: lawFacts.off.map(({ ruleId, by, reason }) => ({ rule: ruleId, by, reason })),
    unread: [...lawFacts.unread],
    assumed: [],
    rulesVersion: law.version,
  }
  if (verdict.allowed) return answer
  const { reason, rule, retryAt } = verdict
  const { reading } = person
  answer.reason = reason
  answer.says = `${sentence(verdict)}${reading.valid ? '' : `: it ${numberProblems[reading.problem]}`}`
  if (rule !== undefined) answer.rule = rule
  if (retryAt === undefined) return answer
  const local = facts.zones.map(zone => ({ zone: zone.zone, time: wallText(zone, retryAt) }))
  answer.retryAt = { utc: iso(retryAt), local }
  return answer
}

/** The time is a field of its own. */
function sentence({ reason, rule, detail }: Refusal['verdict']): string {
  return verdictSentence(no(reason, given({ rule, detail })))
}

/** A check that says no, in words. */
export function viewRefusal({ check, verdict }: Refusal): AskView['refusals'][number] {
  const { reason, rule, retryAt } = verdict
  return { check, reason, says: sentence(verdict), ...given({ rule, retryAt: isoOf(retryAt) }) }
}

function viewPlaces(
  { number, places }: VerdictFacts,
  { address }: AskedPerson,
  { unread }: LawFacts,
): AskView['places'] {
  const byNumber = placesOfNumber(number)
  return places.map(place => ({
    place,
    by: reasons({ number: byNumber.includes(place), address: address?.places.includes(place) }),
    read: !unread.includes(place),
  }))
}

function viewZones(
  { number, zones }: VerdictFacts,
  { address, stated }: AskedPerson,
  now: InstantMs,
): AskView['zones'] {
  // Where nothing else is known, all that is known comes from the number.
  const byNumber = stated.length === 0 && address === undefined ? undefined : zonesOfNumber(number)
  return zones.map(offset => {
    const { zone } = offset
    const by = reasons({
      stated: stated.includes(zone),
      number: byNumber?.includes(zone) ?? true,
      address: address?.zones.includes(zone),
    })
    return { zone, by, time: wallText(offset, now) }
  })
}

function reasons(of: Readonly<Record<string, boolean | undefined>>): string[] {
  return Object.keys(of).filter(reason => of[reason] === true)
}

/** Wall time with its offset: `2026-11-25T20:59-05:00`. */
function wallText(zone: ZoneOffset, at: InstantMs): string {
  const offset = offsetAt(zone, at)
  const two = (value: number) => String(value).padStart(2, '0')
  const away = Math.abs(offset)
  const sign = offset < 0 ? '-' : '+'
  const wall = new Date(at + offset * minuteMs).toISOString().slice(0, 16)
  return `${wall}${sign}${two(Math.floor(away / 60))}:${two(away % 60)}`
}

/** Makes the view of lines; what is the same for every call under one law is made once. */
export function createLineView(wordsOf: AskOptions['wordsOf']): (line: AnsweredLine, lawFacts: LawFacts) => AskLine {
  const known = new WeakMap<LawFacts, Map<Rule, AskLine>>()
  const viewOf = ({ rule, answer }: AnsweredLine, { lines }: LawFacts): AskLine => {
    const { places = [], override } = lines.get(rule) ?? {}
    const { ruleId, source, date: read } = rule
    return { rule: ruleId, answer, places: [...places], asks: wordsOf(rule), source, read, ...given({ override }) }
  }
  return (line, lawFacts) => {
    const { rule, answer, verdict } = line
    const views = known.get(lawFacts) ?? new Map<Rule, AskLine>()
    known.set(lawFacts, views)
    const view = views.get(rule) ?? viewOf(line, lawFacts)
    views.set(rule, view)
    if (answer === view.answer && verdict === undefined) return view
    const why = verdict && (verdict.detail ?? verdict.reason)
    return { ...view, answer, ...given({ why, retryAt: isoOf(verdict?.retryAt) }) }
  }
}

/** What the case left open, where the law asks for it. */
function assumptions(asked: AskCase, { facts, rules, now, person }: AskedCall, { law }: ExplainedVerdict): string[] {
  const wantsList = law.lists.some(rule => isAboutPerson(rule, { facts, rules, law, now }))
  const open = {
    'the address is not known: places and zones are by number alone': asked.address === undefined,
    'the address tells no place: places and zones are by number alone':
      asked.address !== undefined && person.address === undefined,
    'the lists that the law wants are at hand, of today': wantsList && asked.lists === undefined,
    'no list holds the number': asked.doNotCall === undefined,
    'the person has permitted nothing': asked.permissions === undefined && (law.consent.length > 0 || wantsList),
    'there was no attempt before': asked.attempts === undefined && law.attempts.length + law.rest.length > 0,
    'a caller identity is presented that may be':
      law.callerIdentity.length > 0 && rules.callerIds[0] === unstatedCallerId,
  }
  return reasons(open)
}
