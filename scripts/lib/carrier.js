import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { REALISTIC_MIX } from './carrierBehaviours.js'
import { carrierScenario } from './carrierScenario.js'
import { carrierStatistics } from './carrierStatistics.js'
import { writePerson } from './peopleVoices.js'
import { SETTINGS } from './sandboxSettings.js'
import { startSipp } from './sipp.js'
import { writeGreeting } from './tones.js'

/** @import { PEOPLE } from './peopleVoices.js' */

const ECHO_PORT = 30000

/**
 * Starts the carrier: one SIPp process behind the trunk `trunk-main` of the sandbox.
 * @param {object} options
 * @param {string} options.folder where the scenario and the logs go; must be of this run alone
 * @param {import('./carrierBehaviours.js').Mix} [options.mix] weights of behaviours
 * @param {boolean} [options.bySuffix] numbers ending as in BEHAVIOUR_BY_SUFFIX behave as named there
 * @param {number} [options.timeScale] 1 is life-like; 0.1 rings and talks ten times shorter
 * @param {(keyof typeof PEOPLE)[]} [options.voices] people say something of their own; then no audio is echoed
 * @param {number} [options.rtpPort] audio goes to this port of the caller's own instead of being echoed
 * @param {string} [options.address] host:port to listen on
 * @returns {Promise<import('./carrierStatistics.js').Carrier>}
 */
export async function startCarrier({ folder, mix = REALISTIC_MIX, bySuffix = true, timeScale = 1, ...rest }) {
  const { rtpPort, voices = [] } = rest
  mkdirSync(folder, { recursive: true })
  const scenarioFile = join(folder, 'carrier.xml')
  const messageLog = join(folder, 'carrier-messages.log')
  const greeting = rtpPort ? undefined : writeGreeting(join(folder, 'greeting.ulaw'))
  const media = rtpPort ?? (voices.length > 0 ? '[rtpstream_audio_port]' : '[media_port]')
  const said = voices.map(who => writePerson(who, join(folder, `${who}.ulaw`)))
  writeFileSync(scenarioFile, carrierScenario({ mix, bySuffix, timeScale, media, greeting, voices: said }))
  const sipp = await startSipp({
    name: 'carrier',
    folder,
    address: rest.address ?? SETTINGS.carrier,
    args: ['-sf', scenarioFile, '-rtp_echo', '-mp', String(ECHO_PORT), '-trace_msg', '-message_file', messageLog],
  })
  return { messageLog, statistics: () => carrierStatistics(messageLog), stop: sipp.stop }
}
