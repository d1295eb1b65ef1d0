import type { Command } from 'commander'
import { type Config, loadConfig } from '../../config.ts'
import { createSystemClock } from '../../dialer/clock.ts'
import { errorCode, errorMessage, OperatingError } from '../../errors.ts'
import { healthView } from '../../http/routes/system.ts'
import { createLog } from '../../log.ts'
import { type Check, clockCheck, configChecks, nodeChecks, storeChecks } from '../checks.ts'
import { type Cli, examples } from '../cli.ts'
import { createApiClient } from '../client.ts'
import type { Ink, Paint } from '../paint.ts'
import { createTelephonies, readHealth } from '../telephonies.ts'

/** `doctor`: checks the configuration against the live PBX; the daemon may be down. */
export function doctorCommand(program: Command, cli: Cli): void {
  examples(
    program
      .command('doctor')
      .description('check configuration, store, PBX log-ins, modules, dialplan, trunks, phones and clocks'),
    'dialwright doctor',
    'dialwright doctor --config /etc/dialwright/dialwright.yaml --json',
  ).action(async () => {
    const checks: Check[] = []
    const say = (found: readonly Check[]): void => {
      checks.push(...found)
      if (cli.options().json !== true) cli.terminal.out(found.map(check => checkLine(check, cli.paint)).join(''))
    }
    await examine(cli, say)
    const failed = checks.filter(({ result }) => result === 'fail').length
    cli.print({ ok: failed === 0, checks }, () => summary(checks))
    if (failed > 0) cli.setExitCode(1)
  })
}

async function examine(cli: Cli, say: (found: readonly Check[]) => void): Promise<void> {
  let config: Config
  try {
    config = loadConfig(cli.configFile())
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    say([{ what: 'config', result: 'fail', says: error.message, todo: 'correct it, then run doctor again' }])
    return
  }
  say(configChecks(config))
  say(storeChecks(config.store.path))
  say([await daemonCheck(config)])
  const telephonies = createTelephonies(config, { log: createLog({ level: 'silent' }), clock: createSystemClock() })
  try {
    for (const health of await readHealth(telephonies)) {
      say(nodeChecks(config, health))
      const ariUrl = config.nodes.find(node => node.nodeId === health.nodeId)?.ari.url
      if (health.reachable && ariUrl !== undefined) say([await clockCheck(health.nodeId, ariUrl)])
    }
  } finally {
    await Promise.all(telephonies.map(telephony => telephony.close()))
  }
}

async function daemonCheck(config: Config): Promise<Check> {
  const client = createApiClient(config.api)
  try {
    const { version, status } = await client.get(healthView, '/v1/health')
    return { what: 'daemon', result: 'ok', says: `version ${version} answers at ${client.url} (${status})` }
  } catch (error) {
    if (errorCode(error) === 'daemon-not-running') return { what: 'daemon', result: 'ok', says: 'not running' }
    return {
      what: 'daemon',
      result: 'warn',
      says: errorMessage(error),
      todo: 'see what uses the port, or set api.port',
    }
  }
}

const inks: Readonly<Record<Check['result'], Ink>> = { ok: 'green', warn: 'yellow', fail: 'red' }

function checkLine({ what, result, says, todo }: Check, paint: Paint): string {
  return `${paint(inks[result], result.padEnd(4))}  ${what.padEnd(18)}  ${says}${todo === undefined ? '' : `; ${todo}`}\n`
}

function summary(checks: readonly Check[]): string {
  const count = (result: Check['result']): number => checks.filter(check => check.result === result).length
  const failed = count('fail')
  const end = failed === 0 ? 'ready to dial: `dialwright serve`' : 'put right what failed, then run doctor again'
  return `\n${count('ok')} ok, ${count('warn')} to look at, ${failed} failed: ${end}\n`
}
