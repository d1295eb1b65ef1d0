import type { Call, Story } from './calls.ts'
import { refusalsArePerSeller } from './laws.ts'
import type { AuditEntry, PlainRules, Violation } from './types.ts'

/** Own lists that are about the number alone; on every other one a person has refused, or has died. */
const ofNumbers: ReadonlySet<string> = new Set(['retired', 'wrong-person'])

/**
 * No originate follows an opt-out or a withdrawn consent of its subject, or of its person at another number, unless it was taken back.
 * A withdrawal for one topic binds that topic; a permission lifts it for its seller, an agreement for its number. What was said to one
 * seller binds the others unless the law that the call is held to says that it does not.
 */
export function checkRefusals(
  { entries, calls }: Story,
  bookOf: (call: Call) => PlainRules | undefined,
): readonly Violation[] {
  const callAt = new Map(calls.map(call => [call.seq, call]))
  const whose = createWhose()
  /** What was said at each number and stands: the entries by list, and the withdrawals with the permissions behind them. */
  const optedOut = new Map<string, Map<string, AuditEntry>>()
  const consents = new Map<string, AuditEntry[]>()
  const found: Violation[] = []
  for (const entry of entries) {
    const subject = textOf(entry.entry.subject)
    whose.follow(entry)
    if (entry.kind === 'opt-out') keep(optedOut, subject, entry)
    if (entry.kind === 'opt-in') takeBack(optedOut.get(subject), entry)
    if (entry.kind === 'consent') consents.set(subject, [...(consents.get(subject) ?? []), entry])
    if (entry.kind !== 'originate') continue
    const all = whose.subjectsOf(subject)
    const call = callAt.get(entry.seq)
    const perSeller = once(() => call !== undefined && refusalsArePerSeller(call, bookOf(call)))
    const refusal = all
      .flatMap(one => [...(optedOut.get(one)?.values() ?? [])])
      .filter(one => one.entry.subject === subject || !ofNumbers.has(textOf(one.entry.list)))
      .find(one => !(isToAnother(one, entry) && perSeller()))
    if (refusal !== undefined) found.push(broken(entry, { check: 'opt-out', by: refusal }))
    const said = all.flatMap(one => consents.get(one) ?? [])
    const back = said.find(one => isWithdrawalFor(entry, one) && !said.some(given => lifts(given, one, entry)))
    if (back !== undefined) found.push(broken(entry, { check: 'consent-withdrawn', by: back }))
  }
  return found
}

/** Whose numbers are whose, as far as the entries have told by then. */
function createWhose() {
  const persons = new Map<string, Set<string>>()
  const subjects = new Map<string, Set<string>>()
  const add = (map: Map<string, Set<string>>, key: string, value: string) =>
    map.set(key, (map.get(key) ?? new Set()).add(value))
  return {
    follow({ entry }: AuditEntry): void {
      const named = Array.isArray(entry.persons) ? entry.persons : []
      for (const person of [...named, entry.person]) {
        if (typeof person !== 'string') continue
        add(persons, textOf(entry.subject), person)
        add(subjects, person, textOf(entry.subject))
      }
    },
    /** The number's own name first, then those of all numbers of its persons. */
    subjectsOf(subject: string): readonly string[] {
      const others = [...(persons.get(subject) ?? [])].flatMap(person => [...(subjects.get(person) ?? [])])
      return [...new Set([subject, ...others])]
    },
  }
}

/** The first entry of a list is the one that stands. */
function keep(optedOut: Map<string, Map<string, AuditEntry>>, subject: string, entry: AuditEntry): void {
  const lists = optedOut.get(subject) ?? new Map<string, AuditEntry>()
  const list = textOf(entry.entry.list)
  if (!lists.has(list)) lists.set(list, entry)
  optedOut.set(subject, lists)
}

/** A number leaves one list at a time; older entries do not name it: of those there were then, the last by name. */
function takeBack(lists: Map<string, AuditEntry> | undefined, { entry: { list } }: AuditEntry): void {
  const left = typeof list === 'string' ? list : [...(lists?.keys() ?? [])].sort().at(-1)
  if (left !== undefined) lists?.delete(left)
}

/** A list whose name begins so holds what was said to one seller. */
const sellers = 'seller:'

function isToAnother({ entry: { list } }: AuditEntry, { entry: call }: AuditEntry): boolean {
  const name = textOf(list)
  return name.startsWith(sellers) && typeof call.seller === 'string' && name !== `${sellers}${call.seller}`
}

function once(ask: () => boolean): () => boolean {
  let answer: boolean | undefined
  return () => {
    answer ??= ask()
    return answer
  }
}

function isWithdrawalFor({ entry: call }: AuditEntry, { entry: { event, topic } }: AuditEntry): boolean {
  return event === 'withdrawn' && (topic === undefined || topic === call.topic)
}

/** A permission that came later, about the topic, for the seller; an agreement or a word, for the very number. */
function lifts(given: AuditEntry, withdrawal: AuditEntry, { entry: call }: AuditEntry): boolean {
  const { event, topics, seller, basis, subject } = given.entry
  if (event !== 'given' || given.seq < withdrawal.seq) return false
  if (Array.isArray(topics) && topics.length > 0 && !topics.includes(call.topic)) return false
  if (typeof seller === 'string' && seller !== call.seller) return false
  return subject === call.subject || basis === 'purchase' || basis === 'inquiry'
}

function broken(originate: AuditEntry, { check, by }: { readonly check: string; readonly by: AuditEntry }): Violation {
  const { seq, at, entry } = originate
  const what = by.kind === 'opt-out' ? 'an opt-out' : 'a withdrawal'
  const where = by.entry.subject === entry.subject ? 'the same number' : 'another number of the person'
  const says = `called although entry ${by.seq} is ${what} of ${where}`
  return { seq, at, check, callId: String(entry.callId), subject: String(entry.subject), says }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
