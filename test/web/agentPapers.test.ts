// Script, form, wishes and call-backs on the agent's desk, in a real browser by keys, before a real server and the real engine.
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { createPasswords } from '../../src/credentials/passwords.ts'
import { connectCall, dialingRig, type Rig } from '../http/rig.ts'
import { faultsOf } from './faults.ts'

const pages = fileURLToPath(new URL('../../dist/web', import.meta.url))
const password = 'four words are enough'
const spring = { id: 'spring', message: 'sorry', pacing: { mode: 'progressive' } }
const script = {
  steps: [
    { say: 'Good day, {name}', duty: { name: 'who', says: 'I have said who calls' } },
    { say: 'What would you pay?' },
  ],
  form: [{ name: 'budget', label: 'Budget', type: 'number', max: 10, requiredFor: ['done'] }],
}

let browser: Browser
t.before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
})
t.teardown(() => browser.close())

/** Ann talks, with the desk in front of them. */
async function talking(t: Test): Promise<{ readonly rig: Rig; readonly page: Page; readonly callId: string }> {
  const rig = await dialingRig(t, { pages, passwords: createPasswords({ N: 16, r: 1, p: 1 }) })
  await rig.call('PUT', '/v1/campaigns/spring', { ...spring, script })
  await rig.call('POST', '/v1/users', { name: 'ann', role: 'agent', agentId: '1001' })
  await rig.call('PUT', '/v1/users/ann/password', { password })
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1366, height: 768 }, bypassCSP: true })
  t.teardown(() => context.close())
  const page = await context.newPage()
  await page.goto(`${rig.url}/`)
  await page.locator('input[name="username"], input[name="name"]').fill('ann')
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await page.getByText('My day').waitFor()
  const callId = await connectCall(rig)
  await page.getByText('Good day, Bob').waitFor()
  return { rig, page, callId }
}

t.test('script, form and outcome go by keys, survive a reload, and are kept with the call', async t => {
  const { rig, page, callId } = await talking(t)
  await page.getByLabel('I have said who calls').focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('F3')
  await page.getByText('2 of 2').waitFor()
  await page.getByLabel('Budget').focus()
  await page.keyboard.type('11')
  await page.getByText('more than the script permits').waitFor()
  await page.reload()
  await page.getByText('2 of 2').waitFor()
  t.equal(await page.getByLabel('Budget').inputValue(), '11')
  await page.keyboard.press('F8')
  await page.locator('[data-codes] button:focus').waitFor()
  await page.keyboard.press('1')
  await page.getByText('budget is more than').waitFor()
  t.equal((await rig.store.call(callId))?.wrapUp, undefined)
  await page.getByLabel('Budget').fill('9')
  await page.keyboard.press('F8')
  await page.locator('[data-codes] button:focus').waitFor()
  await page.keyboard.press('1')
  await page.locator('[data-codes]').waitFor({ state: 'detached' })
  t.match((await rig.store.call(callId))?.wrapUp, { code: 'done', form: { budget: '9', who: 'said' } })
  t.equal(await page.evaluate("Object.keys(localStorage).filter(key => key.includes('notes')).length"), 0)
})

t.test('hours in three clicks, a call-back by the clock of the person, refused outside of them', async t => {
  const { rig, page, callId } = await talking(t)
  await page.getByRole('button', { name: 'Set hours' }).click()
  await page.getByRole('button', { name: 'Evening' }).click()
  await page.getByRole('button', { name: 'Call only then' }).click()
  await page.getByText('17:00–21:00').waitFor()
  await page.keyboard.press('F8')
  await page.locator('[data-codes] button:focus').waitFor()
  await page.keyboard.press('3')
  await page.locator('[data-call-back] input:focus').waitFor()
  await page.getByLabel('Time', { exact: true }).fill('10:00')
  await page.getByLabel('Day', { exact: true }).fill('2026-01-14')
  await page.getByText('They want to be called at other hours').waitFor()
  t.ok(await page.getByRole('button', { name: 'Promise this call' }).isDisabled())
  await page.getByRole('button', { name: /^Take / }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('May be called then').waitFor()
  await page.getByLabel('I call them myself').check()
  await page.locator('button:enabled', { hasText: 'Promise this call' }).waitFor()
  await page.getByRole('button', { name: 'Promise this call' }).press('Enter')
  await page.locator('[data-codes]').waitFor({ state: 'detached' })
  t.match((await rig.store.call(callId))?.wrapUp, { code: 'callback', callbackAt: Date.parse('2026-01-14T22:00:00Z') })
  t.equal((await rig.store.callBacksOf('1001')).length, 1)
})

t.test('axe finds nothing serious in light and dark, and nothing hangs over', async t => {
  const { page } = await talking(t)
  await page.getByRole('button', { name: 'Set hours' }).click()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const tab of ['Before', 'Call back']) {
      await page.getByRole('tab', { name: tab }).click()
      t.same(await faultsOf(page), [], `${colorScheme}, ${tab}`)
    }
  }
  t.equal(await page.evaluate('document.documentElement.scrollHeight'), 768, 'the page itself does not scroll')
  await page.setViewportSize({ width: 320, height: 640 })
  t.equal(await page.evaluate('document.documentElement.scrollWidth'), 320, 'nothing hangs over (WCAG 1.4.10)')
})

t.test('F1 lists the keys, each can be another, and what it is stays over a reload', async t => {
  const { rig, page } = await talking(t)
  await page.keyboard.press('F1')
  const card = page.getByRole('dialog', { name: 'Keys' })
  await card.waitFor()
  t.same(await faultsOf(page), [])
  await card.getByRole('button', { name: 'Change hold' }).click()
  await page.keyboard.press('k')
  await card.getByText('k cannot be had').waitFor()
  await page.keyboard.press('F6')
  await card.getByRole('button', { name: 'Close' }).click()
  t.notOk(
    rig.pbx.asked.some(asked => asked.startsWith('hold')),
    'a key that is chosen does nothing else',
  )
  await page.reload()
  await page.getByRole('button', { name: 'Hold F6' }).waitFor()
  await page.getByRole('button', { name: 'Help F4' }).waitFor()
  await page.keyboard.press('F6')
  await page.getByText('They hear music').first().waitFor()
  await page.keyboard.press('F1')
  await page.getByRole('button', { name: 'As they were' }).click()
  await page.keyboard.press('Escape')
  await card.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'F4' }).first().waitFor()
})
