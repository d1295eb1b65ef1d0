// The same month with a bug on the way from the facts and the rules to the engine: the audit, which never sees it, must find it.
import t from 'tap'
import type { Rule, RuleBook } from '../../src/core/compliance/rules.ts'
import { liveMonth, type MonthOptions } from '../support/month.ts'

// On a busy machine.
t.setTimeout(300_000)

interface Seeded extends MonthOptions {
  readonly name: string
  /** What the audit must find, all of it, and nothing else. */
  readonly finds: readonly string[]
}

function changed(what: (rule: Rule) => Rule | undefined) {
  return (book: RuleBook): RuleBook => ({
    ...book,
    jurisdictions: book.jurisdictions.map(one => ({
      ...one,
      rules: one.rules.flatMap(rule => what(rule) ?? []),
    })),
  })
}

const hourMs = 3_600_000

const seeded: readonly Seeded[] = [
  {
    ...{ name: 'zones that are an hour early', finds: ['hours'], campaigns: ['survey'], days: 1 },
    bug: {
      facts: facts => ({
        ...facts,
        zones: facts.zones.map(zone => ({ ...zone, offsetMinutes: zone.offsetMinutes + 60 })),
      }),
    },
  },
  {
    ...{ name: 'a history that is empty', finds: ['attempts', 'rest'], campaigns: ['debt-a'], days: 2 },
    bug: { facts: facts => ({ ...facts, history: [] }) },
  },
  {
    ...{ name: 'a fourth attempt in Florida', finds: ['attempts'], campaigns: ['roof'], days: 2 },
    bug: { rules: changed(rule => (rule.kind === 'attempts' ? { ...rule, max: 4 } : rule)) },
  },
  {
    ...{ name: 'five days of rest in place of seven', finds: ['rest'], campaigns: ['debt-a'], days: 7 },
    bug: { rules: changed(rule => (rule.kind === 'rest' ? { ...rule, forMs: 5 * 24 * hourMs } : rule)) },
  },
  {
    ...{ name: 'lists that are always of today', finds: ['list'], campaigns: ['roof'], days: 1 },
    bug: { facts: (facts, now) => ({ ...facts, lists: facts.lists.map(list => ({ ...list, asOf: now })) }) },
  },
  {
    ...{ name: 'national lists that nobody asks', finds: ['list'], campaigns: ['europe'], days: 1 },
    bug: { rules: changed(rule => (rule.kind === 'do-not-call-list' ? undefined : rule)) },
  },
  {
    ...{ name: 'a withdrawal that is not seen', finds: ['consent-withdrawn'], campaigns: ['care'], days: 4 },
    bug: {
      facts: facts => ({
        ...facts,
        permissions: facts.permissions.map(({ withdrawnAt: _, ...permission }) => permission),
      }),
    },
  },
  {
    ...{ name: 'consent that nobody asks for', finds: ['consent'], campaigns: ['europe'], days: 1 },
    bug: { rules: changed(rule => (rule.kind === 'consent' ? undefined : rule)) },
  },
  {
    ...{ name: 'opt-outs that are forgotten', finds: ['opt-out'], campaigns: ['debt-a'], days: 9 },
    bug: { facts: facts => ({ ...facts, doNotCall: [] }) },
  },
  {
    ...{ name: 'refusals that bind one number', finds: ['opt-out'], campaigns: ['debt-a'], days: 9 },
    bug: { facts: facts => ({ ...facts, doNotCall: facts.doNotCall.filter(({ through }) => through === undefined) }) },
  },
  {
    ...{ name: "a refusal that is one seller's", finds: ['opt-out'], campaigns: ['debt-a', 'survey'], days: 9 },
    bug: {
      facts: facts => ({
        ...facts,
        doNotCall: facts.history.some(({ purpose }) => purpose === 'debt')
          ? facts.doNotCall.filter(({ kind }) => kind !== 'company')
          : facts.doNotCall,
      }),
    },
  },
  {
    ...{ name: 'calls about the dead', finds: ['opt-out'], campaigns: ['debt-a', 'survey', 'roof'], days: 12 },
    bug: { facts: facts => ({ ...facts, doNotCall: facts.doNotCall.filter(({ kind }) => kind !== 'deceased') }) },
  },
  {
    ...{ name: "strangers' numbers", finds: ['opt-out'], campaigns: ['debt-a', 'survey', 'roof'], days: 12 },
    bug: { facts: facts => ({ ...facts, doNotCall: facts.doNotCall.filter(({ kind }) => kind !== 'wrong-person') }) },
  },
  {
    ...{ name: 'a refusal that the seller itself forgets', finds: ['opt-out'], campaigns: ['debt-a'], days: 9 },
    perSeller: true,
    bug: { facts: facts => ({ ...facts, doNotCall: facts.doNotCall.filter(({ seller }) => seller !== 'acme') }) },
  },
  {
    ...{ name: "another seller's refusal that nobody has signed for", finds: ['opt-out'] },
    ...{ campaigns: ['debt-a'], days: 9, perSeller: true },
    bug: { facts: facts => ({ ...facts, doNotCall: facts.doNotCall.filter(({ seller }) => seller !== 'fern') }) },
  },
  {
    ...{ name: "another seller's permission", finds: ['clearance', 'consent'], campaigns: ['europe'], days: 2 },
    bug: { facts: facts => ({ ...facts, permissions: facts.permissions.map(({ seller: _, ...one }) => one) }) },
  },
  {
    ...{ name: "another number's permission", finds: ['clearance', 'consent'], campaigns: ['europe'], days: 4 },
    bug: {
      facts: facts => ({ ...facts, permissions: facts.permissions.map(({ otherNumber: _, ...one }) => one) }),
    },
  },
  {
    ...{ name: 'any caller identity', finds: ['caller-identity'], campaigns: ['europe'], days: 1 },
    bug: { rules: changed(rule => (rule.kind === 'caller-identity' ? undefined : rule)) },
  },
  {
    ...{ name: 'a calendar without holidays', finds: ['hours'], campaigns: ['survey'], firstDay: 16, days: 1 },
    bug: { rules: book => ({ ...book, holidays: {} }) },
  },
]

for (const { name, finds, bug = {}, ...span } of seeded) {
  t.test(`the audit finds ${name}`, async t => {
    const [right, wrong] = [await liveMonth(span), await liveMonth({ ...span, bug })]
    t.same(right.violations, [], 'nothing without the bug')
    t.same([...new Set(wrong.violations.map(({ check }) => check))].sort(), finds)
  })
}
