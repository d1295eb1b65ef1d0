// What demos, benchmarks and live tests use; types stand in index.d.ts.

export { createApi } from './api.js'
export * from './asterisk.js'
export { BEHAVIOUR_BY_SUFFIX, BEHAVIOURS, carrierStatistics, REALISTIC_MIX, startCarrier } from './carrier.js'
export { RULES_WITHOUT_ABANDONMENT, startDaemon } from './daemon.js'
export { SANDBOX_UNAVAILABLE, SetupFailure } from './failure.js'
export { progress } from './progress.js'
export { startRtpWitness } from './rtpWitness.js'
export { assertSandboxPossible, installSandbox, sandboxInstalled } from './sandboxInstall.js'
export { runInSandbox } from './sandboxRun.js'
export { SETTINGS } from './sandboxSettings.js'
export { dialIn, sandboxAgents, startSoftphones } from './softphones.js'
export { mismatchesOf } from './witness.js'
