// Agents whose page has gone, with a telephone that has not.
import t from 'tap'
import { createPageWatch } from '../../src/app/desk/pageWatch.ts'
import { createPasswords } from '../../src/credentials/passwords.ts'
import { dialingRig, type Rig, token } from './rig.ts'
import { logInAs } from './users.ts'

const soonMs = 20

async function stateOf(rig: Rig): Promise<unknown> {
  await new Promise(resolve => setTimeout(resolve, 4 * soonMs))
  await rig.clock.runUntil(rig.clock.now() + 1)
  const { phase, pending } = rig.dialer.gateway.agent('1001') ?? {}
  return pending?.kind ?? (phase?.state === 'paused' ? phase.reason : phase?.state)
}

t.test('whoever never had a page works on; who has lost it pauses, once the last one is gone', async t => {
  const rig = await dialingRig(t)
  const watch = createPageWatch(rig.dialer.gateway, soonMs)
  t.teardown(() => watch.close())
  t.equal(await stateOf(rig), 'available')
  const [first, second] = [watch.opened('1001'), watch.opened('1001')]
  first()
  first()
  t.equal(await stateOf(rig), 'available', 'another page is open')
  second()
  watch.opened('1001')
  t.equal(await stateOf(rig), 'available', 'it was loaded anew')
})

t.test('a page that stays away has its agent pause behind the call that rings for them', async t => {
  const rig = await dialingRig(t)
  const watch = createPageWatch(rig.dialer.gateway, soonMs)
  t.teardown(() => watch.close())
  watch.opened('1001')()
  t.equal(await stateOf(rig), 'pause', 'a call rings for them: it is waited for')
  t.match(await rig.call('GET', '/v1/agents/1001'), { body: { agent: { state: 'available', pending: 'pause' } } })
})

t.test('the stream of an agent’s own page is what is watched, and no other', async t => {
  const rig = await dialingRig(t, { passwords: createPasswords({ N: 16, r: 1, p: 1 }), pageGoneMs: soonMs })
  const password = 'four words are enough'
  await rig.call('POST', '/v1/users', { name: 'ann', role: 'agent', agentId: '1001' })
  await rig.call('PUT', '/v1/users/ann/password', { password })
  const { headers } = await logInAs(rig.url, { name: 'ann', password })
  const lookIn = async (by: Record<string, string>): Promise<void> => {
    const gone = new AbortController()
    const opened = await fetch(`${rig.url}/v1/events?topics=agent:1001`, { headers: by, signal: gone.signal })
    t.equal(opened.status, 200)
    gone.abort()
    await opened.text().catch(() => {})
  }
  await lookIn({ authorization: `Bearer ${token}` })
  t.equal(await stateOf(rig), 'available', 'a board that looked at them')
  await lookIn(headers)
  t.equal(await stateOf(rig), 'pause')
})
