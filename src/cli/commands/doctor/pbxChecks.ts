import { soundMissingTodo } from '../../../api/sentences.ts'
import { soundsOf } from '../../../app/sounds.ts'
import type { Config, TrunkConfig } from '../../../config.ts'
import type { CampaignSettings } from '../../../core/campaigns/campaign.ts'
import { type Diagnosis, type DiagnosisOrder, isSameOwner, type LinkFault, type Owner } from '../../../daemon/pbx.ts'
import { trunkEndpoint } from '../../../daemon/telephonies.ts'
import { plural } from '../../terminal/format.ts'
import { type Check, fail, ok, warn } from './checks.ts'
import type { Cast } from './kept.ts'

/** What is asked of a PBX. */
export function diagnosisOrder(
  config: Config,
  { nodeId, ami, ari, hep }: Config['nodes'][number],
  cast: Cast,
): DiagnosisOrder {
  const trunks = trunksOf(config, nodeId)
  return {
    nodeId,
    ami,
    ari,
    sipCapture: hep,
    trunkEndpoints: trunks.filter(isPjsip).map(({ dialString }) => trunkEndpoint(dialString)),
    sounds: [...shippedSounds, ...campaignsOn(trunks, cast).flatMap(soundsOf)],
  }
}

/** Of asterisk-conf/sounds/dialwright: what is played whatever a campaign names. */
const shippedSounds = [
  'beep',
  'nobody-free',
  'optout-confirmed',
  'engine-away',
  'respect/away',
  ...['en', 'es', 'zh'].flatMap(language => ['keys', 'refused', 'goodbye'].map(name => `respect/${language}/${name}`)),
].map(name => `dialwright/${name}`)

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

/** How the PBX is looked at. */
export interface PbxContext {
  readonly config: Config
  readonly cast: Cast
  /** Who we are when we drive it; undefined: there is no database yet. */
  readonly owner: Owner | undefined
  /** A daemon of this configuration answers. */
  readonly daemonRuns: boolean
}

/** One PBX: both log-ins, version, modules, contexts, sounds, copies of SIP messages, trunks, phones, clock, and whose it is. */
export function pbxChecks(found: Diagnosis, context: PbxContext): readonly Check[] {
  return [
    ...linkChecks(found),
    ...ownerCheck(found, context),
    ...moduleChecks(found),
    ...soundChecks(found, context),
    ...copiesCheck(found, context),
    ...endpointChecks(found, context),
    ...clockCheck(found),
  ]
}

function linkChecks({ nodeId, amiFault, ariFault, version, calls = 0 }: Diagnosis): readonly Check[] {
  const what = `PBX ${nodeId}`
  const faulty = (link: string, { says, todo }: LinkFault) => fail(`${what} ${link}`, says, todo)
  const ami =
    amiFault === undefined ? ok(`${what} AMI`, `logged in; ${plural(calls, 'call')}`) : faulty('AMI', amiFault)
  const ari = ariFault === undefined ? ok(`${what} ARI`, 'logged in') : faulty('ARI', ariFault)
  return [ami, ari, ...(version === undefined ? [] : [versionCheck(what, version)])]
}

function versionCheck(what: string, version: string): Check {
  const major = Number(/(\d+)\./.exec(version)?.[1] ?? Number.NaN)
  const says = version.startsWith('Asterisk') ? version : `Asterisk ${version}`
  if (major >= 22) return ok(`${what} version`, says)
  return warn(`${what} version`, `${says}: made for Asterisk 22 and later`, 'upgrade before you dial people')
}

const beatMaxMs = 15_000

function ownerCheck({ nodeId, owner, beatAgeMs }: Diagnosis, context: PbxContext): readonly Check[] {
  if (owner === undefined || owner.state === 'left' || beatAgeMs === undefined || Math.abs(beatAgeMs) > beatMaxMs)
    return []
  if (context.owner !== undefined && isSameOwner(owner, context.owner)) return []
  const says = `another Dialwright daemon drives it, on ${owner.host}, with another database`
  return [fail(`PBX ${nodeId} owner`, says, 'stop that daemon first, or give this one a PBX of its own')]
}

