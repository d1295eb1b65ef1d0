import { type Call, readStory } from './calls.ts'
import { checkAttempts, peopleOf } from './counts.ts'
import { checkHours } from './hours.ts'
import { checkLists, listsOf } from './lists.ts'
import { checkMode } from './modes.ts'
import { checkOutcomes, checkOverlaps } from './order.ts'
import { checkCallerIdentity, checkClearance, checkConsent, grantsOf } from './permits.ts'
import { checkRates } from './rates.ts'
import { checkRefusals } from './refusals.ts'
import { checkRests } from './rests.ts'
import { checkRings } from './rings.ts'
import type { AuditEntry, PlainRules, Violation } from './types.ts'
import { violation } from './violations.ts'

export type { AuditEntry, PlainRule, PlainRules, Violation } from './types.ts'
export { auditEntry, plainRulesProblem } from './types.ts'

/**
 * Checks a ledger against the rules once more, by other means than those that cleared its calls: nothing of the engine is used,
 * so that one mistake cannot hide in both. Simple before fast. `rules`: absent, each call is held to the rules that the ledger
 * names last before it. `openMaxMs`: calls younger than this at the ledger's end need no outcome yet. Violations come in the
 * ledger's order.
 */
export function audit(
  entries: readonly AuditEntry[],
  rules?: PlainRules,
  { openMaxMs = 0 }: { readonly openMaxMs?: number } = {},
): readonly Violation[] {
  const story = readStory(entries)
  // Nobody is held to a rule of calling for being called.
  const made = story.calls.filter(({ origin }) => origin !== 'inbound')
  const rated = made.filter(isRated)
  const people = peopleOf(made)
  const lists = listsOf(story)
  const grants = grantsOf(story)
  const bookOf = (call: Call): PlainRules | undefined => rules ?? call.book
  const ofCalls = made.flatMap(call => {
    const book = bookOf(call)
    return [
      ...checkClearance(call, book, grants),
      ...checkMode(call),
      ...checkHours(call, book),
      ...checkAttempts(call, book, people),
      ...checkRests(call, book, people),
      ...checkLists(call, book, lists),
      ...checkConsent(call, book, grants),
      ...checkCallerIdentity(call, book),
      ...checkRings(call, book),
      ...checkOverlaps(call, people),
    ]
  })
  const ofAll = [...checkRefusals(story, bookOf), ...checkRates(rated, bookOf), ...checkOutcomes(story, openMaxMs)]
  return [...unruled(made, bookOf), ...ofCalls, ...ofAll].sort((one, other) => one.seq - other.seq)
}

/** What pacing made is held to rates, and whom an agent's own call has left in silence counts there too. */
function isRated({ origin, outcomes: [outcome] }: Call): boolean {
  return origin === 'campaign' || outcome?.disposition === 'abandoned'
}

/** Whoever holds calls to no rules finds nothing: that must not look like a clean record. */
function unruled(calls: readonly Call[], bookOf: (call: Call) => PlainRules | undefined): readonly Violation[] {
  const without = calls.filter(call => bookOf(call) === undefined)
  const [first] = without
  if (first === undefined) return []
  const says = `no rules are known for ${without.length} calls: name the segments before them, or give --rules`
  return [violation(first, { check: 'rules', says })]
}
