import type { CallId, InstantMs } from '../../core/ids.ts'
import { errorCode } from '../../errors.ts'
import type { NodeContext } from '../context.ts'
import { hasCode } from '../errors.ts'
import type { AgentLeg, Packets } from './agentLeg.ts'
import type { Agents } from './agents.ts'

/** Questions about RTP that may be open at once. */
const questionsMax = 32
/** What is due is asked in ticks, so that many questions cost one wake-up. */
const tickMs = 100
/** A phone's pace is measured over no less: over a shorter time a packet too many is too much. */
const paceOverMs = 1_000
/** So much of a phone's packets may be late or lost before it is looked at again. */
const doubtMs = 100
const doubtPackets = 1

/** A phone to be looked at after a connect. */
interface Check {
  readonly callId: CallId | undefined
  readonly dead: () => void
  dueAt: InstantMs
  /** Set once it is in doubt: by now the counter must have moved on from this. */
  doubted: Packets | undefined
}

/** Follows whether the agents' phones send audio: a silent phone gets no call. */
export class AgentAudio {
  readonly #context: NodeContext
  readonly #agents: Agents
  readonly #checks = new Map<AgentLeg, Check>()
  /** Lines with a question on its way. */
  readonly #asked = new Set<AgentLeg>()
  /** When a line was first seen up: a phone is given time for its first packets. */
  readonly #firstSeen = new WeakMap<AgentLeg, InstantMs>()
  #isRunning = false
  #cancelTimer = () => {}

  constructor(context: NodeContext, agents: Agents) {
    this.#context = context
    this.#agents = agents
  }

  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#tick()
  }

  stop(): void {
    this.#isRunning = false
    this.#checks.clear()
    this.#cancelTimer()
  }

  #tick(): void {
    const { clock } = this.#context
    const now = clock.now()
    this.#cancelTimer = clock.wakeAt(now + tickMs, () => this.#tick())
    for (const [leg, check] of this.#checks) if (check.dueAt <= now) void this.#look(leg, check)
    for (const leg of this.#agents.legs()) {
      if (this.#asked.size >= questionsMax) break
      if (leg.state === 'up' && leg.callId === undefined && this.#isOld(leg, now)) void this.#poll(leg)
    }
  }

  #isOld(leg: AgentLeg, now: InstantMs): boolean {
    const firstSeen = this.#firstSeen.get(leg) ?? now
    this.#firstSeen.set(leg, firstSeen)
    return !this.#asked.has(leg) && now >= (leg.packets?.at ?? firstSeen) + this.#context.timing.mediaPollEveryMs
  }

  async #poll(leg: AgentLeg): Promise<void> {
    const before = leg.packets
    const packets = await this.#ask(leg)
    if (packets === undefined || leg.callId !== undefined || leg.state !== 'up') return
    // The first answer has nothing to be compared with: any packet at all counts.
    this.#tell(leg, packets.received > (before?.received ?? 0))
    if (packets.sent === before?.sent) await this.#restoreMusic()
  }

  /** The player left between one agent's going and another one's coming. */
  async #restoreMusic(): Promise<void> {
    try {
      await this.#agents.startMusic()
    } catch (error) {
      this.#context.log.debug({ code: errorCode(error) }, 'no music for idle agents')
      // Destroyed by another program, a second time: of that the PBX does not always tell.
      if (hasCode(error, 'channel-gone')) this.#agents.restoreIdle()
    }
  }

  /**
   * After a connect the phone must still send: it may have died since it was last asked. `dead` is called once, or never. One
   * reading is enough where the phone has sent all that its pace makes since the one before; else a second one must have moved on.
   */
  checkAfterConnect(leg: AgentLeg, dead: () => void): void {
    const { clock, timing } = this.#context
    const dueAt = clock.now() + timing.mediaCheckAfterMs
    this.#checks.set(leg, { callId: leg.callId, dead, dueAt, doubted: undefined })
  }

  async #look(leg: AgentLeg, check: Check): Promise<void> {
    this.#checks.delete(leg)
    const isOver = () => leg.callId !== check.callId || leg.state !== 'up'
    if (isOver()) return
    const { packets: before, pace } = leg
    const after = await this.#ask(leg)
    // A newer connect of this line has a check of its own.
    if (after === undefined || isOver() || this.#checks.has(leg)) return
    if (check.doubted === undefined) {
      if (hasKeptPace(before, after, pace)) return
      const dueAt = this.#context.clock.now() + this.#context.timing.mediaCheckAfterMs
      this.#checks.set(leg, { ...check, dueAt, doubted: after })
      return
    }
    if (after.received > check.doubted.received) return
    this.#tell(leg, false)
    check.dead()
  }

  /** Undefined: not known, so nothing is concluded. */
  async #ask(leg: AgentLeg): Promise<Packets | undefined> {
    const { clock, ari } = this.#context
    this.#asked.add(leg)
    try {
      const packets = { ...(await ari().packets(leg.channelId)), at: clock.now() }
      leg.pace = paceOf(leg.packets, packets) ?? leg.pace
      leg.packets = packets
      return packets
    } catch {
      return undefined
    } finally {
      this.#asked.delete(leg)
    }
  }

  #tell(leg: AgentLeg, flowing: boolean): void {
    if (leg.isFlowing === flowing || this.#agents.get(leg.agentId) !== leg) return
    leg.isFlowing = flowing
    this.#context.emit({ kind: 'agent-media', agentId: leg.agentId, flowing, at: this.#context.clock.now() })
  }
}

function paceOf(before: Packets | undefined, after: Packets): number | undefined {
  if (before === undefined || after.at - before.at < paceOverMs || after.received <= before.received) return undefined
  return (after.received - before.received) / (after.at - before.at)
}

function hasKeptPace(before: Packets | undefined, after: Packets, pace: number | undefined): boolean {
  if (before === undefined || pace === undefined) return false
  const missing = pace * (after.at - before.at) - (after.received - before.received)
  return missing <= pace * doubtMs + doubtPackets
}
