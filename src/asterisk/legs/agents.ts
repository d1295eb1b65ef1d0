import type { AgentSettings } from '../../core/agents/agent.ts'
import { given } from '../../core/given.ts'
import type { AgentId, CallId, InstantMs } from '../../core/ids.ts'
import { errorCode, errorMessage } from '../../errors.ts'
import type { LegEvent } from '../ari/shapes.ts'
import type { NodeContext } from '../context.ts'
import { type AgentLeg, type AgentLine, newLine } from './agentLeg.ts'
import { endCauseOf } from './causes.ts'
import { createGathering, type Gathering } from './gathering.ts'
import { joinAnew } from './joinAnew.ts'
import {
  agentBridgeId,
  agentChannelId,
  agentIdOfChannel,
  endpointResource,
  idleBridgeId,
  isPageBridge,
  pageBridgeId,
} from './names.ts'

/** A phone rings no longer than this for its own log-in. */
const agentRingSec = 45
/** How long an agent's line may be still after a call: those who come back together are moved together, or go to the next call at once. */
const stillMs = 100
/** A line that has left our application ends at once; if not, it is somebody else's after this. */
const takenAfterMs = 250
/** Whoever is moved out of a bridge that was replaced is out of it by then. */
const oldBridgeMs = 1_000
/** No native bridging: media always passes through the PBX, so nothing is renegotiated when two legs meet. */
export const talkBridgeType = 'mixing,dtmf_events,proxy_media'
/**
 * Where a page is the phone the PBX mixes, so that one stream of its own goes to the page: passed on as they come, each person's time
 * stamps begin anew, and a browser discards what seems to lie in the past, for seconds (Chromium 150, Asterisk 22.10).
 */
const pageBridgeType = `${talkBridgeType},video_sfu`

function typeOf(bridgeId: string): string {
  return isPageBridge(bridgeId) ? pageBridgeType : talkBridgeType
}

/** The agents' lines of one node. */
export class Agents {
  readonly #context: NodeContext
  readonly #settings = new Map<AgentId, AgentSettings>()
  readonly #legs = new Map<AgentId, AgentLeg>()
  /** Moves of one agent's line, one after the other. */
  readonly #moves = new Map<AgentId, Promise<void>>()
  readonly #returning: Gathering
  readonly #isPage: (endpoint: string) => boolean
  #names = 0

  /** `isPage`: whether the phone of a SIP endpoint is a page now. */
  constructor(context: NodeContext, isPage: (endpoint: string) => boolean = () => false) {
    this.#context = context
    this.#isPage = isPage
    this.#returning = createGathering(context.clock)
  }

