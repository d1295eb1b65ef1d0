import type { AgentId, CallId, NodeId } from '../../core/ids.ts'

// The names that our legs and bridges have on the PBX; asterisk-conf's dialplan knows the same ones.

const callPrefix = 'dw-call-'
const agentPrefix = 'dw-agent-'
const bridgePrefix = 'dw-bridge-'

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

/** The bridge in which an agent talks. */
export function agentBridgeId(agentId: AgentId): string {
  return `${bridgePrefix}${agentId}`
}

/** The agent of a talking bridge, or undefined. */
export function agentIdOfBridge(bridgeId: string): AgentId | undefined {
  return bridgeId.startsWith(bridgePrefix) ? bridgeId.slice(bridgePrefix.length) : undefined
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
