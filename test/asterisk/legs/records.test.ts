import t from 'tap'
import type { AmiLink } from '../../../src/asterisk/ami/link.ts'
import type { NodeContext } from '../../../src/asterisk/context.ts'
import { keptTalk, readKept, readTalk, readUnanswered, readUnattended } from '../../../src/asterisk/legs/recordRows.ts'
import { Records } from '../../../src/asterisk/legs/records.ts'
import { defaultTiming } from '../../../src/asterisk/link/timing.ts'
import { createManualClock } from '../support/manualClock.ts'

/** The PBX's clock is a second ahead. */
const ours = (pbxAt: number) => pbxAt - 1_000
const talk = { agentId: 'ann-2_b', answeredAt: 1_764_462_720_123, connectedAt: 1_764_462_720_456 }

t.test('a talk is read as it was written; its end is by the clock of the PBX', async t => {
  const kept = { callId: 'c', answeredAt: talk.answeredAt, talk: { agentId: 'ann-2_b', connectedAt: talk.connectedAt } }
  t.same(readKept('c', `${keptTalk(talk)},,,`, ours), kept)
  t.same(readTalk('c', keptTalk(talk)), kept)
  t.same(readKept('c', `${keptTalk(talk)},1764462725000,peer,a,b@c`, ours), {
    ...{ ...kept, sipCallId: 'a,b@c' },
    end: { endedAt: 1_764_462_724_000, byPeer: true },
  })
  t.match(readKept('c', `${keptTalk(talk)},1764462725000,us,x`, ours)?.end, { byPeer: false })
})

t.test('a talk whose person was given on says when and to whom, with its end and without', async t => {
  const transferred = { at: 1_764_462_722_000, to: 'desk-2' }
  const written = keptTalk({ ...talk, transferred })
  t.match(readKept('c', `${written},,,`, ours)?.talk, { agentId: 'ann-2_b', transferred })
  t.match(readTalk('c', written)?.talk, { transferred })
  t.match(readKept('c', `${written},1764462725000,peer,a`, ours), { talk: { transferred }, end: { byPeer: true } })
})

t.test('who met nobody has the times of the PBX alone', async t => {
  const kept = readKept('c', '.1764462720000.,1764462725001,us,sip', ours)
  const end = { endedAt: 1_764_462_724_001, byPeer: false }
  t.same(kept, { callId: 'c', answeredAt: 1_764_462_719_000, end, sipCallId: 'sip' })
})

t.test("who was not reached has the carrier's word, else the cause", async t => {
  const endedAt = 1_764_462_719_001
  const busy = { callId: 'c', endedAt, cause: 'busy', sipCode: 486 }
  t.same(readUnanswered('c', '1764462720001,17,SIP 486 Busy Here', ours), busy)
  t.match(readUnanswered('c', '1764462720001,21,SIP 607 Unwanted', ours), { cause: 'unwanted', sipCode: 607 })
  t.same(readUnanswered('c', '1764462720001,17,', ours), { callId: 'c', endedAt, cause: 'busy' })
  t.match(readUnanswered('c', '1764462720001,,', ours), { endedAt })
  for (const value of ['', 'soon,17,', '1764462720001', '1764462720001,17', '1764462720001,17,IAX2 busy'])
    t.equal(readUnanswered('c', value, ours), undefined, value)
})

