import type { Call } from './calls.ts'
import { rulesFor } from './laws.ts'
import type { PlainRules, Violation } from './types.ts'
import { violation } from './violations.ts'

/** Every originate says what it was cleared on, and nothing was lifted without a permission that the rule yields to. */
export function checkClearance(call: Call, book: PlainRules | undefined): readonly Violation[] {
  const { cleared } = call
  if (cleared === undefined)
    return [violation(call, { check: 'clearance', says: 'the entry names nothing it was cleared on' })]
  const all = (book?.jurisdictions ?? []).flatMap(({ rules }) => rules)
  return cleared.lifted.flatMap(ruleId => {
    const bases = all
      .filter(rule => rule.ruleId === ruleId)
      .flatMap(({ yieldsTo = [] }) => yieldsTo.map(one => one.basis))
    if (book === undefined || bases.some(basis => cleared.bases.includes(basis))) return []
    return [violation(call, { check: 'clearance', ruleId, says: 'it was lifted without a permission that lifts it' })]
  })
}

/** Where a rule asks for consent, the entry names a permission: in writing where that is what it asks for. */
export function checkConsent(call: Call, book: PlainRules | undefined): readonly Violation[] {
  return rulesFor(call, book, 'consent').flatMap(({ rule: { ruleId, basis } }) => {
    const enough = basis === 'written' ? ['written'] : ['written', 'express']
    if (call.cleared?.bases.some(one => enough.includes(one)) === true) return []
    return [violation(call, { check: 'consent', ruleId, says: `no ${basis} permission is named` })]
  })
}

/** No caller identity is presented that a rule forbids. */
export function checkCallerIdentity(call: Call, book: PlainRules | undefined): readonly Violation[] {
  return rulesFor(call, book, 'caller-identity').flatMap(({ rule: { ruleId, forbiddenPrefixes = [], except = [] } }) =>
    forbiddenPrefixes
      .filter(prefix => call.callerId.startsWith(prefix) && !except.some(one => call.callerId.startsWith(one)))
      .map(prefix =>
        violation(call, { check: 'caller-identity', ruleId, says: `${call.callerId} begins with ${prefix}` }),
      ),
  )
}
