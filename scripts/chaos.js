#!/usr/bin/env node
// What breaks a machine, done to a live daemon for a bounded time; prints what became of it as JSON. See `--help`.
import { exitOnFailure, SetupFailure } from './lib/failure.js'

/** @type {Readonly<Record<string, () => Promise<{ run: () => Promise<Record<string, unknown>> }>>>} */
const TABLE = {
  'disk-full': () => import('./chaos/diskFull.js'),
  talks: () => import('./chaos/talks.js'),
  upgrade: () => import('./chaos/upgrade.js'),
  timers: () => import('./chaos/timers.js'),
  'pbx-slow': () => import('./chaos/pbx.js').then(({ runOf }) => runOf('pbx-slow')),
  'manager-cut': () => import('./chaos/pbx.js').then(({ runOf }) => runOf('manager-cut')),
  'bridge-gone': () => import('./chaos/pbx.js').then(({ runOf }) => runOf('bridge-gone')),
}

const HELP = `Usage: npm run chaos -- NAME

NAME is one of: ${Object.keys(TABLE).join(', ')}

npm run chaos -- upgrade [FOLDER ...]   FOLDER: built clones of other versions; each hands over to the next, and the last back to this one
`

exitOnFailure(main(process.argv[2]))

/** @param {string | undefined} name */
async function main(name) {
  const load = TABLE[name ?? '']
  if (load === undefined) {
    process.stdout.write(HELP)
    if (name !== '--help') throw new SetupFailure('usage', 'Name one of them.', 64)
    return
  }
  const { run } = await load()
  const found = await run()
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`)
  if (found.ok !== true) process.exitCode = 1
}
