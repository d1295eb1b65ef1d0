import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { alarmsConfig, type SectionReader } from './config/alarmsSection.ts'
import { type ApiConfig, readApiSection } from './config/apiSection.ts'
import {
  type CampaignDefaults,
  type CampaignDocument,
  campaignSchema,
  campaignSettings,
} from './config/campaignFile.ts'
import {
  type AgentDocument,
  type Config,
  type ConfigDocument,
  configSchema,
  type NodeConfig,
  type TrunkConfig,
} from './config/configFile.ts'
import { dayCaps } from './config/dayCapsSection.ts'
import { deepFreeze } from './config/deepFreeze.ts'
import { durationMs } from './config/durations.ts'
import { filesConfig } from './config/filesSection.ts'
import { createFindings, type Findings, parts } from './config/findings.ts'
import { phonesConfig } from './config/phonesSection.ts'
import type { Problem } from './config/problems.ts'
import type { RulesConfig } from './config/rulesSection.ts'
import { readableByAll, readSecret, type SecretPlace } from './config/secrets.ts'
import { transferTargets } from './config/transfersSection.ts'
import { checkAgainst, configProblem, readYamlFile, type YamlFile } from './config/yamlFile.ts'
import type { AgentSettings } from './core/agents/agent.ts'
import { defaultLineMax } from './core/calls/respectLine.ts'
import type { CampaignSettings } from './core/campaigns/campaign.ts'
import { given } from './core/given.ts'
import { dayMs, minuteMs } from './core/time.ts'
import { ConfigError } from './errors.ts'
import { isCountry } from './numbers/phone.ts'
import { isKnownPlace, placeOfCountry } from './numbers/places.ts'
import { zonesOfPlace } from './numbers/placeTables.ts'
import { canonicalZone } from './numbers/zoneOffsets.ts'

export type { ApiConfig } from './config/apiSection.ts'
export type { Config, TrunkConfig } from './config/configFile.ts'

/** Where the configuration is looked for when nobody names it. */
export const configPlaces = ['dialwright.yaml', '/etc/dialwright/dialwright.yaml'] as const
/** `capture_address` of asterisk-conf's hep.conf. */
const defaultHepPort = 9061
const defaultSipPort = 5060

type Environment = Readonly<Record<string, string | undefined>>

/** What a load may need from outside the file; the process's environment unless given. */
export interface LoadOptions {
  readonly env?: Environment
}

/** The environment's say on colours, for the terminal: `NO_COLOR`, `FORCE_COLOR`, `TERM`. */
export function colourEnvironment(env: Environment = process.env): {
  readonly forced: boolean
  readonly refused: boolean
} {
  const refused = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb'
  return { refused, forced: !refused && (env.FORCE_COLOR ?? '') !== '' && env.FORCE_COLOR !== '0' }
}

/** The file to read: the one that was named, else the first of {@link configPlaces} that exists. */
export function findConfigFile(named: string | undefined): string {
  if (named !== undefined) return named
  const found = configPlaces.find(place => statSync(place, { throwIfNoEntry: false }) !== undefined)
  if (found !== undefined) return found
  throw new ConfigError(
    'config-missing',
    `there is no ${configPlaces.join(' and no ')}: write one with \`dialwright init\`, or name yours with --config FILE`,
  )
}

