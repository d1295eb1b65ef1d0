// An auditor proves the ledger on its page, reads the regulator's table, and asks who did what.
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import t from 'tap'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { createProver } from '../../src/daemon/proof/prover.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { shippedRules } from '../support/compliance.ts'
import { enterHouse, launchBrowser } from './house.ts'

let browser: Browser
t.before(async () => {
  browser = await launchBrowser()
})
t.teardown(() => browser.close())

t.test('the chain is proved, the table stands on paper, and every deed has its name', async t => {
  const file = join(t.testdirName, 'ledger.db')
  const laws = createLawFinder(shippedRules)
  const { page } = await enterHouse(t, browser, { path: '/ledger', laws, prover: createProver(file) })
  const store = await openSqliteStore({ file })
  t.teardown(() => store.close())
  await store.recordRules(shippedRules, 1)
  await page.getByRole('button', { name: 'Verify the chain' }).click()
  await page.getByText('As it was written').waitFor()
  await page.getByRole('button', { name: 'Audit the calls' }).click()
  await page.getByText('No violation in').waitFor()

  await page.getByRole('cell', { name: 'US-FTC' }).first().waitFor()
  await page.getByText('The calls behind it').click()
  await page.getByText('Nobody was met with silence').waitFor()

  const deeds = page.getByRole('region', { name: 'Who did what' })
  await deeds.getByText('Log in: a cookie is set').waitFor()
  await deeds.getByRole('combobox').selectOption('access')
  await deeds.getByRole('button', { name: 'Show' }).click()
  await deeds.getByText('Log in: a cookie is set').waitFor({ state: 'detached' })
  await deeds.getByText('user: amy').first().waitFor()

  await page.emulateMedia({ media: 'print' })
  t.equal(await page.getByText('Who did what').isVisible(), false, 'paper has the table alone')
  t.ok(await page.getByText('Seller: default.').isVisible(), 'with whose it is')
})
