// Who gets in: guessing a token is slow, having it is not, and no web page steers a dialer that asks for none.
import t from 'tap'
import { createWrongTokens } from '../../src/http/wrongTokens.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { createVirtualClock } from '../../src/sim/world/scheduler.ts'
import { openRaw } from './rawConnection.ts'
import { startRig, token } from './rig.ts'

/** A clock that tells when it is asked to wake somebody. */
function watchedClock() {
  const clock = createVirtualClock(0)
  const asked: number[] = []
  const watched: Clock = {
    now: clock.now,
    wakeAt(at, wake) {
      asked.push(at - clock.now())
      return clock.wakeAt(at, wake)
    },
  }
  return { clock, asked, watched }
}

t.test('the answers to wrong tokens of an address come later and later, to a limit', async t => {
  const { clock, asked, watched } = watchedClock()
  const wrongTokens = createWrongTokens(watched)
  for (let index = 0; index < 12; index += 1) {
    const answer = wrongTokens.count('198.51.100.7')
    t.equal(answer.kind, 'held-back')
    await clock.runUntil(clock.now() + 5_000)
    if (answer.kind === 'held-back') await answer.until
  }
  t.same(asked, [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
  const other = wrongTokens.count('198.51.100.8')
  t.equal(other.delayMs, 0, 'another address is another sender')
  t.equal(wrongTokens.most(), 12, 'for the alarm')
  await clock.runUntil(clock.now() + 15 * 60_000)
  t.equal(wrongTokens.most(), 0)
  t.equal(wrongTokens.count('198.51.100.7').delayMs, 0, 'forgotten after a quarter of an hour')
})

t.test('a sender of IPv6 is its network, and one of IPv4 is the same however it is written', async t => {
  const { clock } = watchedClock()
  for (const addresses of [
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::', '2001:0db8:0001:0002:a:b:c:d', '2001:DB8:1:2::9%eth0'],
    ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:192.0.2.1'],
    ['fe80::1', 'fe80::2%lo'],
    ['::1', '0:0:0:0:0:0:0:1'],
  ]) {
    const wrongTokens = createWrongTokens(clock)
    for (const address of addresses) wrongTokens.count(address)
    t.equal(wrongTokens.size, 1, addresses.join(' '))
    wrongTokens.count('2001:db8:1:3::1')
    t.equal(wrongTokens.size, 2)
  }
})

t.test('what is remembered and what is held back has its bounds', async t => {
  const { clock, asked, watched } = watchedClock()
  const wrongTokens = createWrongTokens(watched)
  for (let index = 0; index < 12_000; index += 1)
    wrongTokens.count(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`)
  t.equal(wrongTokens.size, 10_000)
  for (let index = 0; index < 50; index += 1) wrongTokens.count('10.9.9.9')
  t.equal(asked.length, 8, 'of one address')
  t.match(wrongTokens.count('10.9.9.9'), { kind: 'too-many', wrong: 51 })
  for (let index = 0; index < 50; index += 1)
    for (let wrong = 0; wrong < 20; wrong += 1) wrongTokens.count(`10.8.0.${index}`)
  t.equal(asked.length, 256, 'of all')
  await clock.runUntil(clock.now() + 5_000)
  t.equal(wrongTokens.count('10.9.9.9').kind, 'held-back', 'room again')
  wrongTokens.close()
  const late = wrongTokens.count('10.9.9.9')
  if (late.kind === 'held-back') await late.until
  t.equal(late.kind, 'held-back', 'who closes waits for nobody')
})

t.test('a guesser waits, and whoever has the token does not, from the same address', async t => {
  const { clock, asked, watched } = watchedClock()
  const { url, server } = await startRig(t, { clock: watched })
  const ask = (given: string) => fetch(`${url}/v1/status`, { headers: { authorization: `Bearer ${given}` } })
  for (let index = 0; index < 5; index += 1) t.equal((await ask(`wrong-${index}`)).status, 401)
  t.same(asked, [])
  let answered = false
  const sixth = ask('wrong-again').then(answer => {
    answered = true
    return answer
  })
  while (asked.length === 0) t.equal((await ask(token)).status, 200)
  t.notOk(answered)
  await clock.runUntil(250)
  t.match(await (await sixth).json(), { error: { code: 'unauthorized', message: /token is wrong/ } })

  const held = Array.from({ length: 8 }, (_, index) => ask(`wrong-too-${index}`))
  while (asked.length < 9) t.equal((await ask(token)).status, 200)
  const refused = await ask('one-too-many')
  t.equal(refused.status, 429)
  t.match(refused.headers.get('retry-after'), /^\d$/)
  t.match(await refused.json(), { error: { code: 'too-many-wrong-tokens', message: /wait \d s/ } })
  t.equal((await ask(token)).status, 200, 'the right one does not wait')
  t.equal((await fetch(`${url}/v1/status`)).status, 401, 'none at all is no guess')
  await server.close()
  for (const answer of held) t.equal((await answer).status, 401, 'and a server that closes waits for none of them')
})

t.test('without a token no page of another site is answered, under whatever name it comes', async t => {
  const { url, dialer } = await startRig(t, { token: null })
  const { port } = new URL(url)
  const ask = async (path: string, headers: readonly string[], method = 'GET') => {
    const connection = await openRaw(url)
    connection.send(`${method} ${path} HTTP/1.1\r\n${headers.map(line => `${line}\r\n`).join('')}\r\n`)
    const answer = await connection.answer()
    connection.socket.destroy()
    return answer
  }
  for (const host of [
    'localhost',
    `localhost:${port}`,
    'LOCALHOST',
    `127.0.0.1:${port}`,
    '127.1.2.3',
    `[::1]:${port}`,
    'localhost.',
  ])
    t.match(await ask('/v1/status', [`Host: ${host}`]), { status: 200 }, host)
  for (const site of ['none', 'same-origin'])
    t.match(await ask('/v1/status', ['Host: localhost', `Sec-Fetch-Site: ${site}`]), { status: 200 }, site)

  const forbidden = { status: 403, body: /"code":"forbidden"/ }
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'localhost:80:90',
    '10.0.0.1',
    '0.0.0.0',
    '2130706433',
    '127.1',
    '[::2]',
    '',
    'evil@localhost:80@',
  ]) {
    t.match(await ask('/v1/status', [`Host: ${host}`]), forbidden, host)
    t.match(await ask('/v1/health', [`Host: ${host}`]), forbidden, `health, ${host}`)
  }
  t.match(await ask('http://evil.example/v1/status', ['Host: localhost']), forbidden, 'the host of an absolute address')
  for (const site of ['cross-site', 'same-site', 'anything', 'none, cross-site'])
    t.match(await ask('/v1/status', ['Host: localhost', `Sec-Fetch-Site: ${site}`]), forbidden, site)
  for (const origin of ['https://evil.example', 'null', `http://localhost:${port}`])
    t.match(await ask('/v1/status', ['Host: localhost', `Origin: ${origin}`]), forbidden, origin)
  const start = await ask(
    '/v1/do-not-call/+12025550111',
    ['Host: localhost', 'Sec-Fetch-Site: cross-site', 'Content-Length: 0'],
    'PUT',
  )
  t.match(start, forbidden)
  t.equal(dialer.gateway.campaigns().length, 0)
})

t.test('with a token, names and sites do not matter: a page does not have it', async t => {
  const { url } = await startRig(t)
  const headers = { authorization: `Bearer ${token}`, origin: 'https://crm.example', 'sec-fetch-site': 'cross-site' }
  t.equal((await fetch(`${url}/v1/status`, { headers })).status, 200)
})
