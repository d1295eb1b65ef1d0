import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { NodeHealth } from '../../../api/system.ts'
import type { Config, TrunkConfig } from '../../../config.ts'
import { trunkEndpoint } from '../../../daemon/telephonies.ts'
import { errorCode, errorMessage } from '../../../errors.ts'
import { readSchemaVersion } from '../../../store/sqlite/readOnly.ts'
import { byteCount, plural } from '../../terminal/format.ts'

/** One thing that `doctor` looked at. */
export interface Check {
  readonly what: string
  readonly result: 'ok' | 'warn' | 'fail'
  readonly says: string
  /** What to do, where it is not ok. */
  readonly todo?: string
}

const diskFreeMin = 1_000_000_000
/** The PBX's clock may differ by this much; the HTTP date has whole seconds. */
const clockSkewMaxMs = 3_000

function ok(what: string, says: string): Check {
  return { what, result: 'ok', says }
}

function warn(what: string, says: string, todo: string): Check {
  return { what, result: 'warn', says, todo }
}

function fail(what: string, says: string, todo: string): Check {
  return { what, result: 'fail', says, todo }
}

/** The configuration was read: what it holds, and what it warns of. */
export function configChecks(config: Config): readonly Check[] {
  const { file, nodes, trunks, agents, campaigns, warnings, api } = config
  const holds = [
    plural(nodes.length, 'PBX', 'PBXs'),
    plural(trunks.length, 'trunk'),
    plural(agents.length, 'agent'),
    plural(campaigns.length, 'campaign'),
  ]
  const open = api.token === undefined ? [warn('api', 'asks for no token', 'set api.tokenFile')] : []
  return [ok('config', `${file}: ${holds.join(', ')}`), ...warnings.map(text => warnFromLine(text)), ...open]
}

function warnFromLine(text: string): Check {
  const [says = text, todo = 'put it right'] = text.split(/: (?=chmod)/)
  return warn('secrets', says, todo)
}

/**
 * The store's place, format and room. It is looked at in the file and not changed: what is wrong with it may be why no daemon
 * runs that could be asked.
 */
export function storeChecks(file: string): readonly Check[] {
  const folder = dirname(file)
  if (!writable(folder))
    return [fail('store', `${folder} cannot be written`, `create it, or give this user the right to write there`)]
  return [
    statSync(file, { throwIfNoEntry: false }) === undefined
      ? ok('store', `${file} will be made at the first start`)
      : databaseCheck(file),
    diskCheck(folder),
  ]
}

function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function diskCheck(folder: string): Check {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const says = `${byteCount(free)} free`
  return free < diskFreeMin ? warn('disk', says, 'make room: every call is a record') : ok('disk', says)
}

function databaseCheck(file: string): Check {
  if (!writable(file)) return fail('store', `${file} cannot be written`, 'give this user the right to write it')
  try {
    const { version, newest } = readSchemaVersion(file)
    if (version > newest) {
      const says = `${file} was written by a newer Dialwright (schema ${version})`
      return fail('store', says, 'install that version again')
    }
    const update = version < newest ? `, brought up to ${newest} at the next start` : ''
    return ok('store', `${file}: schema ${version}${update}`)
  } catch (error) {
    return fail(
      'store',
      `${file} cannot be opened: ${errorMessage(error)}`,
      'restore a backup, or name another file under store.path',
    )
  }
}

/** One PBX: log-ins, version, modules, contexts, the trunks' and agents' endpoints. */
export function nodeChecks(config: Config, health: NodeHealth): readonly Check[] {
  const { nodeId } = health
  const what = `PBX ${nodeId}`
  if (!health.reachable)
    return [
      fail(what, health.message, 'see nodes in the configuration, and manager.conf, ari.conf, http.conf on the PBX'),
    ]
  const missing = (known: Readonly<Record<string, boolean>>): readonly string[] =>
    Object.entries(known).flatMap(([name, there]) => (there ? [] : [name]))
  const trunks = config.trunks.filter(trunk => trunk.nodeId === nodeId)
  return [
    ok(
      `${what} AMI`,
      `logged in; ${versionWords(health.version)}, up ${Math.floor(health.uptimeSec / 60)} min, ${plural(health.currentCalls, 'call')}`,
    ),
    ok(`${what} ARI`, 'logged in'),
    versionCheck(what, health.version),
    allThere(`${what} modules`, missing(health.modules), 'load them in modules.conf'),
    allThere(`${what} contexts`, missing(health.contexts), 'include asterisk-conf/dialwright/extensions.conf'),
    ...trunks.map(trunk => trunkCheck(trunk, health)),
    agentsCheck(config, health),
  ]
}

