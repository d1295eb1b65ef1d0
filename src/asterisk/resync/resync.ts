import type { AgentSettings } from '../../core/agents/agent.ts'
import type { AgentId } from '../../core/ids.ts'
import type { InventoryCall, KeptCall, PausedLine, PbxInventory } from '../../core/inputs.ts'
import { errorCode, errorMessage } from '../../errors.ts'
import { type AriChannel, type AriEvent, wantedEvents } from '../ari/shapes.ts'
import type { NodeContext } from '../context.ts'
import { hasCode } from '../errors.ts'
import type { AgentLine } from '../legs/agentLeg.ts'
import type { Agents } from '../legs/agents.ts'
import type { AgentVoice } from '../legs/agentVoice.ts'
import type { Callers } from '../legs/callers.ts'
import type { Customers } from '../legs/customers.ts'
import { callChannelId, heldBridgeId, idleBridgeId } from '../legs/names.ts'
import { pauseVariable, readPause } from '../legs/pauseMark.ts'
import { readTalk } from '../legs/recordRows.ts'
import type { Records } from '../legs/records.ts'
import type { Targets } from '../legs/targets.ts'
import type { PbxClock } from '../link/pbxClock.ts'
import { reconnectDelayMs } from '../link/timing.ts'
import type { NodePhones } from '../phones/nodePhones.ts'
import { inventoryOf, isEntering, type LegsFound, readLists } from './lists.ts'
import type { Registrations } from './registrations.ts'

/** What waits for an inventory: all but the end of our own application. */
type HeldEvent = Exclude<AriEvent, { type: 'ApplicationReplaced' }>

/** What a resync works with. */
export interface ResyncParts {
  readonly context: NodeContext
  readonly customers: Customers
  readonly callers: Callers
  readonly agentVoice: AgentVoice
  readonly targets: Pick<Targets, 'reset'>
  readonly agents: Agents
  readonly phones: NodePhones
  readonly records: Records
  readonly registrations: Registrations
  readonly pbxClock: PbxClock
  readonly trunkEndpoints: readonly string[]
  readonly onEvent: (event: HeldEvent) => void
  readonly onUp: () => void
}

/** Events that may wait for an inventory. Beyond it the resync is begun anew. */
const heldEventsMax = 20_000
/** The dialplan lets a person in who waits for us within a tenth of a second. */
const entryLookMs = 50
const entryLooksMax = 4
/** Lines that are put back at a time. */
const repairsMax = 8

/**
 * Knows whether what we believe of the PBX can be trusted.
 *
 *     down --links up--> syncing --inventory told--> up
 *      ^                 |  ^  failed: again later  |
 *      +-----links down--+--+-----------------------+
 *
 * A link that comes back has missed events. So everything is listed once, the inventory is told, and only then the events
 * that came meanwhile: those that the lists have seen already change nothing any more.
 */
export class Resync {
  readonly #parts: ResyncParts
  #state: 'down' | 'syncing' | 'up' = 'down'
  #held: HeldEvent[] = []
  #failures = 0
  /** Counts the times that the links came up: a resync of an earlier time has nothing to say. */
  #era = 0
  #cancelTimer = () => {}
  /** Links may come up once more before they are closed, too. */
  #isClosed = false

  constructor(parts: ResyncParts) {
    this.#parts = parts
  }

  get isUp(): boolean {
    return this.#state === 'up'
  }

  begin(): void {
    if (this.#isClosed) return
    this.#state = 'syncing'
    this.#held = []
    this.#era += 1
    void this.#run(this.#era)
  }

  /** The links are down. Whether the node was up for the engine until now. */
  end(): boolean {
    const wasUp = this.isUp
    this.#stop()
    return wasUp
  }

  /** For good. */
  close(): void {
    this.#isClosed = true
    this.#stop()
  }

  #stop(): void {
    this.#state = 'down'
    this.#held = []
    this.#era += 1
    this.#cancelTimer()
  }

