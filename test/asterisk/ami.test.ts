// The manager interface as it misbehaves: what broke other clients, each against a small server that does it.
import { EventEmitter, once } from 'node:events'
import t from 'tap'
import { type AmiConnection, connectAmi } from '../../src/asterisk/ami/connection.ts'
import { createAmiLink } from '../../src/asterisk/ami/link.ts'
import { type AmiMessage, readMessage } from '../../src/asterisk/ami/message.ts'
import { createLatencyTallies } from '../../src/asterisk/link/latency.ts'
import { defaultTiming, reconnectDelayMs, type Timing } from '../../src/asterisk/link/timing.ts'
import { createSystemClock } from '../../src/dialer/clock.ts'
import { createLog } from '../../src/log.ts'
import { until } from '../support/sandbox.ts'
import { openFakeAmi, type ReceivedAction } from './support/fakeAmi.ts'
import { createManualClock } from './support/manualClock.ts'

const clock = createSystemClock()
const log = createLog({ level: 'silent' })
const quick: Timing = {
  ...defaultTiming,
  reconnectMinMs: 5,
  reconnectMaxMs: 20,
  pingEveryMs: 50,
  requestTimeoutMs: 100,
}
const credentials = { host: '127.0.0.1', user: 'dialwright', secret: 'secret' }

interface Connected {
  readonly connection: AmiConnection
  readonly events: AmiMessage[]
}

async function connect(port: number, timing: Timing = quick, latency = createLatencyTallies()): Promise<Connected> {
  const events: AmiMessage[] = []
  const context = { clock, timing, latency, onEvent: (event: AmiMessage) => events.push(event), onClose: () => {} }
  return { connection: await connectAmi({ ...credentials, port }, context), events }
}

const named =
  (name: string, act: (action: ReceivedAction) => void) =>
  (action: ReceivedAction): boolean => {
    if (action.headers.action !== name) return false
    act(action)
    return true
  }

t.test('a wrong secret is one clear error', async t => {
  const ami = await openFakeAmi(
    named('login', action => action.answer('Response: Error', 'Message: Authentication failed')),
  )
  await t.rejects(connect(ami.port), { code: 'unauthorized', message: /refuses user "dialwright".*manager\.conf/ })
  await ami.close()
})

t.test('a PBX that is not there is one clear error', async t => {
  const ami = await openFakeAmi()
  await ami.close()
  await t.rejects(connect(ami.port), { code: 'unreachable', message: /is it running/ })
})

t.test('a server that accepts and then says nothing is given up', async t => {
  const ami = await openFakeAmi(() => true)
  await t.rejects(connect(ami.port, { ...quick, connectTimeoutMs: 50 }), { code: 'timeout' })
  await ami.close()
})

t.test('a lost answer fails its own action in time, and the next ones are answered', async t => {
  const ami = await openFakeAmi(named('Lost', () => {}))
  const latency = createLatencyTallies()
  const { connection } = await connect(ami.port, quick, latency)
  await t.rejects(connection.action({ Action: 'Lost' }), { code: 'timeout' })
  t.match(await connection.action({ Action: 'Ping' }), { message: 'fine' })
  const broken = t.rejects(connection.action({ Action: 'Lost' }), { code: 'unreachable' })
  connection.close()
  await broken
  await ami.close()
  const { counts, sumMs } = latency.ami.copy()
  t.equal(
    counts.reduce((sum, count) => sum + count),
    2,
    'what was given up took its time, what was broken off says nothing',
  )
  t.ok(sumMs >= quick.requestTimeoutMs - 1)
})

t.test('an answer belongs to the action whose id it carries, whatever the order', async t => {
  const held: ReceivedAction[] = []
  const ami = await openFakeAmi(
    named('Held', action => {
      held.push(action)
      if (held.length === 3)
        for (const { answer, headers } of held.toReversed()) answer('Response: Success', `Message: ${headers.number}`)
    }),
  )
  const { connection } = await connect(ami.port)
  const answers = await Promise.all(
    ['1', '2', '3'].map(number => connection.action({ Action: 'Held', Number: number })),
  )
  t.strictSame(
    answers.map(({ message }) => message),
    ['1', '2', '3'],
  )
  connection.close()
  await ami.close()
})