  watch(agents: readonly AgentSettings[]): void {
    for (const agent of agents) if (agent.nodeId === this.#context.nodeId) this.#settings.set(agent.agentId, agent)
  }

  /** Their line, if they have one, is let go by an order of its own. */
  forget(agentId: AgentId): void {
    this.#settings.delete(agentId)
  }

  settings(): Iterable<AgentSettings> {
    return this.#settings.values()
  }

  get(agentId: AgentId): AgentLeg | undefined {
    return this.#legs.get(agentId)
  }

  legs(): Iterable<AgentLeg> {
    return this.#legs.values()
  }

  /** Which agent a line belongs to, by the channel that we called or by who dialed in. */
  agentIdOf(channelId: string, who: string | undefined): AgentId | undefined {
    const called = agentIdOfChannel(channelId)
    if (called !== undefined) return called
    for (const { agentId, endpoint } of this.#settings.values())
      if (who !== undefined && (endpointResource(endpoint) === who || agentId === who)) return agentId
    return undefined
  }

  /** Begins anew from the lines that live on the PBX. */
  reset(lines: readonly AgentLine[]): void {
    const before = new Map(this.#legs)
    this.#legs.clear()
    for (const { agentId, channelId, state, callId, bridgeId } of lines) {
      const known = before.get(agentId)
      const leg = known?.channelId === channelId ? known : this.#newLeg(agentId, channelId, 'agent')
      leg.state = state
      leg.callId = callId
      leg.bridgeId = bridgeId ?? this.#bridgeIdOf(agentId)
      leg.hearsMusic = false
      this.#legs.set(agentId, leg)
    }
  }

  async call(agentId: AgentId, endpoint: string): Promise<void> {
    if (this.#legs.has(agentId)) return
    const leg = this.#newLeg(agentId, agentChannelId(agentId, this.#unique()), 'engine')
    this.#legs.set(agentId, leg)
    try {
      await this.#context.ari().originate({
        channelId: leg.channelId,
        endpoint,
        context: 'dialwright-agent',
        timeoutSec: agentRingSec,
        variables: { DIALWRIGHT_AGENT: agentId },
      })
    } catch (error) {
      this.#warn(agentId, error, 'an agent could not be called')
      if (this.#legs.get(agentId) === leg) this.#down(leg, 'failed', this.#context.clock.now())
    }
  }

  #unique(): string {
    return `${this.#context.clock.now().toString(36)}x${(this.#names++).toString(36)}`
  }

  async release(agentId: AgentId): Promise<void> {
    const leg = this.#legs.get(agentId)
    if (leg === undefined) return
    leg.endedByUs = true
    await this.#context.ari().hangUp(leg.channelId)
  }

  /** Whether the event is about an agent's line. */
  handle(event: LegEvent, at: InstantMs): boolean {
    if (event.type === 'StasisStart') return this.#entered(event.channel.id, event.args)
    const leg = this.ofChannel(event.channel.id)
    if (leg === undefined) return agentIdOfChannel(event.channel.id) !== undefined
    if (event.type === 'StasisEnd') this.#left(leg)
    else if (event.type === 'ChannelDtmfReceived') this.#pressed(leg, event, at)
    else if (event.type === 'ChannelDestroyed') {
      const wasAnswered = leg.state !== 'calling'
      const sip = given({ sipCode: event.sipCode })
      this.#down(leg, endCauseOf({ q850: event.cause, ...sip, wasAnswered, endedByUs: leg.endedByUs }), at)
    }
    return true
  }

  /** We are subscribed to the line and to its endpoint, so the PBX tells each key twice. */
  #pressed(leg: AgentLeg, event: Extract<LegEvent, { type: 'ChannelDtmfReceived' }>, at: InstantMs): void {
    if (leg.lastKeyAt === event.pbxAt) return
    leg.lastKeyAt = event.pbxAt
    this.#context.emit({ kind: 'agent-key', agentId: leg.agentId, key: event.digit, at })
  }

  /** Its end follows at once; where it does not, somebody else has taken the line for another purpose. */
  #left(leg: AgentLeg): void {
    const { clock, log } = this.#context
    leg.state = 'ending'
    clock.wakeAt(clock.now() + takenAfterMs, () => {
      if (this.#legs.get(leg.agentId) !== leg || leg.state !== 'ending') return
      log.warn({ agentId: leg.agentId }, "another program has taken an agent's line: the agent is off the line")
      this.#down(leg, 'lost', clock.now())
    })
  }

  /** The agent's line that this channel is. */
  ofChannel(channelId: string): AgentLeg | undefined {
    for (const leg of this.#legs.values()) if (leg.channelId === channelId) return leg
    return undefined
  }

  #down(leg: AgentLeg, cause: ReturnType<typeof endCauseOf>, at: InstantMs): void {
    this.#legs.delete(leg.agentId)
    this.#context.emit({ kind: 'agent-leg-down', agentId: leg.agentId, cause, at })
  }

  #entered(channelId: string, [role, who]: readonly string[]): boolean {
    if (role !== 'agent') return false
    const agentId = this.agentIdOf(channelId, who)
    if (agentId === undefined || !this.#settings.has(agentId)) {
      this.#context.log.warn({ endpoint: who }, 'somebody who is no agent dialed the log-in')
      this.#inBackground(channelId, this.#context.ari().hangUp(channelId))
      return true
    }
    const known = this.#legs.get(agentId)
    // Told already, by the inventory that was taken when the link came up.
    if (known?.channelId === channelId && known.state === 'up') return true
    this.#take(agentId, channelId, known)
    return true
  }

