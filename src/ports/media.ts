import type { AgentId, CallId, InstantMs, NodeId } from '../core/ids.ts'

/** The leg of a call that we originated, from its answer to its end. Its voice is the person's. */
export interface PersonLeg {
  readonly kind: 'person'
  readonly callId: CallId
}

/**
 * An agent's line while the phone is up, in calls and between them. A type of its own: whoever analyses voices takes a
 * `Tap<PersonLeg>` and its frames, and the agent's do not fit in.
 */
export interface AgentLeg {
  readonly kind: 'agent'
  readonly agentId: AgentId
}

/** One end of a conversation. */
export type MediaLeg = PersonLeg | AgentLeg

/** Samples a second: 8 000 is what trunks carry, 16 000 is made of it for recognisers that want no less. */
export type SampleRate = 8_000 | 16_000

/** Length of every frame that is heard, milliseconds. */
export const frameMs = 20

/** What is said to the ear may be ahead of it by so much and no more, milliseconds: as much as an interruption can take back. */
export const aheadMaxMs = 3_000

/** What a leg said in one frame. */
export interface HeardFrame<Leg extends MediaLeg> {
  readonly kind: 'frame'
  readonly leg: Leg
  /** Audio time of the first sample: milliseconds since the tap began, without a gap. What was lost on the way is silence. */
  readonly atMs: number
  /** Signed 16-bit samples of one channel. The adapter uses the memory again: who keeps them copies them. */
  readonly samples: Int16Array
}

/** Everything said before the mark has been heard. */
export interface HeardMark {
  readonly kind: 'mark'
  readonly name: string
  /** How much of what was said has been heard since the stream began, milliseconds of audio. */
  readonly saidMs: number
}

/**
 * Why something ended: it came to its own end, was told to, its leg ended, the way to the PBX broke (the leg may live on), or
 * the PBX gave it up (a full disk).
 */
export type MediaEndCause = 'done' | 'stopped' | 'leg-gone' | 'lost' | 'failed'

/** Something that goes on until it ends. */
export interface Running<End extends { readonly cause: MediaEndCause }> {
  /** Resolves once, at the end; never rejects. */
  readonly ended: Promise<End>
  /** Ends it and leaves nothing of it on the PBX. Gives how it ended, also where it had ended before. Idempotent. */
  stop(): Promise<End>
}

/** A leg that is listened to. */
export interface Tap<Leg extends MediaLeg> extends Running<TapEnd> {
  /** One tap has one leg, for all its life: whom the leg is joined with is not in it. */
  readonly leg: Leg
  readonly rate: SampleRate
  /** The instant of audio time 0, by the clock. */
  readonly startedAt: InstantMs
}

/** How a tap or a stream ended. */
export interface TapEnd {
  readonly cause: MediaEndCause
  /** Audio that was heard of the leg, milliseconds. */
  readonly heardMs: number
}

/** A person who is listened to and spoken to. Where nothing is said, silence is sent: the person's RTP never stops. */
export interface Stream extends Tap<PersonLeg> {
  /**
   * Says samples of the stream's rate behind what was said before, any number of them. The PBX keeps the time: it plays them
   * as fast as they sound. Resolves when the ear is at most {@link aheadMaxMs} behind, so that whoever waits for it never is
   * too far ahead; after a flush or the end it resolves at once.
   */
  say(samples: Int16Array): Promise<void>
  /** Told as {@link HeardMark} when all that was said before has been heard; never, where that was flushed. */
  mark(name: string): void
  /** Silences what has not been heard yet, within a frame or two. Gives how much was heard since the stream began, ms of audio. */
  flush(): Promise<{ readonly saidMs: number }>
}

/** A sound: a file of the PBX by its name, or samples. */
export type Sound =
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'samples'; readonly rate: SampleRate; readonly samples: Int16Array }

/** How a playback ended. `done`: it was played to its last sample. */
export interface PlaybackEnd {
  readonly cause: MediaEndCause
  /** How much the ear has had, milliseconds of audio. */
  readonly playedMs: number
}

/** A recording under way. */
export interface Recording extends Running<RecordingEnd> {
  /** From here on silence is recorded: the time of the file goes on. In a pause without effect. */
  pause(): Promise<void>
  /** Outside a pause without effect. */
  resume(): Promise<void>
}

/** What a recording came to: two channels, what the person said and what the person heard. */
export interface RecordingEnd {
  readonly cause: MediaEndCause
  readonly name: string
  /** Milliseconds of audio, its pauses included. */
  readonly lengthMs: number
  /** In order, milliseconds of the recording. */
  readonly pauses: readonly { readonly fromMs: number; readonly untilMs: number }[]
}

/**
 * The audio of one PBX node, beside its Telephony. Nothing here ends a leg or stands in its way: when whoever listens dies, the
 * conversation goes on. What runs on a leg ends with it, by itself, with `leg-gone`; where the way to the PBX breaks it ends with
 * `lost`, and what it left on the PBX is cleared away when the node is up again.
 *
 * On Asterisk a playback to a channel holds up what is asked of the channel until it is over: joining it (`addChannel`) and setting a
 * variable wait (7 s, measured, with a sound of 7 s), also where it is in a holding bridge. A snoop, `continue`, a hang-up, and playing
 * to a bridge or through a whispering snoop do not wait and hold nothing up; `DELETE` of the playback lets the channel go in
 * milliseconds. So an adapter never plays to the channel of a leg, and each order of Telephony goes through at once whatever is played.
 *
 * Every promise settles within a bounded time. A rejection is a TelephonyError of errors.ts: `leg-gone` (there is no such leg, or
 * not yet, or no more), `unreachable` (no way to the PBX), `rejected` (it cannot, a module is missing).
 */
export interface Media {
  readonly nodeId: NodeId
  /** Listens to what a leg says; the leg does not notice. A leg may have several taps. Frames come as the PBX gives them, one each {@link frameMs}. */
  tap<Leg extends MediaLeg>(order: {
    readonly leg: Leg
    readonly rate: SampleRate
    hear(frame: HeardFrame<Leg>): void
  }): Promise<Tap<Leg>>
  /** Listens to a person and speaks to them: what a dialogue needs. For one who is not joined with an agent. */
  stream(order: {
    readonly leg: PersonLeg
    readonly rate: SampleRate
    hear(heard: HeardFrame<PersonLeg> | HeardMark): void
  }): Promise<Stream>
  /** Plays a sound that this leg hears and nobody whom it talks to. */
  play(order: { readonly leg: MediaLeg; readonly sound: Sound }): Promise<Running<PlaybackEnd>>
  /** Records a conversation at the person's leg, from now on, under a name without a number in it. */
  record(order: { readonly leg: PersonLeg; readonly name: string }): Promise<Recording>
  /** Stops everything that runs. Idempotent. */
  close(): Promise<void>
}
