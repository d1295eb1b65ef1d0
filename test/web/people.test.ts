// One person's whole case: why they are not called, what they wish, all that is kept, and its end.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { modeRig, password } from '../http/modeRig.ts'
import type { Rig } from '../http/rig.ts'

const pages = fileURLToPath(new URL('../../dist/web', import.meta.url))
const bob = '+12025550111'

let browser: Browser
t.before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
})
t.teardown(() => browser.close())

async function lookUp(t: Test, rig: Rig, user: object): Promise<Page> {
  await rig.call('POST', '/v1/users', { name: 'pat', ...user })
  await rig.call('PUT', '/v1/users/pat/password', { password })
  const context = await browser.newContext({ locale: 'en' })
  t.teardown(() => context.close())
  const page = await context.newPage()
  await page.goto(`${rig.url}/login`)
  await page.locator('input[name="name"]').fill('pat')
  await page.locator('input[type="password"]').fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'People' }).click()
  await page.getByLabel('A telephone number').fill('+1 202 555 0111')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'spring' }).waitFor()
  return page
}

t.test('whoever says no is not called any more, and the page says why', async t => {
  const rig = await modeRig(t, { pacing: { mode: 'manual' } }, { pages })
  const page = await lookUp(t, rig, { role: 'supervisor', campaigns: ['spring'] })
  const lead = page.getByRole('region', { name: 'spring' })
  t.notMatch(page.url(), /\d{7}/, 'no number stands in the address')
  await lead.getByText('Would be called now').waitFor()
  t.equal(await page.getByRole('button', { name: 'Erase this person' }).count(), 0, 'erasures are of the whole house')

  await page.getByText('Set hours').click()
  await page.getByLabel('Mon').fill('9 to 12')
  const hours = page.getByRole('region', { name: 'Their own hours' })
  await hours.getByLabel('How you know').fill('said on the telephone')
  await hours.getByRole('button', { name: 'Call only then' }).click()
  await hours.getByText('09:00-12:30').waitFor()
  await page.getByLabel('Mon').fill('09:00-12:00')
  await hours.getByRole('button', { name: 'Call only then' }).click()
  await lead.getByText('They want to be called at other hours').waitFor()

  await page.getByRole('button', { name: 'Never call this number again' }).click()
  await lead.getByText('They are on a do-not-call list').waitFor()
  t.match(await rig.call('GET', `/v1/do-not-call/${encodeURIComponent(bob)}`), { body: { listed: true } })
})

t.test('a permission is recorded with its evidence and taken back', async t => {
  const rig = await modeRig(t, { pacing: { mode: 'manual' } }, { pages })
  const page = await lookUp(t, rig, { role: 'supervisor', campaigns: ['spring'] })
  const permissions = page.getByRole('region', { name: 'Permissions' })
  await permissions.getByText('They permit calls').click()
  await permissions.getByLabel('How you know').fill('signed at the fair')
  await permissions.getByRole('button', { name: 'Record it' }).click()
  await permissions.getByText('signed at the fair').waitFor()
  await permissions.getByText('They take a permission back').click()
  await permissions.getByLabel('How you know').first().fill('by mail')
  await permissions.getByRole('button', { name: 'Taken back' }).click()
  await permissions.getByText('by mail').waitFor()
  const kept = await rig.call('GET', `/v1/permissions/${encodeURIComponent(bob)}`)
  t.match(kept, { body: { permissions: [{ withdrawnHow: 'by mail' }] } })
})

t.test('all that is kept is saved as a file; an erasure takes the number once more', async t => {
  const rig = await modeRig(t, { pacing: { mode: 'manual' } }, { pages })
  const page = await lookUp(t, rig, { role: 'admin' })
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save all that is kept' }).click(),
  ])
  t.match(file.suggestedFilename(), /^person-\d{4}-\d\d-\d\d\.json$/)
  t.match(JSON.parse(readFileSync(await file.path(), 'utf8')), { numbers: [bob], leads: [{ data: {} }] })

  await page.getByRole('button', { name: 'Erase this person' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Type the number once more').fill('+1 202 555 0112')
  await dialog.getByText('That is not the number').waitFor()
  await dialog.getByRole('button', { name: 'Erase for good' }).click()
  t.match(await rig.call('GET', `/v1/persons/${encodeURIComponent(bob)}`), { body: { leads: { length: 1 } } })
  await dialog.getByLabel('Type the number once more').fill('+1 202 555 0111')
  await dialog.getByRole('button', { name: 'Erase for good' }).click()
  await page.getByText('Erased. Leads: 1').waitFor()
  t.match(await rig.call('GET', `/v1/persons/${encodeURIComponent(bob)}`), { body: { leads: { length: 0 } } })
})