t.test('what somebody else has written is no row', async t => {
  const foreign = [
    '',
    'x',
    'hello, world',
    '..,,,',
    'ann.1.2,3,peer,x',
    'ann.1764462720123.,,,',
    '.000.,1764462720123,us,s',
  ]
  foreign.push('.1764462720123.1764462720456,,,', `${keptTalk(talk)},soon,peer,x`, `${keptTalk(talk)},,them,x`)
  foreign.push(`an n.1764462720123.1764462720456,,,`, `${'a'.repeat(41)}.1764462720123.1764462720456,,,`)
  for (const value of foreign) t.equal(readKept('c', value, ours), undefined, value)
  t.equal(readKept('', `${keptTalk(talk)},,,`, ours), undefined)
  t.equal(readTalk('c', ''), undefined)
  t.equal(readUnattended('c', 'because,1,0,x', ours), undefined)
  t.match(readUnattended('c', 'app-late,1764462720,1,x,y', ours), {
    ...{ reason: 'app-late', answeredAt: 1_764_462_719_000, optedOut: true, sipCallId: 'x,y' },
  })
  const refused = readUnattended('c', 'app-gone,1764462720,1,a@b,+12025550100', ours)
  t.match(refused, { optedOut: true, number: '+12025550100', sipCallId: 'a@b' })
  for (const value of ['app-gone,1764462720,0,a@b,', 'app-gone,1764462720,0,a@b']) {
    const met = readUnattended('c', value, ours)
    t.match(met, { optedOut: false, sipCallId: 'a@b' })
    t.equal(met?.number, undefined)
  }
  t.equal(readUnattended('c', 'app-gone,1764462720,1,,+12025550100', ours)?.sipCallId, undefined)
  t.match(readUnattended('c', 'hung-up,soon,0,', ours), { answeredAt: 0 }, 'somebody answered, that much is sure')
})

/** A PBX's database of these rows. */
function database(rows: Record<string, string>) {
  const clock = createManualClock()
  const asked: string[] = []
  const ami = {
    async list({ Family }: Readonly<Record<string, string>>) {
      return Object.entries(rows).flatMap(([key, val]) => (key.startsWith(`/${Family}/`) ? [{ key, val }] : []))
    },
    async action({ Action, Family, Key, Val }: Readonly<Record<string, string>>) {
      asked.push([Action, Family, Key, ...(Val === undefined ? [] : [Val])].join(' '))
      return {}
    },
  } as unknown as AmiLink
  const log = { warn() {}, debug() {} } as unknown as NodeContext['log']
  const context = { nodeId: 'n', clock, timing: defaultTiming, log } as unknown as NodeContext
  const records = new Records(context, ami, { pbxClock: { ourInstantOf: ours }, owner: { databaseId: 'mine' } })
  return { records, asked, clock }
}

t.test("rows that nobody can read are deleted, and nothing else is: another database's are its own", async t => {
  const { records, asked } = database({
    '/dialwright-call/good': `${keptTalk(talk)},,,`,
    '/dialwright-call/foreign': 'DROP TABLE calls',
    '/dialwright-call/a/b': 'odd',
    '/dialwright-unattended/heard': 'app-gone,1764462720,0,x',
    '/dialwright-unattended/odd': 'nonsense',
    '/dialwright-unattended/mixyz-mine-4': 'nonsense',
    '/dialwright-unattended/mixyz-theirs-4': 'what a newer version may write',
    '/dialwright-call/mixyz-theirs-4': 'and this',
  })
  const { kept, unattended } = await records.read()
  t.match([kept, unattended], [[{ callId: 'good' }], [{ callId: 'heard' }]])
  t.same(asked.sort(), [
    'DBDel dialwright-call a/b',
    'DBDel dialwright-call foreign',
    'DBDel dialwright-unattended mixyz-mine-4',
    'DBDel dialwright-unattended odd',
  ])
})

t.test('what is on disk goes, a little later and together; who talked has one row, who met nobody two', async t => {
  const { records, asked, clock } = database({})
  await records.joined('c', talk, 'sip')
  t.same(asked.splice(0), [`DBPut dialwright-call c ann-2_b.1764462720123.1764462720456,,,sip`])
  records.forgetLater('c', true)
  records.forgetLater('d', false)
  t.same(asked, [])
  clock.advance(defaultTiming.recordKeptMs)
  await new Promise(resolve => setImmediate(resolve))
  t.same(asked.splice(0), ['DBDel dialwright-call c', 'DBDel dialwright-unattended d', 'DBDel dialwright-call d'])
  records.forgetLater('e', true)
  clock.advance(defaultTiming.recordKeptMs)
  t.same(asked.splice(0), ['DBDel dialwright-call e'], 'and again')
})