t.test('unanswered actions leave no listener behind', async t => {
  const emitters = new Set<EventEmitter>()
  const { once: original } = EventEmitter.prototype
  EventEmitter.prototype.once = function (this: EventEmitter, name: string | symbol, listener: () => void) {
    if (String(name).startsWith('dialwright-')) emitters.add(this)
    return original.call(this, name, listener)
  }
  t.teardown(() => {
    EventEmitter.prototype.once = original
  })
  const ami = await openFakeAmi(named('Lost', () => {}))
  const { connection } = await connect(ami.port)
  await Promise.allSettled(Array.from({ length: 50 }, () => connection.action({ Action: 'Lost' })))
  const [emitter] = emitters
  t.ok(emitter, 'the client listens for each answer')
  t.strictSame(
    emitter?.eventNames().filter(name => String(name).startsWith('dialwright-')),
    [],
  )
  connection.close()
  await ami.close()
})

t.test('a list is collected to its end, and an error instead of a list is that error', async t => {
  const ami = await openFakeAmi(action => {
    if (action.headers.action === 'List') {
      action.answer('Response: Success', 'EventList: start')
      action.answer('Event: Item', 'Name: a')
      action.answer('Event: Item', 'Name: b')
      action.answer('Event: ListComplete', 'EventList: Complete')
      return true
    }
    if (action.headers.action !== 'Nothing') return false
    action.answer('Response: Error', 'Message: None found')
    return true
  })
  const { connection, events } = await connect(ami.port)
  const items = await connection.list({ Action: 'List' })
  t.strictSame(
    items.map(({ name }) => name),
    ['a', 'b'],
  )
  t.strictSame(events, [], 'items of a list are no events')
  await t.rejects(connection.list({ Action: 'Nothing' }), { code: 'rejected', message: /None found/ })
  connection.close()
  await ami.close()
})

t.test('values that could smuggle in headers are refused and never written', async t => {
  const ami = await openFakeAmi()
  const { connection } = await connect(ami.port)
  for (const value of ['x\r\nAction: Originate', 'x\ny', 'x\ry', 'x\0'])
    await t.rejects(connection.action({ Action: 'DBDel', Key: value }), { code: 'rejected' })
  await t.rejects(connection.action({ 'Action\r\nX': 'y' }), { code: 'rejected' })
  await connection.action({ Action: 'Ping' })
  t.strictSame(
    ami.actions.map(({ headers }) => headers.action),
    ['login', 'Ping'],
  )
  connection.close()
  await ami.close()
})

t.test('forty thousand events in bursts, cut anywhere, all arrive once', async t => {
  const ami = await openFakeAmi()
  const { connection, events } = await connect(ami.port)
  const [socket] = ami.connections
  const text = Array.from({ length: 40_000 }, (_, index) => `Event: UserEvent\r\nNumber: ${index}\r\n\r\n`).join('')
  for (let start = 0; start < text.length; start += 65_537)
    if (!socket?.write(text.slice(start, start + 65_537))) await once(socket as EventEmitter, 'drain')
  await until('all events', () => events.length === 40_000)
  t.equal(events.at(-1)?.number, '39999')
  connection.close()
  await ami.close()
})

t.test('asterisk-manager reads VarSet and repeated headers so that nothing is lost', async t => {
  t.strictSame(readMessage({ event: 'VarSet', variable: { NAME: '' }, value: 'x' }).variable, 'NAME')
  t.strictSame(readMessage({ chanvariable: { A: '1', B: '2' } }).chanvariable, 'A=1\nB=2')
  t.strictSame(readMessage({ output: ['one', 'two'] }).output, 'one\ntwo')
})

t.test('waits between tries double up to the longest and never end, and no two links keep step', async t => {
  const timing = { reconnectMinMs: 200, reconnectMaxMs: 5_000 }
  const waits = [1, 2, 3, 4, 5, 6, 7, 1_000_000].map(failures => reconnectDelayMs(failures, timing, 1))
  t.strictSame(waits, [200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000])
  t.equal(reconnectDelayMs(1_000_000, timing, 0), 2_500)
  t.equal(reconnectDelayMs(0, timing, 1), 200)
})

interface Linked {
  readonly link: ReturnType<typeof createAmiLink>
  readonly told: string[]
}

