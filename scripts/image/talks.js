// A container that is told to end while somebody talks to an agent.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { prepare, until } from '../chaos/campaign.js'
import { createApi } from '../lib/api.js'
import { startCarrier } from '../lib/carrier.js'
import { sandboxRules } from '../lib/daemon.js'
import { sandboxAgents, startSoftphones } from '../lib/softphones.js'
import { API, serve, stop } from './serving.js'
import { changeText, say, wrong } from './steps.js'

/** @import { Api } from '../lib/api.js' */
/** @import { Carrier } from '../lib/carrierStatistics.js' */
/** @import { Container } from './container.js' */

const [AGENT = ''] = sandboxAgents(1)
const AGENT_LINES = `agents:\n  - { id: '${AGENT}', name: Ann Example }`
/** Who has this number talks for five seconds, in the carrier's own time. */
const ENDS = '+12025550122'
/** Long enough for a signal to come amidst it. */
const TIME_SCALE = 2

/** @typedef {{ folder: string, config: string }} Setting `config`: as `init` has written it */

/**
 * A stop in order while somebody talks, who ends their talk in the time that calls are given.
 * @param {Container} container
 * @param {Setting} setting
 */
export async function stopInTalk(container, setting) {
  await withPeople(setting, world => endingTalk(container, world))
  await container.remove()
}

/**
 * @param {Setting} setting
 * @param {(world: World) => Promise<void>} play
 */
async function withPeople({ folder, config }, play) {
  const rules = JSON.stringify(await sandboxRules())
  // Invented people may be called at the hour of the test.
  changeText(join(config, 'dialwright.yaml'), text => `${text.replace(/^agents:.*$/m, AGENT_LINES)}\nrules: ${rules}\n`)
  const carrier = await startCarrier({ folder: join(folder, 'carrier'), timeScale: TIME_SCALE })
  const phones = await startSoftphones({ folder: join(folder, 'phones'), agents: [AGENT] })
  const token = readFileSync(join(config, 'dialwright.token'), 'utf8').trim()
  try {
    await play({ carrier, api: createApi({ url: API, token }) })
  } finally {
    await phones.stop()
    await carrier.stop()
  }
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
