// CPU time of a process and all its threads, as the kernel counts it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sandboxRoot } from '../lib/asterisk.js'

/** The unit of /proc/PID/stat: USER_HZ, a hundredth of a second on every Linux of today. */
const TICK_MS = 10

/**
 * CPU used so far, user and system, in ms. The sandbox has process ids of its own, which only the /proc in its tree
 * knows.
 * @param {number} pid
 */
function cpuMs(pid) {
  const stat = readFileSync(join(sandboxRoot(), 'proc', String(pid), 'stat'), 'utf8')
  // The name in parentheses may hold blanks; utime and stime are the 12th and 13th fields behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** @typedef {{ daemon: number, asterisk: number }} Pids */

/**
 * Watches both processes; `used()` gives each one's CPU since, in ms.
 * @param {Pids} pids
 */
export function watchCpu({ daemon, asterisk }) {
  const before = { daemon: cpuMs(daemon), asterisk: cpuMs(asterisk) }
  return {
    used: () => ({ daemon: cpuMs(daemon) - before.daemon, asterisk: cpuMs(asterisk) - before.asterisk }),
  }
}
