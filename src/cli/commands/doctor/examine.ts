import { healthView } from '../../../api/system.ts'
import { type Config, loadConfig } from '../../../config.ts'
import { createTelephonies, readHealth } from '../../../daemon/telephonies.ts'
import { createSystemClock } from '../../../dialer/clock.ts'
import { errorCode, errorMessage, OperatingError } from '../../../errors.ts'
import { createLog } from '../../../log.ts'
import { createApiClient } from '../../client.ts'
import { type Check, clockCheck, configChecks, nodeChecks, storeChecks } from './checks.ts'
import { complianceChecks } from './complianceChecks.ts'

/** Looks at everything and tells it as it goes; the daemon may be down. */
export async function examine(findFile: () => string, say: (found: readonly Check[]) => void): Promise<void> {
  let config: Config
  try {
    config = loadConfig(findFile())
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    say([{ what: 'config', result: 'fail', says: error.message, todo: 'correct it, then run doctor again' }])
    return
  }
  say(configChecks(config))
  say(storeChecks(config.store.path))
  say(complianceChecks(config, Date.now()))
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
    const { version, status, alarms } = await client.get(healthView, '/v1/health')
    const says = `version ${version} answers at ${client.url} (${status})`
    if (alarms.length === 0) return { what: 'daemon', result: 'ok', says }
    const troubles = alarms.map(({ what, code }) => `${what}: ${code}`).join(', ')
    return {
      what: 'daemon',
      result: 'fail',
      says: `${says}: ${troubles}`,
      todo: '`dialwright monitor` says what to do',
    }
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
