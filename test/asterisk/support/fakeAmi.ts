import { createServer, type Socket } from 'node:net'

/** One action as it came over the wire. */
export interface ReceivedAction {
  readonly socket: Socket
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Writes a message with the action's id. */
  answer(...lines: readonly string[]): void
}

/** A manager interface that does what a test wants; by default it lets everybody in and answers every action. */
export interface FakeAmi {
  readonly port: number
  readonly actions: readonly ReceivedAction[]
  readonly connections: readonly Socket[]
  close(): Promise<void>
}

/** Opens one. `handle` returns whether it has dealt with an action. */
export async function openFakeAmi(handle: (action: ReceivedAction) => boolean = () => false): Promise<FakeAmi> {
  const actions: ReceivedAction[] = []
  const connections: Socket[] = []
  const server = createServer(socket => {
    connections.push(socket)
    socket.on('error', () => {})
    socket.write('Asterisk Call Manager/11.0.0\r\n')
    let rest = ''
    socket.on('data', chunk => {
      const parts = (rest + String(chunk)).split('\r\n\r\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const action = readAction(socket, part)
        actions.push(action)
        if (!handle(action)) action.answer('Response: Success', 'Message: fine')
      }
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    actions,
    connections,
    close: () => {
      for (const socket of connections) socket.destroy()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

function readAction(socket: Socket, text: string): ReceivedAction {
  const headers = Object.fromEntries(
    text.split('\r\n').map(line => {
      const at = line.indexOf(': ')
      return [line.slice(0, at).toLowerCase(), line.slice(at + 2)]
    }),
  )
  const id = `ActionID: ${headers.actionid}`
  return { socket, headers, answer: (...lines) => socket.write(`${[...lines, id].join('\r\n')}\r\n\r\n`) }
}
