import { isLoopback, type TrunkConfig } from '../../../config.ts'
import type { Diagnosis, EndpointSettings, ThoroughDiagnosis } from '../../../daemon/pbx.ts'
import { trunkEndpoint } from '../../../daemon/telephonies.ts'
import { type Check, finding, ok } from './checks.ts'
import type { FindingCode } from './findings.ts'

/** Which of the PBX's endpoints are ours. */
export interface OurEndpoints {
  readonly trunks: readonly TrunkConfig[]
  /** Names of the agents' endpoints. */
  readonly phones: readonly string[]
}

/** Rights, open doors, and settings of trunks and phones; nothing where nobody has looked. */
export function thoroughPbxChecks({ nodeId, all }: Diagnosis, { trunks, phones }: OurEndpoints): readonly Check[] {
  if (all === undefined) return []
  return [
    ...rightsChecks(nodeId, all),
    ...doorChecks(nodeId, all),
    ...trunks.flatMap(trunk => trunkChecks(trunk, all.settings)),
    ...phoneChecks(nodeId, { trunks, phones, settings: all.settings }),
  ]
}

/** An action that only this right opens, and the right. Ours are system and reporting. */
const rightOf: Readonly<Record<string, string>> = {
  originate: 'originate',
  command: 'command',
  updateconfig: 'config',
  setvar: 'call',
  redirect: 'call',
  agi: 'agi',
  userevent: 'user',
}

function rightsChecks(nodeId: string, { actions }: ThoroughDiagnosis): readonly Check[] {
  const what = `PBX ${nodeId} rights`
  const rights = [
    ...new Set(Object.keys(rightOf).flatMap(action => (actions.has(action) ? (rightOf[action] ?? []) : []))),
  ]
  const tooMuch = finding('ami-rights', what, {
    says: `our AMI user may also ${rights.join(', ')}, which we do not need`,
    facts: { rights },
  })
  const programs = finding('ami-runs-programs', what, {
    says: 'app_mixmonitor is loaded: our AMI user can run any program by it',
  })
  return [
    rights.length === 0 ? ok(what, 'of our AMI user: no more than needed') : tooMuch,
    ...(actions.has('mixmonitor') ? [programs] : []),
  ]
}

/** Asterisk's own limit where http.conf names none. */
const sessionsDefault = 100

function doorChecks(nodeId: string, { doors }: ThoroughDiagnosis): readonly Check[] {
  if (doors === undefined) return []
  const what = `PBX ${nodeId} doors`
  const { managerBind, webBind, webSessionsMax = sessionsDefault, livesDangerously } = doors
  const found: Check[] = []
  if (managerBind !== undefined && !isLoopback(hostOf(managerBind)))
    found.push(finding('ami-listens-openly', what, { says: `AMI listens on ${managerBind || 'every address'}` }))
  if (webBind !== undefined && !isLoopback(hostOf(webBind)))
    found.push(finding('ari-listens-openly', what, { says: `ARI listens on ${webBind || 'every address'}` }))
  if (webBind !== undefined && webSessionsMax <= sessionsDefault)
    found.push(
      finding('ari-few-sessions', what, {
        says: `ARI takes ${webSessionsMax} connections at once`,
        facts: { sessions: webSessionsMax },
      }),
    )
  if (livesDangerously) found.push(finding('pbx-lives-dangerously', what, { says: 'live_dangerously is on' }))
  return found.length === 0 ? [ok(what, 'AMI and ARI listen on the loopback')] : found
}

/** `127.0.0.1:5038` and `[::1]:5038` name a port as well. */
function hostOf(bind: string): string {
  return /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(bind)?.[1] ?? bind
}

/** Asterisk's own, where the endpoint names none: s. */
const timerDefault = 1_800

