// CPU time of a process and all its threads, as the kernel counts it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sandboxRoot } from '../lib/asterisk.js'

/** The unit of /proc/PID/stat: USER_HZ, a hundredth of a second on every Linux of today. */
const TICK_MS = 10

/**
 * CPU used so far, user and system, in ms. The sandbox has process ids of its own, which only the /proc in its tree
 * knows.
 */
export function cpuMs(pid) {
  const stat = readFileSync(join(sandboxRoot(), 'proc', String(pid), 'stat'), 'utf8')
  // The name in parentheses may hold blanks; utime and stime are the 12th and 13th fields behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Watches processes by name; `used()` gives each one's CPU since, in ms. */
export function watchCpu(pids) {
  const before = Object.entries(pids).map(([name, pid]) => ({ name, pid, ms: cpuMs(pid) }))
  return { used: () => Object.fromEntries(before.map(({ name, pid, ms }) => [name, cpuMs(pid) - ms])) }
}