/** Reads, checks and freezes the whole configuration. A {@link ConfigError} names file, line, place and what to write. */
export function loadConfig(file: string, { env = process.env }: LoadOptions = {}): Config {
  const loading = startLoading(file, env)
  const { document } = loading
  const found = createFindings()
  const nodes = document.nodes.map((node, index) =>
    found.part(() => nodeConfig(loading, { node, at: ['nodes', String(index)] })),
  )
  const trunks = trunkConfigs(loading, found)
  const defaultCountry = document.defaultCountry ?? 'US'
  const seller = found.part(() => sellerConfig(loading))
  found.part(() => {
    if (!isCountry(defaultCountry))
      fail(loading, ['defaultCountry'], `is ${defaultCountry}, which is no country: use one like US or GB`)
  })
  const agents = agentConfigs(loading, found)
  const api = found.part(() => apiConfig(loading))
  const alarms = found.part(() => alarmsConfig(document.alarms, sectionOf(loading, ['alarms', 'webhook'])))
  const phones = found.part(() => phonesConfig(document.phones, sectionOf(loading, ['phones', 'turn'])))
  // Campaigns take defaults from the trunks: with those wrong they would be refused for nothing of theirs.
  const campaigns = found.isClean ? campaignConfigs(loading, { trunks, defaultCountry, ...seller }, found) : []
  const day = found.isClean
    ? found.part(() => dayConfig(loading, seller?.seller?.place ?? placeOfCountry(defaultCountry)))
    : undefined
  found.refuse()
  // Nothing was refused, so every part is there.
  const config = {
    file,
    document,
    nodes,
    trunks,
    agents,
    agentLanguage: document.agentLanguage ?? 'en',
    transfers: transferTargets(document.transfers),
    campaigns,
    api,
    store: storeConfig(loading),
    ...filesConfig(loading),
    defaultCountry,
    ...seller,
    ...day,
    respectLine: { callsMax: document.respectLine?.maxCalls ?? defaultLineMax },
    phones,
    rules: rulesConfig(loading),
    alarms,
    log: { level: document.log?.level ?? 'info' },
    debugInvariants: document.debugInvariants ?? false,
    warnings: loading.warnings,
  } as Config
  return deepFreeze(config)
}

/** What a command line needs to reach the daemon; the PBX's secrets need not be readable for that. */
export function loadApiAccess(
  file: string,
  { env = process.env }: LoadOptions = {},
): ApiConfig & { readonly defaultCountry: string } {
  const loading = startLoading(file, env)
  return deepFreeze({ ...apiConfig(loading), defaultCountry: loading.document.defaultCountry ?? 'US' })
}

/** What a command line needs to read the daemon's database; the PBX's secrets need not be readable for that. */
export function loadStoreAccess(
  file: string,
  { env = process.env }: LoadOptions = {},
): Pick<Config, 'store' | 'trunks' | 'journal' | 'recorder'> {
  const loading = startLoading(file, env)
  return deepFreeze({ store: storeConfig(loading), trunks: trunkConfigs(loading), ...filesConfig(loading) })
}

/** The configuration's say on the rules, for a command line that has no daemon. */
export function loadRulesConfig(file: string, { env = process.env }: LoadOptions = {}): RulesConfig {
  return deepFreeze(rulesConfig(startLoading(file, env)))
}

/** Whose calls these are where nobody says, for a command line that has no daemon. */
export function loadCallDefaults(
  file: string,
  { env = process.env }: LoadOptions = {},
): Pick<Config, 'defaultCountry' | 'seller'> {
  const loading = startLoading(file, env)
  return deepFreeze({ defaultCountry: loading.document.defaultCountry ?? 'US', ...sellerConfig(loading) })
}

/** Reads and checks a campaign's file. The daemon fills in what it leaves out. */
export function loadCampaignFile(file: string): CampaignDocument {
  const yaml = readYamlFile(file)
  checkAgainst(campaignSchema, yaml)
  // checkAgainst has proved the shape.
  return yaml.value as CampaignDocument
}

/** An agent from its document, defaults filled in: the endpoint is `PJSIP/<id>`, the node the only one. */
export function agentSettings(document: AgentDocument, nodeIds: readonly string[]): AgentSettings {
  const [only, ...others] = nodeIds
  const nodeId = document.node ?? (others.length === 0 ? only : undefined)
  if (nodeId === undefined)
    throw new ConfigError('agent-wrong', `agent ${document.id}: node is missing: use one of ${nodeIds.join(', ')}`)
  if (!nodeIds.includes(nodeId)) {
    throw new ConfigError(
      'agent-wrong',
      `agent ${document.id}: node ${nodeId} is not configured: use one of ${nodeIds.join(', ')}`,
    )
  }
  return {
    agentId: document.id,
    name: document.name ?? document.id,
    endpoint: document.endpoint ?? `PJSIP/${document.id}`,
    nodeId,
    ...given({ campaignId: document.campaign }),
  }
}

