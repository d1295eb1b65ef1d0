// Whoever keeps the house sees how it does, and drains, silences and tests from the page.
import type { Browser } from 'playwright-core'
import t from 'tap'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { shippedRules } from '../support/compliance.ts'
import { enterHouse, launchBrowser } from './house.ts'

let browser: Browser
t.before(async () => {
  browser = await launchBrowser()
})
t.teardown(() => browser.close())

t.test('the house is drained and dials again, and what cannot be done says why', async t => {
  const { page, rig } = await enterHouse(t, browser, { path: '/health', laws: createLawFinder(shippedRules) })
  await page.getByText('pbx1', { exact: true }).waitFor()
  await page.getByText('reachable, Asterisk 22.10.0').waitFor()

  const drain = page.getByRole('region', { name: 'Drain' })
  await drain.getByRole('button', { name: 'Drain' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Not now' }).click()
  t.match((await rig.call('GET', '/v1/drain')).body, { drain: undefined })
  await drain.getByRole('combobox', { name: 'Cut off' }).selectOption('15m')
  await drain.getByRole('button', { name: 'Drain' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click()
  await drain.getByRole('button', { name: 'Dial again' }).waitFor()
  t.match((await rig.call('GET', '/v1/drain')).body, { drain: { finish: 'stay', deadlineAt: String } })
  await drain.getByRole('button', { name: 'Dial again' }).click()
  await drain.getByRole('button', { name: 'Dial again' }).waitFor({ state: 'detached' })
  t.match((await rig.call('GET', '/v1/drain')).body, { drain: undefined })

  await page.getByRole('button', { name: 'What would change?' }).click()
  const configuration = page.getByRole('region', { name: 'The configuration' })
  await configuration.locator('.note.act').waitFor()

  await page.getByRole('textbox', { name: 'Folder' }).fill('backups')
  await page.getByRole('button', { name: 'Back up now' }).click()
  await page.getByRole('region', { name: 'Back up now' }).locator('.note.act').waitFor()
})