function openLink(port: number, overrides: Partial<Parameters<typeof createAmiLink>[1]> = {}): Linked {
  const told: string[] = []
  const link = createAmiLink(
    { ...credentials, port },
    {
      clock,
      log,
      timing: quick,
      onUp: () => told.push('up'),
      onDown: () => told.push('down'),
      onEvent: ({ event }) => told.push(String(event)),
      ...overrides,
    },
  )
  return { link, told }
}

t.test('an action before the link is up is refused at once and crashes nothing', async t => {
  const { link } = openLink(1)
  await t.rejects(link.action({ Action: 'Originate' }), { code: 'unreachable' })
  link.start()
  await t.rejects(link.action({ Action: 'Originate' }), { code: 'unreachable' })
  link.close()
})

t.test('a link that is refused a hundred times still comes up when it can', async t => {
  let refusals = 0
  const ami = await openFakeAmi(action => {
    if (action.headers.action !== 'login' || ++refusals > 100) return false
    action.answer('Response: Error', 'Message: Authentication failed')
    return true
  })
  const timing = { ...quick, reconnectMinMs: 0, reconnectMaxMs: 1 }
  const { link, told } = openLink(ami.port, { timing })
  link.start()
  await until('the link', () => told.includes('up'))
  t.strictSame(told, ['up'])
  t.equal(link.failure, undefined)
  link.close()
  await ami.close()
})

t.test('half a message before a cut does not swallow the next log-in', async t => {
  const ami = await openFakeAmi()
  const { link, told } = openLink(ami.port)
  link.start()
  await until('the link', () => told.includes('up'))
  ami.connections[0]?.write('Response: Success\r\nActionID: dialwr')
  ami.connections[0]?.end()
  await until('the link again', () => told.filter(word => word === 'up').length > 1)
  // On a machine that stalls it may be lost once more.
  t.strictSame(told.slice(0, 3), ['up', 'down', 'up'])
  await link.action({ Action: 'Ping' })
  link.close()
  await ami.close()
})

t.test('a peer that falls silent is found by asking', async t => {
  let isSilent = false
  const ami = await openFakeAmi(() => isSilent)
  const { link, told } = openLink(ami.port)
  link.start()
  await until('the link', () => told.includes('up'))
  isSilent = true
  await until('its loss', () => told.includes('down'))
  isSilent = false
  await until('the link again', () => told.filter(word => word === 'up').length > 1)
  // On a machine that stalls it may be lost once more.
  t.strictSame(told.slice(0, 3), ['up', 'down', 'up'])
  link.close()
  await ami.close()
})

t.test('a lost connection rejects what is unanswered at once', async t => {
  const ami = await openFakeAmi(named('Lost', ({ socket }) => socket.destroy()))
  const { connection } = await connect(ami.port, { ...quick, requestTimeoutMs: 60_000 })
  await t.rejects(connection.action({ Action: 'Lost' }), { code: 'unreachable' })
  await t.rejects(connection.action({ Action: 'Ping' }), { code: 'unreachable' })
  await ami.close()
})

t.test('the event mask is set before the link counts as up, and events come through', async t => {
  const ami = await openFakeAmi()
  const { link, told } = openLink(ami.port)
  link.start()
  await until('the link', () => told.includes('up'))
  t.match(ami.actions.at(1)?.headers, { action: 'Events', eventmask: 'system,user' })
  ami.connections[0]?.write('Event: ContactStatus\r\nURI: sip:x\r\n\r\n')
  await until('the event', () => told.includes('ContactStatus'))
  link.close()
  await ami.close()
})

t.test('nothing is printed', async t => {
  const printed = t.capture(console, 'log')
  const ami = await openFakeAmi()
  const { link, told } = openLink(ami.port)
  link.start()
  await until('the link', () => told.includes('up'))
  ami.connections[0]?.destroy()
  await until('its loss', () => told.includes('down'))
  link.close()
  await ami.close()
  t.strictSame(printed(), [])
})

t.test('a closed link leaves no timer', async t => {
  const manual = createManualClock()
  const { link } = openLink(1, { clock: manual })
  link.start()
  await until('the first failure', () => link.failure !== undefined)
  link.close()
  t.equal(manual.waiting, 0)
})
