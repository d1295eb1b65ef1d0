// What an agent does with a call in the page, by the tones that each of the three hears: Debian's chromium, the product's own daemon, the
// private Asterisk, and a carrier whose people say a tone each.
import t from 'tap'
import {
  giveTones,
  hearsAnything,
  keysOf,
  launchToneBrowser,
  putOnLine,
  startBrowserFloor,
  startTonePeople,
  tonesHeardBy,
  tonesHeardIn,
} from '../../scripts/lib/index.js'
import { temporaryFolder, until } from '../support/sandbox.ts'

/** Of the agent, and of each leg at the carrier in the order in which they come. */
const agent = 1100
const voices = [400, 500, 600, 700, 800] as const
const [ana, desk, ben, deskAgain, deskBlind] = voices
const place = temporaryFolder()
const people = await startTonePeople({ says: voices, knows: [agent, ...voices] })
const transfers = [{ id: 'desk', name: 'The service desk', endpoint: 'PJSIP/12125550199@trunk-main' }]
const floor = await startBrowserFloor({
  ...{ folder: place.path, rtpPort: people.port, campaign: { wrapUp: { timeout: 60 } }, more: { transfers } },
})
const { api } = floor
const browser = await launchToneBrowser()
t.teardown(async () => {
  await browser.close()
  await floor.close()
  await people.close()
  place.remove()
})
const page = await (await browser.newContext({ locale: 'en' })).newPage()
page.on('pageerror', error => t.fail(String(error)))
await giveTones(page, { says: agent, knows: voices })
await floor.logIn(page)
await putOnLine(page)

const press = (name: string) => page.getByRole('button', { name, exact: false }).first().click()
const legOf = (tone: number) => people.legs().find(({ says }) => says === tone)
const same = (one: readonly number[], other: readonly number[]): boolean =>
  JSON.stringify([...one].sort()) === JSON.stringify([...other].sort())

/** Until each hears these and nobody else. */
async function hear(what: string, ears: Readonly<Record<number, readonly number[]>>): Promise<void> {
  let heard: Readonly<Record<number, readonly number[]>> = {}
  const ear = async (who: number): Promise<readonly number[]> =>
    who === agent ? tonesHeardIn(page) : tonesHeardBy(legOf(who))
  const holds = async (): Promise<boolean> => {
    const entries = await Promise.all(Object.keys(ears).map(async who => [who, await ear(Number(who))] as const))
    heard = Object.fromEntries(entries)
    return Object.entries(ears).every(([who, tones]) => same(heard[Number(who)] ?? [], tones))
  }
  await until(what, holds, 15_000).catch((error: unknown) => {
    t.comment(`${what}: heard ${JSON.stringify(heard)}, not ${JSON.stringify(ears)}`)
    throw error
  })
}

t.test('mute, keys and hold: who hears whom', async t => {
  await api.post('/v1/campaigns/spring/start')
  await page.getByText('Talking').first().waitFor({ timeout: 30_000 })
  await api.post('/v1/campaigns/spring/pause')
  await hear('they hear each other', { [agent]: [ana], [ana]: [agent] })
  await page.keyboard.press('F2')
  await hear('a muted agent hears, and is not heard', { [agent]: [ana], [ana]: [] })
  await page.keyboard.press('F2')
  await hear('both again', { [agent]: [ana], [ana]: [agent] })

  await page.getByLabel('Keys to press for the person').pressSequentially('59#')
  const keys = () => keysOf(legOf(ana))
  await until('the machine there hears the keys', () => keys() === '59#').catch(() => {})
  t.equal(keys(), '59#')

  await page.keyboard.press('F4')
  await hear('neither hears the other', { [agent]: [], [ana]: [] })
  await until('but the person hears music', () => hearsAnything(legOf(ana)))
  await page.getByText('They hear music').waitFor()
  await page.keyboard.press('F4')
  await hear('the person is back', { [agent]: [ana], [ana]: [agent] })
})

t.test('a word with the target first, then all three, then the two are left together', async () => {
  await press('Ask first')
  await hear('the two talk, the person waits', { [agent]: [desk], [desk]: [agent], [ana]: [] })
  await press('All three')
  await hear('three', { [agent]: [ana, desk], [desk]: [agent, ana], [ana]: [agent, desk] })
  await press('Leave them together')
  await hear('the person and the target', { [agent]: [], [desk]: [ana], [ana]: [desk] })
  await page.getByText('What came of it?').first().waitFor()
})

t.test('who is taken back is there again, and whom the agent gives on blindly has the target', async t => {
  await press('Done')
  await api.post('/v1/campaigns/spring/start')
  await page.getByText('Talking').first().waitFor({ timeout: 30_000 })
  await hear('the next person', { [agent]: [ben], [ben]: [agent] })
  await press('Ask first')
  await hear('the target', { [agent]: [deskAgain], [deskAgain]: [agent], [ben]: [] })
  await press('Take back')
  await hear('the person again', { [agent]: [ben], [ben]: [agent] })
  await press('Transfer')
  await hear('the person and the target', { [agent]: [], [deskBlind]: [ben], [ben]: [deskBlind] })
  await page.getByText('What came of it?').first().waitFor()
  t.notOk(await page.locator('footer .note.act').count(), 'nothing was refused')
})
