import { healthView } from '../../../api/system.ts'
import { problemLines } from '../../../config/findings.ts'
import { type Config, loadConfig } from '../../../config.ts'
import { diagnose, ownerOn } from '../../../daemon/pbx.ts'
import { createSystemClock } from '../../../dialer/clock.ts'
import { ConfigError, errorCode, errorMessage, OperatingError } from '../../../errors.ts'
import { createApiClient } from '../../client.ts'
import { type Check, configChecks, fail, ok, storeChecks, warn } from './checks.ts'
import { complianceChecks } from './complianceChecks.ts'
import { type Cast, castOf, readKept } from './kept.ts'
import { diagnosisOrder, pbxChecks } from './pbxChecks.ts'

/** Looks at everything and tells it as it goes; the daemon may be down. */
export async function examine(findFile: () => string, say: (found: readonly Check[]) => void): Promise<void> {
  let config: Config
  try {
    config = loadConfig(findFile())
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    const lines = error instanceof ConfigError ? problemLines(error) : [error.message]
    say(lines.map(says => fail('config', says, 'correct it, then run doctor again')))
    return
  }
  say(configChecks(config))
  say(storeChecks(config.store.path))
  say(complianceChecks(config, Date.now()))
  const daemon = await daemonCheck(config)
  say([daemon.check])
  const kept = readKept(config.store.path)
  const cast = castOf(config, kept)
  say(agentChecks(cast))
  const { databaseId } = kept
  const owner = databaseId === undefined ? undefined : ownerOn({ databaseId, file: config.store.path })
  const clock = createSystemClock()
  // All at once: one that does not answer keeps the others waiting for nothing.
  const found = config.nodes.map(node => diagnose(diagnosisOrder(config, node, cast), { clock }))
  for (const diagnosis of found) say(pbxChecks(await diagnosis, { config, cast, owner, daemonRuns: daemon.runs }))
}

/** Whom calls could be given to. */
function agentChecks({ agents }: Cast): readonly Check[] {
  if (agents.length > 0) return []
  const todo = 'name agents in the configuration, or add them with `dialwright agents add` when the daemon runs'
  return [
    {
      ...warn('agents', 'there are none: nobody could talk to whoever answers, so nothing is dialed', todo),
      keepsFromDialing: true,
    },
  ]
}

async function daemonCheck(config: Config): Promise<{ readonly check: Check; readonly runs: boolean }> {
  const client = createApiClient(config.api)
  try {
    const { version, status, alarms } = await client.get(healthView, '/v1/health')
    const says = `version ${version} answers at ${client.url} (${status})`
    // Whatever else has an alarm is no fault of the daemon's: PBXs, lists and rules are looked at here by themselves.
    const own = alarms.filter(({ what }) => what === 'store' || what === 'clock')
    if (own.length === 0) return { check: { ...ok('daemon', says), daemonRuns: true }, runs: true }
    const troubles = own.map(({ what, code }) => `${what}: ${code}`).join(', ')
    return { check: fail('daemon', `${says}: ${troubles}`, '`dialwright alarms` says what to do'), runs: true }
  } catch (error) {
    if (errorCode(error) === 'daemon-not-running') return { check: ok('daemon', 'not running'), runs: false }
    return { check: warn('daemon', errorMessage(error), 'see what uses the port, or set api.port'), runs: false }
  }
}
