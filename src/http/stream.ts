import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { ApiError } from '../api/apiError.ts'
import { viewEvent } from '../api/events.ts'
import type { AppContext } from '../app/context.ts'
import { createTopicFeed, type TopicMessage } from '../app/live/feed.ts'
import { createEventHistory, type NumberedEvent } from '../app/live/history.ts'
import { allEyes, type Eyes, type Topic } from '../app/live/topics.ts'
import type { EngineEvent } from '../core/effects.ts'
import type { Log } from '../log.ts'

/** Listeners at once; of one user or one program's token, so that nobody takes the places of all. */
const listenersMax = 500
const listenersOfOneMax = 20
/** What may wait for a listener who reads too slowly, beside what the systems between hold; beyond it they are cut off. */
const waitingBytesMax = 2 * 1024 * 1024
/** A comment goes out this often, so that a dead listener is noticed and no proxy closes a quiet line. */
const heartbeatMs = 15_000
/** A listener who is cut off comes back after this time. */
const retryMs = 1_000

/** What a listener asks for. */
export interface StreamRequest {
  /** Which events they get. */
  readonly wanted: (event: EngineEvent) => boolean
  readonly topics: readonly Topic[]
  /** What of all that they may see. */
  readonly eyes: Eyes
  /** Whose it is; absent: their listeners are not counted. */
  readonly name?: string
  /** The id of the last event that they have heard; absent: only what comes from now on. */
  readonly after: string | undefined
}

/** The event stream's listeners. */
export interface EventStreams {
  /**
   * Answers a request with an endless stream (Server-Sent Events): what has been missed, a snapshot of every topic, then what
   * happens. @throws ApiError 503 `too-many-listeners`; 404 where a topic names what is not there
   */
  open(response: ServerResponse, request: StreamRequest): void
  /** Ends every stream. */
  close(): void
}

/** Makes the streams of one server. */
export function createEventStreams(context: AppContext, log: Log): EventStreams {
  const history = createEventHistory(context.gateway, randomUUID().slice(0, 8))
  const feed = createTopicFeed(context, log)
  const open = new Set<{ readonly name: string | undefined; end(): void }>()
  return {
    open(response, request) {
      const ofOne = [...open].filter(({ name }) => name !== undefined && name === request.name).length
      if (ofOne >= listenersOfOneMax)
        throw new ApiError(429, 'too-many-listeners', `${ofOne} listeners of ${request.name} are connected: close one`)
      if (open.size >= listenersMax)
        throw new ApiError(503, 'too-many-listeners', `${listenersMax} listeners are connected: close one`)
      const { end } = startStream({ history, feed, response, ...request })
      const stream = { name: request.name, end }
      open.add(stream)
      response.on('close', () => {
        open.delete(stream)
        stream.end()
      })
    },
    close() {
      for (const stream of open) stream.end()
      history.close()
      feed.close()
    },
  }
}

interface StreamParts extends StreamRequest {
  readonly history: ReturnType<typeof createEventHistory>
  readonly feed: ReturnType<typeof createTopicFeed>
  readonly response: ServerResponse
}

function startStream({ history, feed, response, wanted, topics, eyes, after }: StreamParts): { end(): void } {
  const write = (text: string): void => {
    if (response.writableEnded || response.destroyed) return
    response.write(text)
    if (response.writableLength > waitingBytesMax) response.destroy()
  }
  // What is refused is refused before the answer begins; the first snapshot never comes within this call.
  const ends = followAll(feed, new Set(topics), { eyes, listener: message => write(textOf(message)) })
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  // Whoever has gone can be told nothing, and that is no fault.
  response.on('error', () => {})
  const tell = (numbered: NumberedEvent): void => {
    if (wanted(numbered.event)) write(eyes === allEyes ? textOf(numbered) : eventText(numbered, eyes))
  }
  const missed = after === undefined ? undefined : history.after(after)
  // Until they have heard what they missed they come back for it: the id is still the one that they came with.
  write(`retry: ${retryMs}\nid: ${missed === undefined ? history.newest() : after}\n: connected\n\n`)
  if (after !== undefined && missed === undefined) write(`event: reset\ndata: ${JSON.stringify({ since: after })}\n\n`)
  for (const event of missed ?? []) tell(event)
  ends.push(history.subscribe(tell))
  const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatMs)
  heartbeat.unref()
  return {
    end() {
      clearInterval(heartbeat)
      for (const end of ends.splice(0)) end()
      response.end()
    },
  }
}

/** All of them, or none. */
function followAll(
  feed: ReturnType<typeof createTopicFeed>,
  topics: ReadonlySet<Topic>,
  { eyes, listener }: { readonly eyes: Eyes; readonly listener: (message: TopicMessage) => void },
): (() => void)[] {
  const ends: (() => void)[] = []
  try {
    for (const topic of topics) ends.push(feed.follow({ topic, eyes }, listener))
    return ends
  } catch (error) {
    for (const end of ends) end()
    throw error
  }
}

/** One text for all who hear of the same. */
const texts = new WeakMap<NumberedEvent | TopicMessage, string>()

function textOf(message: NumberedEvent | TopicMessage): string {
  const known = texts.get(message)
  if (known !== undefined) return known
  const text = 'id' in message ? eventText(message, allEyes) : topicText(message)
  texts.set(message, text)
  return text
}

function eventText({ id, event, at }: NumberedEvent, eyes: Eyes): string {
  return `id: ${id}\nevent: ${event.kind}\ndata: ${JSON.stringify(eyes.answer(viewEvent(event, at)))}\n\n`
}

function topicText({ kind, ...rest }: TopicMessage): string {
  return `event: ${kind}\ndata: ${JSON.stringify(rest)}\n\n`
}
