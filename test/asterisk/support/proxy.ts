import { connect, createServer, type Socket } from 'node:net'

/** A wire between two programs that can be cut, or fall silent without being cut. */
export interface Wire {
  readonly port: number
  /** Ends every connection, as a restart of the other side would. New ones are accepted. */
  cut(): void
  /** Lets nothing through any more, in either direction, without a word: a cable is out. */
  freeze(): void
  /** New connections are let through again. */
  thaw(): void
  close(): Promise<void>
}

/** Lays a wire to a port of this machine. */
export async function layWire(toPort: number): Promise<Wire> {
  const sockets = new Set<Socket>()
  let isFrozen = false
  const server = createServer(near => {
    const far = connect(toPort, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', chunk => isFrozen || to.write(chunk))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut,
    freeze: () => {
      isFrozen = true
    },
    thaw: () => {
      cut()
      isFrozen = false
    },
    close: () => {
      cut()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}
