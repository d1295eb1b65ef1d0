// The phone in the page: Debian's chromium, the product's own daemon, the private Asterisk, and a carrier whose people talk.
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import {
  killAsterisk,
  restartAsterisk,
  startBrowserFloor,
  startRtpWitness,
  startSoftphones,
  waitForPhone,
} from '../../scripts/lib/index.js'
import { temporaryFolder, until } from '../support/sandbox.ts'

const place = temporaryFolder()
const person = await startRtpWitness({ echo: true })
const floor = await startBrowserFloor({ folder: place.path, rtpPort: person.port })
const { agentId, api, password } = floor
const launch = (...more: readonly string[]) =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--allow-loopback-in-peer-connection', '--use-fake-device-for-media-stream', ...more],
  })
const browser = await launch('--use-fake-ui-for-media-stream')
t.teardown(async () => {
  await browser.close()
  await floor.close()
  await person.close()
  place.remove()
})

interface Shown {
  readonly agent: { readonly callId?: string }
}

interface Told {
  readonly line?: { readonly packets: number; readonly seconds: number }
}

async function enter(t: Test, context: BrowserContext): Promise<Page> {
  t.teardown(() => context.close())
  const page = await context.newPage()
  page.on('pageerror', error => t.fail(String(error)))
  await floor.logIn(page)
  return page
}

const isIn = waitForPhone
/** A level of the line, 0..1, as the page shows it now. */
const levelOf = async (page: Page, who: 'said' | 'heard'): Promise<number> =>
  Number(await page.locator(`[data-${who}]`).getAttribute(`data-${who}`))
const audible = (): number => [...person.legs.values()].reduce((sum, leg) => sum + leg.audiblePackets, 0)

t.test(
  'an agent logs in, the page takes their line and a real call, and both hear each other, over a reload too',
  async t => {
    const page = await enter(t, await browser.newContext({ locale: 'en' }))
    await page.getByRole('button', { name: 'Use this page as my phone' }).click()
    await isIn(page, 'ready')
    await page.getByRole('button', { name: 'Try my line' }).click()
    const verdict = page.locator('[data-verdict]')
    await verdict.waitFor({ timeout: 30_000 })
    t.notMatch(await verdict.getAttribute('data-verdict'), /silent|^no-/, 'it hears itself')
    t.match(await verdict.innerText(), /host udp/)
    await page.getByRole('button', { name: 'Ring my phone' }).click()
    await isIn(page, 'on-line')
    await api.post('/v1/campaigns/spring/start')
    await page.getByText('Talking').first().waitFor({ timeout: 30_000 })
    await until('the person hears the agent', () => audible() > 20)
    await until('the agent hears the person', async () => (await levelOf(page, 'heard')) > 0.001)
    t.ok((await levelOf(page, 'said')) >= 0)

    await page.getByRole('button', { name: 'Mute' }).click()
    await page.waitForTimeout(700)
    const before = audible()
    await page.waitForTimeout(1_500)
    t.ok(audible() - before < 10, 'a muted agent is not heard')
    await page.getByRole('button', { name: 'speak again' }).click()
    await until('heard again', () => audible() > before + 20)

    const { callId } = (await api.get<Shown>(`/v1/agents/${agentId}`)).agent
    t.ok(callId)
    await page.reload()
    await isIn(page, 'on-line')
    const after = audible()
    await until('the person hears the agent again', () => audible() > after + 20)
    t.equal((await api.get<Shown>(`/v1/agents/${agentId}`)).agent.callId, callId, 'it is the same call')
    await page.getByText('Talking').first().waitFor()
    const leave = page.getByRole('button', { name: 'Use my telephone' })
    t.ok(await leave.isDisabled(), 'it would end the call')
    await api.post('/v1/campaigns/spring/stop', { force: false })
    await api.post(`/v1/calls/${callId}/hang-up`)
    await page.getByText('Waiting').first().waitFor()
    const line = async () => (await api.get<Told>(`/v1/calls/${callId}`)).line
    await until('the page has told how the line was', async () => (await line()) !== undefined)
    const { packets = 0, seconds = 0 } = (await line()) ?? {}
    t.ok(packets > 50 && seconds > 1, `${packets} packets in ${seconds} s`)
    await leave.click()
    await isIn(page, 'elsewhere')
  },
)

t.test(
  'two desks of one agent: one has the line, and a session that ends in mid-call leaves a true record',
  async t => {
    await api.post(`/v1/agents/${agentId}/logout`, { force: true })
    const one = await enter(t, await browser.newContext({ locale: 'en' }))
    await one.getByRole('button', { name: 'Use this page as my phone' }).click()
    await isIn(one, 'ready')
    await one.getByRole('button', { name: 'Ring my phone' }).click()
    await isIn(one, 'on-line')
    const other = await enter(t, await browser.newContext({ locale: 'en' }))
    await other.getByRole('button', { name: 'Use this page as my phone' }).click()
    await isIn(other, 'on-line')
    await isIn(one, 'taken')
    await one.getByRole('button', { name: 'Bring it here' }).click()
    await isIn(one, 'on-line')
    await isIn(other, 'taken')

    await api.post('/v1/campaigns/spring/start')
    await one.getByText('Talking').first().waitFor({ timeout: 30_000 })
    await other.getByText('Talking').first().waitFor()
    const { callId } = (await api.get<Shown>(`/v1/agents/${agentId}`)).agent
    t.ok(callId)
    // The admin's token is no session: it goes on when the user's end.
    await api.put('/v1/users/ann/password', { password })
    await one.waitForURL('**/login')
    await other.waitForURL('**/login')
    interface Call {
      readonly disposition?: string
      readonly agentId?: string
    }
    const ended = async () => (await api.get<Call>(`/v1/calls/${callId}`)).disposition
    await until('the call has ended', async () => (await ended()) !== undefined, 20_000)
    t.match(await api.get<Call>(`/v1/calls/${callId}`), { disposition: 'connected', agentId })
  },
)

t.test('the PBX goes and comes back: the page says so, and its phone registers and takes the line again', async t => {
  await api.post(`/v1/agents/${agentId}/logout`, { force: true })
  const page = await enter(t, await browser.newContext({ locale: 'en' }))
  await page.getByRole('button', { name: 'Use this page as my phone' }).click()
  await isIn(page, 'ready')
  await killAsterisk()
  await page.getByText('No link to the PBX').waitFor()
  await restartAsterisk()
  await isIn(page, 'ready', 30_000)
  await page.getByRole('button', { name: 'Ring my phone' }).click()
  await isIn(page, 'on-line')
  await page.getByText('Waiting').first().waitFor()
})

t.test('a telephone registers with what the daemon says once, and a microphone that is refused is said', async t => {
  await api.post(`/v1/agents/${agentId}/logout`, { force: true })
  const desk = await api.post<{ user: string; password: string }>(`/v1/agents/${agentId}/phone`)
  const folder = join(place.path, 'desk')
  const phone = await startSoftphones({ folder, agents: [desk.user], secret: desk.password, port: 5095 })
  t.teardown(() => phone.stop())
  await until('registered', async () => {
    const { registered } = await api.get<{ registered?: boolean }>(`/v1/agents/${agentId}/phone`)
    return registered === true
  })
  const deaf = await launch('--deny-permission-prompts')
  t.teardown(() => deaf.close())
  const page = await enter(t, await deaf.newContext({ locale: 'en' }))
  await page.getByRole('button', { name: 'Use this page as my phone' }).click()
  await isIn(page, 'no-microphone')
  await page.getByText('allow the microphone').waitFor()
})
