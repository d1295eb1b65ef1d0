import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT } from '../lib/paths.js'

/** What needs a PBX, and what takes longer than all of the others together. */
const LEFT_OUT = /\.live\.test\.ts$|^test\/core\/compliance\/windows\.test\.ts$/
const CORE = ['test/core', 'test/dialer']

/**
 * What is mutated together, and the tests that are to notice it.
 * @type {Readonly<Record<string, { sources: readonly string[], tests: readonly string[] }>>}
 */
export const AREAS = {
  pacing: {
    sources: ['src/core/pacing'],
    tests: ['test/core/pacing', 'test/core/campaigns', 'test/core/engine.test.ts'],
  },
  compliance: { sources: ['src/core/compliance'], tests: [...CORE, 'test/rules', 'test/http/reports.test.ts'] },
  flow: {
    sources: ['agents', 'calls', 'campaigns', 'dialing', 'engine.ts', 'recovery.ts'].map(name => `src/core/${name}`),
    tests: [...CORE, 'test/contract/telephony.sim.test.ts'],
  },
  store: { sources: ['src/store'], tests: ['test/store', 'test/contract/store.test.ts'] },
}

/** The TypeScript files of some folders and files. @param {readonly string[]} paths */
export function sourcesIn(paths) {
  return filesIn(paths).filter(file => file.endsWith('.ts'))
}

/** @param {readonly string[]} paths */
export function testsIn(paths) {
  return filesIn(paths).filter(file => file.endsWith('.test.ts') && !LEFT_OUT.test(file) && !opensPages(file))
}

/** @param {readonly string[]} paths */
function filesIn(paths) {
  return paths.flatMap(path => (statSync(join(PROJECT, path)).isFile() ? [path] : listed(path))).sort()
}

/** @param {string} folder */
function listed(folder) {
  return readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' }).map(name => join(folder, name))
}

/** @param {string} file */
function opensPages(file) {
  return readFileSync(join(PROJECT, file), 'utf8').includes("from 'playwright-core'")
}
