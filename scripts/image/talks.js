// A container that is told to end while somebody talks to an agent.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { prepare, until } from '../chaos/campaign.js'
import { createApi } from '../lib/api.js'
import { startCarrier } from '../lib/carrier.js'
import { sandboxRules } from '../lib/daemon.js'
import { sandboxAgents, startSoftphones } from '../lib/softphones.js'
import { API, serve, stop } from './serving.js'
import { changeText, expect, say, wrong } from './steps.js'

/** @import { Api } from '../lib/api.js' */
/** @import { Carrier } from '../lib/carrierStatistics.js' */
/** @import { Container } from './container.js' */

const [AGENT = ''] = sandboxAgents(1)
/** Who has this number talks for five seconds, in the carrier's own time. */
const ENDS = '+12025550122'
/** And who has this one until somebody hangs up on them. */
const GOES_ON = '+12025550110'
/** Long enough for a signal to come amidst it. */
const TIME_SCALE = 2
const GRACE = '2s'

/** @typedef {{ folder: string, config: string, phone?: { name: string, secret?: string } }} Setting `config`: as `init` has written it */

/**
 * Two stops in order, each while somebody talks: one who ends their talk in the time that calls are given, one who does not.
 * @param {Container} container
 * @param {Setting} setting
 */
export async function stopInTalk(container, setting) {
  await withPeople(setting, async world => {
    await endingTalk(container, world)
    await talkThatGoesOn(container, world)
  })
  await container.remove()
}

/**
 * One talk, from `doctor` to its end.
 * @param {Container} container
 * @param {Setting} setting
 */
export async function talkOnce(container, setting) {
  await withPeople(setting, async world => {
    expect('doctor', await container.dialwright('doctor'), /0 failed: ready to dial/)
    await endingTalk(container, world)
  })
}

/**
 * @param {Setting} setting
 * @param {(world: World) => Promise<void>} play
 */
async function withPeople({ folder, config, phone = { name: AGENT } }, play) {
  const rules = JSON.stringify(await sandboxRules())
  // Invented people may be called at the hour of the test.
  changeText(
    join(config, 'dialwright.yaml'),
    text => `${text.replace(/^agents:.*$/m, agentLines(phone.name))}\nrules: ${rules}\n`,
  )
  const carrier = await startCarrier({ folder: join(folder, 'carrier'), timeScale: TIME_SCALE })
  const secret = phone.secret ?? process.env.DIALWRIGHT_SANDBOX_SECRET ?? ''
  const phones = await startSoftphones({ folder: join(folder, 'phones'), agents: [phone.name], secret })
  const token = readFileSync(join(config, 'dialwright.token'), 'utf8').trim()
  try {
    await play({ carrier, api: createApi({ url: API, token }) })
  } finally {
    await phones.stop()
    await carrier.stop()
  }
}

/** @param {string} phone */
function agentLines(phone) {
  return `agents:\n  - { id: '${AGENT}', name: Ann Example, endpoint: PJSIP/${phone} }`
}

/** @typedef {{ carrier: Carrier, api: Api }} World */

/**
 * @param {Container} container
 * @param {World} world
 */
async function endingTalk(container, { carrier, api }) {
  const { daemon } = await serve(container)
  await prepare(api, { agents: [AGENT], leads: 0, first: [ENDS] })
  await api.post('/v1/campaigns/chaos/start')
  await until(`a talk with ${ENDS}`, () => isTalking(api))
  await stop(daemon)
  const endedAt = Date.now()
  const talk = await callTo(carrier, ENDS)
  if (talk?.byeFrom !== 'carrier' || talk.endedAt === undefined) wrong('stop in a talk', 'it was cut off')
  if (talk.endedAt > endedAt) wrong('stop in a talk', 'the daemon ended before it')
  say('stop in a talk', 'as it should be')
}

/**
 * @param {Container} container
 * @param {World} world
 */
async function talkThatGoesOn(container, { carrier, api }) {
  const { daemon } = await serve(container, '--grace', GRACE)
  // Campaign and agent are where they were.
  const from = 'source=x&origin=x&basis=other:invented'
  await api.upload(`/v1/campaigns/chaos/leads/import?${from}`, `phone\n${GOES_ON}\n`, 'text/csv')
  await until(`a talk with ${GOES_ON}`, () => isTalking(api))
  await stop(daemon)
  const { daemon: next } = await serve(container)
  await until('the talk with its agent again', () => isTalking(api))
  if ((await callTo(carrier, GOES_ON))?.endedAt !== undefined) wrong('a talk beyond the stop', 'it was cut off')
  /** @type {{ agents: { callId?: string }[] }} */
  const { agents } = await api.get('/v1/agents')
  await api.post(`/v1/calls/${agents[0]?.callId}/hang-up`)
  await stop(next)
  say('a talk beyond the stop', 'as it should be')
}

/** @param {Api} api */
async function isTalking(api) {
  /** @type {{ agents: { state: string }[] }} */
  const { agents } = await api.get('/v1/agents')
  return agents[0]?.state === 'on-call'
}

/**
 * @param {Carrier} carrier
 * @param {string} number
 */
async function callTo(carrier, number) {
  const { calls } = await carrier.statistics()
  return calls.find(({ calledNumber }) => number.endsWith(calledNumber.replace('+', '')))
}
