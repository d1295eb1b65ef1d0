import t from 'tap'
import { Claim } from '../../../src/asterisk/link/claim.ts'
import { type ClaimFacts, type ClaimVerdict, judgeClaim } from '../../../src/asterisk/link/claimVerdict.ts'
import { hasEnded, type Owner, ownerOn, readOwner, writeOwner } from '../../../src/asterisk/link/owner.ts'
import { defaultTiming } from '../../../src/asterisk/link/timing.ts'
import { createManualClock } from '../support/manualClock.ts'

const mine: Owner = { databaseId: 'mine', place: 'here', host: 'one', process: '' }
const copy: Owner = { ...mine, place: 'there', host: 'two' }
const other: Owner = { databaseId: 'theirs', place: 'there', host: 'two', process: '' }

const nobody: ClaimFacts = {
  ...{ mine, named: undefined, hasEnded: false, handedOverAgeMs: undefined, beatAgeMs: undefined },
  ...{ unchangedMs: 0, hasApplication: false, calls: 0 },
}
const here = (owner: Owner): Partial<ClaimFacts> => ({ named: { ...owner, state: 'here' } })
const left = (owner: Owner): Partial<ClaimFacts> => ({ named: { ...owner, state: 'left' } })
const long = { beatAgeMs: 3_600_000, unchangedMs: 6_000 }

const table: readonly (readonly [string, Partial<ClaimFacts>, ClaimVerdict])[] = [
  ['a PBX that was just started', {}, 'free'],
  ['globals cleared by a reload under a living daemon', { hasApplication: true }, 'lives'],
  ['and nobody names themselves again', { hasApplication: true, unchangedMs: 6_000 }, 'free'],
  ['an older Dialwright without a name beats', { beatAgeMs: 3_000 }, 'lives'],
  ['an older Dialwright has stopped beating', long, 'free'],
  ['ours, killed a moment ago', { ...here(mine), beatAgeMs: 2_000, calls: 5 }, 'ours'],
  ['ours, its beat is old', { ...here(mine), ...long, calls: 5 }, 'ours'],
  ['ours, closed in order with conversations going on', { ...left(mine), beatAgeMs: 2_000, calls: 5 }, 'free'],
  ['ours, handed over: nobody else may, so nothing has to settle', { ...left(mine), handedOverAgeMs: 900 }, 'ours'],
  ['ours, handed over long ago', { ...left(mine), handedOverAgeMs: 11_000 }, 'free'],
  ['another hands over to its next one', { ...left(other), handedOverAgeMs: 900 }, 'lives'],
  ['another handed over, and no next one came', { ...left(other), handedOverAgeMs: 11_000 }, 'free'],
  ['a copy of ours, handed over in another place', { ...left(copy), handedOverAgeMs: 900 }, 'free'],
  ['another lives', { ...here(other), beatAgeMs: 1_000 }, 'lives'],
  ['another died 14 s ago', { ...here(other), beatAgeMs: 14_000, unchangedMs: 9_000 }, 'lives'],
  ['another died 16 s ago, seen so', { ...here(other), beatAgeMs: 16_000, unchangedMs: 11_000 }, 'free'],
  ['another, by a clock that has jumped ahead', { ...here(other), beatAgeMs: 3_600_000, unchangedMs: 0 }, 'lives'],
  [
    'another, silent, by a clock that has jumped back',
    { ...here(other), beatAgeMs: -3_600_000, unchangedMs: 15_000 },
    'free',
  ],
  ['another that never beat', { ...here(other), unchangedMs: 14_999 }, 'lives'],
  ['another that never beat, for long', { ...here(other), unchangedMs: 15_000 }, 'free'],
  ['another is dead, its conversations go on', { ...here(other), ...long, calls: 1 }, 'calls-left'],
  ['another closed in order', { ...left(other), beatAgeMs: 1_000 }, 'free'],
  ['another closed in order, its conversations go on', { ...left(other), beatAgeMs: 1_000, calls: 1 }, 'calls-left'],
  ["another's process has ended", { ...here(other), beatAgeMs: 1_000, hasEnded: true }, 'free'],
  ["another's process has ended, its calls go on", { ...here(other), hasEnded: true, calls: 2 }, 'calls-left'],
  ['a copy of ours lives elsewhere', { ...here(copy), beatAgeMs: 1_000 }, 'lives'],
  ['a copy of ours is dead: its calls are on our records', { ...here(copy), ...long, calls: 2 }, 'free'],
]

for (const [what, facts, verdict] of table)
  t.test(`${what}: ${verdict}`, async t => t.equal(judgeClaim({ ...nobody, ...facts }, defaultTiming), verdict))

t.test('a name is read as it was written, and what others wrote is somebody else', async t => {
  const owner = ownerOn({ databaseId: 'a-b-c', file: '/var/lib/dialwright.db' })
  t.same(readOwner(writeOwner({ ...owner, state: 'here' })), { ...owner, state: 'here' })
  t.same(readOwner(writeOwner({ ...owner, process: '', state: 'left' })), { ...owner, process: '', state: 'left' })
  t.equal(readOwner(''), undefined)
  for (const strange of ['x', 'dialwright-1 a b', '\u001b[2J', `dialwright-1 a b ${'h'.repeat(200)} - here`])
    t.match(readOwner(strange), { databaseId: '-', host: '-', state: 'here' })
  t.notSame(ownerOn({ databaseId: 'a', file: '/x' }).place, ownerOn({ databaseId: 'a', file: '/y' }).place)
})

