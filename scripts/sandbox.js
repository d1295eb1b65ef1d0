#!/usr/bin/env node
// A private Asterisk in namespaces of its own, for tests and the demo. See `--help`.
import { fileURLToPath } from 'node:url'
import { asteriskCommand } from './lib/asterisk.js'
import { exitOnFailure } from './lib/failure.js'
import { installSandbox } from './lib/sandboxInstall.js'
import { runInSandbox } from './lib/sandboxRun.js'

const HELP = `Usage: node scripts/sandbox.js COMMAND

  install            install Asterisk 22 and what a live run needs (root, Debian; does nothing when all is there)
  run -- CMD ...     boot Asterisk on asterisk-conf/, run CMD beside it, tear all down, give CMD's exit code
  shell              a shell beside the private Asterisk
  asterisk -rx CMD   one Asterisk CLI command, inside "run" or "shell"; outside it boots one for the command

CMD sees the whole machine's files, a network that is only a loopback, and the variables DIALWRIGHT_SANDBOX_*
(AMI, ARI, SIP, CARRIER, USER, SECRET, ROOT). The exit code is 69 when this machine cannot have the sandbox.
`

exitOnFailure(main(process.argv.slice(2)))

/**
 * @param {string[]} args
 * @returns {Promise<void>}
 */
async function main([command, ...rest]) {
  if (command === 'install') return installSandbox()
  if (command === 'run') return run(rest[0] === '--' ? rest.slice(1) : rest)
  if (command === 'shell') return shell()
  if (command === 'asterisk') return asterisk(rest)
  process.stdout.write(HELP)
  if (command !== '--help') process.exitCode = 64
}

/**
 * @param {string[]} command
 * @returns {Promise<void>}
 */
async function run(command) {
  if (command.length === 0) return main(['usage'])
  await installSandbox()
  process.exitCode = await runInSandbox(command)
}

function shell() {
  process.stderr.write(
    'A private Asterisk runs beside this shell. Its CLI: chroot $DIALWRIGHT_SANDBOX_ROOT asterisk -r\n',
  )
  return run([process.env.SHELL ?? '/bin/sh', '-i'])
}

/**
 * @param {string[]} args
 * @returns {Promise<void>}
 */
async function asterisk(args) {
  const command = (args[0] === '-rx' ? args.slice(1) : args).join(' ')
  if (process.env.DIALWRIGHT_SANDBOX === '1') return void process.stdout.write(await asteriskCommand(command))
  return run([process.execPath, fileURLToPath(import.meta.url), 'asterisk', '-rx', command])
}
