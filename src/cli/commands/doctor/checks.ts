import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config } from '../../../config.ts'
import { errorMessage } from '../../../errors.ts'
import { readSchemaVersion } from '../../../store/sqlite/readOnly.ts'
import { byteCount, plural } from '../../terminal/format.ts'

/** One thing that `doctor` looked at. */
export interface Check {
  readonly what: string
  readonly result: 'ok' | 'warn' | 'fail'
  readonly says: string
  /** What to do, where it is not ok. */
  readonly todo?: string
  /** The daemon can start with it, but nothing is dialed. */
  readonly keepsFromDialing?: true
  /** It was a running daemon that answered. */
  readonly daemonRuns?: true
}

const diskFreeMin = 1_000_000_000
/** Makes a check. */
export function ok(what: string, says: string): Check {
  return { what, result: 'ok', says }
}

/** Makes one that does not keep anybody from dialing. */
export function warn(what: string, says: string, todo: string): Check {
  return { what, result: 'warn', says, todo }
}

/** Makes one that does. */
export function fail(what: string, says: string, todo: string): Check {
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
