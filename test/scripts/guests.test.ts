// The demo's links: through the door of a private network, and into a browser's session.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { doorSockets, openDoor, relay } from '../../scripts/demo/door.js'
import { inviteGuests, OWN_LINE } from '../../scripts/demo/guests.js'
import { CAMPAIGN, settings } from '../../scripts/demo/settings.js'
import { startSimulatedPbx } from '../../scripts/demo/simulatedPbx.js'
import { createApi } from '../../scripts/lib/api.js'

interface Session {
  readonly name: string
  readonly role: string
  readonly agentId?: string
}

async function follow(link: string): Promise<{ page: URL; cookie: string }> {
  const answer = await fetch(link, { redirect: 'manual' })
  t.equal(answer.status, 303)
  return { page: new URL(answer.headers.get('location') ?? ''), cookie: answer.headers.get('set-cookie') ?? '' }
}

t.test('a link logs a browser in, through the door, until the demo ends', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-door-'))
  const world = await startSimulatedPbx({ folder, agents: 1 })
  const api = createApi(world.api)
  await api.put(`/v1/campaigns/${CAMPAIGN}`, settings())
  const door = await openDoor(folder)
  const sockets = doorSockets(folder)
  const inner = await relay(sockets.api, { host: '127.0.0.1', port: Number(new URL(world.api.url).port) })
  const front = { port: door.ports.api, listenAt: sockets.links, linksPort: door.ports.links }
  const guests = await inviteGuests(api, { url: world.api.url, front })
  t.teardown(async () => {
    inner.close()
    door.close()
    await world.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const { board, agent } = guests.links
  t.not(new URL(board).hostname, new URL(agent).hostname, 'one browser keeps both sessions')
  const seen = await follow(board)
  t.match(seen.page.href, /^http:\/\/127\.0\.0\.1:\d+\/board$/)
  t.equal(seen.page.port, String(door.ports.api))
  const mine = await follow(agent.replace('localhost', '127.0.0.1'))
  t.equal(mine.page.pathname, '/agent')
  const asked = await fetch(`http://127.0.0.1:${mine.page.port}/v1/session`, {
    headers: { cookie: mine.cookie.split(';')[0] ?? '' },
  })
  const session = (await asked.json()) as Session
  t.match(session, { name: 'agent', role: 'agent', agentId: OWN_LINE })

  const wrong = await fetch(`http://127.0.0.1:${door.ports.links}/${'x'.repeat(12)}/agent`, { redirect: 'manual' })
  t.equal(wrong.status, 404, 'nobody else on this machine gets in')
  t.notOk(wrong.headers.get('set-cookie'))
  guests.close()
  await t.rejects(fetch(board), 'a link serves no longer than the demo')
})