function versionWords(version: string): string {
  return version.startsWith('Asterisk') ? version : `Asterisk ${version}`
}

function versionCheck(what: string, version: string): Check {
  const major = Number(/(\d+)\./.exec(version)?.[1] ?? Number.NaN)
  if (major >= 22) return ok(`${what} version`, version)
  return warn(`${what} version`, `${version}: made for Asterisk 22 and later`, 'upgrade before you dial people')
}

function allThere(what: string, missing: readonly string[], todo: string): Check {
  return missing.length === 0 ? ok(what, 'all there') : fail(what, `missing: ${missing.join(', ')}`, todo)
}

type Reachable = Extract<NodeHealth, { reachable: true }>

function trunkCheck(trunk: TrunkConfig, { endpoints, nodeId }: Reachable): Check {
  const what = `trunk ${trunk.trunkId}`
  const name = trunkEndpoint(trunk.dialString)
  if (!trunk.dialString.startsWith('PJSIP/'))
    return warn(what, `${trunk.dialString} is no PJSIP endpoint: not checked`, 'try one call by hand')
  const endpoint = endpoints[name]
  if (endpoint === undefined)
    return fail(what, `${nodeId} has no endpoint ${name}`, 'define it in pjsip.conf, or correct the dialString')
  if (trunk.callerIds.length === 0)
    return warn(what, 'has no callerIds', 'name numbers of yours under the trunk, or in every campaign')
  const says = `endpoint ${name} (${endpoint.deviceState}), ${plural(trunk.channelsMax, 'channel')}, ${trunk.callsPerSecondMax} calls a second`
  return endpoint.deviceState === 'Unavailable'
    ? warn(what, says, 'the PBX cannot reach the carrier: see `pjsip show endpoint`')
    : ok(what, says)
}

function agentsCheck(config: Config, { endpoints, nodeId }: Reachable): Check {
  const what = `agents on ${nodeId}`
  const names = config.agents
    .filter(agent => agent.nodeId === nodeId)
    .map(agent => agent.endpoint.replace(/^PJSIP\//, ''))
  const unknown = names.filter(name => endpoints[name] === undefined)
  if (unknown.length > 0)
    return fail(
      what,
      `no endpoint ${unknown.slice(0, 10).join(', ')} on ${nodeId}`,
      'define them in pjsip.conf, or correct agents in the configuration',
    )
  const away = names.filter(name => endpoints[name]?.registered === false)
  if (away.length > 0) return warn(what, `not registered: ${away.slice(0, 10).join(', ')}`, 'start those softphones')
  return ok(what, `${plural(names.length, 'phone')} registered`)
}

/** The PBX's clock beside ours, by the date that its HTTP server writes. */
export async function clockCheck(nodeId: string, ariUrl: string): Promise<Check> {
  const what = `clock of ${nodeId}`
  try {
    const response = await fetch(`${ariUrl}/asterisk/ping`, { signal: AbortSignal.timeout(5000), redirect: 'manual' })
    await response.body?.cancel()
    const theirs = Date.parse(response.headers.get('date') ?? '')
    if (!Number.isFinite(theirs)) return warn(what, 'the PBX tells no time', 'compare the clocks by hand')
    const skewMs = Math.abs(Date.now() - theirs)
    if (skewMs <= clockSkewMaxMs) return ok(what, 'the same as here')
    return warn(what, `differs by ${(skewMs / 1000).toFixed(0)} s`, 'run NTP on both machines')
  } catch (error) {
    return warn(what, `cannot be read (${errorCode(error)})`, 'see http.conf on the PBX')
  }
}
