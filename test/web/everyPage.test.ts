// Every page, in both colours and on the narrowest window, for people who hear it, enlarge it, or see no colours.
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { modeRig, password } from '../http/modeRig.ts'
import { shippedRules } from '../support/compliance.ts'
import { faultsOf } from './faults.ts'
import { enterHouse, launchBrowser, pages } from './house.ts'

/** Each with words that stand there when all is there. */
const house = [
  ['rules', 'Florida Telephone Solicitation Act'],
  ['ledger', 'Log in: a cookie is set'],
  ['settings', 'Where I am logged in'],
  ['health', 'reachable, Asterisk'],
] as const

let browser: Browser
t.before(async () => {
  browser = await launchBrowser()
})
t.teardown(() => browser.close())

async function openPage(t: Test): Promise<Page> {
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1366, height: 768 }, bypassCSP: true })
  t.teardown(() => context.close())
  return context.newPage()
}

async function enter(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/login`)
  await page.locator('input[name="name"]').fill(name)
  await page.locator('input[type="password"]').fill(password)
  await page.keyboard.press('Enter')
}

/** What a page may load over the wire, compressed, in its first language; the pages of the house 70. */
const kilobytes = { login: 20, setup: 20, preview: 110, skipping: 110, manual: 110 }
const assetBytes = `performance.getEntriesByType('resource')
  .filter(({ name }) => name.includes('/assets/')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`

/**
 * Nothing serious in light and dark, nothing hangs over at 320 px (WCAG 1.4.10), no button is smaller than 24 px (2.5.8), nothing is
 * stretched over the widest window.
 */
async function isSound(t: Test, page: Page, name: string): Promise<void> {
  const loaded = Number(await page.evaluate(assetBytes))
  const [, most = 70] = Object.entries(kilobytes).find(([beginning]) => name.startsWith(beginning)) ?? []
  t.ok(loaded > 5_000 && loaded <= most * 1_000, `${name}: ${loaded} bytes`)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    t.same(await faultsOf(page), [], `${name}, ${colorScheme}`)
  }
  await page.setViewportSize({ width: 320, height: 640 })
  t.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 320, `${name}: nothing hangs over`)
  const small = await page.evaluate(`[...document.querySelectorAll('button, select, input, a')]
    .filter(one => one.offsetParent !== null && Math.min(one.offsetWidth, one.offsetHeight) < 24
      && !one.closest('label')).map(one => one.outerHTML.slice(0, 80))`)
  t.same(small, [], `${name}: what is pressed is large enough`)
  await page.setViewportSize({ width: 3840, height: 2160 })
  const wide = await page.evaluate(`Math.max(...[...document.querySelectorAll('main section, main table, main form')]
    .map(one => one.getBoundingClientRect().width))`)
  t.ok(Number(wide) <= 1680, `${name}: no line is ${wide} px long`)
  await picture(page, name)
  await page.setViewportSize({ width: 1366, height: 768 })
}

/** For people to look at: a folder for pictures from the narrowest window to the widest, in both colours. */
const pictures = process.env.DIALWRIGHT_PICTURES
const windows = [
  [320, 640],
  [1366, 768],
  [3840, 2160],
] as const

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return
  for (const colorScheme of ['light', 'dark'] as const)
    for (const [width, height] of windows) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height })
      const file = `${name.replaceAll(/\W+/g, '-')}-${width}-${colorScheme}.png`
      await page.screenshot({ path: join(pictures, file), fullPage: width === 320 })
    }
}

t.test('log-in and set-up', async t => {
  const { url } = await modeRig(t, {}, { pages })
  const page = await openPage(t)
  await page.goto(`${url}/login`)
  await page.getByRole('button').first().waitFor()
  await isSound(t, page, 'login')
  await page.goto(`${url}/setup#a-link`)
  await page.getByRole('button').first().waitFor()
  await isSound(t, page, 'setup')
})

t.test('the board', async t => {
  const rig = await modeRig(t, {}, { pages })
  await rig.call('POST', '/v1/users', { name: 'sam', role: 'supervisor', campaigns: ['spring'] })
  await rig.call('PUT', '/v1/users/sam/password', { password })
  const page = await openPage(t)
  await enter(page, rig.url, 'sam')
  await page.getByRole('table').first().waitFor()
  await isSound(t, page, 'board')
})

t.test('the campaigns', async t => {
  const rig = await modeRig(t, {}, { pages })
  await rig.call('POST', '/v1/users', { name: 'ada', role: 'admin' })
  await rig.call('PUT', '/v1/users/ada/password', { password })
  const page = await openPage(t)
  await enter(page, rig.url, 'ada')
  await page.waitForURL('**/board')
  await page.goto(`${rig.url}/campaigns`)
  await page.getByRole('table').first().waitFor()
  await isSound(t, page, 'campaigns')
  for (const tab of ['now', 'leads', 'pacing', 'settings', 'script', 'codes']) {
    await page.goto(`${rig.url}/campaigns#spring/${tab}`)
    await page.getByRole('tab', { selected: true }).waitFor()
    await isSound(t, page, `campaign, ${tab}`)
  }
})

t.test('one person', async t => {
  const rig = await modeRig(t, {}, { pages })
  await rig.call('POST', '/v1/users', { name: 'olga', role: 'admin' })
  await rig.call('PUT', '/v1/users/olga/password', { password })
  const page = await openPage(t)
  await enter(page, rig.url, 'olga')
  await page.getByRole('link', { name: 'People' }).click()
  await page.getByLabel('A telephone number').fill('+12025550111')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'spring' }).waitFor()
  await page.locator('summary').evaluateAll('all => all.forEach(one => one.click())')
  await isSound(t, page, 'person')
})

t.test('the pages of the house', async t => {
  const { page, rig } = await enterHouse(t, browser, { path: '/rules', laws: createLawFinder(shippedRules) })
  for (const [name, sign] of house) {
    await page.goto(`${rig.url}/${name}`)
    await page.getByText(sign).first().waitFor()
    await isSound(t, page, name)
  }
})

t.test('the desk of agents who dial by themselves', async t => {
  const preview = await modeRig(t, { pacing: { mode: 'preview' }, preview: { decide: '10m' } }, { pages })
  const shown = await openPage(t)
  await enter(shown, preview.url, 'ann')
  await shown.getByText('May be called now').waitFor()
  await isSound(t, shown, 'preview')
  await shown.keyboard.press('F8')
  await shown.locator('[data-codes] button:focus').waitFor()
  await isSound(t, shown, 'skipping')

  const manual = await modeRig(t, { pacing: { mode: 'manual' } }, { pages })
  const typed = await openPage(t)
  await enter(typed, manual.url, 'ann')
  await typed.getByRole('textbox', { name: 'Number' }).fill('202 555 0175')
  await typed.keyboard.press('Enter')
  await typed.getByText('The campaign does not know this number').waitFor()
  await isSound(t, typed, 'manual')
})
