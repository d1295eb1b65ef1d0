// The way from a browser on this machine to the daemon, which listens on the loopback of a network of its own: a Unix socket lies on
// both sides of that border. What crosses it is bytes; sound goes by a wire (wire.js).
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream'

/** @typedef {import('node:net').NetConnectOpts & import('node:net').ListenOptions} At a port or a socket's path */
/** @typedef {{ api: number, links: number }} DoorPorts of this machine's loopback */

const HOST = '127.0.0.1'
/** Where an operator looks for a daemon; another port where something has it already. */
const USUAL_PORT = 7420

/** The sockets of a demo that runs in `folder`. @param {string} folder */
export function doorSockets(folder) {
  return { api: { path: join(folder, 'api.sock') }, links: { path: join(folder, 'links.sock') } }
}

/**
 * The host's half: two ports of the loopback that lead to the sockets in `folder`.
 * @param {string} folder
 * @returns {Promise<{ ports: DoorPorts, close(): void }>}
 */
export async function openDoor(folder) {
  const sockets = doorSockets(folder)
  const api = await relay({ host: HOST, port: USUAL_PORT }, sockets.api).catch(() =>
    relay({ host: HOST, port: 0 }, sockets.api),
  )
  const links = await relay({ host: HOST, port: 0 }, sockets.links)
  return {
    ports: { api: api.port, links: links.port },
    close() {
      api.close()
      links.close()
    },
  }
}

/**
 * Takes connections and hands each on. Throws what listening throws.
 * @param {At} from
 * @param {At} to
 * @returns {Promise<{ port: number, close(): void }>} `port` is 0 on a socket
 */
export async function relay(from, to) {
  /** @type {Set<import('node:net').Socket>} */
  const open = new Set()
  const server = createServer(socket => {
    const onward = connect(to)
    for (const one of [socket, onward]) {
      open.add(one)
      one.once('close', () => open.delete(one))
    }
    // Either side may break off at any time; then the other one has nothing more to say.
    pipeline(socket, onward, socket, () => {})
  })
  server.listen(from)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}
