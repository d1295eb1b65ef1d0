import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { importSome, someCampaign, someLeads, someNumber } from '../contract/store.ts'
import { memorySide, type Side, sqliteSide } from './model/side.ts'

const noon = Date.UTC(2026, 5, 17, 16)

/** Both stores must mean the same by a person's name in the ledger. */
function onBothStores(name: string, check: (t: Test, side: Side, prefix: string) => Promise<void>): void {
  for (const kind of ['SQLite', 'memory'] as const) {
    t.test(`${name}, in the ${kind} store`, async t => {
      if (kind === 'memory') return check(t, memorySide(createMemoryStore()), kind)
      const store = await openSqliteStore({ file: join(t.testdir(), 'dialwright.db') })
      t.teardown(() => store.close())
      return check(t, sqliteSide(store), kind)
    })
  }
}

async function apply({ store }: Side, campaignId: string, sellerId: string): Promise<void> {
  const campaign = someCampaign(campaignId)
  await store.saveCampaign({ ...campaign, seller: { ...campaign.seller, sellerId } })
}

async function bring({ store }: Side, campaignId: string, personId: string, number = someNumber()): Promise<string> {
  await importSome(store, campaignId, someLeads([0], { number, personId }))
  return number
}

/** The names under which the ledger knows whose number it is: it says them when somebody refuses. */
async function namesOf({ store }: Side, number: string): Promise<readonly string[]> {
  await store.addDoNotCall({ number, list: 'company', source: 'operator', at: noon })
  await store.removeDoNotCall(number)
  const { seq } = await store.ledgerHead()
  const entries = await store.ledgerEntries(Math.max(0, seq - 4), 4)
  const said = entries.filter(({ kind }) => kind === 'opt-out').at(-1)
  return JSON.parse(said?.entry ?? '{}').persons ?? []
}

onBothStores('a person keeps one name through a change of the seller and back', async (t, side, prefix) => {
  const campaignId = `${prefix}-kept`
  await apply(side, campaignId, 'acme')
  const number = await bring(side, campaignId, 'jane')
  const [before] = await namesOf(side, number)
  t.match(before, /^[0-9a-f]{32}$/)
  await apply(side, campaignId, 'fern')
  const [theirs] = await namesOf(side, number)
  t.not(theirs, before, "another seller's person is somebody else")
  await apply(side, campaignId, 'acme')
  t.same(await namesOf(side, number), [before])
  t.same(await namesOf(side, await bring(side, campaignId, 'jane')), [before], 'with every number')
})

onBothStores('an erasure takes the names from before a change of the seller', async (t, side, prefix) => {
  const campaignId = `${prefix}-erased`
  await apply(side, campaignId, 'acme')
  const number = await bring(side, campaignId, 'jane')
  const [before] = await namesOf(side, number)
  await apply(side, campaignId, 'fern')
  await side.store.erasePerson({ number, by: 'test', at: noon })
  await apply(side, campaignId, 'acme')
  const [ofStranger] = await namesOf(side, await bring(side, campaignId, 'john'))
  const [afterwards] = await namesOf(side, await bring(side, campaignId, 'jane'))
  t.match([ofStranger, afterwards], [/^[0-9a-f]{32}$/, /^[0-9a-f]{32}$/])
  t.not(ofStranger, before, "no stranger comes by jane's name")
  t.not(afterwards, before, 'nor do they themselves')
})

onBothStores("an erasure leaves another seller's person of the same id alone", async (t, side, prefix) => {
  const [ours, moved] = [`${prefix}-ours`, `${prefix}-moved`]
  await apply(side, ours, 'acme')
  await apply(side, moved, 'acme')
  const [number, other] = [await bring(side, moved, 'jane'), await bring(side, ours, 'jane')]
  const [before] = await namesOf(side, other)
  await apply(side, moved, 'fern')
  await side.store.erasePerson({ number, by: 'test', at: noon })
  t.same(await namesOf(side, other), [before])
})