t.test('a process that lives has not ended, one that has gone has, and one elsewhere is not known', async t => {
  const { process: mine } = ownerOn({ databaseId: 'a', file: '' })
  t.equal(hasEnded(mine), false)
  const [boot, namespace, pid, start] = mine.split('.')
  t.equal(hasEnded(`${boot}.${namespace}.${pid}.${Number(start) - 1}`), true, 'its number was given to us')
  t.equal(hasEnded(`${boot}.${namespace}.4194305.1`), true, 'no number is as high')
  t.equal(hasEnded(`other-boot.${namespace}.4194305.1`), false)
  t.equal(hasEnded(`${boot}.1.4194305.1`), false)
  for (const strange of ['', '-', `${boot}.${namespace}`, `${boot}.${namespace}.-1.1`])
    t.equal(hasEnded(strange), false)
})

/** A PBX's globals, with channels, at a time of its own. */
function pbx(clock: { now(): number }, { aheadMs = 0, channels = [] as string[] } = {}) {
  const globals = new Map<string, string>()
  const channel = (id: string) => ({
    id,
    name: '',
    state: 'Up',
    sipCallId: undefined,
    application: 'Stasis',
    context: '',
  })
  return {
    globals,
    global: async (name: string) => globals.get(name) ?? '',
    setGlobal: async (name: string, value: string) => void globals.set(name, value),
    hasApplication: async () => false,
    channels: async () => channels.map(channel),
    ping: async () => clock.now() + aheadMs,
  }
}

function claimOf(owner: Owner, clock: ReturnType<typeof createManualClock>) {
  return new Claim({ nodeId: 'pbx', owner, clock, timing: { ...defaultTiming, claimSettleMs: 0 } })
}

t.test('of two that find it free in the same moment one has it, and the other knows', async t => {
  const clock = createManualClock()
  const asterisk = pbx(clock)
  const timing = { ...defaultTiming, claimSettleMs: 300 }
  const [one, two] = [mine, other].map(owner => new Claim({ nodeId: 'pbx', owner, clock, timing }))
  const taken = Promise.allSettled([one?.take(asterisk), two?.take(asterisk)])
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
  clock.advance(300)
  const results = (await taken).map(each => (each.status === 'rejected' ? each.reason.code : 'ours'))
  t.same(results.toSorted(), ['claimed', 'ours'])
})

t.test("the heart-beat finds that the PBX is somebody else's, and makes good what a reload has cleared", async t => {
  const clock = createManualClock()
  const asterisk = pbx(clock)
  const claim = claimOf(mine, clock)
  const taken = claim.take(asterisk)
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
  clock.advance(1)
  await taken
  t.equal(await claim.isStillOurs(asterisk), true)
  asterisk.globals.clear()
  t.equal(await claim.isStillOurs(asterisk), true)
  t.match(readOwner(asterisk.globals.get('DIALWRIGHT_OWNER') ?? ''), mine)
  asterisk.globals.set('DIALWRIGHT_OWNER', writeOwner({ ...other, state: 'here' }))
  t.equal(await claim.isStillOurs(asterisk), false)
  await claim.leave(asterisk, true)
  t.equal(asterisk.globals.get('DIALWRIGHT_HANDED_OVER'), undefined, 'what is not ours is not handed over')
  t.match(
    readOwner(asterisk.globals.get('DIALWRIGHT_OWNER') ?? ''),
    { ...other, state: 'here' },
    'and leaves it theirs',
  )
})

t.test('a hand-over is said before the PBX is left, and again when nobody is there any more', async t => {
  const clock = createManualClock()
  const asterisk = pbx(clock)
  asterisk.globals.set('DIALWRIGHT_OWNER', writeOwner({ ...mine, state: 'here' }))
  const claim = claimOf(mine, clock)
  await claim.take(asterisk)
  const said = () => Number(asterisk.globals.get('DIALWRIGHT_HANDED_OVER'))
  await claim.handOver(asterisk)
  const before = said()
  t.equal(await claim.isStillOurs(asterisk), true)
  t.equal(said(), before, 'a heart-beat of the one who leaves takes nothing back')
  clock.advance(2_000)
  await claim.leave(asterisk, true)
  t.equal(said(), before + 2)
  t.equal(readOwner(asterisk.globals.get('DIALWRIGHT_OWNER') ?? '')?.state, 'left')
})

t.test('whoever is refused is told whose it is and what to do, whatever the clocks say', async t => {
  const clock = createManualClock()
  clock.advance(100_000_000)
  const asterisk = pbx(clock, { aheadMs: 7_200_000, channels: ['dw-call-a', 'dw-agent-1001-1'] })
  asterisk.globals.set('DIALWRIGHT_OWNER', writeOwner({ ...other, state: 'here' }))
  const beat = () => asterisk.globals.set('DIALWRIGHT_ALIVE', String(Math.floor((clock.now() + 7_200_000) / 1000)))
  beat()
  const claim = claimOf(mine, clock)
  await t.rejects(claim.take(asterisk), {
    code: 'claimed',
    message: /"pbx" is driven by another .* on two with another database/,
  })
  t.equal(claim.cannotBeWaitedFor, false, 'it may have died a moment ago')
  clock.advance(5_000)
  beat()
  await t.rejects(claim.take(asterisk), { code: 'claimed' })
  t.equal(claim.cannotBeWaitedFor, true, 'it lives')
  await t.rejects(claim.take(asterisk), { code: 'claimed' })
  clock.advance(16_000)
  await t.rejects(claim.take(asterisk), { code: 'claimed', message: /1 of its calls still go on/ })
  t.equal(claim.cannotBeWaitedFor, true)
  t.match(readOwner(asterisk.globals.get('DIALWRIGHT_OWNER') ?? ''), other, 'nothing was touched')
})
