// How soon a page can be worked with, in Debian's chromium on a slowed processor.
import { launchToneBrowser } from '../lib/toneBrowser.js'
import { percentiles, round } from './facts.js'

/** @import { Browser } from 'playwright-core' */

/** Chromium's own throttling of the page's processor time: a machine four times as slow as this one. */
const SLOWED_BY = 4
const LOADS = 10
const PASSWORD = 'four words are enough'

/**
 * From the navigation to the first thing that can be pressed, milliseconds, each load in a browser that has nothing kept.
 * @param {{ api: import('../lib/api.js').Api, url: string, agentId: string }} at
 */
export async function measureInteractive({ api, url, agentId }) {
  await api.post('/v1/users', { name: 'ann', role: 'agent', agentId })
  await api.put('/v1/users/ann/password', { password: PASSWORD })
  const browser = await launchToneBrowser()
  try {
    const [logIn, agent] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])]
    for (let load = 0; load < LOADS; load += 1) {
      logIn.push(await loadOf(browser, { url, path: '/login', first: 'input[type="password"]' }))
      agent.push(await loadOf(browser, { url, path: '/agent', first: '.controls button', asAgent: true }))
    }
    return { slowedBy: SLOWED_BY, reach: '<= 1000', logIn: percentiles(logIn), agent: percentiles(agent) }
  } finally {
    await browser.close()
  }
}

/**
 * @param {Browser} browser
 * @param {{ url: string, path: string, first: string, asAgent?: boolean }} page
 */
async function loadOf(browser, { url, path, first, asAgent = false }) {
  const context = await browser.newContext({ locale: 'en' })
  try {
    if (asAgent) await context.request.post(`${url}/v1/session`, { data: { name: 'ann', password: PASSWORD } })
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
    return round(Number(await page.evaluate('workable')), 0)
  } finally {
    await context.close()
  }
}