function trunkChecks(trunk: TrunkConfig, settings: ThoroughDiagnosis['settings']): readonly Check[] {
  const endpoint = settings.get(trunkEndpoint(trunk.dialString))
  if (endpoint === undefined) return []
  const what = `trunk ${trunk.trunkId}`
  const found: Check[] = []
  const say = (code: FindingCode, says: string): void => void found.push(finding(code, what, { says }))
  const expires = Number(endpoint.timerssessexpires)
  if (isNo(endpoint.timers)) say('trunk-timers', 'its calls have no session timer')
  else if (expires >= timerDefault) say('trunk-timers', `its session timer is ${expires} s`)
  if (isOff(endpoint.rtptimeout) || isOff(endpoint.rtptimeouthold)) say('trunk-rtp-timeout', silence(endpoint))
  if (endpoint.dtmfmode === 'none') say('trunk-dtmf', 'dtmf_mode is none')
  if (endpoint.context !== undefined && endpoint.context !== 'dialwright-inbound')
    say('trunk-context', `calls that come in go to the context ${endpoint.context}`)
  const isNumberSent = !isNo(endpoint.sendpai) || !isNo(endpoint.sendrpid)
  if ((endpoint.fromuser ?? '') !== '' && !isNumberSent) say('trunk-from-user', 'from_user is set: people may see that')
  if (isYes(endpoint.directmedia)) say('direct-media', 'direct_media is on')
  return found.length === 0 ? [ok(what, 'timers, timeouts, keys and identity are as they should be')] : found
}

interface Phones extends OurEndpoints {
  readonly settings: ThoroughDiagnosis['settings']
}

const namesMax = 10

function phoneChecks(nodeId: string, { phones, trunks, settings }: Phones): readonly Check[] {
  const known = phones.flatMap(name => {
    const endpoint = settings.get(name)
    return endpoint === undefined ? [] : [{ name, endpoint }]
  })
  if (known.length === 0) return []
  const what = `agents on ${nodeId}`
  const trunkCodecs = trunks.flatMap(({ dialString }) => codecsOf(settings.get(trunkEndpoint(dialString))))
  const rules: readonly (readonly [FindingCode, string, (endpoint: EndpointSettings) => boolean])[] = [
    ['direct-media', 'direct_media is on', ({ directmedia }) => isYes(directmedia)],
    ['phone-timers', 'no session timer', ({ timers }) => isNo(timers)],
    ['phone-rtp-timeout', 'no limit on silence', one => isOff(one.rtptimeout) || isOff(one.rtptimeouthold)],
    ['phone-context', 'another context than dialwright-agents', ({ context }) => context !== 'dialwright-agents'],
    ['codecs-apart', 'no codec of a trunk', endpoint => areApart(codecsOf(endpoint), trunkCodecs)],
  ]
  const found = rules.flatMap(([code, says, applies]) => {
    const names = known.filter(({ endpoint }) => applies(endpoint)).map(({ name }) => name)
    if (names.length === 0) return []
    const more = names.length > namesMax ? ` and ${names.length - namesMax} more` : ''
    const list = `${names.slice(0, namesMax).join(', ')}${more}`
    return [finding(code, what, { says: `${says}: ${list}`, facts: { phones: names.length, of: known.length } })]
  })
  return found.length === 0 ? [ok(what, 'context, codecs, timers and timeouts are as they should be')] : found
}

/** `(alaw|ulaw)`. */
function codecsOf(endpoint: EndpointSettings | undefined): readonly string[] {
  return endpoint?.allow?.match(/[a-z0-9_]+/gi) ?? []
}

function areApart(some: readonly string[], others: readonly string[]): boolean {
  return some.length > 0 && others.length > 0 && !some.some(codec => others.includes(codec))
}

function silence({ rtptimeout, rtptimeouthold }: EndpointSettings): string {
  return `rtp_timeout is ${rtptimeout}, rtp_timeout_hold is ${rtptimeouthold}: 0 is never`
}

/** A setting that this Asterisk does not tell is not judged. */
function isOff(seconds: string | undefined): boolean {
  return seconds !== undefined && Number(seconds) === 0
}

function isNo(setting: string | undefined): boolean {
  return setting === undefined ? false : /^(no|false|off)$/i.test(setting)
}

function isYes(setting: string | undefined): boolean {
  return /^(yes|true|on)$/i.test(setting ?? '')
}
