import { soundMissingTodo } from '../../../api/sentences.ts'
import { soundsOf } from '../../../app/sounds.ts'
import type { Config, TrunkConfig } from '../../../config.ts'
import { type CampaignSettings, promptLanguages } from '../../../core/campaigns/campaign.ts'
import { given } from '../../../core/given.ts'
import { agentPhrases } from '../../../core/vocabulary.ts'
import { type Diagnosis, type DiagnosisOrder, isSameOwner, type LinkFault, type Owner } from '../../../daemon/pbx.ts'
import { trunkEndpoint } from '../../../daemon/telephonies.ts'
import { plural } from '../../terminal/format.ts'
import { type Check, type Facts, finding, ok } from './checks.ts'
import type { FindingCode } from './findings.ts'
import type { Cast } from './kept.ts'
import { thoroughPbxChecks } from './pbxThorough.ts'

/** What is asked of a PBX. */
export function diagnosisOrder(
  { config, cast, thorough }: Pick<PbxContext, 'config' | 'cast' | 'thorough'>,
  { nodeId, ami, ari, hep }: Config['nodes'][number],
): DiagnosisOrder {
  const trunks = trunksOf(config, nodeId)
  return {
    nodeId,
    ami,
    ari,
    sipCapture: hep,
    trunkEndpoints: trunks.filter(isPjsip).map(({ dialString }) => trunkEndpoint(dialString)),
    makesPhones: config.phones.provision,
    sounds: [...shippedSounds(config), ...campaignsOn(trunks, cast).flatMap(soundsOf)],
    ...given({ thorough: thorough ? { agentEndpoints: agentEndpoints(cast, nodeId) } : undefined }),
  }
}

/** What each caller of a shown number may hear. */
const respectPrompts = ['who', 'source', 'keys', 'unknown', 'withheld', 'several', 'refused', 'goodbye']
const always = ['beep', 'nobody-free', 'optout-confirmed', 'engine-away', 'respect/away']

/** Of asterisk-conf/sounds/dialwright: what is played whatever a campaign names. */
function shippedSounds({ agentLanguage }: Config): readonly string[] {
  return [
    ...always,
    ...promptLanguages.flatMap(language => respectPrompts.map(name => `respect/${language}/${name}`)),
    ...agentPhrases.map(phrase => `agent/${agentLanguage}/${phrase}`),
  ].map(name => `dialwright/${name}`)
}

function campaignsOn(trunks: readonly TrunkConfig[], { campaigns }: Cast): readonly CampaignSettings[] {
  const trunkIds = new Set(trunks.map(({ trunkId }) => trunkId))
  return campaigns.filter(campaign => campaign.trunkIds.some(trunkId => trunkIds.has(trunkId)))
}

function trunksOf(config: Config, nodeId: string): readonly TrunkConfig[] {
  return config.trunks.filter(trunk => trunk.nodeId === nodeId)
}

function isPjsip({ dialString }: TrunkConfig): boolean {
  return dialString.startsWith('PJSIP/')
}

/** The SIP endpoints of the agents on a PBX. */
function agentEndpoints({ agents }: Cast, nodeId: string): readonly string[] {
  return agents.filter(agent => agent.nodeId === nodeId).map(({ endpoint }) => endpoint.replace(/^PJSIP\//, ''))
}

/** How the PBX is looked at. */
export interface PbxContext {
  readonly config: Config
  readonly cast: Cast
  /** Who we are when we drive it; undefined: there is no database yet. */
  readonly owner: Owner | undefined
  /** A daemon of this configuration answers. */
  readonly daemonRuns: boolean
  /** Look at all that the documents name: rights, ports, settings of trunks and phones. */
  readonly thorough: boolean
}

/** One PBX: both log-ins, version, modules, contexts, sounds, copies of SIP messages, trunks, phones, clock, and whose it is. */
export function pbxChecks(found: Diagnosis, context: PbxContext): readonly Check[] {
  return [
    ...linkChecks(found),
    ...ownerCheck(found, context),
    ...moduleChecks(found),
    ...soundChecks(found, context),
    ...copiesCheck(found, context),
    ...phonesCheck(found),
    ...endpointChecks(found, context),
    ...clockCheck(found),
    ...thoroughPbxChecks(found, {
      trunks: trunksOf(context.config, found.nodeId),
      phones: agentEndpoints(context.cast, found.nodeId),
    }),
  ]
}

function linkChecks({ nodeId, amiFault, ariFault, version, calls = 0 }: Diagnosis): readonly Check[] {
  const what = `PBX ${nodeId}`
  const faulty = (link: 'AMI' | 'ARI', { code, says, todo }: LinkFault) =>
    finding(linkCode(link, code), `${what} ${link}`, { says, todo, ...given({ facts: faultFacts(code) }) })
  const ami =
    amiFault === undefined ? ok(`${what} AMI`, `logged in; ${plural(calls, 'call')}`) : faulty('AMI', amiFault)
  const ari = ariFault === undefined ? ok(`${what} ARI`, 'logged in') : faulty('ARI', ariFault)
  return [ami, ari, ...(version === undefined ? [] : [versionCheck(what, version)])]
}

const refusedCodes: ReadonlySet<string> = new Set(['unauthorized'])
const strangerCodes: ReadonlySet<string> = new Set(['not-ami', 'not-ari', 'silent'])
const awayCodes: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ECONNRESET', 'EPIPE'],
  ...['unreachable', 'timeout', 'UND_ERR_CONNECT_TIMEOUT'],
])