  /** The newest line wins: a phone that has lost its network dials in anew while its old line still looks alive. */
  #take(agentId: AgentId, channelId: string, known: AgentLeg | undefined): void {
    const leg = known?.channelId === channelId ? known : this.#newLeg(agentId, channelId, 'agent')
    const replaced = known === leg || known?.state === 'calling' ? undefined : known
    leg.state = 'entering'
    leg.callId = replaced?.callId
    if (replaced?.callId !== undefined) leg.bridgeId = replaced.bridgeId
    this.#legs.set(agentId, leg)
    if (known !== undefined && known !== leg) this.#inBackground(agentId, this.#context.ari().hangUp(known.channelId))
    this.#inBackground(agentId, this.#enter(leg, replaced))
  }

  async #enter(leg: AgentLeg, replaced: AgentLeg | undefined): Promise<void> {
    const wasUpBefore = replaced?.state === 'up'
    const before = replaced?.channelId
    try {
      await this.move(leg.agentId, async () => {
        await this.#make(leg.bridgeId)
        if (leg.callId === undefined) await this.#hearMusic(leg)
        else await joinAnew(this.#context, { ...leg, before })
      })
    } catch (error) {
      // A line in no bridge is of no use; its end is told as any other.
      await this.#context.ari().hangUp(leg.channelId)
      throw error
    }
    if (this.#legs.get(leg.agentId) !== leg || leg.state !== 'entering') return
    leg.state = 'up'
    const { clock, nodeId } = this.#context
    if (!wasUpBefore)
      this.#context.emit({ kind: 'agent-leg-up', agentId: leg.agentId, nodeId, by: leg.by, at: clock.now() })
  }

  /** Makes the bridges that the node's agents need, and has the PBX tell of all of them. */
  async prepare(existing: ReadonlySet<string>): Promise<void> {
    const ari = this.#context.ari()
    const talking = [...this.#legs.values()].map(leg => leg.bridgeId)
    if (!existing.has(idleBridgeId(this.#context.nodeId))) await this.#makeIdleBridge()
    for (const bridgeId of talking) if (!existing.has(bridgeId)) await ari.ensureBridge(bridgeId, typeOf(bridgeId))
    this.#follow(talking)
  }

  async #makeIdleBridge(): Promise<void> {
    await this.#make(idleBridgeId(this.#context.nodeId), 'holding')
  }

  async #make(bridgeId: string, type = typeOf(bridgeId)): Promise<void> {
    await this.#context.ari().ensureBridge(bridgeId, type)
    this.#follow([bridgeId])
  }

  /** The PBX tells of the ends of these bridges, also while nobody is in them. Where it does not, the next join finds out. */
  #follow(bridgeIds: readonly string[]): void {
    if (bridgeIds.length === 0) return
    const sources = bridgeIds.map(bridgeId => `bridge:${bridgeId}`)
    const { log } = this.#context
    const ari = this.#context.ari()
    ari.subscribe(sources).catch(error => log.debug({ code: errorCode(error) }, 'the end of a bridge will not be told'))
  }

  /**
   * A talking bridge in the place of one that is gone or takes nobody. Under a name of its own: the PBX goes on with what it knows
   * of the old name for a while, and would refuse the new bridge, find the old one, or tell us nothing of it.
   */
  async renewBridge(leg: AgentLeg): Promise<void> {
    const { clock } = this.#context
    const oldId = leg.bridgeId
    leg.bridgeId = this.#bridgeIdOf(leg.agentId, this.#unique())
    await this.#make(leg.bridgeId)
    clock.wakeAt(clock.now() + oldBridgeMs, () => this.#inBackground(leg.agentId, this.#destroy(oldId)))
  }

  async #destroy(bridgeId: string): Promise<void> {
    await this.#context.ari().destroyBridge(bridgeId)
  }

  /** Makes an agent's bridge anew when nothing else is done with their line, unless that has been done. */
  restoreBridge(leg: AgentLeg, goneId: string): void {
    const restored = this.move(leg.agentId, async () => {
      if (this.#legs.get(leg.agentId) === leg && leg.bridgeId === goneId) await this.renewBridge(leg)
    })
    this.#inBackground(leg.agentId, restored)
  }

  /** The bridge of the idle is gone: it is made anew, and they are put back. */
  restoreIdle(): void {
    const restored = this.#makeIdleBridge().then(() => {
      for (const leg of this.#legs.values()) if (leg.state === 'up' && leg.callId === undefined) this.putBack(leg)
    })
    this.#inBackground(idleBridgeId(this.#context.nodeId), restored)
  }

  /** Back to the music, out of which somebody else has taken them. */
  putBack(leg: AgentLeg): void {
    leg.hearsMusic = false
    this.toIdle(leg.agentId, undefined)
  }

  /**
   * Among the node's idle agents: a holding bridge, where nobody hears another and one player serves them all. The player
   * leaves with the last agent, so whoever comes into an empty bridge brings it back.
   */
  async #hearMusic(leg: AgentLeg): Promise<void> {
    await this.#context.ari().addToBridge(idleBridgeId(this.#context.nodeId), [leg.channelId])
    const others = [...this.#legs.values()].some(other => other !== leg && other.hearsMusic)
    leg.hearsMusic = leg.callId === undefined
    if (!others) await this.startMusic()
  }

  startMusic(): Promise<void> {
    return this.#context.ari().startMusic(idleBridgeId(this.#context.nodeId))
  }

  /** Their line leaves the music for a call, before the order to the PBX. */
  toCall(leg: AgentLeg, callId: CallId): void {
    leg.callId = callId
    leg.hearsMusic = false
  }

  /** Back to the music, unless another call is on its way to them. */
  toIdle(agentId: AgentId, from: CallId | undefined): void {
    const leg = this.#legs.get(agentId)
    if (leg === undefined || leg.callId !== from) return
    leg.callId = undefined
    const mayReturn = () =>
      this.#legs.get(agentId) === leg && leg.state !== 'ending' && leg.callId === undefined && !leg.hearsMusic
    const moved = this.#returning
      .turn(stillMs)
      .then(() => this.move(agentId, async () => (mayReturn() ? this.#hearMusic(leg) : undefined)))
    this.#inBackground(agentId, moved)
  }

  /** Does one thing with an agent's line when the things before it are done. */
  move(agentId: AgentId, work: () => Promise<void>): Promise<void> {
    const before = this.#moves.get(agentId)
    // Without anything to wait for it starts in this very turn: a person is waiting at the other end.
    const moving = before === undefined ? work() : before.then(work, work)
    const settled = moving.catch(() => {})
    this.#moves.set(agentId, settled)
    void settled.then(() => {
      if (this.#moves.get(agentId) === settled) this.#moves.delete(agentId)
    })
    return moving
  }

  #bridgeIdOf(agentId: AgentId, anew?: string): string {
    const endpoint = this.#settings.get(agentId)?.endpoint
    const isPage = endpoint !== undefined && this.#isPage(endpoint)
    return isPage ? pageBridgeId(agentId, anew) : agentBridgeId(agentId, anew)
  }

  #newLeg(agentId: AgentId, channelId: string, by: AgentLeg['by']): AgentLeg {
    return newLine({ agentId, channelId, by, bridgeId: this.#bridgeIdOf(agentId) })
  }

  #inBackground(agentId: AgentId, work: Promise<void>): void {
    work.catch(error => this.#warn(agentId, error, "an agent's line could not be moved"))
  }

  #warn(agentId: AgentId, error: unknown, message: string): void {
    this.#context.log.warn({ agentId, code: errorCode(error), reason: errorMessage(error) }, message)
  }
}
