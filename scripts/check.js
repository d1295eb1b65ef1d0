#!/usr/bin/env node
// Everything that must hold before a commit: types, lint, the house's rules, all tests. Options go to the tests.
import { spawnSync } from 'node:child_process'

import { bootstrap } from './bootstrap.js'
import { exitOnFailure } from './lib/failure.js'
import { PROJECT } from './lib/paths.js'

const TIDY = 'test/tidy.test.ts'

exitOnFailure(main(process.argv.slice(2)))

/** @param {string[]} options */
async function main(options) {
  await bootstrap({ build: false })
  /** @type {[name: string, args: string[]][]} */
  const steps = [
    ['types', ['node_modules/typescript/bin/tsc', '--noEmit']],
    ['types of the scripts', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'scripts']],
    ['lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']],
    // The scripts name compiled modules: knip follows them from there to the sources.
    ['compilation', ['scripts/build.js']],
    ['what nothing uses', ['node_modules/knip/bin/knip.js']],
    ['rules of the house', ['scripts/test.js', TIDY]],
    ['tests', ['scripts/test.js', ...options]],
  ]
  // The quick ones first; the first that fails is the one to mend.
  const failed = steps.find(([name, args]) => !passes(name, args))
  if (failed) process.stderr.write(`check: ${failed[0]} failed\n`)
  process.exitCode = failed ? 1 : 0
}

/**
 * @param {string} name
 * @param {string[]} args
 */
function passes(name, args) {
  process.stderr.write(`check: ${name}\n`)
  return spawnSync(process.execPath, args, { cwd: PROJECT, stdio: 'inherit' }).status === 0
}
