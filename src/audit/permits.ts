import type { Call, Story } from './calls.ts'
import { rulesFor } from './laws.ts'
import type { AuditEntry, PlainRules, Violation } from './types.ts'
import { violation } from './violations.ts'

/** What was permitted, as the ledger tells of it; a file of permissions is one entry that tells nothing of them. */
export interface Grants {
  readonly given: readonly AuditEntry[]
  /** Since this entry there are permissions that the ledger does not tell of. */
  readonly importedSeq: number
}

/** Reads what the ledger says of permissions that were given. */
export function grantsOf({ entries }: Story): Grants {
  const consents = entries.filter(({ kind }) => kind === 'consent')
  return {
    given: consents.filter(({ entry }) => entry.event === 'given'),
    importedSeq: consents.find(({ entry }) => entry.event === 'imported')?.seq ?? Number.POSITIVE_INFINITY,
  }
}

const relationships: readonly unknown[] = ['purchase', 'inquiry']

/**
 * What the call rests on: an agreement names its seller and its number, a relationship its seller. Neither by what the originate says
 * of itself nor by what was written down when they were given may they be another's.
 */
function basesOf(call: Call, grants: Grants): readonly string[] {
  const sound = (call.cleared?.permissions ?? []).filter(one => {
    if (one.seller !== undefined && one.seller !== call.seller) return false
    return (!one.otherNumber || relationships.includes(one.basis)) && !isContradicted(call, one.basis, grants)
  })
  return sound.map(({ basis }) => basis)
}

/** Permissions of this kind were given by the person, and none of them to this seller or, where it must be, for this number. */
function isContradicted(call: Call, basis: string, { given, importedSeq }: Grants): boolean {
  if (importedSeq < call.seq) return false
  const known = given.filter(({ seq, entry }) => {
    const persons: readonly unknown[] = Array.isArray(entry.persons) ? entry.persons : []
    const own = entry.subject === call.subject || (call.person !== undefined && persons.includes(call.person))
    return seq < call.seq && entry.basis === basis && own
  })
  const fits = known.some(({ entry: { seller, subject } }) => {
    if (typeof seller === 'string' && seller !== call.seller) return false
    return subject === call.subject || relationships.includes(basis)
  })
  return known.length > 0 && !fits
}

/** Every originate says what it was cleared on, and nothing was lifted without a permission that the rule yields to. */
export function checkClearance(call: Call, book: PlainRules | undefined, grants: Grants): readonly Violation[] {
  const { cleared } = call
  if (cleared === undefined)
    return [violation(call, { check: 'clearance', says: 'the entry names nothing it was cleared on' })]
  const all = (book?.jurisdictions ?? []).flatMap(({ rules }) => rules)
  return cleared.lifted.flatMap(ruleId => {
    const bases = all
      .filter(rule => rule.ruleId === ruleId)
      .flatMap(({ yieldsTo = [] }) => yieldsTo.map(one => one.basis))
    if (book === undefined || bases.some(basis => basesOf(call, grants).includes(basis))) return []
    return [violation(call, { check: 'clearance', ruleId, says: 'it was lifted without a permission that lifts it' })]
  })
}

/** Where a rule asks for consent, the entry names a permission: in writing where that is what it asks for. */
export function checkConsent(call: Call, book: PlainRules | undefined, grants: Grants): readonly Violation[] {
  return rulesFor(call, book, 'consent').flatMap(({ rule: { ruleId, basis } }) => {
    const enough = basis === 'written' ? ['written'] : ['written', 'express']
    if (basesOf(call, grants).some(one => enough.includes(one))) return []
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
