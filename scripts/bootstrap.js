#!/usr/bin/env node
// Brings a fresh clone to where everything runs. Does nothing, in well under a second, when nothing is missing.
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './lib/build.js'
import { ensureDependencies } from './lib/dependencies.js'
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  exitOnFailure(bootstrap({ build: !process.argv.includes('--no-build'), sandbox: process.argv.includes('--sandbox') }))
