import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Config, isLoopback } from '../../../config.ts'
import { given } from '../../../core/given.ts'
import { errorMessage } from '../../../errors.ts'
import { readSchemaVersion } from '../../../store/sqlite/readOnly.ts'
import { byteCount, plural } from '../../terminal/format.ts'
import { type FindingCode, findings, pageOf } from './findings.ts'

/** What of a check may leave the house in a bundle for support: figures, and words of this program alone. */
export type Facts = Readonly<Record<string, number | boolean | string | readonly string[]>>

/** One thing that `doctor` looked at. */
export interface Check {
  readonly what: string
  readonly result: 'ok' | 'warn' | 'fail'
  readonly says: string
  /** What was found, where it is not ok. */
  readonly code?: FindingCode
  /** What to do then. */
  readonly todo?: string
  /** Where that is written at length. */
  readonly page?: string
  readonly facts?: Facts
  /** The daemon can start with it, but nothing is dialed. */
  readonly keepsFromDialing?: true
  /** It was a running daemon that answered. */
  readonly daemonRuns?: true
}

const diskFreeMin = 1_000_000_000
/** Makes a check that found nothing. */
export function ok(what: string, says: string, facts?: Facts): Check {
  return { what, result: 'ok', says, ...given({ facts }) }
}

/** Makes one that found something; `todo` where the table's own remedy can be said more exactly. */
export function finding(
  code: FindingCode,
  what: string,
  { says, todo, facts }: { readonly says: string; readonly todo?: string; readonly facts?: Facts },
): Check {
  const { result, remedy } = findings[code]
  return { what, result, says, code, todo: todo ?? remedy, page: pageOf(code), ...given({ facts }) }
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
  return [ok('config', `${file}: ${holds.join(', ')}`), ...warnings.map(text => secretCheck(text)), ...apiChecks(api)]
}

function secretCheck(text: string): Check {
  const [says = text, todo] = text.split(/: (?=chmod)/)
  return finding('secret-readable', 'secrets', { says, ...given({ todo }) })
}

/** Beyond the loopback without a token there is no configuration: it is refused. */
function apiChecks({ host, token, tls }: Config['api']): readonly Check[] {
  if (!isLoopback(host) && tls === undefined)
    return [finding('api-open', 'api', { says: `listens on ${host} without encryption` })]
  return token === undefined ? [finding('api-no-token', 'api', { says: 'asks for no token' })] : []
}

/**
 * The store's place, format and room. It is looked at in the file and not changed: what is wrong with it may be why no daemon
 * runs that could be asked.
 */
export function storeChecks(file: string): readonly Check[] {
  const folder = dirname(file)
  if (!writable(folder)) return [finding('store-unwritable', 'store', { says: `${folder} cannot be written` })]
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
  return free < diskFreeMin ? finding('disk-low', 'disk', { says, facts: { free } }) : ok('disk', says, { free })
}

function databaseCheck(file: string): Check {
  if (!writable(file)) return finding('store-unwritable', 'store', { says: `${file} cannot be written` })
  try {
    const { version, newest } = readSchemaVersion(file)
    if (version > newest) {
      const says = `${file} was written by a newer Dialwright (schema ${version})`
      return finding('store-newer', 'store', { says, facts: { version, newest } })
    }
    const update = version < newest ? `, brought up to ${newest} at the next start` : ''
    return ok('store', `${file}: schema ${version}${update}`, { version, newest })
  } catch (error) {
    return finding('store-broken', 'store', { says: `${file} cannot be opened: ${errorMessage(error)}` })
  }
}
