import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type HealthView, healthView } from '../../../api/system.ts'
import { problemLines } from '../../../config/findings.ts'
import { type Config, loadConfig } from '../../../config.ts'
import { diagnose, ownerOn } from '../../../daemon/pbx.ts'
import { createSystemClock } from '../../../dialer/clock.ts'
import { ConfigError, errorCode, errorMessage, OperatingError } from '../../../errors.ts'
import { bulkListFolder } from '../../../store/sqlite/bulkListFiles.ts'
import { createApiClient } from '../../client.ts'
import { type Check, configChecks, finding, ok, storeChecks } from './checks.ts'
import { complianceChecks } from './complianceChecks.ts'
import { growthChecks } from './growthCheck.ts'
import { thoroughChecks } from './hereThorough.ts'
import { type Cast, castOf, type Kept, readKept } from './kept.ts'
import { diagnosisOrder, pbxChecks } from './pbxChecks.ts'

/** What is looked at, and how. */
export interface Examination {
  /** Finds the configuration's file, or throws. */
  readonly findFile: () => string
  /** This program's version. */
  readonly version: string
  /** Also all that the documents name beyond what dialing needs. */
  readonly thorough: boolean
  /** Told as it goes. */
  readonly say: (found: readonly Check[]) => void
}

/** Looks at everything; the daemon may be down. Gives the configuration where there is one that can be read. */
export async function examine({ findFile, version, thorough, say }: Examination): Promise<Config | undefined> {
  let config: Config
  try {
    config = loadConfig(findFile())
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    const lines = error instanceof ConfigError ? problemLines(error) : [error.message]
    say(lines.map(says => finding('config-wrong', 'config', { says })))
    return undefined
  }
  say(configChecks(config))
  say(storeChecks(config.store.path))
  say(growthChecks(config.store.path, Date.now()))
  say(complianceChecks(config, Date.now()))
  const daemon = await daemonChecks(config, version)
  say(daemon.checks)
  const kept = readKept(config.store.path)
  const cast = castOf(config, kept)
  say([...listFileChecks(config.store.path, kept), ...agentChecks(cast)])
  if (thorough) say(thoroughChecks(config, cast))
  const { databaseId } = kept
  const owner = databaseId === undefined ? undefined : ownerOn({ databaseId, file: config.store.path })
  const clock = createSystemClock()
  // All at once: one that does not answer keeps the others waiting for nothing.
  const found = config.nodes.map(node => diagnose(diagnosisOrder({ config, cast, thorough }, node), { clock }))
  const context = { config, cast, owner, daemonRuns: daemon.runs, thorough }
  for (const diagnosis of found) say(pbxChecks(await diagnosis, context))
  return config
}

/** Whom calls could be given to. */
function agentChecks({ agents }: Cast): readonly Check[] {
  if (agents.length > 0) return []
  const says = 'there are none: nobody could talk to whoever answers, so nothing is dialed'
  return [{ ...finding('agents-none', 'agents', { says }), keepsFromDialing: true }]
}

function listFileChecks(store: string, { lists }: Kept): readonly Check[] {
  const folder = bulkListFolder(store)
  return lists
    .filter(({ file }) => !existsSync(join(folder, file)))
    .map(({ list, file }) =>
      finding('list-file-missing', 'lists', { says: `${list}: ${join(folder, file)} is not there` }),
    )
}

interface DaemonFound {
  readonly checks: readonly Check[]
  readonly runs: boolean
}

async function daemonChecks(config: Config, ours: string): Promise<DaemonFound> {
  const client = createApiClient(config.api)
  try {
    const health = await client.get(healthView, '/v1/health')
    return { checks: healthChecks(health, { ours, url: client.url }), runs: true }
  } catch (error) {
    if (errorCode(error) === 'daemon-not-running') return { checks: [ok('daemon', 'not running')], runs: false }
    return { checks: [finding('daemon-unclear', 'daemon', { says: errorMessage(error) })], runs: false }
  }
}

function healthChecks(
  { version, status, alarms, trunksFailing, nodes, nodesUp }: HealthView,
  { ours, url }: { readonly ours: string; readonly url: string },
): readonly Check[] {
  const says = `version ${version} answers at ${url} (${status})`
  // Whatever else has an alarm is no fault of the daemon's: PBXs, lists and rules are looked at here by themselves.
  const own = alarms.filter(({ what }) => what === 'store' || what === 'clock')
  const troubles = own.map(({ what, code }) => `${what}: ${code}`).join(', ')
  const codes = own.map(({ code }) => code)
  const daemon =
    own.length === 0
      ? ok('daemon', says)
      : finding('daemon-alarm', 'daemon', { says: `${says}: ${troubles}`, facts: { alarms: codes } })
  const found: Check[] = [{ ...daemon, daemonRuns: true }]
  if (version !== ours)
    found.push(finding('daemon-other-version', 'daemon', { says: `version ${version} runs, this is ${ours}` }))
  if (trunksFailing.length > 0)
    found.push(
      finding('trunk-failing', 'daemon', {
        says: `its trunk fails: ${trunksFailing.join(', ')}`,
        facts: { trunks: trunksFailing.length },
      }),
    )
  if (nodesUp < nodes)
    found.push(
      finding('pbx-away', 'daemon', { says: `is linked with ${nodesUp} of ${nodes} PBXs`, facts: { nodesUp, nodes } }),
    )
  return found
}
