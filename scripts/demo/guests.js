// Whoever wants to look in while the demo runs: the board for a supervisor, and a line of one's own for an agent. Two links log a
// browser in, as long as the demo runs. Sessions are kept by host, so the two stand under both names of this machine.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { SetupFailure } from '../lib/failure.js'
import { CAMPAIGN } from './settings.js'

/** @import { Api } from '../lib/api.js' */
/** @import { At } from './door.js' */

/**
 * @typedef {object} Front where browsers are
 * @property {number} port of the API, on this machine
 * @property {At} listenAt where links are answered
 * @property {number} [linksPort] the port that leads there; by default the one that `listenAt` gets
 *
 * @typedef {{ board: string, agent: string }} Links
 */

/** The line that waits for a browser. */
export const OWN_LINE = 'browser'

const GUESTS = /** @type {const} */ ({
  board: { host: '127.0.0.1', user: { name: 'supervisor', role: 'supervisor', campaigns: [CAMPAIGN] } },
  agent: { host: 'localhost', user: { name: 'agent', role: 'agent', agentId: OWN_LINE } },
})

/**
 * Makes a user for each page and answers their links.
 * @param {Api} api
 * @param {{ url: string, front: Front }} options `url`: the API from here
 * @returns {Promise<{ links: Links, cameAt(): number | undefined, close(): void }>} `cameAt`: when a browser has last come to be an agent
 */
export async function inviteGuests(api, { url, front }) {
  const password = randomBytes(18).toString('base64url')
  for (const { user } of Object.values(GUESTS)) {
    await api.post('/v1/users', user)
    await api.put(`/v1/users/${user.name}/password`, { password })
  }
  await api.post('/v1/agents', { agentId: OWN_LINE, campaignId: CAMPAIGN })
  const secret = randomBytes(9).toString('base64url')
  /** @type {number | undefined} */
  let cameAt
  const server = createServer((request, response) => {
    const page = pageOf(request.url, secret)
    if (page === undefined) return void response.writeHead(404).end('This link is of another demo.\n')
    logIn(url, { name: GUESTS[page].user.name, password }).then(
      cookie => {
        if (page === 'agent') cameAt = Date.now()
        const location = `http://${GUESTS[page].host}:${front.port}/${page}`
        response.writeHead(303, { location, 'set-cookie': cookie, 'cache-control': 'no-store' }).end()
      },
      () => response.writeHead(503).end('The demo is ending.\n'),
    )
  })
  server.listen(front.listenAt)
  await once(server, 'listening')
  const address = server.address()
  const own = address !== null && typeof address === 'object' ? address.port : 0
  /** @param {keyof typeof GUESTS} page */
  const link = page => `http://${GUESTS[page].host}:${front.linksPort ?? own}/${secret}/${page}`
  return {
    links: { board: link('board'), agent: link('agent') },
    cameAt: () => cameAt,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/**
 * @param {string | undefined} path
 * @param {string} secret
 * @returns {keyof typeof GUESTS | undefined}
 */
function pageOf(path, secret) {
  return path === `/${secret}/board` ? 'board' : path === `/${secret}/agent` ? 'agent' : undefined
}

/**
 * @param {string} url
 * @param {{ name: string, password: string }} who
 */
async function logIn(url, who) {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/v1/session`, { method: 'POST', headers, body: JSON.stringify(who) })
  const cookie = answer.headers.getSetCookie()
  if (!answer.ok || cookie.length === 0)
    throw new SetupFailure('guests', `The demo gets no session (${answer.status}).`, 1)
  return cookie
}
