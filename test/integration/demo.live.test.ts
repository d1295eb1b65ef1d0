// The demo as a newcomer meets it: its links, opened by a browser outside of the demo's own network, to the first outcome.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import t from 'tap'
import { SetupFailure } from '../../scripts/lib/index.js'
import { until } from '../support/sandbox.ts'

const demoScript = fileURLToPath(new URL('../../scripts/demo.js', import.meta.url))
/** Where the pictures of the documents go when they are made anew. */
const pictures = process.env.DIALWRIGHT_PICTURES

interface Demo {
  readonly process: ChildProcess
  /** Its exit code. */
  readonly ended: Promise<unknown[]>
  readonly board: string
  readonly agent: string
}

async function startDemo(...options: readonly string[]): Promise<Demo> {
  const child = spawn(process.execPath, [demoScript, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const links: string[] = []
  await new Promise<void>(resolve => {
    createInterface({ input: child.stdout }).on('line', line => {
      links.push(...(line.match(/http:\S+/g) ?? []))
      if (links.length === 2) resolve()
    })
    void ended.then(() => resolve())
  })
  const [board, agent] = links
  if (board === undefined || agent === undefined) throw new SetupFailure('demo', 'the demo has printed no links', 1)
  return { process: child, ended, board, agent }
}

async function picture(context: BrowserContext, name: string): Promise<void> {
  if (pictures === undefined) return
  mkdirSync(pictures, { recursive: true })
  const page = context.pages().at(-1)
  await page?.screenshot({ path: join(pictures, `${name}.png`) })
}

async function hangUp(desk: Page): Promise<void> {
  await desk.keyboard.press('F9')
  await desk.keyboard.press('F9')
}

/** Says what came of a call that has ended, as somebody does who types ahead. */
async function sayOutcome(desk: Page): Promise<void> {
  await desk.locator('[data-codes]').waitFor()
  await desk.keyboard.press('F8')
  await desk.keyboard.press('2')
  await desk.locator('[data-codes]').waitFor({ state: 'detached' })
}

t.test('from the link to the first outcome, with a phone in the page', async t => {
  const demo = await startDemo('--agents', '4', '--seconds', '10')
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  })
  t.teardown(async () => {
    await browser.close()
    if (demo.process.exitCode === null) demo.process.kill('SIGKILL')
  })
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1366, height: 768 } })
  const desk = await context.newPage()
  desk.on('pageerror', error => t.fail(String(error)))
  await desk.goto(demo.agent)
  await desk.waitForURL('**/agent')
  await desk.getByRole('button', { name: 'Use this page as my phone' }).click()
  await desk.locator('[data-phone="ready"]').waitFor({ timeout: 20_000 })
  await desk.getByRole('button', { name: 'Ring my phone' }).click()
  await desk.getByText('Talking').first().waitFor({ timeout: 40_000 })
  await until('the person is heard', async () => {
    const heard = await desk.locator('[data-heard]').getAttribute('data-heard')
    return Number(heard) > 0.01
  })
  await picture(context, 'agent')
  const board = await context.newPage()
  await board.goto(demo.board)
  await board.getByText('Agent browser').waitFor()
  await picture(context, 'board')
  await desk.bringToFront()
  await hangUp(desk)
  await sayOutcome(desk)
  // Whoever closes the page has left.
  await browser.close()
  const [code] = await demo.ended
  t.equal(code, 0, 'every attempt agrees with the carrier')
})
