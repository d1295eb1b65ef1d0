import { spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { lastLines } from './exec.js'
import { SetupFailure } from './failure.js'

/** @import { ChildProcess } from 'node:child_process' */

const READY_TIMEOUT_MS = 5_000
const STOP_TIMEOUT_MS = 3_000
const BUFFER_BYTES = 4 * 1024 * 1024

/**
 * Starts a SIPp process that serves until it is stopped.
 * @param {{ name: string, folder: string, address: string, args: readonly string[], serves?: boolean }} options
 * @returns {Promise<{ exited: Promise<number>, stop(): Promise<void> }>}
 */
export async function startSipp({ name, folder, address, args, serves = true }) {
  const [host = '', port = ''] = address.split(':')
  const logFile = join(folder, `${name}-output.log`)
  const log = openSync(logFile, 'w')
  const common = ['-i', host, '-p', port, '-mi', host, '-nostdin', '-aa', '-buff_size', String(BUFFER_BYTES)]
  // Every elapsed wait counts as an error for SIPp: that log is for a person who looks for a fault.
  const errors = process.env.DIALWRIGHT_SIPP_DEBUG
    ? ['-trace_err', '-error_file', join(folder, `${name}-errors.log`)]
    : []
  // SIPp stamps its log in local time: in UTC the stamps need no zone.
  const env = { ...process.env, TZ: 'UTC', TERM: 'dumb' }
  const child = spawn('sipp', [...common, ...errors, ...args], { cwd: folder, env, stdio: ['ignore', log, log] })
  /** @type {Promise<number>} */
  const exited = new Promise(resolve => {
    child.once('exit', (code, signal) => resolve(signal ? 128 : (code ?? 128)))
    child.once('error', () => resolve(127))
  })
  if (serves) await untilListening({ child, port: Number(port), name, logFile })
  return { exited, stop: () => stop(child, exited) }
}

/** @param {{ child: ChildProcess, port: number, name: string, logFile: string }} sipp */
async function untilListening({ child, port, name, logFile }) {
  const deadlineAt = Date.now() + READY_TIMEOUT_MS
  while (!isUdpPortOpen(port)) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadlineAt)
      throw new SetupFailure(
        'sipp-failed',
        `SIPp (${name}) did not start: ${lastLines(readFileSync(logFile, 'utf8'))}`,
        1,
      )
    await delay(20)
  }
}

/** @param {number} port */
function isUdpPortOpen(port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return new RegExp(`:${hex} 0{8}:0000 `).test(
    readFileSync(join(process.env.DIALWRIGHT_SANDBOX_ROOT ?? '/', 'proc/self/net/udp'), 'utf8'),
  )
}

/**
 * @param {ChildProcess} child
 * @param {Promise<number>} exited
 */
async function stop(child, exited) {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await exited
  clearTimeout(killer)
}
