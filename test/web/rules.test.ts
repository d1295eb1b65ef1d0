// An auditor asks what binds: a number, a campaign, a state.
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

t.test('what binds a number, a campaign and a place is found on one page', async t => {
  const { page, rig } = await enterHouse(t, browser, { path: '/rules', laws: createLawFinder(shippedRules) })
  await page.getByRole('textbox', { name: 'Number' }).fill('202 555 0112')
  await page.keyboard.press('Enter')
  await page.getByText('+12025550112 may not be called for spring now').waitFor()
  await page.getByText('10:00 America/New_York').waitFor()
  await page.getByText('lines of law, with their answers').click()
  await page.getByText('refuses').first().waitFor()
  t.equal(page.url(), `${rig.url}/rules`, 'the number stands in no address')

  const campaign = page.getByRole('region', { name: 'A campaign: what binds it now' })
  await campaign.getByRole('combobox').selectOption('spring')
  await campaign.getByText('US-FTC/abandonment').waitFor()

  await page.getByRole('searchbox').fill('florida')
  await page.getByText('Florida Telephone Solicitation Act').click()
  await page.getByText('at most 3 attempts in 24h').waitFor()
  t.equal(await page.getByText('Oklahoma').count(), 0)
})
