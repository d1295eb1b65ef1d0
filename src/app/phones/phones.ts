import type { BrowserPhoneView, DeskPhoneView, PhoneView } from '../../api/agents/phones.ts'
import { ApiError } from '../../api/apiError.ts'
import { iso, isoOf } from '../../api/views.ts'
import { isLoopback } from '../../config.ts'
import { given } from '../../core/given.ts'
import type { AgentId, InstantMs } from '../../core/ids.ts'
import { hourMs } from '../../core/time.ts'
import { newSipPassword, sipDigest } from '../../credentials/sipPasswords.ts'
import { turnPassword } from '../../credentials/turnPasswords.ts'
import type { AgentSnapshot } from '../../ports/engine.ts'
import { type KeptPhone, phoneRealm } from '../../ports/phones.ts'
import type { AppContext } from '../context.ts'
import { type PhoneBook, type PhonePlace, phoneName, type Ways, withBrowser } from './book.ts'

/** How long a browser's password holds; its page asks for the next one in time. */
const browserPasswordMs = 2 * hourMs
/** A line may last as long as a session, and its way through a TURN server is renewed under the name with which it was made. */
const relayMs = 12 * hourMs
/** The path of the WebSocket that leads to the PBX. */
export const phoneSocketPath = '/v1/session/phone/socket'
/** asterisk-conf's dialplan: an agent's phone that dials it is on the line. */
const logInNumber = '*700'

/** Makes the agent's line the page's that asks, with a new password; a desk phone rests meanwhile. @throws ApiError 404, 409 */
export async function takePhoneIntoBrowser(
  context: AppContext,
  agentId: AgentId,
  sessionId: string,
): Promise<BrowserPhoneView> {
  const { book, agent, place, user } = lookUp(context, agentId)
  const password = newSipPassword()
  const expiresAt = context.gateway.now() + browserPasswordMs
  const digest = sipDigest({ user, realm: phoneRealm, password })
  await book.change(agent, phone => withBrowser(phone, { digest, expiresAt, sessionId }))
  return {
    agentId,
    uri: `sip:${user}@${place.host}`,
    user,
    password,
    socketUrl: phoneSocketPath,
    logInNumber,
    iceServers: iceServersOf(book.ways, { user, now: context.gateway.now() }),
    expiresAt: iso(expiresAt),
  }
}

/** In the words of WebRTC (RTCIceServer). */
function iceServersOf(
  { stun, turn }: Ways,
  { user, now }: { readonly user: string; readonly now: InstantMs },
): BrowserPhoneView['iceServers'] {
  const servers: BrowserPhoneView['iceServers'] = stun.map(urls => ({ urls }))
  if (turn === undefined) return servers
  const { url, secret } = turn
  return [...servers, { urls: url, ...turnPassword({ secret, name: user, until: now + relayMs }) }]
}

/** Gives the line back to the desk phone, where there is one. */
export async function givePhoneBack(context: AppContext, agentId: AgentId): Promise<void> {
  const { book, agent } = lookUp(context, agentId)
  if (book.phone(agentId)?.browser !== undefined) await book.change(agent, phone => withBrowser(phone, undefined))
}

/** A new password for the agent's desk phone; the one before holds no more, and a page gives the line up. @throws ApiError 404, 409 */
export async function makeDeskPhone(context: AppContext, agentId: AgentId, by: string): Promise<DeskPhoneView> {
  const { book, agent, place, user } = lookUp(context, agentId)
  const password = newSipPassword()
  const desk = { digest: sipDigest({ user, realm: phoneRealm, password }), madeAt: context.gateway.now(), by }
  await book.change(agent, phone => ({ ...withBrowser(phone, undefined), desk }))
  const { host: server, port } = place
  const note = isLoopback(server)
    ? `${server} is this machine alone: say in the configuration (nodes, sip.host) under which address telephones reach the PBX`
    : undefined
  return { agentId, server, port, transport: 'UDP', user, password, logInNumber, ...given({ note }) }
}

/** An agent's phone, without its password. @throws ApiError 404 */
export function showPhone({ gateway, phones }: AppContext, agentId: AgentId): PhoneView {
  const agent = agentOf(gateway, agentId)
  const phone = phones?.phone(agentId)
  const { endpoint, nodeId, registered } = agent
  const made = { madeAt: isoOf(phone?.desk?.madeAt), madeBy: phone?.desk?.by }
  return { agentId, endpoint, nodeId, in: holderOf(phone), ...given({ registered, ...made }) }
}

function holderOf(phone: KeptPhone | undefined): PhoneView['in'] {
  if (phone?.browser !== undefined) return 'browser'
  return phone?.desk === undefined ? 'none' : 'desk'
}

/** Where the messages of a page's phone go: only while the page has the line. @throws ApiError 404, 409 */
export function socketOf(context: AppContext, agentId: AgentId): string {
  const { book, place } = lookUp(context, agentId)
  if (book.phone(agentId)?.browser !== undefined) return place.socketUrl
  throw new ApiError(409, 'no-browser-phone', 'the page has no phone: POST /v1/session/phone makes one')
}

interface Found {
  readonly book: PhoneBook
  readonly agent: AgentSnapshot
  readonly place: PhonePlace
  readonly user: string
}

function lookUp({ gateway, phones }: AppContext, agentId: AgentId): Found {
  const agent = agentOf(gateway, agentId)
  const place = phones?.place(agent.nodeId)
  if (phones !== undefined && place !== undefined) return { book: phones, agent, place, user: phoneName(agent) }
  throw new ApiError(
    409,
    'phones-off',
    'this daemon makes no phones (phones.provision in dialwright.yaml): they stand in the files of the PBX',
  )
}

function agentOf(gateway: AppContext['gateway'], agentId: AgentId): AgentSnapshot {
  const agent = gateway.agent(agentId)
  if (agent !== undefined) return agent
  throw new ApiError(404, 'unknown-agent', `no agent ${agentId}: see GET /v1/agents`)
}
