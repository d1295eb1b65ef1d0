import type { Test } from 'tap'
import type { Store } from '../../src/ports/store.ts'

const at = Date.UTC(2026, 0, 15, 12)

/** What every store does with the company's own entries, dead numbers and wildcards. */
export async function ownListContract(t: Test, store: Store): Promise<void> {
  const hits = (number: string) => store.doNotCallHits(number)
  const hit = (list: string, kind: string, when: number) => ({
    list,
    kind,
    version: 'own',
    importedAt: when,
    asOf: when,
  })

  t.test('a refusal and a dead number stand side by side, and who brings the number back lifts no refusal', async t => {
    const number = '+13045550101'
    const dead = { number, list: 'retired', source: 'network', at, note: '404' } as const
    await store.addDoNotCall(dead)
    t.strictSame(await hits(number), [hit('retired', 'retired', at)])
    t.strictSame(await store.doNotCallEntry(number), dead)
    const refusal = { number, list: 'company', source: 'agent', at: at + 1 } as const
    const added = store.addDoNotCall(refusal)
    t.strictSame(
      await hits(number),
      [hit('company', 'company', at + 1), hit('retired', 'retired', at)],
      'before it is on disk',
    )
    await added
    t.strictSame(await hits(number), [hit('company', 'company', at + 1), hit('retired', 'retired', at)])
    t.strictSame(await store.doNotCallEntry(number), refusal, 'the refusal is told first')
    t.equal(await store.removeDoNotCall(number), 'retired')
    t.strictSame(await hits(number), [hit('company', 'company', at + 1)])
    t.equal(await store.removeDoNotCall(number), 'company', 'that is asked for by itself')
    t.strictSame(await hits(number), [])
    t.equal(await store.removeDoNotCall(number), undefined)
  })

  t.test('what was said to one seller stands by itself, and goes by its meaning or by its name', async t => {
    const number = '+13045550102'
    const put = (list: string, when: number) =>
      store.addDoNotCall({ number, list, source: 'opt-out-key', at: when } as const)
    const said = (seller: string, when: number) => ({ ...hit(`seller:${seller}`, 'seller', when), seller })
    const adding = [
      put('seller:fern', at),
      put('seller:acme', at + 1),
      put('wrong-person', at + 2),
      put('retired', at + 3),
    ]
    const all = [said('acme', at + 1), said('fern', at), hit('wrong-person', 'wrong-person', at + 2)]
    const retired = hit('retired', 'retired', at + 3)
    t.strictSame(await hits(number), [retired, ...all], 'before they are on disk, by name')
    await Promise.all(adding)
    t.strictSame(await hits(number), [retired, ...all])
    await put('seller:acme', at + 9)
    t.strictSame(await hits(number), [retired, ...all], 'the first entry is the evidence')
    t.equal(await store.removeDoNotCall(number, 'Ann', 'seller:nobody'), undefined)
    t.equal(await store.removeDoNotCall(number, 'Ann', 'seller:fern'), 'seller:fern')
    await put('seller:fern', at + 10)
    await put('company', at + 11)
    await put('deceased', at + 12)
    const order: unknown[] = []
    for (let turn = 0; turn < 7; turn += 1) order.push(await store.removeDoNotCall(number))
    t.strictSame(order, ['wrong-person', 'retired', 'deceased', 'seller:acme', 'seller:fern', 'company', undefined])
    t.strictSame(await hits(number), [])
  })

  t.test('a wildcard holds every number that begins so, and no other', async t => {
    const entry = { prefix: '+1304556', source: 'operator', at, note: 'prison' } as const
    await store.addDoNotCallPrefix(entry)
    await store.addDoNotCallPrefix({ ...entry, at: at + 5, note: 'later' })
    await store.addDoNotCallPrefix({ prefix: '+130455', source: 'operator', at: at + 2 })
    t.strictSame(await store.doNotCallPrefixes(), [{ prefix: '+130455', source: 'operator', at: at + 2 }, entry])
    t.strictSame(await hits('+13045560000'), [hit('company', 'company', at)], 'the longest prefix, and its first word')
    t.strictSame(await hits('+13045550000'), [hit('company', 'company', at + 2)])
    t.strictSame(await hits('+13044560000'), [])
    t.strictSame(await hits('+31304556000'), [], 'only the beginning counts')
    t.strictSame(await hits('+1304'.padEnd(8, '0')), [])
    t.match(await store.doNotCallEntry('+13045560000'), { list: 'company', note: 'begins with +1304556: prison' })
    t.equal(await store.removeDoNotCallPrefix('+1304556'), true)
    t.equal(await store.removeDoNotCallPrefix('+1304556'), false)
    t.strictSame(await hits('+13045560000'), [hit('company', 'company', at + 2)])
    t.equal(await store.removeDoNotCallPrefix('+130455'), true)
    t.strictSame(await hits('+13045560000'), [])
  })

  t.test('there is no imported list of an unknown name', async t => {
    t.notOk((await store.doNotCallLists()).some(({ name }) => name === 'nowhere'))
    t.equal(await store.dropDoNotCallList('nowhere'), false)
    if (store.files !== undefined) await t.rejects(store.files.verifyDoNotCallList('nowhere'), { code: 'unknown-list' })
  })
}
