// The pages in a real browser, before a real server and the real engine; the PBX is in the test's hands.
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { createPasswords } from '../../src/credentials/passwords.ts'
import { connectCall, dialingRig, type Rig } from '../http/rig.ts'

const pages = fileURLToPath(new URL('../../dist/web', import.meta.url))
const password = 'four words are enough'

let browser: Browser
t.before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
})
t.teardown(() => browser.close())

/** A campaign at work with Ann on the line, who may log in as ann; sam watches over it. */
async function openHouse(t: Test, options: Parameters<typeof dialingRig>[1] = {}): Promise<Rig> {
  const rig = await dialingRig(t, { pages, passwords: createPasswords({ N: 16, r: 1, p: 1 }), ...options })
  await rig.call('POST', '/v1/users', { name: 'ann', role: 'agent', agentId: '1001' })
  await rig.call('POST', '/v1/users', { name: 'sam', role: 'supervisor', campaigns: ['spring'] })
  for (const name of ['ann', 'sam']) await rig.call('PUT', `/v1/users/${name}/password`, { password })
  return rig
}

interface Window extends Page {
  /** What the browser complained of. */
  readonly complaints: string[]
}

/** Logs in as a person does, by typing. */
async function enter(t: Test, rig: Rig, name: string, locale = 'en'): Promise<Window> {
  const context = await browser.newContext({ locale, viewport: { width: 1366, height: 768 } })
  t.teardown(() => context.close())
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text())
  })
  await page.goto(`${rig.url}/`)
  await page.locator('input[name="username"], input[name="name"]').fill(name)
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  return Object.assign(page, { complaints })
}

/** Waits until somebody who looks sees this. */
async function sees(page: Page, what: string | RegExp): Promise<void> {
  await page.getByText(what).first().waitFor()
}

t.test('an agent takes a call, notes it, and says what came of it, by keys alone', async t => {
  const rig = await openHouse(t)
  const page = await enter(t, rig, 'ann')
  await page.waitForURL('**/agent')
  await sees(page, 'Waiting')
  const callId = await connectCall(rig)
  await sees(page, 'Talking')
  await sees(page, 'Bob')
  t.notMatch(await page.locator('body').innerText(), '+12025550111', 'an agent may not see whole numbers')
  await page.getByRole('textbox', { name: 'Notes' }).fill('asks for the blue one')
  await page.reload()
  await sees(page, 'Talking')
  t.equal(
    await page.getByRole('textbox', { name: 'Notes' }).inputValue(),
    'asks for the blue one',
    'a reload loses nothing',
  )

  await page.keyboard.press('1')
  t.equal((await rig.store.call(callId))?.wrapUp, undefined, 'a digit does nothing while the codes have no focus')
  await page.keyboard.press('F8')
  await page.locator('[data-codes] button:focus').waitFor()
  await page.keyboard.press('1')
  await page.locator('[data-codes]').waitFor({ state: 'detached' })
  t.match((await rig.store.call(callId))?.wrapUp, { code: 'done', note: 'asks for the blue one' })

  await page.keyboard.press('F9')
  t.notOk(rig.pbx.asked.includes(`hang-up ${callId}`), 'once is no end')
  await page.keyboard.press('F9')
  await page.keyboard.press('F9')
  while (!rig.pbx.asked.some(asked => asked.includes(callId) && /hang-up/.test(asked))) await page.waitForTimeout(20)
  rig.pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-us', at: rig.clock.now() })
  await rig.clock.runUntil(rig.clock.now() + 2000)
  await sees(page, 'Waiting')
  await sees(page, 'Nobody on the line')
  t.equal(await page.evaluate("Object.keys(localStorage).filter(key => key.includes('notes')).length"), 0)
  t.same(page.complaints, [])
})

t.test('never again is one press, and the number is on the list', async t => {
  const rig = await openHouse(t)
  const page = await enter(t, rig, 'ann')
  await sees(page, 'Waiting')
  const callId = await connectCall(rig)
  await page.getByRole('button', { name: 'Never again' }).click()
  while ((await rig.store.call(callId))?.wrapUp === undefined) await page.waitForTimeout(20)
  t.match((await rig.store.call(callId))?.wrapUp, { code: 'refused', refusal: true })
  t.match((await rig.call('GET', '/v1/do-not-call/%2B12025550111')).body, { listed: true })
})

t.test('who is thrown out in a call is asked to log in, and the call goes on', async t => {
  const rig = await openHouse(t)
  const page = await enter(t, rig, 'ann')
  await sees(page, 'Waiting')
  const callId = await connectCall(rig)
  await sees(page, 'Talking')
  const { status } = await rig.call('PATCH', '/v1/users/ann', { disabled: true })
  t.equal(status, 200)
  await page.waitForURL('**/login')
  t.notOk(rig.pbx.asked.some(asked => asked.includes(`hang-up ${callId}`)))
})

