// An admin's week without the command line: a user with their link, a token, an agent, the own password; a list that is wrong says so.
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

t.test('users, tokens, agents, lists and the own account are kept on one page', async t => {
  const { page, rig } = await enterHouse(t, browser, { path: '/settings', laws: createLawFinder(shippedRules) })
  const room = (name: string) => page.getByRole('tab', { name }).click()
  const field = (name: string) => page.getByRole('textbox', { name })
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()

  await field('Password now').first().fill('not the one')
  await field('New password').fill('five words are even better')
  await press('Change my password')
  await page.locator('.note.act').waitFor()

  await room('Users')
  await press('Add a user')
  await field('Name').fill('zoe')
  await field('Campaigns').fill('spring')
  await press('Add a user')
  await page.getByText('A link for zoe').waitFor()
  t.match(await page.locator('.note code').textContent(), /\/setup#/)
  await press('Change zoe')
  await press('Remove')
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByText('zoe', { exact: true }).waitFor({ state: 'detached' })
  t.equal((await rig.call('GET', '/v1/users/zoe')).status, 404)

  await room('Tokens of programs')
  await field('Name').fill('crm')
  await page.getByRole('checkbox', { name: 'see-calls' }).check()
  await press('Make a token')
  await page.getByText('The token of crm').waitFor()
  t.match((await rig.call('GET', '/v1/tokens')).body, { tokens: [{ name: 'crm', rights: ['see-calls'] }] })

  await room('Agents')
  await field('Id').fill('1002')
  await field('Name').fill('Bea')
  await field('Telephone').fill('PJSIP/1002')
  await press('Add or change an agent')
  await page.getByText('Bea', { exact: true }).waitFor()
  t.match(await rig.call('GET', '/v1/agents/1002'), { status: 200 })

  await room('Lists and permissions')
  const form = page.getByRole('form', { name: 'Import a list' })
  await form.getByRole('textbox', { name: 'List' }).fill('federal')
  await form.getByRole('textbox', { name: 'Place' }).fill('US')
  const numbers = Array.from({ length: 40 }, (_, index) => `+120255501${String(index).padStart(2, '0')}`)
  const buffer = Buffer.from(['number', ...numbers, 'rubbish'].join('\n'))
  await form.locator('input[type=file]').setInputFiles({ name: 'federal.csv', mimeType: 'text/csv', buffer })
  await form.getByRole('button', { name: 'Import' }).click()
  await form.getByText('40 of').waitFor()
  await page.getByText('federal', { exact: true }).waitFor()
})
