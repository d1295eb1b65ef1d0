import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { WebSocket, WebSocketServer } from 'ws'
import { ApiError } from '../api/apiError.ts'
import type { Api } from './context.ts'

/** A SIP message with the offer of a browser has some 5 kB. */
const messageBytesMax = 64 * 1024
/** Whoever does not read is cut off. */
const waitingBytesMax = 1024 * 1024
/** A browser that has gone without a word is found out. */
const pingEveryMs = 20_000
const connectMs = 5_000

interface Upgrade {
  readonly socket: Duplex
  readonly head: Buffer
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>()
const server = new WebSocketServer({
  noServer: true,
  maxPayload: messageBytesMax,
  perMessageDeflate: false,
  handleProtocols: asked => (asked.has('sip') ? 'sip' : false),
})

/**
 * Lets a request that wants to become a WebSocket come to its route like any other, past the same guard. What no route makes of it is
 * answered as if it had not asked.
 */
export function takeUpgrades(app: Api): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgrades.set(request, { socket, head })
    socket.on('error', () => socket.destroy())
    const response = new ServerResponse(request)
    // One answer, then the connection ends: what came behind the request was not read as HTTP.
    response.shouldKeepAlive = false
    // A server's socket is one of the network.
    response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0])
    response.on('finish', () => socket.end())
    app.server.emit('request', request, response)
  })
}

/**
 * Makes the request a WebSocket and carries its messages to the PBX and back. So a browser speaks to the daemon alone: one address, one
 * certificate, a PBX that listens on its loopback.
 * @throws ApiError 426 it asks for none
 */
export async function joinPhoneSocket(
  request: FastifyRequest,
  reply: FastifyReply,
  pbxUrl: string,
): Promise<FastifyReply> {
  const upgrade = upgrades.get(request.raw)
  if (upgrade === undefined) {
    void reply.header('upgrade', 'websocket')
    throw new ApiError(426, 'websocket-needed', 'this is a WebSocket: ask with Upgrade: websocket')
  }
  const pbx = await connectPbx(pbxUrl)
  reply.hijack()
  const { socket, head } = upgrade
  reply.raw.detachSocket(socket as Parameters<ServerResponse['detachSocket']>[0])
  socket.once('close', () => pbx.terminate())
  server.handleUpgrade(request.raw, socket, head, browser => carry(browser, pbx))
  return reply
}

function connectPbx(url: string): Promise<WebSocket> {
  const pbx = new WebSocket(url, 'sip', {
    handshakeTimeout: connectMs,
    maxPayload: messageBytesMax,
    perMessageDeflate: false,
  })
  return new Promise((resolve, reject) => {
    pbx.once('open', () => resolve(pbx))
    pbx.once('error', () =>
      reject(
        new ApiError(503, 'pbx-away', 'the PBX takes no phones of browsers now: is it running, with its WebSocket on?'),
      ),
    )
  })
}

function carry(browser: WebSocket, pbx: WebSocket): void {
  let alive = true
  const ping = setInterval(() => {
    if (!alive) return browser.terminate()
    alive = false
    browser.ping()
  }, pingEveryMs)
  browser.on('pong', () => {
    alive = true
  })
  const over = (): void => {
    clearInterval(ping)
    browser.close()
    pbx.close()
  }
  for (const [from, to] of [
    [browser, pbx],
    [pbx, browser],
  ] as const) {
    from.on('message', (data, isBinary) => {
      if (to.bufferedAmount > waitingBytesMax) to.terminate()
      else if (to.readyState === WebSocket.OPEN) to.send(data, { binary: isBinary })
    })
    from.on('close', over)
    from.on('error', () => from.terminate())
  }
}
