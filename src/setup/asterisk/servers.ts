import { type ConfTree, isTrue, sectionOf, settingOf } from './confTree.ts'
import type { Findings } from './findings.ts'
import type { Surroundings, Wishes } from './wishes.ts'

/** What the decisions about one file look at, and where they say what is in the way. */
export interface Context {
  readonly wishes: Wishes
  readonly surroundings: Surroundings
  readonly found: Findings
}

interface Server {
  readonly file: string
  readonly what: string
  readonly portKey: string
  readonly portUsual: number
  readonly portWanted: number
  /** What in our configuration names the port. */
  readonly ours: string
}

const loopback = /^(127\.|::1$|\[::1\]|localhost$)/

/** Settings that switch AMI on: on the loopback alone where nobody uses it yet. */
export function managerSettings(tree: ConfTree, context: Context): readonly string[] {
  const { amiPort } = context.wishes.access
  const server = { file: 'manager.conf', what: 'AMI', portKey: 'port', portUsual: 5038, ours: 'nodes (ami.port)' }
  return serverSettings(tree, { ...server, portWanted: amiPort }, context)
}

/** The same for the web server that ARI needs; a burst of calls needs more sessions than its usual 100. */
export function httpSettings(tree: ConfTree, context: Context): readonly string[] {
  const { ariPort, ariPrefix } = context.wishes.access
  const server = {
    file: 'http.conf',
    what: 'web server',
    portKey: 'bindport',
    portUsual: 8088,
    ours: 'nodes (ari.url)',
  }
  const general = sectionOf(tree, 'general')
  const prefix = (settingOf(general, 'prefix')?.value ?? '').replace(/^\/|\/$/g, '')
  if (prefix !== ariPrefix)
    context.found.refusals.push(
      `http.conf has the prefix "${prefix}", and nodes (ari.url) in our configuration "${ariPrefix}": write http://127.0.0.1:${ariPort}${prefix === '' ? '' : `/${prefix}`}/ari there`,
    )
  const sessions = settingOf(general, 'sessionlimit') === undefined ? ['sessionlimit = 1000'] : []
  return [...serverSettings(tree, { ...server, portWanted: ariPort }, context), ...sessions]
}

function serverSettings(tree: ConfTree, server: Server, { surroundings, found }: Context): readonly string[] {
  const { file, what, portKey, portUsual, portWanted, ours } = server
  const general = sectionOf(tree, 'general')
  const port = settingOf(general, portKey)
  const portIs = Number(port?.value ?? portUsual)
  const isOn = isTrue(settingOf(general, 'enabled')?.value)
  const address = settingOf(general, 'bindaddr')?.value
  // A port that nobody has written down is ours to choose, as long as nobody uses it.
  const isChosen = port !== undefined || isOn
  if (isChosen && portIs !== portWanted)
    found.refusals.push(
      `${file} has ${portKey} ${port?.value ?? portUsual}, and ${ours} in our configuration says ${portWanted}: make them the same there`,
    )
  else if (!isOn && surroundings.portsTaken.has(portWanted))
    found.refusals.push(
      `port ${portWanted} is taken by another program, so ${file} cannot have it: write a free one as ${portKey} into ${file} and into ${ours} of our configuration`,
    )
  if (isOn) {
    if (address === undefined || !loopback.test(address))
      found.notes.push(
        `${file}: ${what} listens beyond the loopback (bindaddr = ${address ?? 'none, so everywhere'}) and has no encryption: keep port ${portIs} behind a firewall, or set bindaddr = 127.0.0.1`,
      )
    return []
  }
  return [
    'enabled = yes',
    ...(address !== undefined && loopback.test(address) ? [] : ['bindaddr = 127.0.0.1']),
    ...(isChosen || portWanted === portUsual ? [] : [`${portKey} = ${portWanted}`]),
  ]
}

/** ARI is on unless it is switched off. */
export function ariSettings(tree: ConfTree): readonly string[] {
  const enabled = settingOf(sectionOf(tree, 'general'), 'enabled')
  return enabled !== undefined && isTrue(enabled.value) ? [] : ['enabled = yes']
}

/** Copies of SIP messages go to one receiver alone. */
export function copiesSettings(tree: ConfTree, { wishes, found }: Context): readonly string[] {
  const general = sectionOf(tree, 'general')
  const wanted = wishes.access.copiesTo
  const enabled = settingOf(general, 'enabled')
  const address = settingOf(general, 'capture_address')?.value
  // Asterisk takes it for switched on where nothing is said.
  const isOn = address !== undefined && (enabled === undefined || isTrue(enabled.value))
  if (isOn && address !== wanted) {
    found.refusals.push(
      `hep.conf sends copies of SIP messages to ${address} already, and Asterisk has one receiver only: write enabled = no there, or bring the copies to ${wanted} from that receiver and write that address there`,
    )
    return []
  }
  const identity = settingOf(general, 'uuid_type')?.value
  return [
    ...(enabled !== undefined && isTrue(enabled.value) ? [] : ['enabled = yes']),
    ...(address === wanted ? [] : [`capture_address = ${wanted}`]),
    ...(identity === 'call-id' ? [] : ['uuid_type = call-id']),
  ]
}
