#!/usr/bin/env node
// `npm run demo`: sets everything up, then runs a predictive campaign on a real, private Asterisk and sums it up.
// Where no Asterisk can be had it says so in one line and runs the same engine on the built-in simulated PBX.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.js'
import { openDoor } from './demo/door.js'
import { layWire } from './demo/wire.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'
import { PROJECT } from './lib/paths.js'
import { assertSandboxPossible, installSandbox } from './lib/sandboxInstall.js'
import { runInSandbox } from './lib/sandboxRun.js'

const HELP = `Usage: npm run demo -- [options]

Dials a list of invented people for a while, on a private Asterisk that can reach nobody, and shows the live board.

  --agents N      agents on SIP softphones, 1 to 200 (default 20)
  --leads FILE    your own CSV of leads instead of an invented list
  --seconds S     how long the campaign dials, 10 to 3600 (default 120)
  --json FILE     also write the summary to FILE
  --cold          begin with nothing learned, as on a campaign's very first day
  --sim           on the built-in simulated PBX: no root, no Debian, no Asterisk
  --help          this text

Examples:
  npm run demo
  npm run demo -- --agents 50 --seconds 300 --json summary.json
  npm run demo -- --sim
`

exitOnFailure(main())

async function main() {
  const options = readOptions()
  if (options === undefined) return
  await bootstrap()
  const live = !options.sim && (await liveIsPossible())
  process.exitCode = live ? await runLive(options) : await run(commandFor({ ...options, sim: true }))
}

/** @param {object} options */
function commandFor(options) {
  return ['node', join(PROJECT, 'scripts', 'demo', 'run.js'), JSON.stringify(options)]
}

/**
 * In a network of its own, with a door for browsers of this machine.
 * @param {object} options
 */
async function runLive(options) {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-door-'))
  const { ports, close } = await openDoor(folder)
  try {
    return await runInSandbox(commandFor({ ...options, door: { folder, ports } }), { onNetwork: joinNetwork })
  } finally {
    close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {number} pid */
async function joinNetwork(pid) {
  const why = await layWire(pid)
  if (why !== undefined)
    process.stderr.write(
      `No wire to the private network (${why}): the board works in a browser, a phone in a page has no sound.\n`,
    )
}

async function liveIsPossible() {
  try {
    assertSandboxPossible()
    await installSandbox()
    return true
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error
    process.stderr.write(`No private Asterisk: ${error.message} Going on with the simulated PBX.\n`)
    return false
  }
}

/**
 * @param {string[]} command
 * @returns {Promise<number>}
 */
function run([command = '', ...args]) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: 'inherit' })
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal))
    child.once('error', fail)
    child.once('exit', code => done(code ?? 1))
  })
}

function readOptions() {
  const { values } = parse()
  if (values.help) {
    process.stdout.write(HELP)
    return undefined
  }
  return {
    agents: whole('agents', values.agents, { min: 1, max: 200, fallback: 20 }),
    seconds: whole('seconds', values.seconds, { min: 10, max: 3600, fallback: 120 }),
    leads: values.leads === undefined ? undefined : resolve(values.leads),
    json: values.json === undefined ? undefined : resolve(values.json),
    sim: values.sim === true,
    cold: values.cold === true,
  }
}

function parse() {
  const text = /** @type {const} */ ({ type: 'string' })
  const flag = /** @type {const} */ ({ type: 'boolean' })
  try {
    return parseArgs({
      options: { agents: text, leads: text, seconds: text, json: text, sim: flag, cold: flag, help: flag },
    })
  } catch (error) {
    throw new SetupFailure('usage', `${error instanceof Error ? error.message : error} See npm run demo -- --help`, 2)
  }
}

/**
 * @param {string} name
 * @param {string | undefined} written
 * @param {{ min: number, max: number, fallback: number }} limits
 */
function whole(name, written, { min, max, fallback }) {
  if (written === undefined) return fallback
  const value = Number(written)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new SetupFailure('usage', `--${name} takes a whole number from ${min} to ${max}, not "${written}".`, 2)
}
