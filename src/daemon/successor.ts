import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { UpgradeControl, UpgradeView } from '../api/upkeep/upgrade.ts'
import { environmentOfNext } from '../config/serviceManager.ts'
import { errorCode, OperatingError } from '../errors.ts'

/**
 * The shell ends at once and leaves the next daemon to the system's first process: to systemd, which sees it end only so, and which knows it for
 * one of the service's because this process has begun it. It writes where we write.
 */
const startApart = '"$@" >&3 & echo $!'

/** Docker's and Podman's; with `--init` the first process is a program that ends with its only child. */
const containerMarks = ['/.dockerenv', '/run/.containerenv']

/** Whether a container ends with this process. */
export function endsContainer(
  { pid, ppid }: { readonly pid: number; readonly ppid: number },
  marks = containerMarks,
): boolean {
  return pid === 1 || (ppid === 1 && marks.some(mark => existsSync(mark)))
}

/** Makes the control that starts the next daemon with this command line: the program, then its arguments. */
export function createSuccessor(command: readonly string[]): UpgradeControl {
  let started: number | undefined

  async function start(): Promise<void> {
    const shell = spawn('/bin/sh', ['-c', startApart, 'sh', ...command], {
      stdio: ['ignore', 'pipe', 'inherit', 1],
      env: environmentOfNext(),
    })
    const [told] = await Promise.all([text(shell.stdout ?? Readable.from([])), once(shell, 'close')])
    const pid = Number(told.trim())
    if (!Number.isInteger(pid) || pid < 1)
      throw new OperatingError('not-started', `the next daemon was not started: is ${command[0]} there?`)
    started = pid
  }

  function next(): UpgradeView['next'] {
    return started === undefined ? undefined : { pid: started, state: isThere(started) ? 'starting' : 'ended' }
  }

  return { start, next, isFirst: endsContainer(process) }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
}
