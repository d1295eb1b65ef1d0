// Agents who dial by themselves, in a real browser before a real server and the real engine; the PBX is in the test's hands.
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { modeRig, password } from '../http/modeRig.ts'
import type { Rig } from '../http/rig.ts'
import { engineStateOf } from '../support/engineState.ts'

const pages = fileURLToPath(new URL('../../dist/web', import.meta.url))

let browser: Browser
t.before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
})
t.teardown(() => browser.close())

/** Ann at the desk, in a campaign with these settings. */
async function desk(t: Test, settings: object): Promise<{ readonly rig: Rig; readonly page: Page }> {
  const rig = await modeRig(t, settings, { pages })
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1366, height: 768 } })
  t.teardown(() => context.close())
  const page = await context.newPage()
  page.on('pageerror', error => t.fail(String(error)))
  await page.goto(`${rig.url}/`)
  await page.locator('input[name="username"], input[name="name"]').fill('ann')
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/agent')
  return { rig, page }
}

const sees = (page: Page, what: string | RegExp) => page.getByText(what).first().waitFor()
const dialed = ({ pbx }: Rig) => pbx.asked.filter(what => what.startsWith('originate'))

async function sendOff({ clock, dialer }: Rig): Promise<string> {
  await clock.runUntil(clock.now() + 500)
  const [callId = ''] = engineStateOf(dialer).calls.keys()
  return callId
}

t.test('preview: who is shown, skipped with a reason and called, by keys alone', async t => {
  const script = { steps: [{ say: 'Good day, {name}' }] }
  const { rig, page } = await desk(t, { pacing: { mode: 'preview' }, preview: { decide: '10m' }, script })
  await sees(page, 'Bob.')
  await sees(page, 'May be called now')
  await sees(page, 'Good day, Bob')
  t.notMatch(await page.locator('body').innerText(), '5550111', 'an agent may not see whole numbers')
  await page.keyboard.press('F8')
  await page.locator('[data-codes] button:focus').waitFor()
  await page.keyboard.press('1')
  await sees(page, 'Carol.')
  t.match(await rig.store.lead(1), { reason: 'skipped' })
  await page.keyboard.press('F3')
  await sees(page, 'It rings')
  await sendOff(rig)
  t.same(dialed(rig), ['originate +12025550112'])
})

t.test('manual: a typed number, what is wanted of it, and the gate’s reasons', async t => {
  const { rig, page } = await desk(t, { pacing: { mode: 'manual' } })
  await page.getByRole('textbox', { name: 'Number' }).fill('202 555 0175')
  await page.keyboard.press('Enter')
  await sees(page, 'The campaign does not know this number')
  await page.getByRole('textbox', { name: 'Where from' }).fill('trade fair Berlin')
  await page.locator('select[name="basis"]').selectOption('consent')
  await page.locator('input[name="purpose"]').check()
  await page.getByRole('button', { name: 'Call', exact: true }).click()
  await sees(page, 'It rings')
  const callId = await sendOff(rig)
  t.same(dialed(rig), ['originate +12025550175'])
  rig.pbx.tell({ kind: 'call-ended', callId, cause: 'busy', at: rig.clock.now() })
  await rig.clock.runUntil(rig.clock.now() + 500)

  await rig.call('PUT', '/v1/do-not-call/%2B12025550111')
  await page.getByRole('textbox', { name: 'Number' }).fill('+12025550111')
  await page.keyboard.press('Enter')
  await sees(page, 'They are on a do-not-call list')
  t.ok(await page.getByRole('button', { name: 'Call', exact: true }).isDisabled())
})
