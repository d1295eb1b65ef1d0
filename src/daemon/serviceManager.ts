import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServiceManagerWishes } from '../config/serviceManager.ts'
import { errorMessage } from '../errors.ts'
import type { Log } from '../log.ts'

/** What a service manager is told. */
export interface ServiceManager {
  /** The daemon serves; from now on it is told that all is well for as long as `isWell` says so in time. */
  ready(status: string, isWell: () => Promise<boolean>): void
  /** Another process goes on as the service's main one: to be told before this one ends. */
  goesOnWith(pid: number): void
  /** The daemon ends by itself, or was asked to; resolves when all has been told. */
  close(): Promise<void>
}

/** So many times within the watchdog's time we look, so that one slow answer is no death. */
const looksPerTimeout = 4

/** What was said last takes some ms; a service manager that does not listen holds nobody up. */
const lastWordMaxMs = 1_000

/**
 * Node has no unix datagrams, so systemd's own program tells; one small process starts it each time, for starting one from a large process
 * keeps its event loop. It ends with us.
 */
const tellEachLine =
  'command -v systemd-notify >/dev/null || exit 127; while read -r line; do systemd-notify "$line"; done'

/** Starts to speak to the service manager that the environment names. */
export function createServiceManager({ watchdogMs }: ServiceManagerWishes, log: Log): ServiceManager {
  const teller = spawn('/bin/sh', ['-c', tellEachLine], { stdio: ['pipe', 'ignore', 'ignore'] })
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let exited = false
  const end = (): void => {
    closed = true
    clearInterval(timer)
    teller.stdin.end()
  }
  const close = async (): Promise<void> => {
    end()
    if (exited) return
    const limit = AbortSignal.timeout(lastWordMaxMs)
    teller.ref()
    await once(teller, 'exit', { signal: limit }).catch(() => teller.unref())
  }
  const lost = (reason: string): void => {
    exited = true
    if (closed) return
    end()
    log.error(
      { reason },
      'the service manager cannot be told how the daemon is: install systemd, which has systemd-notify',
    )
  }
  teller.once('error', error => lost(errorMessage(error)))
  teller.once('exit', code => lost(`systemd-notify: exit code ${code}`))
  teller.stdin.on('error', error => lost(errorMessage(error)))
  teller.unref()
  const tell = (line: string): void => {
    if (!closed) teller.stdin.write(`${line}\n`)
  }
  return {
    ready(status, isWell) {
      tell('READY=1')
      tell(`STATUS=${status.replaceAll(/[^\x20-\x7e]/g, ' ')}`)
      if (watchdogMs === undefined) return
      const look = feedWhile(isWell, () => tell('WATCHDOG=1'))
      look()
      timer = setInterval(look, Math.max(1, Math.floor(watchdogMs / looksPerTimeout)))
      timer.unref()
    },
    goesOnWith: pid => tell(`MAINPID=${pid}`),
    close,
  }
}

/** One look, while none is under way: whoever does not answer is not asked again, and nobody is told that all is well. */
function feedWhile(isWell: () => Promise<boolean>, feed: () => void): () => void {
  let looking = false
  return () => {
    if (looking) return
    looking = true
    const end = (well: boolean): void => {
      looking = false
      if (well) feed()
    }
    void isWell().then(end, () => end(false))
  }
}
