import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Config, isLoopback } from '../../../config.ts'
import { type Check, finding, ok } from './checks.ts'
import type { Cast } from './kept.ts'

/** What the documents name of this machine beyond what a start needs: who may read and change what, and what goes in the clear. */
export function thoroughChecks(config: Config, cast: Cast): readonly Check[] {
  return [
    ...nodeCheck(process.versions.node),
    ...configFileCheck(config.file),
    ...secretChecks(config),
    ...plainChecks(config),
    ...webhookChecks(cast),
    ...callerIdChecks(config, cast),
    ...recorderCheck(config),
    ...dataFileChecks(config.store.path),
  ]
}

/** package.json names it too (`engines`). */
const nodeMin = [20, 19] as const

function nodeCheck(version: string): readonly Check[] {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < nodeMin[0] || (major === nodeMin[0] && minor < nodeMin[1])
  const says = `version ${version}`
  return [isOld ? finding('node-old', 'Node.js', { says, facts: { version } }) : ok('Node.js', says, { version })]
}

const othersMayRead = 0o004
const othersMayWrite = 0o002
const groupOrOthers = 0o077
const sticky = 0o1000

function configFileCheck(file: string): readonly Check[] {
  const open = [file, dirname(file)].filter(path => {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0
    return (mode & othersMayWrite) !== 0 && (mode & sticky) === 0
  })
  return open.map(path =>
    finding('config-writable', 'config', { says: `everybody can change ${path}`, todo: `chmod o-w ${path}` }),
  )
}

/** As the files of asterisk-conf are shipped. */
const shippedSecret = 'CHANGE-ME'

function secretChecks({ nodes }: Config): readonly Check[] {
  return nodes
    .filter(({ ami, ari }) => ami.secret === shippedSecret || ari.secret === shippedSecret)
    .map(({ nodeId }) =>
      finding('secret-unchanged', 'secrets', { says: `${nodeId}: the password is ${shippedSecret}` }),
    )
}

function plainChecks({ nodes }: Config): readonly Check[] {
  return nodes.flatMap(({ nodeId, ami, ari, hep }) => {
    const web = new URL(ari.url)
    const what = `PBX ${nodeId} way`
    const found: Check[] = []
    if (!isLoopback(ami.host)) found.push(finding('ami-plain', what, { says: `AMI goes to ${ami.host} in the clear` }))
    if (web.protocol === 'http:' && !isLoopback(web.hostname))
      found.push(finding('ari-plain', what, { says: `ARI goes to ${web.hostname} in the clear` }))
    if (!isLoopback(hep.host))
      found.push(finding('copies-open', 'SIP copies', { says: `${nodeId}: taken at ${hep.host}, from whoever sends` }))
    return found
  })
}

function webhookChecks({ campaigns }: Cast): readonly Check[] {
  const plain = campaigns.filter(({ webhookUrl }) => {
    if (webhookUrl === undefined || !URL.canParse(webhookUrl)) return false
    const { protocol, hostname } = new URL(webhookUrl)
    return protocol === 'http:' && !isLoopback(hostname)
  })
  if (plain.length === 0) return []
  const says = `in the clear: ${plain.map(({ campaignId }) => campaignId).join(', ')}`
  return [finding('webhook-plain', 'webhooks', { says, facts: { campaigns: plain.length } })]
}

/** North America's numbers for fiction: 555-0100 to 555-0199 of each area. */
const fictitious = /^\+1\d{3}55501\d\d$/

function callerIdChecks({ trunks }: Config, { campaigns }: Cast): readonly Check[] {
  const whose = [
    ...trunks.filter(({ callerIds }) => callerIds.some(id => fictitious.test(id))).map(one => `trunk ${one.trunkId}`),
    ...campaigns
      .filter(({ callerIds }) => callerIds.some(id => fictitious.test(id)))
      .map(one => `campaign ${one.campaignId}`),
  ]
  if (whose.length === 0) return []
  return [finding('caller-id-example', 'caller ids', { says: `a number for fiction is shown: ${whose.join(', ')}` })]
}

function recorderCheck({ recorder }: Config): readonly Check[] {
  if (recorder === undefined) return []
  const bytes = statSync(recorder.path, { throwIfNoEntry: false })?.size ?? 0
  return [finding('recorder-on', 'recorder', { says: `writes to ${recorder.path}`, facts: { bytes } })]
}

/** The database, and all that lies beside it under its name. */
function dataFileChecks(file: string): readonly Check[] {
  const folder = dirname(file)
  if (!existsSync(file)) return []
  const own = readdirSync(folder).filter(name => name === basename(file) || name.startsWith(`${basename(file)}-`))
  const readable = own.filter(
    name => (statSync(join(folder, name), { throwIfNoEntry: false })?.mode ?? 0) & groupOrOthers,
  )
  const found: Check[] = []
  if (readable.length > 0)
    found.push(
      finding('store-readable', 'files', {
        says: `others can read ${readable.join(', ')} in ${folder}`,
        todo: `chmod go= ${readable.map(name => join(folder, name)).join(' ')}`,
        facts: { files: readable.length, others: readable.some(name => isForAll(join(folder, name))) },
      }),
    )
  if (statSync(file).uid === 0) found.push(finding('store-of-root', 'files', { says: `${file} belongs to root` }))
  return found.length === 0 ? [ok('files', 'the daemon alone can read its own')] : found
}

function isForAll(path: string): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & othersMayRead) !== 0
}
