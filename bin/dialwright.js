#!/usr/bin/env node
// The committed launcher of the compiled program: it compiles when src is newer than dist, so that in a clone
// `npx dialwright` is always what the sources say.
import { existsSync } from 'node:fs'
import { buildIsFresh, ensureBuilt } from '../scripts/lib/build.js'
import { exitOnFailure, SetupFailure } from '../scripts/lib/failure.js'

exitOnFailure(start())

async function start() {
  if (!existsSync(new URL('../node_modules/commander', import.meta.url)))
    throw new SetupFailure('no-dependencies', 'Packages are missing: run "npm ci" in the folder of Dialwright.', 1)
  if (!buildIsFresh()) await ensureBuilt()
  const program = await import('#dialwright/cli/main.js')
  await program.main?.(process.argv)
}
