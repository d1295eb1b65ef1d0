#!/usr/bin/env node
// Brings a fresh clone to where everything runs. Does nothing, in well under a second, when nothing is missing.
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './lib/build.js'
import { ensureDependencies, ensurePackages, ensureShippedDependencies } from './lib/dependencies.js'
import { exitOnFailure } from './lib/failure.js'
import { installSandbox } from './lib/sandboxInstall.js'

/**
 * @param {{build?: boolean, sandbox?: boolean}} wanted `sandbox` also installs the private Asterisk
 * @returns {Promise<void>} throws a SetupFailure that says in one line what to do
 */
export async function bootstrap({ build = true, sandbox = false } = {}) {
  await ensureDependencies()
  if (build) await ensureBuilt()
  if (sandbox) await installSandbox()
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) exitOnFailure(main(process.argv.slice(2)))

/** @param {string[]} args `--to-ship`: only what it takes to compile and to run, as in an image; `--packages`: nothing is compiled yet */
function main(args) {
  if (args.includes('--to-ship')) return ensureShippedDependencies()
  if (args.includes('--packages')) return ensurePackages()
  return bootstrap({ build: !args.includes('--no-build'), sandbox: args.includes('--sandbox') })
}