t.test('a daemon that is gone is said on the page, and that it is tried again', async t => {
  const rig = await openHouse(t)
  const page = await enter(t, rig, 'ann')
  await sees(page, 'Waiting')
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Pause' }).click()
  await sees(page, 'nothing was changed')
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Pause' }).click()
  await sees(page, 'then: pause')
})

t.test('a supervisor has the board, in their language, and sees what happens on it', async t => {
  const rig = await openHouse(t)
  const page = await enter(t, rig, 'sam', 'es')
  await page.waitForURL('**/board')
  await sees(page, 'Ann')
  await sees(page, 'esperando')
  await connectCall(rig)
  await sees(page, 'hablando')
  t.equal(await page.evaluate('document.documentElement.lang'), 'es')
  await page.getByLabel('Idioma').selectOption('zh')
  await sees(page, '通话中')
  await page.setViewportSize({ width: 320, height: 640 })
  t.equal(await page.evaluate('document.documentElement.scrollWidth'), 320, 'nothing hangs over (WCAG 1.4.10)')
  t.same(page.complaints, [])
})

t.test('a wrong password is said without telling whether there is such a person', async t => {
  const rig = await openHouse(t)
  const said = []
  for (const name of ['ann', 'nobody']) {
    const context = await browser.newContext({ locale: 'en' })
    const page = await context.newPage()
    await page.goto(`${rig.url}/login`)
    await page.locator('input').first().fill(name)
    await page.locator('input[type="password"]').fill('wrong one entirely')
    await page.keyboard.press('Enter')
    said.push(await page.locator('[role="status"] .note').innerText())
    await context.close()
  }
  t.equal(said[0], said[1])
})

t.test('a hold, keys for the person, a raised hand and a breather are one key each', async t => {
  const rig = await openHouse(t)
  const page = await enter(t, rig, 'ann')
  await sees(page, 'Waiting')
  await page.keyboard.press('F4')
  const callId = await connectCall(rig)
  await sees(page, 'Talking')
  t.notOk(
    rig.pbx.asked.some(asked => asked.startsWith('hold')),
    'there was nobody to be put on hold',
  )
  await page.keyboard.press('F4')
  await sees(page, 'They hear music')
  t.equal(await page.getByLabel('Keys to press for the person').isEnabled(), false)
  await page.reload()
  await sees(page, 'They hear music')
  await page.keyboard.press('F4')
  await page.getByText('They hear music').waitFor({ state: 'detached' })
  // The first request is the slowest: what is pressed behind it does not overtake it.
  await page.route('**/digits', async route => {
    if (route.request().postData()?.includes('1')) await page.waitForTimeout(300)
    await route.continue()
  })
  await page.getByLabel('Keys to press for the person').pressSequentially('1a#')
  const pressed = () => rig.pbx.asked.filter(asked => asked.startsWith(`digits ${callId}`))
  while (pressed().length < 2) await page.waitForTimeout(20)
  t.strictSame(pressed(), [`digits ${callId} 1`, `digits ${callId} #`])
  await page.keyboard.press('F6')
  await sees(page, 'Your hand is raised')
  const board = await enter(t, rig, 'sam')
  await sees(board, 'asks for help')
  await page.keyboard.press('F6')
  await page.getByText('Your hand is raised').waitFor({ state: 'detached' })
  await page.keyboard.press('F7')
  await sees(page, 'then: a breather')
  rig.pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: rig.clock.now() })
  await rig.call('POST', '/v1/campaigns/spring/pause')
  await rig.call('POST', `/v1/calls/${callId}/wrap-up`, { code: 'done' })
  await rig.clock.runUntil(rig.clock.now() + 30_000)
  await sees(page, 'Breather')
  await page.getByRole('button', { name: 'Ready' }).click()
  await sees(page, 'Waiting')
  t.same([...page.complaints, ...board.complaints], [])
})

t.test('a person is given to the desk after a word, and the agent writes it up', async t => {
  const rig = await openHouse(t, { transfers: [{ targetId: 'desk', name: 'The desk', endpoint: 'PJSIP/2001' }] })
  const page = await enter(t, rig, 'ann')
  await sees(page, 'Waiting')
  const callId = await connectCall(rig)
  await page.getByRole('button', { name: 'Ask first' }).click()
  await sees(page, 'The desk is being called')
  rig.pbx.tell({ kind: 'target-up', callId, at: rig.clock.now() })
  await sees(page, 'You talk with The desk')
  await page.getByRole('button', { name: 'Leave them together' }).click()
  await sees(page, 'What came of it?')
  t.ok(rig.pbx.asked.includes(`join-target ${callId} person`))
  t.same(page.complaints, [])
})
