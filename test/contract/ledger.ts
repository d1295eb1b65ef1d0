import type { Test } from 'tap'
import type { Clearance } from '../../src/core/compliance/clearance.ts'
import { noRules } from '../../src/core/compliance/rules.ts'
import { Defect } from '../../src/errors.ts'
import { type MoveInStore, packMoved } from '../../src/ports/importing/packedMoved.ts'
import { isDeedKind, type LedgerEntry } from '../../src/ports/ledger.ts'
import type { Store } from '../../src/ports/store.ts'
import { createChainCheck } from '../../src/store/ledger/verify.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads, someNumber } from './store.ts'

const noon = Date.UTC(2026, 5, 17, 16, 0)

const clearance: Clearance = {
  ...{
    at: noon,
    rulesVersion: 'v1',
    seller: 'US',
    places: ['US-NY'],
    rules: ['US-FTC/hours'],
    permissions: [],
    lifted: [],
  },
  lists: [{ list: 'national', version: 'a1', asOf: noon }],
  localTimes: [{ zone: 'America/New_York', minuteOfDay: 720, day: 20_621 }],
  attempts: [{ ruleId: 'US-FL/attempts', count: 1, max: 3 }],
  fatigue: 1.5,
}

async function allEntries(store: Store): Promise<readonly LedgerEntry[]> {
  const all: LedgerEntry[] = []
  for (;;) {
    const some = await store.ledgerEntries(all.at(-1)?.seq ?? 0, 1_000)
    if (some.length === 0) return all
    all.push(...some)
  }
}

/** Runs something and gives what it left in the ledger, with the instants that were told. */
async function entriesOf(store: Store, act: () => Promise<unknown>) {
  const { seq } = await store.ledgerHead()
  await act()
  const added = await store.ledgerEntries(seq, 1_000)
  return added.map(({ kind, at, entry }) => ({ kind, at, entry: JSON.parse(entry) }))
}

/** Who signs entries. */
const signers = ['ann', 'operator', 'local', 'nobody']

/** All deeds, asked for in several ways. */
async function deedsOf(store: Store): Promise<unknown> {
  const all = await store.ledgerDeeds({ limit: 1_000 })
  const [middle] = all.slice(Math.floor(all.length / 2))
  const of = signers.map(by => store.ledgerDeeds({ by, limit: 1_000 }))
  const lists = await store.ledgerDeeds({ kind: 'list', from: noon - 1e9, until: noon + 1e9, limit: 1_000 })
  const older = await store.ledgerDeeds({ beforeSeq: middle?.seq ?? 0, limit: 3 })
  return { all, older, lists, of: await Promise.all(of) }
}

/** The same, of all entries. */
function deedsIn(entries: readonly LedgerEntry[]): unknown {
  const all = entries.filter(({ kind }) => isDeedKind(kind)).reverse()
  const [middle] = all.slice(Math.floor(all.length / 2))
  const older = all.filter(({ seq }) => seq < (middle?.seq ?? 0)).slice(0, 3)
  const lists = all.filter(({ kind, at }) => kind === 'list' && at >= noon - 1e9 && at < noon + 1e9)
  return { all, older, lists, of: signers.map(by => all.filter(({ entry }) => JSON.parse(entry).by === by)) }
}