function linkCode(link: 'AMI' | 'ARI', code: string): FindingCode {
  const door = link === 'AMI' ? 'ami' : 'ari'
  if (refusedCodes.has(code)) return `${door}-refused`
  if (strangerCodes.has(code)) return `${door}-stranger`
  if (code === 'ari-off') return 'ari-off'
  return awayCodes.has(code) ? `${door}-unreachable` : `${door}-other`
}

/** A code of the system or of ours, and nothing else. */
function faultFacts(code: string): Facts | undefined {
  return awayCodes.has(code) || strangerCodes.has(code) ? { fault: code } : undefined
}

function versionCheck(what: string, version: string): Check {
  const major = Number(/(\d+)\./.exec(version)?.[1] ?? Number.NaN)
  const says = version.startsWith('Asterisk') ? version : `Asterisk ${version}`
  const [number = 'unknown'] = /\d+(\.\d+)+/.exec(version) ?? []
  if (major >= 22) return ok(`${what} version`, says, { version: number })
  return finding('asterisk-old', `${what} version`, {
    says: `${says}: made for Asterisk 22 and later`,
    facts: { version: number },
  })
}

function phonesCheck({ nodeId, phonesMapped }: Diagnosis): readonly Check[] {
  if (phonesMapped === undefined) return []
  const what = `phones of ${nodeId}`
  if (phonesMapped) return [ok(what, 'taken without a file')]
  return [
    finding('phones-unmapped', what, { says: 'taken from files alone: none can be made over the API or in a page' }),
  ]
}

const beatMaxMs = 15_000

function ownerCheck({ nodeId, owner, beatAgeMs }: Diagnosis, context: PbxContext): readonly Check[] {
  if (owner === undefined || owner.state === 'left' || beatAgeMs === undefined || Math.abs(beatAgeMs) > beatMaxMs)
    return []
  if (context.owner !== undefined && isSameOwner(owner, context.owner)) return []
  const says = `another Dialwright daemon drives it, on ${owner.host}, with another database`
  return [finding('pbx-owned', `PBX ${nodeId} owner`, { says })]
}

function moduleChecks({ nodeId, modulesMissing, contextsMissing }: Diagnosis): readonly Check[] {
  if (modulesMissing === undefined || contextsMissing === undefined) return []
  const noPjsip = modulesMissing.includes('chan_pjsip')
  const others = modulesMissing.filter(name => name !== 'chan_pjsip')
  const pjsip = finding('pjsip-missing', `PBX ${nodeId} PJSIP`, {
    says: 'did not load: the module chan_pjsip does not run, so there are no trunks and no phones',
  })
  return [
    ...(noPjsip ? [pjsip] : []),
    allThere('modules-missing', `PBX ${nodeId} modules`, others),
    allThere('contexts-missing', `PBX ${nodeId} contexts`, contextsMissing),
  ]
}

/** `missing`: of names that are this program's own. */
function allThere(code: FindingCode, what: string, missing: readonly string[]): Check {
  if (missing.length === 0) return ok(what, 'all there')
  return finding(code, what, { says: `missing: ${missing.join(', ')}`, facts: { missing } })
}

const namesMax = 10

function soundChecks({ nodeId, soundsMissing }: Diagnosis, { config, cast }: PbxContext): readonly Check[] {
  if (soundsMissing === undefined) return []
  const missing = new Set(soundsMissing)
  const what = `sounds of ${nodeId}`
  const shipped = shippedSounds(config).filter(name => missing.has(name))
  const campaigns = campaignsOn(trunksOf(config, nodeId), cast)
  const named = campaigns.flatMap(campaign => {
    const gone = soundsOf(campaign).filter(name => missing.has(name))
    if (gone.length === 0) return []
    const says = `campaign ${campaign.campaignId} plays ${gone.join(', ')}, which ${nodeId} does not have`
    return [finding('campaign-sound-missing', what, { says, todo: soundMissingTodo, facts: { sounds: gone.length } })]
  })
  const shippedCheck =
    shipped.length === 0
      ? ok(what, named.length === 0 ? 'all there' : 'those that come with Dialwright are there')
      : finding('sounds-missing', what, {
          says: `missing: ${shipped.slice(0, namesMax).join(', ')}${shipped.length > namesMax ? ` and ${shipped.length - namesMax} more` : ''}`,
          facts: { missing: shipped },
        })
  return [shippedCheck, ...named]
}

