import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'

/** The least description from which ari-client makes the operations: method, path, name, parameters by kind. */
const operations = {
  channels: [
    ['GET', '/channels', 'list', 'List[Channel]'],
    ['POST', '/channels', 'originate', 'Channel', 'endpoint', 'channelId', 'body:variables'],
    ['GET', '/channels/{channelId}', 'get', 'Channel'],
    ['DELETE', '/channels/{channelId}', 'hangup', 'void'],
    ['POST', '/channels/{channelId}/variable', 'setChannelVar', 'void', 'variable', 'value'],
    ['POST', '/channels/{channelId}/continue', 'continueInDialplan', 'void', 'context', 'extension', 'priority'],
    ['POST', '/channels/{channelId}/play', 'play', 'Playback', 'media'],
    ['GET', '/channels/{channelId}/rtp_statistics', 'rtpstatistics', 'RTPstat'],
  ],
  bridges: [
    ['GET', '/bridges', 'list', 'List[Bridge]'],
    ['POST', '/bridges/{bridgeId}', 'createWithId', 'Bridge', 'type', 'name'],
    ['POST', '/bridges/{bridgeId}/addChannel', 'addChannel', 'void', 'channel'],
    ['POST', '/bridges/{bridgeId}/removeChannel', 'removeChannel', 'void', 'channel'],
    ['POST', '/bridges/{bridgeId}/moh', 'startMoh', 'void'],
  ],
  applications: [
    ['POST', '/applications/{applicationName}/subscription', 'subscribe', 'Application', 'eventSource'],
    ['PUT', '/applications/{applicationName}/eventFilter', 'filter', 'Application', 'body:filter'],
  ],
  asterisk: [
    ['GET', '/asterisk/ping', 'ping', 'AsteriskPing'],
    ['GET', '/asterisk/info', 'getInfo', 'AsteriskInfo'],
    ['POST', '/asterisk/variable', 'setGlobalVar', 'void', 'variable', 'value'],
  ],
} as const

/** One request as it came. */
export interface ReceivedRequest {
  readonly method: string
  /** Path below `/ari`, query included. */
  readonly path: string
  readonly authorization: string | undefined
  readonly body: string
  readonly response: ServerResponse
  answer(status: number, body?: unknown): void
}

/** A REST interface with an event socket that does what a test wants; by default it answers everything with nothing. */
export interface FakeAri {
  readonly url: string
  readonly requests: readonly ReceivedRequest[]
  readonly sockets: readonly WebSocket[]
  /** Of the event sockets' upgrade requests. */
  readonly upgrades: readonly IncomingMessage[]
  close(): Promise<void>
}

/** How it behaves. */
export interface FakeAriBehaviour {
  /** Returns whether it has dealt with a request. */
  readonly handle?: (request: ReceivedRequest) => boolean
  readonly user?: string
  readonly secret?: string
  /** Answers no ping of the event socket. */
  readonly isDeaf?: boolean
}

export async function openFakeAri(behaviour: FakeAriBehaviour = {}): Promise<FakeAri> {
  const { handle = () => false, user = 'dialwright', secret = 'secret', isDeaf = false } = behaviour
  const expected = `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
  const requests: ReceivedRequest[] = []
  const sockets: WebSocket[] = []
  const upgrades: IncomingMessage[] = []
  const server = createServer(async (message, response) => {
    const request = await read(message, response)
    requests.push(request)
    if (request.authorization !== expected) request.answer(401, { message: 'Authentication required' })
    else if (request.path.startsWith('/api-docs/'))
      request.answer(200, describe(request.path, message.headers.host ?? ''))
    else if (!handle(request)) answerPlainly(request)
  })
  const events = new WebSocketServer({ noServer: true, autoPong: !isDeaf })
  server.on('upgrade', (message, socket, head) => {
    upgrades.push(message)
    if (message.headers.authorization !== expected) {
      // A client that has hung up meanwhile is no concern of the test.
      socket.on('error', () => {})
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n')
      return
    }
    events.handleUpgrade(message, socket, head, client => {
      client.on('error', () => {})
      sockets.push(client)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/ari`,
    requests,
    sockets,
    upgrades,
    close: () => {
      for (const socket of events.clients) socket.terminate()
      server.closeAllConnections()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

async function read(message: IncomingMessage, response: ServerResponse): Promise<ReceivedRequest> {
  let body = ''
  for await (const chunk of message) body += String(chunk)
  return {
    method: message.method ?? '',
    path: (message.url ?? '').replace(/^\/ari/, ''),
    authorization: message.headers.authorization,
    body,
    response,
    answer: (status, content) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(content === undefined ? '' : JSON.stringify(content))
    },
  }
}

function answerPlainly(request: ReceivedRequest): void {
  if (request.path === '/asterisk/ping') request.answer(200, { timestamp: new Date().toISOString() })
  else if (request.method === 'GET') request.answer(200, [])
  else if (request.path === '/channels') request.answer(200, { id: 'x' })
  else request.answer(204)
}

function describe(path: string, host: string): unknown {
  const name = path.replace('/api-docs/', '').replace('.json', '')
  const frame = { apiVersion: '1', swaggerVersion: '1.1', basePath: `http://${host}/ari` }
  if (name === 'resources')
    return { ...frame, apis: Object.keys(operations).map(each => ({ path: `/api-docs/${each}.{format}` })) }
  const own = Object.entries(operations).find(([each]) => each === name)?.[1] ?? []
  const apis = own.map(([httpMethod, path, nickname, responseClass, ...parameters]) => ({
    path,
    operations: [{ httpMethod, nickname, responseClass, parameters: [...inPath(path), ...parameters.map(parameter)] }],
  }))
  return { ...frame, resourcePath: `/api-docs/${name}.{format}`, apis, models: {} }
}

function inPath(path: string) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    paramType: 'path',
    required: true,
    dataType: 'string',
  }))
}

function parameter(text: string) {
  const [name, kind] = text.split(':').reverse()
  return kind === 'body'
    ? { name, paramType: 'body', dataType: 'containers' }
    : { name, paramType: 'query', dataType: 'string' }
}
