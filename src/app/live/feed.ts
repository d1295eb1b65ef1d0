import { errorCode } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { AppContext } from '../context.ts'
import { type Json, mergePatch } from './mergePatch.ts'
import { type Eyes, type Topic, type TopicSource, topicSource } from './topics.ts'

/** What is told of a topic: all of it once, then what has changed (RFC 7396). */
export type TopicMessage =
  | { readonly kind: 'snapshot'; readonly topic: Topic; readonly state: Json }
  | { readonly kind: 'patch'; readonly topic: Topic; readonly patch: Json }

/** What somebody follows, and with whose eyes. */
export interface Following {
  readonly topic: Topic
  readonly eyes: Eyes
}

type Listener = (message: TopicMessage) => void

/** Topics that somebody follows. Each is read once for all who have the same eyes, and not at all when nobody follows it. */
export interface TopicFeed {
  /**
   * A snapshot comes first. The function returned ends it.
   * @throws ApiError 404 `unknown-agent`, where a topic names an agent who is not there
   */
  follow(following: Following, listener: Listener): () => void
  close(): void
}

/** What moves with the clock is looked at this often, milliseconds. */
const lookEveryMs = 1_000
/** Topics that every event moves are read this often at most, milliseconds. */
const restMs = 100

/** Nobody follows anything yet. */
export function createTopicFeed(context: AppContext, log: Log): TopicFeed {
  const followed = new Set<FollowedTopic>()
  const unsubscribe = context.gateway.subscribe(event => {
    for (const topic of followed) if (topic.source.isAbout(event)) topic.refresh()
  })
  const looking = setInterval(() => {
    for (const topic of followed) if (topic.source.hasMoved()) topic.refresh()
  }, lookEveryMs)
  looking.unref()
  const open = (following: Following): FollowedTopic => {
    for (const topic of followed) if (topic.is(following)) return topic
    const { topic, eyes } = following
    const opened = new FollowedTopic(following, topicSource(context, topic, eyes), log)
    followed.add(opened)
    return opened
  }
  return {
    follow(following, listener) {
      const topic = open(following)
      topic.add(listener)
      return () => {
        if (topic.remove(listener) === 0) followed.delete(topic)
      }
    },
    close() {
      clearInterval(looking)
      unsubscribe()
      followed.clear()
    },
  }
}

class FollowedTopic {
  readonly source: TopicSource
  readonly #following: Following
  readonly #log: Log
  readonly #listeners = new Set<Listener>()
  /** Followers who have not had their snapshot. */
  readonly #fresh = new Set<Listener>()
  #state: Json = null
  #reading = false
  #again = false

  constructor(following: Following, source: TopicSource, log: Log) {
    this.#following = following
    this.source = source
    this.#log = log
  }

  is({ topic, eyes }: Following): boolean {
    return topic === this.#following.topic && eyes === this.#following.eyes
  }

  add(listener: Listener): void {
    this.#fresh.add(listener)
    this.refresh()
  }

  /** How many are left. */
  remove(listener: Listener): number {
    this.#fresh.delete(listener)
    this.#listeners.delete(listener)
    return this.#fresh.size + this.#listeners.size
  }

  /** Reads it anew: now, or when the reading that goes on has ended. */
  refresh(): void {
    this.#again = true
    if (!this.#reading) void this.#read()
  }

  async #read(): Promise<void> {
    this.#reading = true
    while (this.#again) {
      this.#again = false
      try {
        this.#tell(await this.source.read())
      } catch (error) {
        this.#log.warn(
          { topic: this.#following.topic, code: errorCode(error) },
          'a topic could not be read: it is tried again',
        )
      }
      await new Promise(resolve => setTimeout(resolve, restMs).unref())
    }
    this.#reading = false
  }

  #tell(state: Json): void {
    const { topic } = this.#following
    const patch = mergePatch(this.#state, state)
    this.#state = state
    // One message for all: what is written of it is made once.
    if (patch !== undefined) tell(this.#listeners, { kind: 'patch', topic, patch })
    tell(this.#fresh, { kind: 'snapshot', topic, state })
    for (const listener of this.#fresh) this.#listeners.add(listener)
    this.#fresh.clear()
  }
}

function tell(listeners: ReadonlySet<Listener>, message: TopicMessage): void {
  for (const listener of listeners) listener(message)
}
