import type { AgentId } from '../../core/ids.ts'
import { errorCode, errorMessage } from '../../errors.ts'
import type { TellOrder } from '../../ports/telephony.ts'
import type { AriChannel, LegEvent } from '../ari/shapes.ts'
import type { NodeContext } from '../context.ts'
import type { Agents } from './agents.ts'
import { isWhisper, whisperChannelId } from './names.ts'

/** What is said to an agent, on a channel of its own. */
interface Whisper {
  readonly agentId: AgentId
  readonly media: string
  isPlaying: boolean
}

/** A channel for it is made within so long, or nothing is said. */
const enterWithinMs = 3_000

/**
 * Speaks to agents between calls: by a channel that whispers into what they hear. Played to their own line it would hold up the
 * join of a call for as long as it lasts.
 */
export class AgentVoice {
  readonly #context: NodeContext
  readonly #agents: Agents
  readonly #whispers = new Map<string, Whisper>()
  #names = 0

  constructor(context: NodeContext, agents: Agents) {
    this.#context = context
    this.#agents = agents
  }

  async tell({ agentId, sounds }: TellOrder): Promise<void> {
    const leg = this.#agents.get(agentId)
    if (leg?.state !== 'up' || leg.callId !== undefined) return
    this.hush(agentId)
    const { clock, ari } = this.#context
    const id = whisperChannelId(agentId, `${clock.now().toString(36)}x${(this.#names++).toString(36)}`)
    const media = sounds.map(sound => `sound:${sound}`).join(',')
    this.#whispers.set(id, { agentId, media, isPlaying: false })
    try {
      await ari().whisperTo(leg.channelId, id)
    } catch (error) {
      this.#whispers.delete(id)
      throw error
    }
    // A call has come meanwhile.
    if (!this.#whispers.has(id)) this.#end(id)
    else clock.wakeAt(clock.now() + enterWithinMs, () => this.#giveUp(id))
  }

  #giveUp(id: string): void {
    if (this.#whispers.get(id)?.isPlaying === false) this.#end(id)
  }

  /** What an agent is being told ends: a person is about to hear them. */
  hush(agentId: AgentId): void {
    for (const [id, whisper] of this.#whispers) if (whisper.agentId === agentId) this.#end(id)
  }

  /** Whether the event is about a channel that whispers. */
  handle(event: LegEvent): boolean {
    if (event.type === 'PlaybackFinished') {
      if (!isWhisper(event.playbackId)) return false
      if (this.#whispers.has(event.playbackId)) this.#played(event)
      return true
    }
    const { id } = event.channel
    if (!isWhisper(id)) return false
    if (event.type === 'StasisStart') this.#play(id)
    else if (event.type === 'ChannelDestroyed') this.#whispers.delete(id)
    return true
  }

  #played({ playbackId, state, media }: Extract<LegEvent, { type: 'PlaybackFinished' }>): void {
    if (state === 'failed') this.#context.log.error({ media }, 'an agent cannot be told: is the sound there?')
    this.#end(playbackId)
  }

  #play(id: string): void {
    const whisper = this.#whispers.get(id)
    if (whisper === undefined) this.#end(id)
    else {
      whisper.isPlaying = true
      this.#aside(this.#context.ari().play(id, whisper.media, id))
    }
  }

  /** A run before this one may have died while it spoke. */
  reset(channels: readonly AriChannel[]): void {
    this.#whispers.clear()
    for (const { id } of channels) if (isWhisper(id)) this.#end(id)
  }

  #end(id: string): void {
    this.#whispers.delete(id)
    this.#aside(this.#context.ari().hangUp(id))
  }

  #aside(work: Promise<void>): void {
    work.catch(error =>
      this.#context.log.debug({ code: errorCode(error), reason: errorMessage(error) }, 'an agent was not told'),
    )
  }
}