/** What every store's ledger must do. Runs after other tests, whose entries are in it. */
export async function ledgerContract(t: Test, store: Store & MoveInStore): Promise<void> {
  await store.saveCampaign({ ...someCampaign('ledger'), seller: { sellerId: 'acme', place: 'US' }, topic: 'proof' })
  const [lead] = await importSome(store, 'ledger', someLeads([1]))
  if (!lead) throw new Defect('the lead was not imported')
  const attempt = attemptOf(lead, 'ledger-1')
  const owner = { seller: 'acme', purpose: 'sales', topic: 'proof' }

  t.test('tells of a call: what it was cleared on, its outcome, the word about it', async t => {
    const made = await entriesOf(store, async () => {
      await store.beginAttempt(attempt, clearance)
      await t.rejects(store.beginAttempt(attempt, clearance), { code: 'already-begun' })
      await store.endAttempt(endOf(attempt, { disposition: 'connected', answeredAt: noon + 5_000, agentId: 'alice' }))
      await t.rejects(store.endAttempt(endOf(attempt)), { code: 'already-ended' })
      await store.recordWrapUp({
        callId: 'ledger-1',
        code: 'machine',
        note: 'secret',
        refusal: false,
        at: noon + 60_000,
      })
    })
    const known = await store.ledgerSubject(lead.number)
    if (known === undefined) throw new Defect('the number was called')
    const { subject, seal } = known
    const way = { campaign: 'ledger', node: 'pbx', trunk: 'trunk', callerId: attempt.callerId }
    const end = { disposition: 'connected', answeredAt: noon + 5_000, sipCode: 486, agentId: 'alice', counts: true }
    t.strictSame(made, [
      { kind: 'originate', at: noon, entry: { callId: 'ledger-1', ...way, subject, seal, ...owner, clearance } },
      { kind: 'outcome', at: noon + 10_000, entry: { callId: 'ledger-1', subject, ...end } },
      {
        kind: 'wrap-up',
        at: noon + 60_000,
        entry: { callId: 'ledger-1', subject, code: 'machine', refusal: false, machine: true },
      },
    ])
  })

  t.test('tells of opt-outs and of campaigns that changed', async t => {
    const { number } = lead
    const named = await store.ledgerSubject(number)
    const about = { subject: named?.subject, seal: named?.seal }
    const out = await entriesOf(store, async () => {
      await store.addDoNotCall({ number, list: 'company', source: 'opt-out-key', at: noon, note: 'secret' })
      await store.removeDoNotCall(number, 'Ann')
      await store.removeDoNotCall(number, 'Ann')
    })
    t.strictSame(
      out.map(({ kind, entry }) => ({ kind, entry })),
      [
        { kind: 'opt-out', entry: { ...about, list: 'company', source: 'opt-out-key' } },
        { kind: 'opt-in', entry: { ...about, list: 'company', by: 'Ann' } },
      ],
    )
    const byKey = { number, list: 'company', source: 'opt-out-key', at: noon } as const
    const again = await entriesOf(store, async () => {
      await store.addDoNotCall({ ...byKey, note: 'call other-1' })
      await store.addDoNotCall({ ...byKey, at: noon + 1, note: 'call other-1' })
      await store.addDoNotCall({ ...byKey, note: 'call other-2' })
      await store.addDoNotCall({ ...byKey, source: 'operator', note: 'by letter' })
      await store.removeDoNotCall(number, 'Ann')
    })
    t.strictSame(
      again.map(({ kind }) => kind),
      ['opt-out', 'opt-out', 'opt-out', 'opt-in'],
      'what a PBX tells of one call at each start is said once',
    )
    const settings = { ...someCampaign('ledger-2'), name: 'One' }
    const changed = await entriesOf(store, async () => {
      await store.saveCampaign(settings)
      await store.saveCampaign({ ...settings })
      await store.saveCampaign({ ...settings, name: 'Two' })
    })
    const says = { campaign: 'ledger-2', seller: 'acme', sellerPlace: 'US', purpose: 'sales', digest: /^[0-9a-f]{64}$/ }
    t.match(changed, [
      { kind: 'campaign', entry: says },
      { kind: 'campaign', entry: says },
    ])
    t.equal(changed.length, 2, 'the same settings are not told again')
    t.not(changed[0]?.entry.digest, changed[1]?.entry.digest)
  })

  t.test('tells of refusals that came with a move, each once', async t => {
    const [known, fresh] = [someNumber(), someNumber()]
    const refused = (number: string) => ({ number, list: 'company', source: 'operator', at: noon }) as const
    await store.addDoNotCall(refused(known))
    const bring = async () => {
      let answer: unknown
      const refusals = [refused(known), refused(fresh)]
      const told = await entriesOf(store, async () => {
        answer = await store.moveIn('ledger', packMoved({ kind: 'refusals', refusals }))
      })
      return { answer, told }
    }
    const { answer, told } = await bring()
    t.strictSame(answer, { duplicates: [0] })
    const about = await store.ledgerSubject(fresh)
    const entry = { subject: about?.subject, seal: about?.seal, list: 'company', source: 'operator' }
    t.strictSame(told, [{ kind: 'opt-out', at: noon, entry }], 'of who is new, and of nobody else')
    t.strictSame(await bring(), { answer: { duplicates: [0, 1] }, told: [] })
  })

  t.test('tells of the rules when they changed, and of erasures', async t => {
    const book = { ...noRules, version: 'contract' }
    const told = await entriesOf(store, async () => {
      t.equal(await store.recordRules(book, noon), true)
      t.equal(await store.recordRules({ ...book }, noon + 1), false)
    })
    t.strictSame(told, [{ kind: 'rules', at: noon, entry: book }])
    const before = await store.ledgerSubject(lead.number)
    const erased = await entriesOf(store, async () => {
      t.equal(await store.eraseSubject(lead.number, noon), true)
      t.equal(await store.eraseSubject(lead.number, noon), false)
    })
    t.strictSame(erased, [{ kind: 'erasure', at: noon, entry: { subject: before?.subject } }])
    t.equal(await store.ledgerSubject(lead.number), undefined)
    const again = attemptOf(lead, 'ledger-again', noon + 1e6)
    await store.beginAttempt(again)
    await store.endAttempt(endOf(again))
    t.not((await store.ledgerSubject(lead.number))?.subject, before?.subject, 'who comes again is somebody else')
  })

  t.test('is one chain from its beginning', async t => {
    const check = createChainCheck()
    const entries = await allEntries(store)
    t.strictSame(
      entries.flatMap(entry => check.take(entry) ?? []),
      [],
    )
    t.equal(check.finish(), undefined)
    const { seq, hash, at } = entries.at(-1) ?? {}
    t.strictSame(await store.ledgerHead(), { seq, hash, at })
    t.equal((await store.ledgerEntries(3, 2)).length, 2)
    t.equal((await store.ledgerEntries(3, 2))[0]?.seq, 4)
    t.strictSame(await deedsOf(store), deedsIn(entries), 'deeds are found without reading all')
  })
}
