import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { runDemo } from '../../scripts/demo/session.js'

/** A daemon whose one call never ends. */
function answerTo(path: string): object {
  if (path !== '/v1/status') return { imported: 1, invalid: 0 }
  return {
    at: '2026-11-25T15:00:00.000Z',
    nodes: [{ nodeId: 'pbx', link: 'up' }],
    agents: { available: 1 },
    calls: { originating: 0, ringing: 0, waiting: 0, connected: 1 },
    campaigns: [{ occupancy: 0.5 }],
  }
}

/** Starts it on a free port of the loopback; `listeners` are the event streams that are still read. */
async function startDaemon() {
  const listeners = new Set<ServerResponse>()
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/v1/events') {
      listeners.add(response)
      response.on('close', () => listeners.delete(response))
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': welcome\n\n')
      return
    }
    request.resume()
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answerTo(request.url ?? '')))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // The only address of a TCP server.
  const { port } = server.address() as AddressInfo
  return { server, listeners, url: `http://127.0.0.1:${port}` }
}

t.test('a demo whose calls do not end says so, and closes what it opened', async t => {
  const { server, listeners, url } = await startDaemon()
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-demo-'))
  const leads = join(folder, 'leads.csv')
  writeFileSync(leads, 'phone\n+12015550133\n')
  let stopped = 0
  const startPbx = async () => ({
    api: { url, token: 'demo' },
    agents: ['1001'],
    carrier: async () => ({ invites: 0, answered: 0, bySipCode: {}, calls: [] }),
    quiet: async () => {},
    stop: async () => {
      stopped += 1
    },
  })
  const demo = runDemo({ agents: 1, leads, seconds: 1 }, { startPbx, asked: Promise.resolve(), folder, settleMs: 1 })
  await t.rejects(demo, { code: 'demo', message: /calls do not end/ })
  t.equal(stopped, 1, 'the PBX was stopped')
  for (const response of listeners) await once(response, 'close')
  t.equal(listeners.size, 0, 'nobody listens any more')
  server.close()
  server.closeAllConnections()
})