function copiesCheck({ nodeId, copies }: Diagnosis, { config, daemonRuns }: PbxContext): readonly Check[] {
  const hep = config.nodes.find(node => node.nodeId === nodeId)?.hep
  if (copies === undefined || hep === undefined) return []
  const what = `SIP copies`
  const address = `${hep.host}:${hep.port}`
  switch (copies) {
    case 'heard':
      return [ok(what, `${nodeId} sends them to ${address}`)]
    case 'none': {
      const says = `none come from ${nodeId} to ${address}: a person who answers as we hang up is taken for one who did not`
      const todo = `hep.conf on the PBX needs enabled = yes and capture_address = ${address} (nodes, hep, in the configuration), and the modules res_hep and res_hep_pjsip; then restart Asterisk`
      return [finding('copies-missing', what, { says, todo })]
    }
    case 'port-in-use':
      return daemonRuns
        ? [ok(what, `the running daemon listens at ${address}: whether they come was not looked at`)]
        : [finding('copies-port-taken', what, { says: `another program listens at ${address}` })]
    case 'no-address':
      return [finding('copies-no-address', what, { says: `${address} is no address of this machine` })]
    case 'not-asked':
      return [finding('copies-unasked', what, { says: `${nodeId} has no trunk that could be asked for one` })]
  }
}

function endpointChecks(found: Diagnosis, { config, cast }: PbxContext): readonly Check[] {
  const { endpoints, nodeId } = found
  if (endpoints === undefined) return []
  const known: Known = { endpoints, nodeId }
  return [...trunksOf(config, nodeId).map(trunk => trunkCheck(trunk, known)), ...agentsCheck(cast, known)]
}

interface Known {
  readonly nodeId: string
  readonly endpoints: ReadonlyMap<string, boolean>
}

function trunkCheck(trunk: TrunkConfig, { endpoints, nodeId }: Known): Check {
  const what = `trunk ${trunk.trunkId}`
  const name = trunkEndpoint(trunk.dialString)
  if (!isPjsip(trunk))
    return finding('trunk-not-pjsip', what, { says: `${trunk.dialString} is no PJSIP endpoint: not checked` })
  const isReachable = endpoints.get(name)
  if (isReachable === undefined) return finding('trunk-undefined', what, { says: `${nodeId} has no endpoint ${name}` })
  if (trunk.callerIds.length === 0) return finding('trunk-no-caller-id', what, { says: 'has no callerIds' })
  const says = `endpoint ${name}, ${plural(trunk.channelsMax, 'channel')}, ${trunk.callsPerSecondMax} calls a second`
  return isReachable
    ? ok(what, says)
    : finding('trunk-unreachable', what, {
        says: `${says}: the PBX cannot reach the carrier`,
        todo: `see \`asterisk -rx 'pjsip show endpoint ${name}'\`, then the firewall, then the carrier`,
      })
}

function agentsCheck(cast: Cast, { endpoints, nodeId }: Known): readonly Check[] {
  const names = agentEndpoints(cast, nodeId)
  if (names.length === 0) return []
  const what = `agents on ${nodeId}`
  const unknown = names.filter(name => !endpoints.has(name))
  const away = names.filter(name => endpoints.get(name) === false)
  const here = names.length - unknown.length - away.length
  return [
    ...(unknown.length === 0
      ? []
      : [
          finding('phones-undefined', what, {
            says: `no endpoint ${some(unknown)} on ${nodeId}`,
            facts: { phones: unknown.length, of: names.length },
          }),
        ]),
    ...(away.length === 0
      ? []
      : [
          finding('phones-away', what, {
            says: `not registered: ${some(away)}`,
            facts: { phones: away.length, of: names.length },
          }),
        ]),
    ...(here === 0 && unknown.length + away.length > 0 ? [] : [ok(what, `${plural(here, 'phone')} registered`)]),
  ]
}

function some(names: readonly string[]): string {
  const more = names.length - namesMax
  return `${names.slice(0, namesMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** The PBX's clock may differ by this much. */
const clockSkewMaxMs = 3_000

function clockCheck({ nodeId, clockAheadMs }: Diagnosis): readonly Check[] {
  if (clockAheadMs === undefined) return []
  const what = `clock of ${nodeId}`
  const skewMs = Math.abs(clockAheadMs)
  if (skewMs <= clockSkewMaxMs) return [ok(what, 'the same as here')]
  const seconds = Math.round(skewMs / 1000)
  return [finding('clocks-apart', what, { says: `differs by ${seconds} s`, facts: { seconds } })]
}
