// Copies of SIP messages as Asterisk sends them, and what is made of them.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { readInviteResponse } from '../../../src/asterisk/capture/hep.ts'
import { openSipCapture } from '../../../src/asterisk/capture/sipCapture.ts'
import { createFinalAnswers } from '../../../src/asterisk/legs/finalAnswers.ts'
import { createLog } from '../../../src/log.ts'
import { until } from '../../support/sandbox.ts'
import { createManualClock } from '../support/manualClock.ts'

function chunk(type: number, data: Buffer, vendor = 0): Buffer {
  const head = Buffer.alloc(6)
  head.writeUInt16BE(vendor, 0)
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(6 + data.length, 4)
  return Buffer.concat([head, data])
}

function hep(...chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat(chunks)
  const head = Buffer.from('HEP3\0\0', 'latin1')
  head.writeUInt16BE(6 + body.length, 4)
  return Buffer.concat([head, body])
}

function sip(first: string, ...headers: readonly string[]): Buffer {
  return chunk(0x0f, Buffer.from([first, ...headers, '', 'v=0'].join('\r\n'), 'latin1'))
}

const addresses = [chunk(1, Buffer.of(2)), chunk(3, Buffer.of(127, 0, 0, 1)), chunk(7, Buffer.of(0x13, 0xce))]
const ok = sip('SIP/2.0 200 OK', 'Via: SIP/2.0/UDP 127.0.0.1', 'Call-ID: abc@pbx', 'CSeq: 31520 INVITE')

t.test('a response to an INVITE is read, whatever stands before it and however its headers are written', async t => {
  t.strictSame(readInviteResponse(hep(...addresses, ok)), { sipCallId: 'abc@pbx', code: 200 })
  const compact = sip('SIP/2.0 487 Request Terminated', 'i: abc', 'CSEQ : 1  INVITE')
  t.strictSame(readInviteResponse(hep(chunk(0x11, Buffer.from('abc')), compact)), { sipCallId: 'abc', code: 487 })
})

t.test('everything else is none', async t => {
  const others = {
    'a response to a CANCEL': hep(sip('SIP/2.0 200 OK', 'Call-ID: abc', 'CSeq: 1 CANCEL')),
    'a request': hep(sip('INVITE sip:1@carrier SIP/2.0', 'Call-ID: abc', 'CSeq: 1 INVITE')),
    'no Call-ID': hep(sip('SIP/2.0 200 OK', 'CSeq: 1 INVITE')),
    'a Call-ID in the body': hep(
      chunk(0x0f, Buffer.from('SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n\r\nCall-ID: abc\r\n')),
    ),
    "another maker's chunk": hep(chunk(0x0f, ok.subarray(6), 7)),
    'no payload': hep(...addresses),
    'cut short': hep(...addresses, ok).subarray(0, 60),
    'a chunk without length': hep(Buffer.alloc(6)),
    'no HEP': Buffer.from('SIP/2.0 200 OK\r\nCall-ID: abc\r\nCSeq: 1 INVITE\r\n\r\n'),
    nothing: Buffer.alloc(0),
  }
  for (const [what, datagram] of Object.entries(others)) t.equal(readInviteResponse(datagram), undefined, what)
})

t.test('a capture tells codes to everyone who listens at its address, and frees it after the last', async t => {
  const free = createSocket('udp4').bind(0, '127.0.0.1')
  await once(free, 'listening')
  const address = { host: '127.0.0.1', port: free.address().port }
  await new Promise<void>(resolve => free.close(() => resolve()))
  const log = createLog({ level: 'fatal' })
  const [one, other] = [openSipCapture(address, log), openSipCapture(address, log)]
  const heard: string[] = []
  one.listen((sipCallId, code) => heard.push(`one ${sipCallId} ${code}`))
  other.listen((sipCallId, code) => heard.push(`other ${sipCallId} ${code}`))
  const phone = createSocket('udp4')
  const say = () => phone.send(hep(ok), address.port, address.host)
  await until('a copy', () => {
    if (heard.length === 0) say()
    return heard.length > 0
  })
  t.strictSame(heard.slice(0, 2), ['one abc@pbx 200', 'other abc@pbx 200'])
  t.equal(other.codeOf('abc@pbx'), 200)
  t.equal(other.codeOf('another'), undefined)
  await one.close()
  await one.close()
  const before = heard.length
  await until('a copy for the other', () => {
    say()
    return heard.length > before
  })
  t.ok(heard.slice(before).every(line => line.startsWith('other')))
  await other.close()
  const again = createSocket('udp4').bind(address.port, address.host)
  await once(again, 'listening')
  again.close()
  phone.close()
})

t.test('the final answer to a call whose channel is gone', async t => {
  const clock = createManualClock()
  const codes = new Map([
    ['ringing', 180],
    ['answered', 200],
  ])
  let tell: (sipCallId: string, code: number) => void = () => {}
  let listening = true
  const capture = {
    codeOf: (sipCallId: string) => codes.get(sipCallId),
    listen: (listener: typeof tell) => {
      tell = listener
      return () => {
        listening = false
      }
    },
  }
  const answers = createFinalAnswers(capture, { clock, waitMs: 4_000 })
  const got: (number | undefined)[] = []
  const ask = (sipCallId: string | undefined) => answers.await(sipCallId, code => got.push(code))
  ask(undefined)
  ask('never seen')
  ask('answered')
  t.strictSame(got.splice(0), [undefined, undefined, 200], 'at once where it is known, or cannot be')
  ask('ringing')
  tell('ringing', 183)
  tell('another', 200)
  t.strictSame(got, [])
  tell('ringing', 200)
  tell('ringing', 200)
  t.strictSame(got.splice(0), [200], 'once')
  t.equal(clock.waiting, 0)
  ask('ringing')
  clock.advance(4_000)
  t.strictSame(got.splice(0), [undefined], 'without one when none comes in time')
  ask('ringing')
  answers.close()
  t.strictSame([got, clock.waiting, listening], [[undefined], 0, false])
})
