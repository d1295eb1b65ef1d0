import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupFailure } from './failure.js'
import { SETTINGS } from './sandboxSettings.js'
import { startSipp } from './sipp.js'
import { calledScenario, callingInScenario, dialingScenario, registerScenario } from './softphoneScenario.js'
import { writeSpeech } from './tones.js'

/**
 * @typedef {object} PhoneOptions
 * @property {string} folder for this group's scenario and logs
 * @property {readonly string[]} agents names, `1001` ...
 * @property {string} [secret] their password; the sandbox's by default
 * @property {number} [port] 5080 by default, 5090 for those that dial
 * @property {number} [hangsUpAfterMs]
 * @property {number} [rtpStopsAfterMs] the audio ends, the call does not
 * @property {{ afterMs: number, digit: string }[]} [digits] keys pressed on the line, each after its own time
 * @property {number} [rtpPort] send their audio elsewhere: they stay mute, whoever listens there may speak
 */

const REGISTRATIONS_PER_SECOND = 50

/**
 * The names of the first `count` agents that the sandbox's PBX knows.
 * @param {number} count
 */
export function sandboxAgents(count) {
  return Array.from({ length: count }, (_, index) => String(SETTINGS.firstAgent + index))
}

/**
 * Registers softphones and lets them take calls: one SIPp process for all of them. Softphones that behave differently
 * are started apart, each group on its own port.
 * @param {PhoneOptions & { answerAfterMs?: number, rejects?: string }} options `answerAfterMs`: how long they ring; `rejects`:
 * e.g. `486 Busy Here`, they refuse instead
 * @returns {Promise<{stop(): Promise<void>}>} `stop` is a crash: no BYE, no more audio
 */
export async function startSoftphones({ folder, agents, secret = sandboxSecret(), port = 5080, ...behaviour }) {
  mkdirSync(folder, { recursive: true })
  const users = writeUsers({ folder, agents, secret })
  await register({ folder, users, count: agents.length, port })
  const scenario = write(
    folder,
    'softphone.xml',
    calledScenario({ answerAfterMs: 0, ...media(folder, behaviour), ...behaviour }),
  )
  const sipp = await startSipp({
    name: 'softphone',
    folder,
    address: `127.0.0.1:${port}`,
    args: ['-sf', scenario, ...log(folder, 'softphone')],
  })
  return { stop: sipp.stop }
}

/**
 * Lets agents dial an extension, by default the log-in; they stay on the line until the PBX or `hangsUpAfterMs` ends it.
 * `exited` gives SIPp's exit code, 0 when every call went as planned.
 * @param {PhoneOptions & { exten?: string }} options
 * @returns {Promise<{exited: Promise<number>, stop(): Promise<void>}>}
 */
export async function dialIn({ folder, agents, secret = sandboxSecret(), port = 5090, exten = '*700', ...behaviour }) {
  mkdirSync(folder, { recursive: true })
  const users = writeUsers({ folder, agents, secret })
  const scenario = write(folder, 'dials.xml', dialingScenario({ exten, ...media(folder, behaviour), ...behaviour }))
  const count = String(agents.length)
  const args = [
    '-sf',
    scenario,
    '-inf',
    users,
    '-m',
    count,
    '-l',
    count,
    '-r',
    '20',
    ...log(folder, 'dials'),
    SETTINGS.sip,
  ]
  const sipp = await startSipp({ name: 'dials', folder, address: `127.0.0.1:${port}`, args, serves: false })
  return { exited: sipp.exited, stop: sipp.stop }
}

/**
 * Lets somebody call in over the trunk `trunk-main`, to hear what the PBX says; they stay until it or `hangsUpAfterMs` ends the call.
 * @param {Omit<PhoneOptions, 'agents' | 'secret'> & { number?: string, called: string }} options `number` absent: withheld
 * @returns {Promise<{exited: Promise<number>, messageLog: string, stop(): Promise<void>}>}
 */
export async function callIn({ folder, port = 5200, number, called, ...behaviour }) {
  mkdirSync(folder, { recursive: true })
  const who = number === undefined ? {} : { number }
  const scenario = write(
    folder,
    'caller.xml',
    callingInScenario({ ...who, called, ...media(folder, behaviour), ...behaviour }),
  )
  const args = ['-sf', scenario, '-m', '1', ...log(folder, 'caller'), SETTINGS.sip]
  const sipp = await startSipp({ name: 'caller', folder, address: `127.0.0.1:${port}`, args, serves: false })
  return { exited: sipp.exited, messageLog: join(folder, 'caller-messages.log'), stop: sipp.stop }
}

// The PBX answers to where a registration came from, so it is sent from the port that takes the calls afterwards.
/** @param {{ folder: string, users: string, count: number, port: number }} options */
async function register({ folder, users, count, port }) {
  const scenario = write(folder, 'register.xml', registerScenario())
  const rate = String(REGISTRATIONS_PER_SECOND)
  const args = [
    '-sf',
    scenario,
    '-inf',
    users,
    '-m',
    String(count),
    '-r',
    rate,
    ...log(folder, 'register'),
    SETTINGS.sip,
  ]
  const sipp = await startSipp({ name: 'register', folder, address: `127.0.0.1:${port}`, args, serves: false })
  if ((await sipp.exited) !== 0)
    throw new SetupFailure(
      'registration-failed',
      `Softphones could not register: see ${join(folder, 'register-messages.log')}`,
      1,
    )
}

/**
 * @param {string} folder
 * @param {{ rtpPort?: number | undefined }} options
 */
function media(folder, { rtpPort }) {
  if (rtpPort) return { media: rtpPort }
  return { media: '[rtpstream_audio_port]', speech: writeSpeech(join(folder, 'speech.ulaw')) }
}

/** @param {{ folder: string, agents: readonly string[], secret: string }} options */
function writeUsers({ folder, agents, secret }) {
  return write(
    folder,
    'users.csv',
    `SEQUENTIAL\n${agents.map(agent => `${agent};[authentication username=${agent} password=${secret}];`).join('\n')}\n`,
  )
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string} text
 */
function write(folder, name, text) {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

/**
 * @param {string} folder
 * @param {string} name
 */
function log(folder, name) {
  return ['-trace_msg', '-message_file', join(folder, `${name}-messages.log`)]
}

function sandboxSecret() {
  return process.env.DIALWRIGHT_SANDBOX_SECRET ?? ''
}
