// An operator at the campaigns: makes one, starts and stops it, changes it where it stands, and is told first what that does.
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { given } from '../../src/core/given.ts'
import { createPasswords } from '../../src/credentials/passwords.ts'
import type { Foresee } from '../../src/ports/foresight/foresee.ts'
import { type Rig, startRig, token } from '../http/rig.ts'

const pages = fileURLToPath(new URL('../../dist/web', import.meta.url))
const password = 'four words are enough'
/** Things of which the form shows a part, or nothing. */
const spring = {
  id: 'spring',
  message: 'sorry',
  automation: ['dialing'],
  pacing: { mode: 'progressive', abandonmentWindows: [{ name: 'week', kind: 'rolling', lengthMs: 604_800_000 }] },
  fatigue: { weights: { complaint: 7 } },
  limits: [{ max: 2, window: '7d', per: 'person', across: 'topic' }],
  script: { steps: [{ say: 'Hello {name}' }], form: [{ name: 'size', label: 'Size', type: 'number', min: 1, max: 9 }] },
}

let browser: Browser
t.before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
})
t.teardown(() => browser.close())

async function openAs(t: Test, role: string, foresee?: Foresee): Promise<{ readonly rig: Rig; readonly page: Page }> {
  const rig = await startRig(t, { pages, passwords: createPasswords({ N: 16, r: 1, p: 1 }), ...given({ foresee }) })
  const inventory = { calls: [], agents: [], unattended: [] }
  rig.pbx.tell({ kind: 'node-up', nodeId: 'pbx1', inventory, at: rig.clock.now() })
  await rig.call('PUT', '/v1/campaigns/spring', spring)
  await rig.call('POST', '/v1/users', { name: 'oli', role, ...(role === 'admin' ? {} : { campaigns: ['spring'] }) })
  await rig.call('PUT', '/v1/users/oli/password', { password })
  const context = await browser.newContext({ locale: 'en' })
  t.teardown(() => context.close())
  const page = await context.newPage()
  await page.goto(`${rig.url}/login`)
  await page.locator('input[name="name"]').fill('oli')
  await page.locator('input[type="password"]').fill(password)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/board')
  return { rig, page }
}

async function campaignOf({ call }: Rig, id = 'spring'): Promise<Record<string, unknown>> {
  return (await call('GET', `/v1/campaigns/${id}`)).body.campaign as Record<string, unknown>
}

