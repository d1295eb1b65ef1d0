// What demos, benchmarks and live tests use.

export { createApi } from './api.js'
export * from './asterisk.js'
export { startCarrier } from './carrier.js'
export { RULES_WITHOUT_ABANDONMENT, startDaemon } from './daemon.js'
export { SetupFailure } from './failure.js'
export { startRtpWitness } from './rtpWitness.js'
export { SETTINGS } from './sandboxSettings.js'
export { dialIn, sandboxAgents, startSoftphones } from './softphones.js'
export { mismatchesOf } from './witness.js'
