import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { Defect } from '../../src/errors.ts'
import { prepareLeadUpkeep } from '../../src/store/sqlite/queries/leads/leadUpkeep.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { openWriter, type Writer } from '../../src/store/sqlite/writer.ts'
import { importSome, someCampaign, someLeads } from '../contract/store.ts'

const until = Date.UTC(2026, 5, 18)
const release = {
  kind: 'release-leads',
  step: { campaignId: 'spring', reasons: ['filtered-out'], begin: true },
} as const

/** A database with a campaign whose leads are put off; nobody has it open. */
async function putOff(folder: string, count: number): Promise<string> {
  const file = join(folder, 'dialwright.db')
  const store = await openSqliteStore({ file })
  await store.saveCampaign(someCampaign('spring'))
  const leads = await importSome(store, 'spring', someLeads(Array.from({ length: count }, () => 0)))
  await Promise.all(leads.map(({ leadId }) => store.deferLead(leadId, until, 'filtered-out')))
  await store.close()
  return file
}

function stillPutOff(file: string): number {
  const database = new Database(file, { readonly: true })
  const left = database.prepare<[], number>(`SELECT count(*) FROM lead WHERE reason = 'filtered-out'`).pluck().get()
  database.close()
  return left ?? Number.NaN
}

/** Does what the writer's thread does when nobody asks it, to the end. */
function sweepAll(writer: Writer): number {
  for (let turns = 1; turns < 1_000; turns += 1) {
    writer.leftovers.work()
    if (!writer.leftovers.exist()) return turns
  }
  throw new Defect('the writer sweeps for ever')
}

t.test('a release goes in steps of 100 leads, and goes on by itself where a crash broke it off', async t => {
  const file = await putOff(t.testdir(), 250)
  const broken = openWriter(file)
  t.strictSame(broken.apply([release]), [{ ok: true, value: { released: 100, more: true } }])
  broken.close()
  t.equal(stillPutOff(file), 150)
  const next = openWriter(file)
  sweepAll(next)
  next.close()
  t.equal(stillPutOff(file), 0)
  const last = openWriter(file)
  t.equal(sweepAll(last), 1, 'it is done for good')
  last.close()
})

t.test('a release that has somebody who asks for its steps is not carried on beside them', async t => {
  const file = await putOff(t.testdir(), 150)
  const writer = openWriter(file)
  writer.apply([release])
  sweepAll(writer)
  t.equal(stillPutOff(file), 50)
  const step = { ...release.step, begin: false }
  t.strictSame(writer.apply([{ ...release, step }]), [{ ok: true, value: { released: 50, more: false } }])
  t.strictSame(writer.apply([{ ...release, step }]), [{ ok: true, value: { released: 0, more: false } }])
  writer.close()
})

t.test('reasons that nobody may release are not released, whoever asks', async t => {
  const file = await putOff(t.testdir(), 1)
  const database = new Database(file)
  database.prepare(`UPDATE lead SET reason = 'resting'`).run()
  const upkeep = prepareLeadUpkeep(database)
  const reasons = ['resting', 'rest-after-abandonment'] as unknown as ['filtered-out']
  t.strictSame(upkeep.release({ reasons, begin: true }), { released: 0, more: false })
  t.equal(database.prepare<[], number>('SELECT dialableAt FROM lead').pluck().get(), until)
  database.close()
})
