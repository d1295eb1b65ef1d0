import t from 'tap'
import type { PersonHours } from '../../src/core/compliance/consent.ts'
import type { JournalEntry } from '../../src/store/journal/entries.ts'
import { type JournalPlace, lineAfter, nothingBefore } from '../../src/store/journal/line.ts'
import { replay } from '../../src/store/journal/replay.ts'
import { createUnsettled } from '../../src/store/journal/unsettled.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'

const noon = Date.UTC(2026, 5, 17, 16, 0)
const [person, other] = ['+12015550101', '+12015550102']
const by = 'R. Miller'
const never: PersonHours = [[], [], [], [], [], [], []]
const seal = (number: string) => `seal of ${number}`

const refusal = (at: number, number = person, list = 'company'): JournalEntry => {
  return { kind: 'refusal', number, list, source: 'agent', at: noon + at }
}
const removal = (at: number, number = person, list = 'company'): JournalEntry => {
  return { kind: 'refusal-removed', number, list, by, at: noon + at }
}
const prefix = (at: number): JournalEntry => ({ kind: 'prefix', prefix: '+1900', source: 'operator', at: noon + at })
const prefixRemoval = (at: number): JournalEntry => ({ kind: 'prefix-removed', prefix: '+1900', by, at: noon + at })
const hours = (at: number, days: PersonHours | null, number = person): JournalEntry => {
  return { kind: 'hours', number, days, at: noon + at }
}
const erasure = (number: string): JournalEntry => ({ kind: 'erasure', seal: seal(number), by, at: noon })
const subjectErasure = (number: string): JournalEntry => ({ kind: 'subject-erasure', seal: seal(number), at: noon })

/** What of these entries says no, by their positions, when the database is known to have nothing of them. */
function standing(entries: readonly JournalEntry[]): readonly number[] {
  const unsettled = createUnsettled(undefined)
  let last: JournalPlace = nothingBefore
  for (const entry of entries) {
    const line = lineAfter(last, entry)
    unsettled.take(line)
    last = line
  }
  return unsettled.nos(seal).map(entry => entries.indexOf(entry))
}

/** Whether the person still refuses when a journal with these entries has been done again on an empty store. */
async function refusesAfter(entries: readonly JournalEntry[]): Promise<boolean> {
  const store = createMemoryStore({ now: () => noon })
  await replay(store, { entries, gaps: [] }, () => [])
  return (await store.doNotCallEntry(entries[0]?.kind === 'prefix' ? '+19005550100' : person)) !== undefined
}

for (const [what, entries, stands] of [
  ['a refusal that is taken back a millisecond later', [refusal(0), removal(1)], []],
  ['a refusal in the very moment in which an earlier one is taken back', [refusal(0), removal(0)], [0]],
  ['a refusal after an earlier one was taken back', [refusal(0), removal(1), refusal(2)], [0, 2]],
  ['a refusal that is journalled before an earlier one is', [refusal(2), refusal(0), removal(1)], [0, 1]],
  ['a wildcard that is taken back', [prefix(0), prefixRemoval(1)], []],
  ['a wildcard in the moment in which it is taken back', [prefix(0), prefixRemoval(0)], [0]],
  ['a wildcard that is said again', [prefix(2), prefix(0), prefixRemoval(1)], [0, 1]],
] as const)
  t.test(`${what} ${stands.length > 0 ? 'binds' : 'binds no more'}`, async t => {
    t.same(standing(entries), stands, 'after a crash')
    t.equal(await refusesAfter(entries), stands.length > 0, 'after a restore')
  })

t.test('what is taken back frees nobody else, and from no other list', async t => {
  t.same(standing([refusal(0), removal(1, other)]), [0])
  t.same(standing([refusal(0), removal(1, person, 'company:acme')]), [0])
  t.same(standing([removal(1)]), [], 'there is nothing to take back')
})

t.test("a person's hours stand as they said them last, until they are erased", async t => {
  const cases: readonly (readonly [what: string, entries: readonly JournalEntry[], stands: readonly number[]])[] = [
    ['said once', [hours(0, never)], [0]],
    ['the last of two', [hours(0, never), hours(1, never)], [1]],
    ['taken back', [hours(0, never), hours(1, null)], []],
    ['taken back and said anew', [hours(0, null), hours(1, never)], [1]],
    ['beside those of another', [hours(0, never), hours(1, null, other)], [0]],
    ['erased', [hours(0, never), erasure(person)], []],
    ['erased from the ledger', [hours(0, never), subjectErasure(person)], []],
    ['said after an erasure', [erasure(person), hours(0, never)], [1]],
    ['said before and after an erasure', [hours(0, never), erasure(person), hours(1, never)], [2]],
    ['another was erased', [hours(0, never), erasure(other), subjectErasure(other)], [0]],
  ]
  for (const [what, entries, stands] of cases) t.same(standing(entries), stands, what)
})

t.test('refusals and withdrawals outlive an erasure, and what says no more is not done again', async t => {
  const withdrawal: JournalEntry = { kind: 'withdrawal', number: person, at: noon }
  const begin: JournalEntry = { kind: 'begin', format: 1, databaseId: 'd', key: '00', at: noon }
  const list: JournalEntry = { kind: 'list-import', list: 'national', version: '1', at: noon }
  t.same(standing([begin, refusal(0), withdrawal, prefix(0), list, erasure(person)]), [1, 2, 3])
})

t.test('only what stands up to the very line that was settled is known to be in the database', async t => {
  const lines = [refusal(0), refusal(1), refusal(2)].map((entry, index) => ({
    seq: index + 1,
    hash: `${index}`,
    entry,
  }))
  const cases: readonly (readonly [what: string, settled: JournalPlace | undefined, left: number])[] = [
    ['nothing is known', undefined, 3],
    ['its second line', { seq: 2, hash: '1' }, 1],
    ['its last line', { seq: 3, hash: '2' }, 0],
    ['the second line of another journal', { seq: 2, hash: 'x' }, 3],
    ['a line that stood elsewhere', { seq: 9, hash: '1' }, 3],
  ]
  for (const [what, settled, left] of cases) {
    const unsettled = createUnsettled(settled)
    for (const line of lines) unsettled.take(line)
    t.equal(unsettled.nos(seal).length, left, what)
  }
})
