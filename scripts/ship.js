#!/usr/bin/env node
// Puts the program into a folder as it is shipped: what package.json's `files` names, compiled, and the npm packages it
// needs. The Dockerfile's last stage is that folder.
//   node scripts/ship.js FOLDER
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { ensureBuilt } from './lib/build.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'
import { copyPackages, copyShipped } from './lib/shipped.js'

exitOnFailure(ship(process.argv[2]))

/** @param {string | undefined} folder */
async function ship(folder) {
  if (folder === undefined) throw new SetupFailure('no-folder', 'Say where to: node scripts/ship.js FOLDER', 2)
  if (existsSync(folder)) throw new SetupFailure('folder-exists', `${folder} exists: name a folder to be made.`, 1)
  await ensureBuilt()
  copyShipped(resolve(folder))
  copyPackages(resolve(folder))
}
