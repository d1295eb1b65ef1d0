import { given } from '../../core/given.ts'
import type { AgentId, CallId } from '../../core/ids.ts'
import type { InventoryCall, PbxInventory } from '../../core/inputs.ts'
import type { AriChannel } from '../ari/shapes.ts'
import type { AgentLine } from '../legs/agentLeg.ts'
import type { Agents } from '../legs/agents.ts'
import {
  agentIdOfBridge,
  agentIdOfChannel,
  agentIdOfHeldBridge,
  callIdOfChannel,
  callIdOfGivenOn,
  callIdOfTarget,
  endpointOfChannel,
} from '../legs/names.ts'

/** What lives on the PBX, as its own lists tell. */
export interface PbxLists {
  readonly channels: readonly AriChannel[]
  readonly bridges: readonly { readonly id: string; readonly channels: readonly string[] }[]
}

/** The legs of a node, read off its lists of channels. */
export interface LegsFound {
  readonly calls: readonly InventoryCall[]
  readonly lines: readonly AgentLine[]
  /** Agents' lines that are in no conversation, to be put where they hear music. */
  readonly idle: readonly AgentLine[]
}

/** Reads the lists. An agent's second line, left over from a phone that lost its network, is not among the lines. */
export function readLists({ channels, bridges }: PbxLists, agents: Pick<Agents, 'agentIdOf'>): LegsFound {
  const talkingIn = new Map<string, AgentId>()
  const bridgeOf = new Map<AgentId, string>()
  const heldIn = new Map<string, AgentId>()
  const givenOn = new Set<CallId>()
  for (const { id, channels: inside } of bridges) {
    const givenOnOf = callIdOfGivenOn(id)
    // Without their target they are alone.
    if (givenOnOf !== undefined && inside.length > 1) givenOn.add(givenOnOf)
    const heldBy = agentIdOfHeldBridge(id)
    if (heldBy !== undefined) for (const channelId of inside) heldIn.set(channelId, heldBy)
    const agentId = agentIdOfBridge(id)
    if (agentId === undefined) continue
    // One that was replaced may still be there, empty.
    if (inside.length > 0 || !bridgeOf.has(agentId)) bridgeOf.set(agentId, id)
    for (const channelId of inside) talkingIn.set(channelId, agentId)
  }
  const calls = channels.flatMap(channel =>
    readCall(channel, { talksWith: talkingIn.get(channel.id), heldBy: heldIn.get(channel.id), givenOn }),
  )
  const callOf = new Map(
    calls.flatMap(call => (call.agentId === undefined ? [] : [[call.agentId, call.callId] as const])),
  )
  const lines = new Map<AgentId, AgentLine>()
  for (const channel of channels) {
    const line = readLine(channel, agents, callOf)
    if (line !== undefined && lines.get(line.agentId)?.state !== 'up') lines.set(line.agentId, line)
  }
  const all = [...lines.values()].map(line => ({ ...line, ...given({ bridgeId: bridgeOf.get(line.agentId) }) }))
  return { calls, lines: all, idle: all.filter(line => line.state === 'up' && line.callId === undefined) }
}

function readCall(
  channel: AriChannel,
  where: {
    readonly talksWith: AgentId | undefined
    readonly heldBy: AgentId | undefined
    readonly givenOn: ReadonlySet<CallId>
  },
): readonly InventoryCall[] {
  const callId = callIdOfChannel(channel.id)
  if (callId === undefined) return []
  const { sipCallId } = channel
  const { talksWith, heldBy, givenOn } = where
  const agentId = talksWith ?? heldBy
  const held = heldBy === undefined ? undefined : (true as const)
  const transferred = givenOn.has(callId) ? (true as const) : undefined
  const isJoined = agentId !== undefined || transferred !== undefined
  return [{ callId, state: stateOf(channel, isJoined), ...given({ agentId, held, transferred, sipCallId }) }]
}

/** An answered call runs a few lines of dialplan before it enters our application, always in this context. */
const answeredContext = 'dialwright-answered'

/** Whether somebody has answered and is on their way into our application: until they are there nothing can be done with them. */
export function isEntering({ id, state, application, context }: AriChannel): boolean {
  return callIdOfChannel(id) !== undefined && state === 'Up' && application !== 'Stasis' && context === answeredContext
}

function stateOf(channel: AriChannel, isJoined: boolean): InventoryCall['state'] {
  if (channel.state === 'Ringing') return 'ringing'
  if (channel.state !== 'Up') return 'originating'
  if (isJoined) return 'connected'
  return channel.application === 'Stasis' || channel.context === answeredContext ? 'waiting' : 'announcing'
}

function readLine(
  channel: AriChannel,
  agents: Pick<Agents, 'agentIdOf'>,
  callOf: ReadonlyMap<AgentId, CallId>,
): AgentLine | undefined {
  // An agent's phone may be the target of a transfer.
  if (callIdOfTarget(channel.id) !== undefined) return undefined
  const agentId = agents.agentIdOf(channel.id, endpointOfChannel(channel.name))
  if (agentId === undefined) return undefined
  const isOurs = agentIdOfChannel(channel.id) !== undefined
  if (channel.state === 'Up' && channel.application === 'Stasis')
    return { agentId, channelId: channel.id, state: 'up', callId: callOf.get(agentId) }
  return isOurs ? { agentId, channelId: channel.id, state: 'calling', callId: undefined } : undefined
}

/** What the engine is told of the legs. */
export function inventoryOf(found: LegsFound, told: Omit<PbxInventory, 'calls' | 'agents'>): PbxInventory {
  const agents = found.lines.filter(line => line.state === 'up').map(line => line.agentId)
  return { calls: found.calls, agents, ...told }
}
