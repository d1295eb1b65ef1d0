import type { ServerResponse } from 'node:http'
import { ApiError } from '../api/apiError.ts'
import { viewEvent } from '../api/events.ts'
import type { EngineEvent } from '../core/effects.ts'
import type { EngineGateway } from '../ports/engine.ts'

/** Listeners at once. */
const listenersMax = 100
/** Events kept for a listener who reads too slowly; beyond it the oldest go and they are told how many. */
const eventsKeptMax = 1000
/** A comment goes out this often, so that a dead listener is noticed and no proxy closes a quiet line. */
const heartbeatMs = 15_000

/** Which events somebody gets, and what is shown of each. */
export interface Listener {
  readonly wanted: (event: EngineEvent) => boolean
  readonly show: (event: unknown) => unknown
}

/** The event stream's listeners. */
export interface EventStreams {
  /** Answers a request with an endless stream of the events that pass the filter (Server-Sent Events). */
  open(response: ServerResponse, listener: Listener): void
  /** Ends every stream. */
  close(): void
}

/** Makes the streams of one server. */
export function createEventStreams(gateway: EngineGateway): EventStreams {
  const open = new Set<{ end(): void }>()
  return {
    open(response, listener) {
      if (open.size >= listenersMax)
        throw new ApiError(503, 'too-many-listeners', `${listenersMax} listeners are connected: close one`)
      const stream = startStream({ gateway, response, ...listener })
      open.add(stream)
      response.on('close', () => {
        open.delete(stream)
        stream.end()
      })
    },
    close() {
      for (const stream of open) stream.end()
    },
  }
}

interface StreamParts extends Listener {
  readonly gateway: EngineGateway
  readonly response: ServerResponse
}

function startStream({ gateway, response, wanted, show }: StreamParts): { end(): void } {
  const writer = createWriter(response)
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  writer.write(': connected\n\n')
  const unsubscribe = gateway.subscribe((event, at) => {
    if (wanted(event)) writer.write(`event: ${event.kind}\ndata: ${JSON.stringify(show(viewEvent(event, at)))}\n\n`)
  })
  const heartbeat = setInterval(() => writer.write(': still here\n\n'), heartbeatMs)
  heartbeat.unref()
  return {
    end() {
      clearInterval(heartbeat)
      unsubscribe()
      response.end()
    },
  }
}

/** Writes without ever buffering more than {@link eventsKeptMax} messages. */
function createWriter(response: ServerResponse): { write(message: string): void } {
  const kept: string[] = []
  let lost = 0
  let full = false

  const flush = (): void => {
    full = false
    while (!full) {
      const message = kept.shift()
      if (message === undefined) break
      full = !response.write(message)
    }
    if (!full && lost > 0) {
      full = !response.write(`event: lost\ndata: ${JSON.stringify({ events: lost })}\n\n`)
      lost = 0
    }
  }
  response.on('drain', flush)
  return {
    write(message) {
      if (!full) {
        full = !response.write(message)
        return
      }
      kept.push(message)
      if (kept.length <= eventsKeptMax) return
      kept.shift()
      lost += 1
    },
  }
}
