import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { buildIsFresh, ensureBuilt } from './build.js'
import { SetupFailure } from './failure.js'
import { PROJECT } from './paths.js'

/**
 * Brings a clone to where its program can start: compiles what is newer in src. Answers false, with the reason as one line on the error
 * side and the exit code set, where it cannot.
 * @returns {Promise<boolean>}
 */
export async function prepareClone() {
  try {
    if (!existsSync(join(PROJECT, 'node_modules/commander')))
      throw new SetupFailure('no-dependencies', 'Packages are missing: run "npm ci" in the folder of Dialwright.', 1)
    if (!buildIsFresh()) await ensureBuilt()
    return true
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = error.exitCode
    return false
  }
}
