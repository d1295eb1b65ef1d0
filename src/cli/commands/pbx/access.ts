import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { loadConfig } from '../../../config.ts'
import { given } from '../../../core/given.ts'
import { errorCode, errorMessage, InputError, OperatingError } from '../../../errors.ts'
import type { Access } from '../../../setup/asterisk/wishes.ts'
import type { Cli } from '../../cli.ts'

/** What the command line says about how the daemon comes to the PBX. */
export interface AccessOptions {
  readonly node?: string
  readonly secretFile?: string
  readonly copiesTo?: string
}

const usual = { ariPort: 8088, ariPrefix: '', copiesTo: '127.0.0.1:9061', amiPort: 5038 }
const user = 'dialwright'

/** How the daemon comes to the PBX: by its configuration, or by the usual ports and a secret in a file of its own. */
export function readAccess(cli: Cli, { node, secretFile, copiesTo }: AccessOptions): Access & { secretMade?: string } {
  if (secretFile === undefined) return { ...accessOf(cli, node), ...given({ copiesTo }) }
  const isThere = existsSync(secretFile)
  const secret = isThere ? readSecret(secretFile) : randomBytes(18).toString('base64url')
  const login = { amiUser: user, amiSecret: secret, ariUser: user, ariSecret: secret }
  const access = { ...usual, ...login, copiesTo: copiesTo ?? usual.copiesTo }
  return isThere ? access : { ...access, secretMade: secret }
}

function readSecret(file: string): string {
  try {
    const secret = readFileSync(file, 'utf8').trim()
    if (secret !== '') return secret
  } catch (cause) {
    throw new OperatingError('unreadable', `${file} cannot be read (${errorCode(cause)}): run this as root`, { cause })
  }
  throw new InputError('empty-secret', `${file} is empty: write a secret into it, or remove it, and one is made`)
}

function accessOf(cli: Cli, wanted: string | undefined): Access {
  const { nodes } = loadConfig(configFile(cli))
  const [first, ...others] = wanted === undefined ? nodes : nodes.filter(({ nodeId }) => nodeId === wanted)
  const names = nodes.map(({ nodeId }) => nodeId).join(', ')
  if (first === undefined)
    throw new InputError('unknown-node', `the configuration has no node ${wanted}: it has ${names}`)
  if (others.length > 0)
    throw new InputError('which-node', `the configuration has the nodes ${names}: say which this PBX is with --node ID`)
  const { ami, ari, hep } = first
  const host = hep.host === '0.0.0.0' ? '127.0.0.1' : hep.host
  return {
    amiUser: ami.user,
    amiSecret: ami.secret,
    amiPort: ami.port,
    ariUser: ari.user,
    ariSecret: ari.secret,
    ...webServer(new URL(ari.url)),
    copiesTo: `${host}:${hep.port}`,
  }
}

/** Behind a proxy with TLS the web server of the PBX has an address that our configuration does not know: the usual one. */
function webServer({ protocol, port, pathname }: URL): Pick<Access, 'ariPort' | 'ariPrefix'> {
  if (protocol === 'https:') return { ariPort: usual.ariPort, ariPrefix: usual.ariPrefix }
  const ariPrefix = pathname.replace(/\/?ari\/?$/, '').replace(/^\/|\/$/g, '')
  return { ariPort: Number(port === '' ? 80 : port), ariPrefix }
}

function configFile(cli: Cli): string {
  try {
    return cli.configFile()
  } catch (error) {
    throw new InputError(
      'no-config',
      `${errorMessage(error)}. On a PBX without the daemon: --secret-file pbx.secret (made if it is not there)`,
    )
  }
}

/** Keeps a secret that was made. */
export function keepSecret(file: string, secret: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    throw new OperatingError('file-unwritable', `cannot write ${file} (${errorCode(cause)}): choose another place`, {
      cause,
    })
  }
}
