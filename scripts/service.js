#!/usr/bin/env node
// `npm run service`: the package under a real systemd, installed and kept as docs/INSTALL.md says. See `--help`.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ensureCommands } from './lib/apt.js'
import { DEBIAN_TOOLS } from './lib/debian.js'
import { exec, lastLines } from './lib/exec.js'
import { exitOnFailure, SetupFailure } from './lib/failure.js'
import { PROJECT } from './lib/paths.js'
import { assertSandboxPossible } from './lib/sandboxInstall.js'
import { bootMachine, MACHINE_TOOLS, makeMachine } from './service/machine.js'

/** @import { Machine } from './service/machine.js' */

const HELP = `Usage: npm run service

Boots a small Debian with a systemd of its own (root, Debian; systemd-nspawn), installs the package there, and has the unit started, reloaded,
upgraded, found dead by the watchdog, stopped and drained. Every step says what it saw; the first that is wrong ends it. There is no PBX. One JSON
object goes to standard output: seconds from the package's file to a daemon that is ready, and the unit's exposure as systemd counts it.
`
const SHOW = 'systemctl show --property=ActiveState --property=MainPID --property=NRestarts dialwright'
const WATCHED = '/run/systemd/system/dialwright.service.d'
const RESTARTS_WITHIN_MS = 90_000

exitOnFailure(main(process.argv.slice(2)))

/** @param {string[]} args */
async function main(args) {
  if (args.includes('--help')) return void process.stdout.write(HELP)
  assertSandboxPossible()
  await ensureCommands({ ...DEBIAN_TOOLS, ...MACHINE_TOOLS })
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-service-'))
  try {
    await tryOut(join(folder, 'machine'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} root the machine's files, to be made */
async function tryOut(root) {
  await makeMachine(root)
  const { code, stderr } = await exec('npm', ['run', '--silent', 'package', '--', join(root, 'root')], { cwd: PROJECT })
  if (code !== 0) throw new SetupFailure('no-package', `No package: ${lastLines(stderr)}`, 1)
  const file = readdirSync(join(root, 'root')).find(name => name.endsWith('.tgz')) ?? ''
  const machine = await bootMachine(root)
  try {
    const seconds = await install(machine, `/root/${file}`)
    await changeWhileItRuns(machine)
    await die(machine)
    await end(machine)
    const { stdout } = await must(machine, 'exposure', 'systemd-analyze security --no-pager dialwright')
    const exposure = Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1])
    process.stdout.write(`${JSON.stringify({ seconds, exposure })}\n`)
  } finally {
    await machine.halt()
  }
}

/**
 * @param {Machine} machine
 * @param {string} file
 */
async function install(machine, file) {
  const startedAt = Date.now()
  await must(machine, 'npm install', `npm install --global ${file}`)
  await must(machine, 'init', 'dialwright init /etc/dialwright')
  await must(machine, 'service install', 'dialwright service install')
  await must(machine, 'start', 'systemctl enable --now dialwright')
  const seconds = (Date.now() - startedAt) / 1000
  await must(machine, 'health', 'node /usr/local/lib/node_modules/dialwright/bin/healthcheck.js')
  return seconds
}

/** @param {Machine} machine */
async function changeWhileItRuns(machine) {
  await must(machine, 'reload', 'systemctl reload dialwright')
  const before = await state(machine)
  await must(machine, 'upgrade', 'dialwright upgrade')
  const after = await state(machine)
  if (after.ActiveState !== 'active' || after.MainPID === before.MainPID || after.NRestarts !== before.NRestarts)
    wrong('upgrade', `${JSON.stringify(before)} became ${JSON.stringify(after)}`)
  say('upgrade', 'another process is the main one, and the unit never stopped')
}

/**
 * A daemon that hangs is ended by the watchdog, and started anew.
 * @param {Machine} machine
 */
async function die(machine) {
  const shorter = `mkdir -p ${WATCHED} && printf '[Service]\\nWatchdogSec=20s\\n' >${WATCHED}/shorter.conf`
  await must(machine, 'a shorter watchdog', `${shorter} && systemctl daemon-reload && systemctl restart dialwright`)
  const before = await state(machine)
  await must(machine, 'SIGSTOP', `kill -STOP ${before.MainPID}`)
  const deadlineAt = Date.now() + RESTARTS_WITHIN_MS
  for (
    let now = before;
    now.ActiveState !== 'active' || now.NRestarts === before.NRestarts;
    now = await state(machine)
  ) {
    if (Date.now() > deadlineAt) wrong('watchdog', JSON.stringify(now))
    await delay(500)
  }
  say('watchdog', 'started anew')
}

/** @param {Machine} machine */
async function end(machine) {
  await must(machine, 'stop', 'systemctl stop dialwright')
  await must(machine, 'start', 'systemctl start dialwright')
  await must(machine, 'drain', 'dialwright drain --deadline 20s')
  await must(machine, 'the end', 'sleep 4; test "$(systemctl is-active dialwright)" = inactive')
}

/** @param {Machine} machine @returns {Promise<Partial<Record<string, string>>>} */
async function state(machine) {
  const { stdout } = await machine.inside(SHOW)
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map(line => line.split('=')),
  )
}

/**
 * @param {Machine} machine
 * @param {string} step
 * @param {string} command
 */
async function must(machine, step, command) {
  const outcome = await machine.inside(command)
  if (outcome.code !== 0) wrong(step, `exit code ${outcome.code}: ${lastLines(outcome.stderr || outcome.stdout, 5)}`)
  say(step, 'as it should be')
  return outcome
}

/** @param {string} step @param {string} what @returns {never} */
function wrong(step, what) {
  throw new SetupFailure('service-wrong', `service: ${step}: ${what}`, 1)
}

/** @param {string} step @param {string} what */
function say(step, what) {
  process.stderr.write(`service: ${step}: ${what}\n`)
}
