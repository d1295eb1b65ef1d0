// What demos, benchmarks and live tests use.

export { createApi } from './api.js'
export * from './asterisk.js'
export { putOnLine, startBrowserFloor, waitForPhone } from './browserFloor.js'
export { startCarrier } from './carrier.js'
export { sandboxRules, startDaemon } from './daemon.js'
export { SetupFailure } from './failure.js'
export { startRtpWitness } from './rtpWitness.js'
export { SETTINGS } from './sandboxSettings.js'
export { callIn, dialIn, sandboxAgents, startSoftphones } from './softphones.js'
export { talksRecordedWrong } from './talkWitness.js'
export { giveTones, launchToneBrowser, tonesHeardIn } from './toneBrowser.js'
export { hearsAnything, keysOf, startTonePeople, tonesHeardBy } from './tonePeople.js'
export { mismatchesOf } from './witness.js'

/** @typedef {import('./api.js').Api} Api */
/** @typedef {import('./carrierBehaviours.js').Behaviour} Behaviour */
/** @typedef {import('./carrierStatistics.js').Carrier} Carrier */
/** @typedef {import('./carrierStatistics.js').CarrierCall} CarrierCall */
/** @typedef {import('./daemon.js').Daemon} Daemon */
/** @typedef {import('./rtpWitness.js').RtpLeg} RtpLeg */