/** A load under way. */
interface Loading {
  readonly yaml: YamlFile
  readonly document: ConfigDocument
  readonly folder: string
  readonly env: Environment
  readonly warnings: string[]
}

function startLoading(file: string, env: Environment): Loading {
  const yaml = readYamlFile(file)
  checkAgainst(configSchema, yaml)
  // checkAgainst has proved the shape.
  const document = yaml.value as ConfigDocument
  const loading: Loading = { yaml, document, folder: dirname(resolve(file)), env, warnings: [] }
  checkIds(loading)
  warnOfOpenSecrets(loading)
  return loading
}

function fail(loading: Loading, path: readonly string[], text: string): never {
  throw configProblem(loading.yaml, [{ path, text }])
}

function checkIds(loading: Loading): void {
  const problems: Problem[] = []
  for (const list of ['nodes', 'trunks', 'agents', 'transfers', 'campaigns'] as const) {
    const seen = new Set<string>()
    for (const [index, { id }] of (loading.document[list] ?? []).entries()) {
      if (seen.has(id))
        problems.push({ path: [list, String(index), 'id'], text: `is ${id} for the second time: ids are unique` })
      seen.add(id)
    }
  }
  if (problems.length > 0) throw configProblem(loading.yaml, problems)
}

function secretOf(loading: Loading, place: SecretPlace): string | undefined {
  return readSecret(place, { ...loading, fail: (path, text) => fail(loading, path, text) })
}

/** Secrets written into the file itself, not taken from the environment or from files. */
function warnOfOpenSecrets({ yaml, document, warnings }: Loading): void {
  const written = [
    ...document.nodes.flatMap(node => [node.ami.secret, node.ari.secret]),
    document.api?.token,
    document.alarms?.webhook?.secret,
    document.phones?.turn?.secret,
  ]
  const inFile = written.some(secret => secret !== undefined && !secret.includes('${'))
  if (inFile && readableByAll(yaml.file)) {
    warnings.push(`${yaml.file} holds secrets and everybody can read it: chmod 600 ${yaml.file}`)
  }
}

function nodeConfig(
  loading: Loading,
  { node, at }: { node: ConfigDocument['nodes'][number]; at: readonly string[] },
): NodeConfig {
  const { ami, ari, hep = {}, sip = {} } = node
  const secret = (part: { secret?: string; secretFile?: string }, key: string): string =>
    secretOf(loading, {
      written: part.secret,
      file: part.secretFile,
      at: [...at, key],
      keys: ['secret', 'secretFile'],
    }) ?? fail(loading, [...at, key], 'has no secret: add secret: or secretFile:')
  const ariUrl = ari.url ?? 'http://127.0.0.1:8088/ari'
  return {
    nodeId: node.id,
    ami: { host: ami.host ?? '127.0.0.1', port: ami.port ?? 5038, user: ami.user, secret: secret(ami, 'ami') },
    ari: { url: ariUrl, user: ari.user, secret: secret(ari, 'ari') },
    hep: { host: hep.host ?? '127.0.0.1', port: hep.port ?? defaultHepPort },
    sip: { host: sip.host ?? new URL(ariUrl).hostname, port: sip.port ?? defaultSipPort },
  }
}

function nodeOf(loading: Loading, written: string | undefined, at: readonly string[]): string {
  const nodeIds = loading.document.nodes.map(node => node.id)
  const [only, ...others] = nodeIds
  if (written === undefined && others.length > 0)
    fail(loading, [...at, 'node'], `is missing: write one of ${nodeIds.join(', ')}`)
  const nodeId = written ?? only
  if (nodeId === undefined || !nodeIds.includes(nodeId)) {
    fail(loading, [...at, 'node'], `names ${nodeId}, which is not under nodes: use one of ${nodeIds.join(', ')}`)
  }
  return nodeId
}

function trunkConfigs(loading: Loading, found?: Findings): readonly TrunkConfig[] {
  return parts(loading.document.trunks, found, (trunk, index) => ({
    trunkId: trunk.id,
    nodeId: nodeOf(loading, trunk.node, ['trunks', String(index)]),
    dialString: trunk.dialString,
    stripPlus: trunk.stripPlus ?? false,
    channelsMax: trunk.channels,
    callsPerSecondMax: trunk.callsPerSecond,
    callerIds: trunk.callerIds ?? [],
    maxCallMs: trunkMaxCallMs(loading, trunk.maxCall, ['trunks', String(index), 'maxCall']),
  }))
}

