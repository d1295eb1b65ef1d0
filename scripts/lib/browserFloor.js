// One agent who works in a browser, beside the private Asterisk: a carrier whose people answer, the daemon, a campaign, a user.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createApi } from './api.js'
import { startCarrier } from './carrier.js'
import { startDaemon } from './daemon.js'

/** @import { Page } from 'playwright-core' */

const PASSWORD = 'four words are enough'
const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const READY_TIMEOUT_MS = 30_000

/**
 * Puts it up; the campaign `spring` waits to be started. Numbers are invented.
 * @param {object} options
 * @param {string} options.folder
 * @param {number} options.rtpPort where what the people hear goes
 * @param {number} [options.leads] 100 at most
 * @param {Readonly<Record<string, unknown>>} [options.campaign] more of its settings
 * @param {Readonly<Record<string, unknown>>} [options.more] more of the daemon's
 */
export async function startBrowserFloor({ folder, rtpPort, leads = 2, campaign = {}, more = {} }) {
  // Neither a browser nor a PBX looks for a way over the loopback: a documentation address of this namespace alone.
  execFileSync('ip', ['address', 'replace', '192.0.2.77/32', 'dev', 'lo'])
  const agentId = 'desk-1'
  const carrier = await startCarrier({ folder: join(folder, 'carrier'), mix: { answers: 1 }, bySuffix: false, rtpPort })
  const daemon = await startDaemon({ folder: join(folder, 'daemon'), agents: [agentId], more })
  const api = createApi(daemon)
  while (!(await isLinked(api))) await delay(50)
  await api.post('/v1/users', { name: 'ann', role: 'agent', agentId })
  await api.put('/v1/users/ann/password', { password: PASSWORD })
  await api.put('/v1/campaigns/spring', {
    ...{ id: 'spring', pacing: { mode: 'progressive' }, message: 'dialwright/demo-message', wrapUp: { timeout: 1 } },
    ...{ hours: '00:00-24:00', weekdays: EVERY_DAY, ...campaign },
  })
  const numbers = Array.from({ length: leads }, (_, index) => `+120255501${String(index).padStart(2, '0')}`)
  const from = 'source=t&country=US&origin=invented&basis=other:invented'
  await api.upload(`/v1/campaigns/spring/leads/import?${from}`, `phone\n${numbers.join('\n')}\n`, 'text/csv')
  await api.post('/v1/agents', { agentId, campaignId: 'spring' })
  return {
    ...{ agentId, carrier, daemon, api, password: PASSWORD },
    /** @param {Page} page */
    logIn: page => logIn(page, daemon.url),
    async close() {
      await daemon.stop()
      await carrier.stop()
    },
  }
}

/** @param {import('./api.js').Api} api */
async function isLinked(api) {
  /** @type {{ nodes: readonly { link: string }[] }} */
  const { nodes } = await api.get('/v1/status')
  return nodes[0]?.link === 'up'
}

/**
 * Logs the agent in, to their desk.
 * @param {Page} page
 * @param {string} url
 */
async function logIn(page, url) {
  await page.goto(`${url}/login`)
  await page.locator('input').first().fill('ann')
  await page.locator('input[type="password"]').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/agent')
}

/**
 * Until the phone in the page is in that state.
 * @param {Page} page
 * @param {string} state
 */
export async function waitForPhone(page, state, timeout = READY_TIMEOUT_MS) {
  await page.locator(`[data-phone="${state}"]`).waitFor({ timeout })
}

/**
 * Makes the page the agent's phone, and has it rung.
 * @param {Page} page
 */
export async function putOnLine(page) {
  await page.getByRole('button', { name: 'Use this page as my phone' }).click()
  await waitForPhone(page, 'ready')
  await page.getByRole('button', { name: 'Ring my phone' }).click()
  await waitForPhone(page, 'on-line')
}
