import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { stopReading } from './upload.ts'

/** A body up to this size that nobody wanted is read to its end: the connection is kept. */
const drainBytesMax = 256 * 1024
/** What is taken from a sender of a longer one, so that they come to read their answer. */
const lingerBytesMax = 16 * 1024 ** 2
const lingerMs = 2_000

/** Connections that end with the answer that is on its way: what comes over them afterwards is nobody's. */
const ending = new WeakSet<Socket>()

/** Whether the connection has had its last answer: a request that comes behind it is not obeyed, for nobody would hear of it. */
export function isEnding(request: FastifyRequest): boolean {
  return ending.has(request.raw.socket)
}

/**
 * Called before an answer goes out. Where its request has a body that nobody has read to its end (refused for its token,
 * its type, its size, its campaign ...), the rest must not lie in front of the next request for ever: a short one is read
 * away; else the connection ends with the answer, in the way of RFC 9112 section 9.6: our side first, and the sender's
 * bytes are taken for a while, for a reset would take the answer with it.
 */
export function settleUnread({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (reply.getHeader('connection') === 'close') ending.add(raw.socket)
  if (!hasBody(raw) || raw.readableEnded) return
  stopReading(raw)
  const length = Number(raw.headers['content-length'] ?? Number.POSITIVE_INFINITY)
  if (!raw.complete && length > drainBytesMax) {
    void reply.header('connection', 'close')
    endGently(raw)
  }
  // Not before the reader has let go of it: until then nothing flows.
  setImmediate(() => raw.resume())
}

/**
 * The same for an answer that begins while its request is still arriving: the headers it needs, and what is to be called before
 * its end.
 */
export function settleAtEnd({ raw }: FastifyRequest): {
  readonly headers: Readonly<Record<string, string>>
  settle(): void
} {
  if (!hasBody(raw) || raw.readableEnded) return { headers: {}, settle() {} }
  return {
    headers: { connection: 'close' },
    settle() {
      ending.add(raw.socket)
      if (raw.readableEnded) return
      stopReading(raw)
      if (!raw.complete) endGently(raw)
      setImmediate(() => raw.resume())
    },
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function endGently(request: IncomingMessage): void {
  const { socket } = request
  ending.add(socket)
  let taken = 0
  // With the last answer out the server would destroy the connection.
  socket.destroySoon = () => {
    socket.end()
    const patience = setTimeout(() => socket.destroy(), lingerMs)
    socket.on('close', () => clearTimeout(patience))
    request.on('end', () => socket.destroy())
  }
  request.on('data', chunk => {
    taken += chunk.length
    if (taken > lingerBytesMax) socket.destroy()
  })
}
