import { errorCode } from '../../errors.ts'
import type { NodeContext } from '../context.ts'
import type { AgentLeg, Agents, Packets } from './agents.ts'

/** Questions about RTP that may be open at once. */
const questionsMax = 4

/** Follows whether the agents' phones send audio: a silent phone gets no call. */
export class AgentAudio {
  readonly #context: NodeContext
  readonly #agents: Agents
  #isRunning = false
  #cancelTimer = () => {}
  #open = 0
  #cursor = 0

  constructor(context: NodeContext, agents: Agents) {
    this.#context = context
    this.#agents = agents
  }

  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#next()
  }

  stop(): void {
    this.#isRunning = false
    this.#cancelTimer()
  }

  /** One idle agent at a time, spread over the period, so that the PBX never sees a burst of questions. */
  #next(): void {
    const idle = [...this.#agents.legs()].filter(leg => leg.state === 'up' && leg.callId === undefined)
    const { clock, timing } = this.#context
    const periodMs = timing.mediaPollEveryMs / Math.max(1, idle.length)
    this.#cancelTimer = clock.wakeAt(clock.now() + periodMs, () => {
      const leg = idle[this.#cursor++ % Math.max(1, idle.length)]
      if (leg !== undefined && this.#open < questionsMax) void this.#poll(leg)
      this.#next()
    })
  }

  async #poll(leg: AgentLeg): Promise<void> {
    this.#open += 1
    const before = leg.packets
    const packets = await this.#ask(leg)
    this.#open -= 1
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
    }
  }

  /**
   * After a connect the counter must move: the phone may have died since it was last asked. `dead` is called once, or
   * never. A first reading is taken at once, beside everything else.
   */
  checkAfterConnect(leg: AgentLeg, dead: () => void): void {
    const { clock, timing } = this.#context
    const { callId } = leg
    const first = this.#ask(leg)
    clock.wakeAt(clock.now() + timing.mediaCheckAfterMs, async () => {
      const before = await first
      if (leg.callId !== callId || leg.state !== 'up') return
      const after = await this.#ask(leg)
      if (before === undefined || after === undefined || after.received > before.received) return
      if (leg.callId !== callId || leg.state !== 'up') return
      this.#tell(leg, false)
      dead()
    })
  }

  /** Undefined: not known, so nothing is concluded. */
  async #ask(leg: AgentLeg): Promise<Packets | undefined> {
    try {
      const packets = await this.#context.ari().packets(leg.channelId)
      leg.packets = packets
      return packets
    } catch {
      return undefined
    }
  }

  #tell(leg: AgentLeg, flowing: boolean): void {
    if (leg.isFlowing === flowing || this.#agents.get(leg.agentId) !== leg) return
    leg.isFlowing = flowing
    this.#context.emit({ kind: 'agent-media', agentId: leg.agentId, flowing, at: this.#context.clock.now() })
  }
}
