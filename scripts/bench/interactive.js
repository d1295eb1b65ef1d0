// How soon a page can be worked with, in Debian's chromium on a slowed processor.
import { launchToneBrowser } from '../lib/toneBrowser.js'
import { percentiles, round } from './facts.js'

/** @import { Browser } from 'playwright-core' */

/** Chromium's own throttling of the page's processor time: a machine four times as slow as this one. */
const SLOWED_BY = 4
const LOADS = 10
const PASSWORD = 'four words are enough'

/** Pages of the house, each with the first thing that can be pressed there. */
const HOUSE = ['board', 'board/wall', 'campaigns', 'people', 'rules', 'ledger', 'settings', 'health']

/**
 * From the navigation to the first thing that can be pressed, milliseconds, and what has come over the wire by then, compressed; each load
 * in a browser that has nothing kept.
 * @param {{ api: import('../lib/api.js').Api, url: string, agentId: string }} at
 */
export async function measureInteractive({ api, url, agentId }) {
  await api.post('/v1/users', { name: 'ann', role: 'agent', agentId })
  await api.post('/v1/users', { name: 'sam', role: 'admin' })
  for (const name of ['ann', 'sam']) await api.put(`/v1/users/${name}/password`, { password: PASSWORD })
  const browser = await launchToneBrowser()
  try {
    const [logIn, agent] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])]
    /** @type {Record<string, number>} */
    const bytes = {}
    for (let load = 0; load < LOADS; load += 1) {
      const first = await loadOf(browser, { url, path: '/login', first: 'input[type="password"]' })
      const desk = await loadOf(browser, { url, path: '/agent', first: '.controls button', as: 'ann' })
      logIn.push(first.ms)
      agent.push(desk.ms)
      Object.assign(bytes, { login: first.bytes, agent: desk.bytes })
    }
    for (const name of HOUSE)
      bytes[name] = (await loadOf(browser, { url, path: `/${name}`, first: 'h1', as: 'sam' })).bytes
    const interactiveMs = {
      slowedBy: SLOWED_BY,
      reach: '<= 1000',
      logIn: percentiles(logIn),
      agent: percentiles(agent),
    }
    return { bytes, interactiveMs }
  } finally {
    await browser.close()
  }
}

/**
 * @param {Browser} browser
 * @param {{ url: string, path: string, first: string, as?: string }} page
 */
async function loadOf(browser, { url, path, first, as }) {
  const context = await browser.newContext({ locale: 'en' })
  try {
    if (as !== undefined) await context.request.post(`${url}/v1/session`, { data: { name: as, password: PASSWORD } })
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWED_BY })
    await page.addInitScript(`window.workable = new Promise(done => {
      const look = setInterval(() => {
        const first = document.querySelector(${JSON.stringify(first)})
        if (first === null || first.disabled) return
        clearInterval(look)
        done(performance.now())
      }, 5)
    })`)
    await page.goto(`${url}${path}`)
    const ms = round(Number(await page.evaluate('workable')), 0)
    await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => {})
    const bytes = Number(
      await page.evaluate(`performance.getEntriesByType('resource')
        .filter(({ name }) => name.includes('/assets/')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`),
    )
    return { ms, bytes }
  } finally {
    await context.close()
  }
}
