import t from 'tap'
import { BudgetAccounts } from '../../../src/core/pacing/accounts.ts'
import type { AbandonmentWindow } from '../../../src/core/pacing/pacer.ts'
import { dayMs, hourMs } from '../../../src/core/time.ts'

const begin = Date.UTC(2026, 0, 29, 21)
const day: AbandonmentWindow = { name: 'day', lengthMs: dayMs }
const hour: AbandonmentWindow = { name: 'hour', lengthMs: hourMs }

/** Name, answers and abandonments of every account. */
function told(accounts: BudgetAccounts) {
  return accounts.memory().map(({ name, answers, abandoned }) => [name, answers, abandoned])
}

t.test('every wanted window has an account of its own, which begins when first wanted', async t => {
  const accounts = new BudgetAccounts()
  t.equal(accounts.get('day'), undefined)
  accounts.settle(true, begin)
  accounts.uncount()
  t.strictSame(told(accounts), [])
  accounts.roll([day], begin)
  accounts.settle(true, begin)
  accounts.settle(false, begin)
  accounts.roll([day, hour], begin)
  accounts.settle(false, begin)
  t.strictSame(told(accounts), [
    ['day', 3, 1],
    ['hour', 1, 0],
  ])
  t.strictSame([accounts.get('day')?.answers, accounts.get('hour')?.answers], [3, 1])
  accounts.uncount()
  t.strictSame(told(accounts), [
    ['day', 2, 1],
    ['hour', 0, 0],
  ])
  accounts.roll([day, hour], begin + hourMs)
  t.strictSame(
    accounts.memory().map(({ start }) => start),
    [begin, begin + hourMs],
    'each moves for itself',
  )
})

t.test('an account that nobody wants any more is closed, and opened anew it is empty', async t => {
  const accounts = new BudgetAccounts()
  accounts.roll([day, hour], begin)
  accounts.settle(false, begin)
  accounts.roll([hour], begin)
  t.strictSame(told(accounts), [['hour', 1, 0]])
  accounts.roll([day], begin)
  t.strictSame(told(accounts), [['day', 0, 0]])
})

t.test("the store's word fills the wanted accounts, known ones and new ones", async t => {
  const accounts = new BudgetAccounts()
  accounts.roll([day], begin)
  for (let n = 0; n < 9; n += 1) accounts.settle(true, begin)
  const spans = [
    { at: begin - 2 * hourMs, lengthMs: hourMs, answers: 5, abandoned: 1 },
    { at: begin, lengthMs: hourMs, answers: 7, abandoned: 2 },
  ]
  accounts.count(spans, [day, hour], begin)
  t.strictSame(told(accounts), [
    ['day', 7, 2],
    ['hour', 7, 2],
  ])
  t.equal(accounts.get('day')?.expected, 7)
  t.equal(accounts.memory()[0]?.previousAnswers, 5, 'it goes on from where it began')
})

t.test('a memory is taken up account by account, without what makes no sense', async t => {
  const accounts = new BudgetAccounts()
  accounts.roll([day, hour], begin)
  accounts.settle(true, begin)
  const again = new BudgetAccounts()
  again.restore(JSON.parse(JSON.stringify(accounts.memory())))
  t.strictSame(again.memory(), accounts.memory())
  const day3 = { name: 'day', start: 3, answers: 3, abandoned: 1, previousAnswers: 0 }
  for (const bad of [undefined, null, 3, 'day', { 0: day3 }]) {
    const none = new BudgetAccounts()
    none.restore(bad)
    t.strictSame(told(none), [], JSON.stringify(bad))
  }
  for (const bad of [null, 3, 'day', {}, { answers: 3 }, { name: 7, answers: 3 }]) {
    const one = new BudgetAccounts()
    one.restore([bad, day3])
    t.strictSame(told(one), [['day', 3, 1]], JSON.stringify(bad))
  }
})
