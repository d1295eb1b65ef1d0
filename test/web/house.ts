import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { createPasswords } from '../../src/credentials/passwords.ts'
import { dialingRig, type Rig } from '../http/rig.ts'

/** The pages as the build has left them. */
export const pages = fileURLToPath(new URL('../../dist/web', import.meta.url))
const password = 'four words are enough'

interface Who {
  readonly name: string
  readonly role: 'admin' | 'supervisor'
  readonly campaigns?: readonly string[]
}

/** A daemon that dials, and a page of it in which somebody has logged in. */
export interface House {
  readonly rig: Rig
  readonly page: Page
}

/** A browser for all tests of a file. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
}

/** Opens the house, as an admin where nobody else is named; `path` is where they go from the log-in. */
export async function enterHouse(
  t: Test,
  browser: Browser,
  {
    path,
    who = { name: 'amy', role: 'admin' },
    ...options
  }: { readonly path: string; readonly who?: Who } & NonNullable<Parameters<typeof dialingRig>[1]>,
): Promise<House> {
  const rig = await dialingRig(t, { pages, passwords: createPasswords({ N: 16, r: 1, p: 1 }), ...options })
  await rig.call('POST', '/v1/users', who)
  await rig.call('PUT', `/v1/users/${who.name}/password`, { password })
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1366, height: 768 }, bypassCSP: true })
  t.teardown(() => context.close())
  const page = await context.newPage()
  await page.goto(`${rig.url}/login`)
  await page.locator('input[name="name"]').fill(who.name)
  await page.locator('input[type="password"]').fill(password)
  await page.keyboard.press('Enter')
  await page.waitForURL(/board/)
  await page.goto(`${rig.url}${path}`)
  return { rig, page }
}
