// A supervisor at the board: sees who asks for help, comes, lets them rest, stops a campaign; a wall shows figures and no names.
import type { Browser } from 'playwright-core'
import t, { type Test } from 'tap'
import { enterHouse, type House, launchBrowser } from './house.ts'

let browser: Browser
t.before(async () => {
  browser = await launchBrowser()
})
t.teardown(() => browser.close())

async function openBoard(t: Test): Promise<House> {
  const sam = { name: 'sam', role: 'supervisor', campaigns: ['spring'] } as const
  const house = await enterHouse(t, browser, { path: '/board', who: sam })
  await house.page.getByRole('button', { name: 'Ann' }).waitFor()
  return house
}

t.test('whoever asks for help is seen, come to, and let rest', async t => {
  const { rig, page } = await openBoard(t)
  await rig.call('PUT', '/v1/agents/1001/help')
  await page.getByText('asks for help').waitFor()
  await page.getByRole('button', { name: 'Ann' }).click()
  const window = page.getByRole('dialog', { name: 'Ann' })
  await window.getByRole('button', { name: 'I have come' }).click()
  await page.getByText('asks for help').waitFor({ state: 'detached' })
  t.match(await rig.call('GET', '/v1/agents/1001'), { body: { agent: { helpSince: undefined } } })
  await window.getByRole('button', { name: 'Pause' }).click()
  await rig.clock.runUntil(rig.clock.now() + 1)
  t.match(await rig.call('GET', '/v1/agents/1001'), { body: { agent: { pending: 'pause' } } }, 'their call comes first')
  await page.keyboard.press('Escape')
  await window.waitFor({ state: 'detached' })
})

t.test('a campaign stops when that is said twice', async t => {
  const { rig, page } = await openBoard(t)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Not now' }).click()
  t.match(await rig.call('GET', '/v1/campaigns/spring'), { body: { status: { state: 'running' } } })
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  t.match(await rig.call('GET', '/v1/campaigns/spring'), { body: { status: { state: /stop/ } } })
})

t.test('the wall has figures, and nothing of anybody', async t => {
  const { page } = await openBoard(t)
  await page.getByRole('link', { name: 'For a wall' }).click()
  await page.getByText('talking / at work').waitFor()
  t.equal(await page.getByText('Ann').count(), 0)
  t.equal(await page.getByRole('button').count(), 0)
})
