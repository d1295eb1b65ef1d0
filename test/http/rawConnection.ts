import { connect, type Socket } from 'node:net'

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A connection in the test's hands: what it sends is sent as it is written, and answers are read one at a time. */
export interface RawConnection {
  readonly socket: Socket
  send(bytes: string | Uint8Array): void
  /** The next answer; `undefined`: the other side has closed without one. `bodyless`: it answers a HEAD. */
  answer(options?: { readonly bodyless?: boolean }): Promise<RawAnswer | undefined>
  /** Resolves when the other side has closed. */
  closed(): Promise<void>
}

/** Connects to the server at this address. That the other side has ended keeps nothing from being sent to it. */
export async function openRaw(url: string, localAddress = '127.0.0.1'): Promise<RawConnection> {
  let received = Buffer.alloc(0)
  let ended = false
  let wake = (): void => {}
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', localAddress, allowHalfOpen: true })
  socket.on('data', data => {
    received = Buffer.concat([received, data])
    wake()
  })
  const over = (): void => {
    ended = true
    wake()
  }
  socket.on('end', over).on('close', over)
  // What was sent to a closed end: the answer, where there was one, has been read.
  socket.on('error', over)
  await new Promise(resolve => socket.once('connect', resolve))
  const more = (): Promise<void> =>
    new Promise(resolve => {
      wake = resolve
    })

  return {
    socket,
    send: bytes => void (ended || socket.write(bytes)),
    async answer({ bodyless = false } = {}) {
      for (;;) {
        const found = readAnswer(received, { ended, bodyless })
        if (found !== undefined) {
          received = received.subarray(found.length)
          if (found.answer.status !== 100) return found.answer
        } else if (ended) return undefined
        else await more()
      }
    },
    async closed() {
      while (!ended) await more()
    },
  }
}

function readAnswer(
  bytes: Buffer,
  { ended, bodyless }: { readonly ended: boolean; readonly bodyless: boolean },
): { readonly answer: RawAnswer; readonly length: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [first = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n')
  const headers = Object.fromEntries(
    lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1])
  const start = headEnd + 4
  const rest = bytes.subarray(start)
  const answer = (body: string, length: number) => ({ answer: { status, headers, body }, length: start + length })
  if (bodyless || status === 100 || status === 204 || status === 304) return answer('', 0)
  if (headers['transfer-encoding'] === 'chunked') {
    const chunked = readChunks(rest)
    return chunked && answer(chunked.body, chunked.length)
  }
  if (headers['content-length'] === undefined) return ended ? answer(rest.toString(), rest.length) : undefined
  const length = Number(headers['content-length'])
  return rest.length < length ? undefined : answer(rest.subarray(0, length).toString(), length)
}

function readChunks(bytes: Buffer): { readonly body: string; readonly length: number } | undefined {
  let at = 0
  let body = ''
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString(), 16)
    const end = lineEnd + 2 + size
    if (bytes.length < end + 2) return undefined
    body += bytes.subarray(lineEnd + 2, end).toString()
    at = end + 2
    if (size === 0) return { body, length: at }
  }
}
