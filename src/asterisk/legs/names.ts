import type { AgentId, CallId, NodeId } from '../../core/ids.ts'

// The names that our legs and bridges have on the PBX; asterisk-conf's dialplan knows the same ones.

const callPrefix = 'dw-call-'
const agentPrefix = 'dw-agent-'
const whisperPrefix = 'dw-whisper-'
const bridgePrefix = 'dw-bridge-'
const heldPrefix = 'dw-held-'
const targetPrefix = 'dw-target-'
const givenOnPrefix = 'dw-given-on-'
const anewMark = '~'
const pageMark = 'page-'

/** The channel of a customer's leg. Known before the originate leaves, so a lost answer cannot lose a call. */
export function callChannelId(callId: CallId): string {
  return `${callPrefix}${callId}`
}

/** The call of a channel, or undefined: not a customer's leg of ours. */
export function callIdOfChannel(channelId: string): CallId | undefined {
  return channelId.startsWith(callPrefix) ? channelId.slice(callPrefix.length) : undefined
}

/** The channel of an agent's leg that we call; `attempt` makes it unique. */
export function agentChannelId(agentId: AgentId, attempt: string): string {
  return `${agentPrefix}${agentId}-${attempt}`
}

/** The agent whom we called by this channel, or undefined. Attempts hold no dash, agent ids may. */
export function agentIdOfChannel(channelId: string): AgentId | undefined {
  const end = channelId.lastIndexOf('-')
  return channelId.startsWith(agentPrefix) && end > agentPrefix.length
    ? channelId.slice(agentPrefix.length, end)
    : undefined
}

/** The channel that says something to an agent; its playback has the same name. `attempt` makes it unique. */
export function whisperChannelId(agentId: AgentId, attempt: string): string {
  return `${whisperPrefix}${agentId}-${attempt}`
}

/** Whether a channel or playback is one that says something to an agent. */
export function isWhisper(id: string): boolean {
  return id.startsWith(whisperPrefix)
}

/** The bridge in which an agent talks; `anew` tells one that replaces another from it. */
export function agentBridgeId(agentId: AgentId, anew?: string): string {
  return `${bridgePrefix}${agentId}${anew === undefined ? '' : `${anewMark}${anew}`}`
}

/** The bridge of an agent whose phone is a page. */
export function pageBridgeId(agentId: AgentId, anew = ''): string {
  return agentBridgeId(agentId, `${pageMark}${anew}`)
}

/** Whether a talking bridge is one of an agent whose phone is a page. */
export function isPageBridge(bridgeId: string): boolean {
  return bridgeId.startsWith(bridgePrefix) && bridgeId.includes(`${anewMark}${pageMark}`)
}

/** The agent of a talking bridge, or undefined. */
export function agentIdOfBridge(bridgeId: string): AgentId | undefined {
  if (!bridgeId.startsWith(bridgePrefix)) return undefined
  const end = bridgeId.lastIndexOf(anewMark)
  return bridgeId.slice(bridgePrefix.length, end === -1 ? undefined : end)
}

/** The bridge in which a person whom the agent has put on hold hears music. */
export function heldBridgeId(agentId: AgentId): string {
  return `${heldPrefix}${agentId}`
}

/** The agent who has put on hold whoever is in the bridge, or undefined: it is for something else. */
export function agentIdOfHeldBridge(bridgeId: string): AgentId | undefined {
  return bridgeId.startsWith(heldPrefix) ? bridgeId.slice(heldPrefix.length) : undefined
}

/** The channel of somebody to whom the person of a call may be given; `attempt` makes it unique. */
export function targetChannelId(callId: CallId, attempt: string): string {
  return `${targetPrefix}${callId}${anewMark}${attempt}`
}

/** The call whose person may be given to whoever is on the channel; undefined: it is for something else. */
export function callIdOfTarget(channelId: string): CallId | undefined {
  return channelId.startsWith(targetPrefix)
    ? channelId.slice(targetPrefix.length, channelId.lastIndexOf(anewMark))
    : undefined
}

/** The bridge in which somebody who was given on talks with the target. */
export function givenOnBridgeId(callId: CallId): string {
  return `${givenOnPrefix}${callId}`
}

/** The call of such a bridge, or undefined. */
export function callIdOfGivenOn(bridgeId: string): CallId | undefined {
  return bridgeId.startsWith(givenOnPrefix) ? bridgeId.slice(givenOnPrefix.length) : undefined
}

/** The bridge in which the node's idle agents hear music, one for each. */
export function idleBridgeId(nodeId: NodeId): string {
  return `dw-idle-${nodeId}`
}

/** `PJSIP/1001` -> `1001`. */
export function endpointResource(endpoint: string): string {
  return endpoint.slice(endpoint.indexOf('/') + 1)
}

/** `PJSIP/1001-00000001` -> `1001`. */
export function endpointOfChannel(name: string): string {
  return name.slice(name.indexOf('/') + 1, Math.max(0, name.lastIndexOf('-')) || undefined)
}
