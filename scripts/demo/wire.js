// Sound cannot go through a relay of connections: a phone in a page speaks to the PBX by UDP. So a pair of virtual network cards joins
// this machine with the demo's own network, by addresses that documentation alone uses (RFC 5737).
import { exec } from '../lib/exec.js'

/** Networks of two addresses in 198.51.100.0/24; several demos may run at once. */
const NETWORKS = 63

/**
 * Joins this machine with the network in which a process lives; both ends vanish with it.
 * @param {number} pid
 * @returns {Promise<string | undefined>} why it cannot be done
 */
export async function layWire(pid) {
  const first = (pid % NETWORKS) * 4
  const name = `dialwright${pid % NETWORKS}`
  const inside = ['nsenter', '--target', String(pid), '--net', 'ip']
  return firstRefusal([
    ['ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'wire', 'netns', String(pid)],
    ['ip', 'address', 'add', `198.51.100.${first + 1}/30`, 'dev', name],
    ['ip', 'link', 'set', name, 'up'],
    [...inside, 'address', 'add', `198.51.100.${first + 2}/30`, 'dev', 'wire'],
    [...inside, 'link', 'set', 'wire', 'up'],
  ])
}

/** @param {readonly (readonly string[])[]} commands */
async function firstRefusal(commands) {
  for (const [command = '', ...args] of commands) {
    const { code, stderr } = await exec(command, args)
    if (code !== 0) return stderr.trim()
  }
  return undefined
}
