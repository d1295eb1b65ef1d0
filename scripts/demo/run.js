// The demo itself. Runs inside the sandbox beside a private Asterisk, or anywhere on the simulated PBX. Started by
// ../demo.js with its options as JSON.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitOnFailure } from '../lib/failure.js'
import { startLivePbx } from './livePbx.js'
import { runDemo } from './session.js'
import { startSimulatedPbx } from './simulatedPbx.js'

exitOnFailure(main(JSON.parse(process.argv[2] ?? '{}')))

/** @param {import('./session.js').DemoOptions & { sim: boolean, json?: string }} options */
async function main(options) {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-demo-'))
  try {
    const startPbx = options.sim ? startSimulatedPbx : startLivePbx
    const summary = await runDemo(options, { startPbx, asked: interrupted(), folder })
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(summary, null, 2)}\n`)
    process.exitCode = summary.mismatches === 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Ctrl-C ends the dialing, not the demo: the summary still comes. A second one ends it at once.
 * @returns {Promise<void>}
 */
function interrupted() {
  return new Promise(resolve => {
    let times = 0
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.on(signal, () => {
        times += 1
        if (times > 1) process.exit(130)
        resolve()
      })
    }
  })
}