/** Nobody talks as long as this by intention: a call that is left open over night stays a small bill. */
const defaultTrunkMaxCall = '4h'
const trunkMaxCallMinMs = 5 * minuteMs
const trunkMaxCallMaxMs = dayMs

function trunkMaxCallMs(loading: Loading, written: string | number | undefined, path: readonly string[]): number {
  const maxCallMs = durationMs(written ?? defaultTrunkMaxCall)
  if (maxCallMs < trunkMaxCallMinMs || maxCallMs > trunkMaxCallMaxMs) fail(loading, path, 'must be from 5m to 24h')
  return maxCallMs
}

/** The installation's caps and whose day it is: the zone that is named, else every zone of the seller's place. */
function dayConfig(loading: Loading, place: string): Pick<Config, 'dayCaps' | 'dayZones'> {
  const { zone, ...caps } = loading.document.dayCaps ?? {}
  if (zone === undefined) return { dayCaps: dayCaps(caps), dayZones: zonesOfPlace(place) }
  const known = canonicalZone(zone)
  if (known === undefined)
    fail(loading, ['dayCaps', 'zone'], `is ${zone}, which is no time zone: use one like America/New_York`)
  return { dayCaps: dayCaps(caps), dayZones: [known] }
}

function agentConfigs(loading: Loading, found: Findings): readonly AgentSettings[] {
  return parts(loading.document.agents ?? [], found, (agent, index) => {
    const nodeId = nodeOf(loading, agent.node, ['agents', String(index)])
    return agentSettings({ ...agent, node: nodeId }, [nodeId])
  })
}

function campaignConfigs(loading: Loading, defaults: CampaignDefaults, found: Findings): readonly CampaignSettings[] {
  return parts(loading.document.campaigns ?? [], found, (campaign, index) => {
    try {
      return campaignSettings(campaign, defaults)
    } catch (cause) {
      if (!(cause instanceof ConfigError)) throw cause
      const where = loading.yaml.locate(['campaigns', String(index)])
      throw new ConfigError(cause.code, `${where}: ${cause.message}`, { cause })
    }
  })
}

/** The seller of campaigns that name none. */
function sellerConfig(loading: Loading): Pick<Config, 'seller'> {
  const { seller } = loading.document
  if (seller !== undefined && !isKnownPlace(seller.place))
    fail(
      loading,
      ['seller', 'place'],
      `is ${seller.place}, which is no place: use a country like US or GB, or a part like US-FL`,
    )
  return given({ seller: seller && { sellerId: seller.id, place: seller.place } })
}

function storeConfig({ document, folder }: Loading): Config['store'] {
  return { path: resolve(folder, document.store?.path ?? 'dialwright.db') }
}

function rulesConfig({ yaml, document, folder: around }: Loading): RulesConfig {
  const { folder, overrides = [], profiles = {} } = document.rules ?? {}
  return {
    ...given({ folder: folder === undefined ? undefined : resolve(around, folder) }),
    overrides: overrides.map((override, at) => ({
      ...override,
      where: yaml.locate(['rules', 'overrides', String(at)]),
    })),
    profiles,
    profilesWhere: yaml.locate(['rules', 'profiles']),
  }
}

/** How a section elsewhere reads its secret and refuses what is wrong. */
function sectionOf(loading: Loading, at: readonly string[]): SectionReader {
  return {
    isLoopback,
    secret: ({ secret: written, secretFile: file }) =>
      secretOf(loading, { written, file, at, keys: ['secret', 'secretFile'] }),
    fail: (key, text) => fail(loading, [...at, ...key], text),
  }
}

function apiConfig(loading: Loading): ApiConfig {
  return readApiSection(loading.document.api, {
    folder: loading.folder,
    isLoopback,
    secret: place => secretOf(loading, place),
    fail: (path, text) => fail(loading, path, text),
  })
}

/** Whether a host is this machine and nobody else's. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}