  /** An event of the PBX: passed on when up, kept while the inventory is being taken. */
  pass(event: AriEvent): void {
    if (event.type === 'ApplicationReplaced' || this.#state === 'down') return
    if (this.#state === 'up') this.#parts.onEvent(event)
    else if (this.#held.length < heldEventsMax) this.#held.push(event)
    else this.begin()
  }

  async #run(era: number): Promise<void> {
    const { context, customers, records, registrations, pbxClock } = this.#parts
    try {
      await this.#subscribe()
      const found = await this.#readLegs()
      const paused = await this.#askPauses(found)
      const startedAt = await context.ari().startedAt()
      await registrations.read()
      // Last: the PBX writes of a channel a moment after it has gone.
      const read = await records.read()
      const kept = [...read.kept, ...(await this.#askLegs(found, read.kept))]
      if (era !== this.#era) return
      customers.answeredBefore(kept)
      const started = Number.isFinite(startedAt) ? { startedAt: pbxClock.ourInstantOf(startedAt) } : {}
      this.#tell(found, { ...read, kept, paused, ...started })
    } catch (error) {
      if (era !== this.#era) return
      this.#failures += 1
      const delayMs = reconnectDelayMs(this.#failures, context.timing)
      context.log.warn({ code: errorCode(error), reason: errorMessage(error) }, 'no inventory of the PBX yet')
      this.#cancelTimer = context.clock.wakeAt(context.clock.now() + delayMs, () => this.begin())
    }
  }

  /** Joined or waiting without a row: the manager interface was away, or nobody has joined them. Their channels know. */
  async #askLegs({ calls }: LegsFound, kept: readonly KeptCall[]): Promise<readonly KeptCall[]> {
    const known = new Set(kept.map(({ callId }) => callId))
    const unknown = calls.filter(({ callId, state }) => isTaken(state) && !known.has(callId))
    const told: KeptCall[] = []
    for (let start = 0; start < unknown.length; start += repairsMax)
      for (const one of await Promise.all(unknown.slice(start, start + repairsMax).map(call => this.#askLeg(call))))
        if (one !== undefined) told.push(one)
    return told
  }

  /** Who is on the line and not at it. */
  async #askPauses({ idle }: LegsFound): Promise<NonNullable<PbxInventory['paused']>> {
    const paused: PausedLine[] = []
    const ask = async ({ agentId, channelId }: AgentLine): Promise<void> => {
      const mark = await this.#parts.context.ari().variable(channelId, pauseVariable)
      if (mark !== undefined) paused.push({ agentId, ...readPause(mark) })
    }
    for (let start = 0; start < idle.length; start += repairsMax)
      await Promise.all(idle.slice(start, start + repairsMax).map(ask))
    return paused
  }

  async #askLeg({ callId }: InventoryCall): Promise<KeptCall | undefined> {
    const { context, pbxClock } = this.#parts
    const channelId = callChannelId(callId)
    const talk = await context.ari().variable(channelId, 'DIALWRIGHT_TALK')
    if (talk !== undefined) return readTalk(callId, talk)
    const answeredMs = Number(await context.ari().variable(channelId, 'DIALWRIGHT_ANSWERED_MS'))
    if (answeredMs > 0) return { callId, answeredAt: pbxClock.ourInstantOf(answeredMs) }
    // A dialplan of before knows the second alone.
    const answered = Number(await context.ari().variable(channelId, 'DIALWRIGHT_ANSWERED_AT'))
    return answered > 0 ? { callId, answeredAt: pbxClock.ourInstantOf(answered * 1000) } : undefined
  }

  #tell(found: LegsFound, told: Omit<PbxInventory, 'calls' | 'agents'>): void {
    const { context, registrations, onEvent, onUp } = this.#parts
    this.#failures = 0
    this.#state = 'up'
    const held = this.#held
    this.#held = []
    const at = context.clock.now()
    context.emit({ kind: 'node-up', nodeId: context.nodeId, inventory: inventoryOf(found, told), at })
    registrations.tell()
    for (const event of held) onEvent(event)
    onUp()
  }

  async #subscribe(): Promise<void> {
    const { context, agents, phones, trunkEndpoints, pbxClock } = this.#parts
    const ari = context.ari()
    await ari.filterEvents(wantedEvents)
    // Nobody who waits on the line waits for it: phones that are put are followed from there.
    void phones.restore()
    const trunks = trunkEndpoints.map(name => `endpoint:PJSIP/${name}`)
    const others = [...agents.settings()].filter(({ endpoint }) => !phones.has(endpoint))
    await this.#subscribeTo([...trunks, ...others.map(sourceOf)])
    const asked = context.clock.now()
    pbxClock.learn(asked, await ari.ping(), context.clock.now())
  }

  /** All at once; an endpoint that the PBX does not know would refuse them all, so then each by itself. */
  async #subscribeTo(sources: readonly string[]): Promise<void> {
    if (sources.length === 0) return
    const ari = this.#parts.context.ari()
    try {
      await ari.subscribe(sources)
    } catch (error) {
      if (!hasCode(error, 'channel-gone', 'rejected')) throw error
      for (const source of sources) await this.#subscribeToOne(source)
    }
  }

  async #subscribeToOne(source: string): Promise<void> {
    try {
      await this.#parts.context.ari().subscribe([source])
    } catch (error) {
      if (!hasCode(error, 'channel-gone', 'rejected')) throw error
      this.#parts.context.log.warn({ source }, 'the PBX does not know this endpoint: is it in pjsip.conf?')
    }
  }

  /** Agents that were added while the link is up. */
  follow(agents: readonly AgentSettings[]): void {
    this.#parts.registrations.tell()
    this.#subscribeTo(agents.map(sourceOf)).catch(error =>
      this.#parts.context.log.warn({ code: errorCode(error), reason: errorMessage(error) }, 'agents are not followed'),
    )
  }

  async #readLegs(): Promise<LegsFound> {
    const { context, agents, agentVoice, customers, callers, targets } = this.#parts
    const ari = context.ari()
    const channels = await this.#channels()
    const bridges = await ari.bridges()
    const found = readLists({ channels, bridges }, agents)
    customers.reset(found.calls, callChannelId)
    const incoming = callers.reset(channels)
    agentVoice.reset(channels)
    targets.reset(channels, found.calls)
    agents.reset(found.lines)
    await agents.prepare(new Set(bridges.map(bridge => bridge.id)))
    const idleBridge = idleBridgeId(context.nodeId)
    const inIdleBridge = new Set(bridges.find(bridge => bridge.id === idleBridge)?.channels)
    const lost = found.idle.map(line => line.channelId).filter(channelId => !inIdleBridge.has(channelId))
    for (let start = 0; start < lost.length; start += repairsMax)
      await Promise.all(lost.slice(start, start + repairsMax).map(channelId => this.#repair(idleBridge, channelId)))
    if (found.idle.length > 0) await agents.startMusic()
    for (const { agentId, held } of found.calls) if (held && agentId !== undefined) await this.#playAgain(agentId)
    return { ...found, calls: [...found.calls, ...incoming] }
  }

  /** Whoever is on hold is not left in silence. */
  async #playAgain(agentId: AgentId): Promise<void> {
    try {
      await this.#parts.context.ari().startMusic(heldBridgeId(agentId))
    } catch (error) {
      if (!hasCode(error, 'channel-gone', 'rejected')) throw error
    }
  }

  /** Whoever answered while nobody was here is let in first. */
  async #channels(): Promise<readonly AriChannel[]> {
    const { clock, ari } = this.#parts.context
    for (let look = 1; ; look += 1) {
      const channels = await ari().channels()
      if (look === entryLooksMax || !channels.some(isEntering)) return channels
      await new Promise<void>(resolve => void clock.wakeAt(clock.now() + entryLookMs, resolve))
    }
  }

  async #repair(idleBridge: string, channelId: string): Promise<void> {
    try {
      await this.#parts.context.ari().addToBridge(idleBridge, [channelId])
    } catch (error) {
      // Gone meanwhile: its end is among the events that wait.
      if (!hasCode(error, 'channel-gone')) throw error
    }
  }
}

function isTaken(state: InventoryCall['state']): boolean {
  return state === 'connected' || state === 'waiting'
}

function sourceOf({ endpoint }: AgentSettings): string {
  return `endpoint:${endpoint}`
}