t.test('a campaign is made, started and stopped, and one that is there is not overwritten', async t => {
  const { rig, page } = await openAs(t, 'admin')
  await page.goto(`${rig.url}/campaigns`)
  await page.getByRole('button', { name: 'New campaign' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Id').fill('spring')
  await dialog.getByLabel('Message').fill('goodbye')
  await dialog.getByRole('button', { name: 'New campaign' }).click()
  await dialog.getByText('with this id already').waitFor()
  t.match(await campaignOf(rig), { message: 'sorry' })
  await dialog.getByLabel('Id').fill('autumn')
  await dialog.getByRole('button', { name: 'New campaign' }).click()
  await page.getByRole('heading', { name: 'autumn' }).waitFor()
  t.match(await campaignOf(rig, 'autumn'), { message: 'goodbye' })
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByText('running ·').waitFor()
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByText('stopped ·').waitFor()
})

t.test(
  'what is wrong is said beside its field, nothing typed is lost, and a change is shown before it is made',
  async t => {
    const { rig, page } = await openAs(t, 'admin')
    const before = await campaignOf(rig)
    await page.goto(`${rig.url}/campaigns#spring/settings`)
    await page.getByLabel('Ring for').fill('5s')
    await page.getByText('15 seconds of ringing').first().waitFor()
    t.equal(await page.getByRole('button', { name: 'Look at what changes' }).isDisabled(), true)
    await page.reload()
    t.equal(await page.getByLabel('Ring for').inputValue(), '5s')
    await page.getByLabel('Ring for').fill('30s')
    await page.getByRole('tab', { name: 'Pacing' }).click()
    await page.getByLabel('Abandonment to steer to').fill('2.5')
    await page.getByRole('button', { name: 'Look at what changes' }).click()
    const row = page.getByRole('dialog').getByRole('row', { name: 'Abandonment to steer to' })
    t.equal(await row.innerText(), 'Abandonment to steer to\t0.027\t0.025')
    t.same(await campaignOf(rig), before, 'shown, and not done')
    await page.getByRole('button', { name: 'Put it in force' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const pacing = { ...(before.pacing as object), abandonmentTarget: 0.025 }
    t.same(await campaignOf(rig), { ...before, ringTimeout: '30s', pacing }, 'everything else is as it was')
  },
)

t.test('rows and words are edited, and read as agents will see them', async t => {
  const { rig, page } = await openAs(t, 'admin')
  await page.goto(`${rig.url}/campaigns#spring/script`)
  await page.getByText('Hello Ana Ruiz').waitFor()
  await page.getByLabel('What is said').last().fill('Good day {name}')
  await page.getByText('Good day Ana Ruiz').waitFor()
  await page.getByRole('tab', { name: 'Codes' }).click()
  await page.getByRole('button', { name: 'Take out row 1' }).click()
  await page.getByRole('button', { name: 'Look at what changes' }).click()
  await page.getByRole('button', { name: 'Put it in force' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  const { script, wrapUp } = await campaignOf(rig)
  t.match(script, { steps: [{ say: 'Good day {name}' }], form: [{ name: 'size', min: 1, max: 9 }] })
  t.same(wrapUp, { timeout: '30s', codes: { '2': 'not-interested', '3': 'callback', '7': 'machine', '9': 'refused' } })
})

t.test('why nothing is dialed is a picture of all leads, each part with its reason and its time', async t => {
  const { rig, page } = await openAs(t, 'supervisor')
  await fetch(`${rig.url}/v1/campaigns/spring/leads/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: '+12025550111,Bob\n+12025550112,Carol\n+12025550113,Dan\n',
  })
  await rig.call('PUT', '/v1/do-not-call/+12025550111', {})
  await page.goto(`${rig.url}/campaigns#spring/now`)
  await page.getByRole('button', { name: 'Count the leads' }).click()
  const parts = page.getByRole('region', { name: 'Why nothing is dialed' }).getByRole('listitem')
  await parts.first().waitFor()
  const said = (await parts.allInnerTexts()).map(text => text.replaceAll(/\s+/g, ' ').trim())
  t.match(said, [/^All leads 3$/, /do-not-call list 1 They are not called again/, /may be called now 2$/])
})

t.test('a supervisor changes the pacing of their campaign, and looks at the rest', async t => {
  const { rig, page } = await openAs(t, 'supervisor')
  await page.goto(`${rig.url}/campaigns#spring/settings`)
  await page.getByText('an admin may change it').waitFor()
  t.equal(await page.getByLabel('Name', { exact: true }).isDisabled(), true)
  await page.getByRole('tab', { name: 'Pacing' }).click()
  await page.getByLabel('Calls for each agent at most').fill('2')
  await page.getByRole('button', { name: 'Look at what changes' }).click()
  await page.getByRole('button', { name: 'Put it in force' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  t.match(await campaignOf(rig), { pacing: { dialLevelMax: 2, mode: 'progressive' } })
})

t.test('a wrong file is understood and mended by its preview alone, and brought in', async t => {
  const { rig, page } = await openAs(t, 'supervisor')
  await page.goto(`${rig.url}/campaigns#spring/leads`)
  const file = { name: 'fair.csv', mimeType: 'text/csv' }
  const choose = (body: string) =>
    page.getByLabel('A file').setInputFiles({ ...file, buffer: Buffer.from(body, 'latin1') })
  await choose('PK\u0003\u0004 [Content_Types].xml xl/workbook.xml')
  await page.getByText('workbook of a spreadsheet').waitFor()
  await choose('Who;Ring\nZo\u00eb;2025550111\nBob;12\n')
  await page.getByText('Say below which column holds the numbers').waitFor()
  await page.getByLabel('What Ring is').selectOption('number to call')
  await page.getByText('Who: Zo\u00eb').waitFor()
  await page.getByText('Of the first 2 rows come 1 leads; 1 make none').waitFor()
  const bring = page.getByRole('button', { name: 'Bring in the whole file' })
  t.equal(await bring.isDisabled(), true, 'nobody has said where the numbers are from')
  await page.getByLabel('Where the numbers are from').fill('fair')
  await page.getByLabel('Why they may be called').selectOption('consent')
  await page.getByText('Say where the numbers are from').waitFor({ state: 'detached' })
  const asked = page.waitForRequest(request => request.url().includes('/leads/import'))
  await bring.click()
  t.match(Object.fromEntries(new URL((await asked).url()).searchParams), {
    ...{ source: 'fair.csv', origin: 'fair', legalBasis: 'consent', numberColumns: 'Ring' },
  })
  await page.getByText('The leads are there').waitFor()
})

t.test('another pacing is tried beside the one in force, and nothing changes', async t => {
  const one = { occupancy: { mean: 0.62, ci95: 0.01 }, abandonmentRate: { pooled: 0, max: 0 }, hoursToFinish: 22 }
  const present = { ...one, attemptsPerHour: 120, connectedPerHour: 31 }
  const changed = { ...present, occupancy: { mean: 0.81, ci95: 0.02 }, connectedPerHour: 44 }
  const basis = { kind: 'history', attempts: 4_321 } as const
  const { rig, page } = await openAs(t, 'supervisor', async question => {
    t.match(question, { agents: 12, changed: { pacing: { mode: 'progressive' } } })
    return { basis, runs: 4, hours: 4, present, changed }
  })
  const before = await campaignOf(rig)
  await page.goto(`${rig.url}/campaigns#spring/pacing`)
  await page.getByLabel('Agents; empty').fill('12')
  await page.getByRole('button', { name: 'Simulate' }).click()
  await page.getByRole('row', { name: 'Occupancy 62% ± 1% 81% ± 2%' }).waitFor()
  await page.getByText('It rests on 4,321 calls of this campaign.').waitFor()
  t.same(await campaignOf(rig), before)
  await page.setViewportSize({ width: 320, height: 640 })
  t.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 320, 'nothing hangs over')
})