function moduleChecks({ nodeId, modulesMissing, contextsMissing }: Diagnosis): readonly Check[] {
  if (modulesMissing === undefined || contextsMissing === undefined) return []
  const noPjsip = modulesMissing.includes('chan_pjsip')
  const others = modulesMissing.filter(name => name !== 'chan_pjsip')
  const pjsip = fail(
    `PBX ${nodeId} PJSIP`,
    'did not load: the module chan_pjsip does not run, so there are no trunks and no phones',
    "`asterisk -rx 'module load chan_pjsip.so'` and Asterisk's log say why: often a mistake in pjsip.conf, or noload in modules.conf",
  )
  return [
    ...(noPjsip ? [pjsip] : []),
    allThere(`PBX ${nodeId} modules`, others, 'load them in modules.conf (asterisk-conf/modules.conf has them all)'),
    allThere(
      `PBX ${nodeId} contexts`,
      contextsMissing,
      'add `#include "dialwright/extensions.conf"` to extensions.conf, then `dialplan reload`',
    ),
  ]
}

function allThere(what: string, missing: readonly string[], todo: string): Check {
  return missing.length === 0 ? ok(what, 'all there') : fail(what, `missing: ${missing.join(', ')}`, todo)
}

const namesMax = 10

function soundChecks({ nodeId, soundsMissing }: Diagnosis, { config, cast }: PbxContext): readonly Check[] {
  if (soundsMissing === undefined) return []
  const missing = new Set(soundsMissing)
  const what = `sounds of ${nodeId}`
  const shipped = shippedSounds.filter(name => missing.has(name))
  const campaigns = campaignsOn(trunksOf(config, nodeId), cast)
  const named = campaigns.flatMap(campaign => {
    const gone = soundsOf(campaign).filter(name => missing.has(name))
    if (gone.length === 0) return []
    const says = `campaign ${campaign.campaignId} plays ${gone.join(', ')}, which ${nodeId} does not have`
    return [fail(what, says, soundMissingTodo)]
  })
  const shippedCheck =
    shipped.length === 0
      ? ok(what, named.length === 0 ? 'all there' : 'those that come with Dialwright are there')
      : fail(
          what,
          `missing: ${shipped.slice(0, namesMax).join(', ')}${shipped.length > namesMax ? ` and ${shipped.length - namesMax} more` : ''}`,
          'copy asterisk-conf/sounds/dialwright into the folder of Asterisk\'s sounds: README, "Give the PBX its part"',
        )
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
      return [fail(what, says, todo)]
    }
    case 'port-in-use':
      return daemonRuns
        ? [ok(what, `the running daemon listens at ${address}: whether they come was not looked at`)]
        : [
            fail(
              what,
              `another program listens at ${address}`,
              'end it, or set hep.port of the node and capture_address in hep.conf',
            ),
          ]
    case 'no-address':
      return [
        fail(
          what,
          `${address} is no address of this machine`,
          'set nodes (hep.host) in the configuration to one that the PBX reaches, or to 0.0.0.0',
        ),
      ]
    case 'not-asked':
      return [warn(what, `${nodeId} has no trunk that could be asked for one`, 'look again when a trunk is there')]
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
    return warn(what, `${trunk.dialString} is no PJSIP endpoint: not checked`, 'try one call by hand')
  const isReachable = endpoints.get(name)
  if (isReachable === undefined)
    return fail(what, `${nodeId} has no endpoint ${name}`, 'define it in pjsip.conf, or correct the dialString')
  if (trunk.callerIds.length === 0)
    return warn(what, 'has no callerIds', 'name numbers of yours under the trunk, or in every campaign')
  const says = `endpoint ${name}, ${plural(trunk.channelsMax, 'channel')}, ${trunk.callsPerSecondMax} calls a second`
  return isReachable
    ? ok(what, says)
    : warn(what, `${says}: the PBX cannot reach the carrier`, `see \`asterisk -rx 'pjsip show endpoint ${name}'\``)
}

function agentsCheck({ agents }: Cast, { endpoints, nodeId }: Known): readonly Check[] {
  const names = agents.filter(agent => agent.nodeId === nodeId).map(({ endpoint }) => endpoint.replace(/^PJSIP\//, ''))
  if (names.length === 0) return []
  const what = `agents on ${nodeId}`
  const unknown = names.filter(name => !endpoints.has(name))
  const away = names.filter(name => endpoints.get(name) === false)
  const here = names.length - unknown.length - away.length
  return [
    ...(unknown.length === 0
      ? []
      : [
          fail(
            what,
            `no endpoint ${some(unknown)} on ${nodeId}`,
            'define them in pjsip.conf, or correct agents in the configuration',
          ),
        ]),
    ...(away.length === 0 ? [] : [warn(what, `not registered: ${some(away)}`, 'start those softphones')]),
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
  return [warn(what, `differs by ${(skewMs / 1000).toFixed(0)} s`, 'run NTP on both machines')]
}
