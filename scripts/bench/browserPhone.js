// The phone in the page on the private Asterisk, by tones: how soon both hear each other after an answer, and after the page was loaded anew.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { putOnLine, startBrowserFloor, waitForPhone } from '../lib/browserFloor.js'
import { SetupFailure } from '../lib/failure.js'
import { forgetTones, giveTones, launchToneBrowser, tonesFirstHeardIn } from '../lib/toneBrowser.js'
import { forgetGaps, startTonePeople, tonesHeardBy } from '../lib/tonePeople.js'
import { percentiles } from './facts.js'

/**
 * @import { Page } from 'playwright-core'
 * @import { ToneLeg } from '../lib/tonePeople.js'
 * @typedef {Awaited<ReturnType<typeof startBrowserFloor>>} Floor
 * @typedef {{ floor: Floor, page: Page, people: Awaited<ReturnType<typeof startTonePeople>> }} Talks
 */

const AGENT = 1100
/** In turn, so that nobody is taken for whoever came before. */
const VOICES = [400, 700]
const HEARD_TIMEOUT_MS = 30_000
const POLL_MS = 20

/** @param {{ calls: number, reloads: number }} options */
export async function measureBrowserPhone({ calls, reloads }) {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-bench-'))
  const says = Array.from({ length: calls + 1 }, (_, index) => voiceOf(index))
  const people = await startTonePeople({ says, knows: [AGENT] })
  const floor = await startBrowserFloor({ folder, rtpPort: people.port, leads: calls + 1 })
  const browser = await launchToneBrowser()
  try {
    const page = await (await browser.newContext({ locale: 'en' })).newPage()
    await giveTones(page, { says: AGENT, knows: VOICES })
    await floor.logIn(page)
    await putOnLine(page)
    await floor.api.post('/v1/campaigns/spring/start')
    const talks = { floor, page, people }
    const answers = await measureAnswers(talks, calls)
    const taken = await measureReloads(talks, { reloads, person: calls })
    return { entries: { answerToAudioMs: answers, reloadMs: taken } }
  } finally {
    await browser.close()
    await floor.close()
    await people.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {Talks} talks
 * @param {number} calls
 */
async function measureAnswers({ floor, page, people }, calls) {
  /** @type {{ port: number, agentHeardAt: number, personHeardAt: number }[]} */
  const heard = []
  for (let call = 0; call < calls; call += 1) {
    await forgetTones(page)
    const voice = voiceOf(call)
    const leg = await talkOf(people, call)
    const agentHeardAt = await wait('the agent hears the person', async () => (await tonesFirstHeardIn(page))[voice])
    const personHeardAt = await wait('the person hears the agent', async () => leg.tones.get(AGENT)?.firstAt)
    heard.push({ port: leg.port, agentHeardAt, personHeardAt })
    await hangUp(floor)
    if ((call + 1) % 10 === 0) process.stderr.write(`calls ${call + 1} of ${calls} ...\n`)
  }
  const { calls: seen } = await floor.carrier.statistics()
  const late = heard.map(({ port, agentHeardAt, personHeardAt }) => {
    // A port may have served two: the newest answer before it was heard.
    const answered = seen.filter(one => one.rtpPort === port).map(one => one.answeredAt ?? 0)
    const answeredAt = Math.max(...answered.filter(at => at <= personHeardAt + 1_000))
    return { agent: agentHeardAt - answeredAt, person: personHeardAt - answeredAt }
  })
  return {
    reach: 'both ways p99 <= 400',
    bothWays: percentiles(late.map(({ agent, person }) => Math.max(agent, person))),
    agentHears: percentiles(late.map(({ agent }) => agent)),
    personHears: percentiles(late.map(({ person }) => person)),
  }
}

/**
 * @param {Talks} talks
 * @param {{ reloads: number, person: number }} options
 */
async function measureReloads({ page, people }, { reloads, person }) {
  const voice = voiceOf(person)
  const leg = await talkOf(people, person)
  const [both, gaps] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])]
  for (let reload = 0; reload < reloads; reload += 1) {
    await wait('both hear each other', async () => (tonesHeardBy(leg).includes(AGENT) ? true : undefined))
    forgetGaps(leg)
    const from = Date.now()
    await page.reload({ waitUntil: 'commit' })
    await waitForPhone(page, 'on-line')
    const agentHeardAt = await wait('the agent hears the person', async () => (await tonesFirstHeardIn(page))[voice])
    await wait('the person hears the agent', async () =>
      (leg.tones.get(AGENT)?.lastAt ?? 0) > agentHeardAt ? true : undefined,
    )
    await delay(500)
    const { backAt = from, longestGapMs = 0 } = leg.tones.get(AGENT) ?? {}
    both.push(Math.max(agentHeardAt, backAt) - from)
    gaps.push(longestGapMs)
    if ((reload + 1) % 10 === 0) process.stderr.write(`reloads ${reload + 1} of ${reloads} ...\n`)
  }
  return { reach: 'both ways max <= 3000', bothWays: percentiles(both), silenceAtCarrier: percentiles(gaps) }
}

/** @param {number} person */
function voiceOf(person) {
  return VOICES[person % VOICES.length] ?? 0
}

/**
 * The leg of the person who comes next.
 * @param {Talks['people']} people
 * @param {number} person
 * @returns {Promise<ToneLeg>}
 */
function talkOf(people, person) {
  return wait(`person ${person + 1} is on the line`, async () => (people.came() > person ? people.newest() : undefined))
}

/** @param {Floor} floor */
async function hangUp({ api, agentId }) {
  /** @type {{ agent: { callId?: string } }} */
  const { agent } = await api.get(`/v1/agents/${agentId}`)
  await api.post(`/v1/calls/${agent.callId}/hang-up`)
}

/**
 * @template Found
 * @param {string} what
 * @param {() => Promise<Found | undefined>} look
 * @returns {Promise<Found>}
 */
async function wait(what, look) {
  const deadlineAt = Date.now() + HEARD_TIMEOUT_MS
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadlineAt) throw new SetupFailure('timeout', `Not within ${HEARD_TIMEOUT_MS} ms: ${what}.`, 1)
    await delay(POLL_MS)
  }
}
