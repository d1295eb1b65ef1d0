import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { serviceManagerWishes } from '../../config/serviceManager.ts'
import { type Config, loadConfig } from '../../config.ts'
import type { Daemon } from '../../daemon/daemon.ts'
import { errorCode } from '../../errors.ts'
import { createLog } from '../../log.ts'
import { type Cli, examples } from '../cli.ts'
import { askToHandOver } from '../takeOver.ts'
import { agentChangeWords } from '../terminal/changes.ts'
import { plural } from '../terminal/format.ts'
import { duration } from '../terminal/values.ts'

const launcher = fileURLToPath(new URL('../../../bin/dialwright.js', import.meta.url))
/** What was the matter is on the terminal by then. */
const tellingMs = 100
const graceMsDefault = 30_000

interface ServeOptions {
  readonly grace?: number
  readonly handOver?: boolean
  readonly acceptDatabase?: true
  readonly takeOver?: true
}

/** `serve`: the daemon. */
export function serveCommand(program: Command, cli: Cli): void {
  examples(
    program
      .command('serve')
      .option(
        '--grace <time>',
        'on SIGTERM and SIGINT: how long calls in flight may take to end (default: 30s)',
        duration,
      )
      .option(
        '--accept-database',
        'take the database that is there, or begin without one, although another was here before (its marker says so)',
      )
      .option(
        '--hand-over',
        'on SIGTERM and SIGINT: end at once, and leave those who talk or ring to the PBX for the next start',
      )
      .option(
        '--take-over',
        'from the daemon that runs on this configuration: make everything ready, then have it hand over (without one: start as usual)',
      )
      .description('run the daemon in the foreground; SIGTERM and SIGINT end it in order, a second one at once'),
    'dialwright serve',
    'dialwright serve --config /etc/dialwright/dialwright.yaml --grace 2m',
    'dialwright serve --hand-over',
    'dialwright serve --take-over',
  ).action(async (options: ServeOptions) => {
    const { grace: graceMs = graceMsDefault, handOver = false, acceptDatabase } = options
    const config = loadConfig(cli.configFile())
    // Loaded here alone: the other commands start faster without the engine.
    const { startDaemon } = await import('../../daemon/daemon.ts')
    const { createServiceManager } = await import('../../daemon/serviceManager.ts')
    const { createSuccessor } = await import('../../daemon/successor.ts')
    const log = createLog({ level: config.log.level })
    for (const warning of config.warnings) log.warn({ warning }, 'the configuration can be better')
    const wishes = serviceManagerWishes()
    const manager = wishes && createServiceManager(wishes, log)
    const successor = createSuccessor(commandOfNext(cli, options))
    try {
      const daemon = await startDaemon(config, {
        log,
        upgrade: successor,
        version: cli.version,
        acceptDatabase,
        handOver: options.takeOver && (() => askToHandOver(cli)),
      })
      const { url, fileChanges } = daemon
      cli.print(
        { ready: true, url, nodes: config.nodes.length, fileChanges },
        () => `${readyLine(cli, config, url)}${changeLines(daemon)}`,
      )
      manager?.ready(`API on ${url}`, daemon.writerLives)
      void daemon.drained.then(({ toNext }) => {
        const next = successor.next()
        // One that was started by hand is not the service's.
        if (toNext && next?.state === 'starting') manager?.goesOnWith(next.pid)
      })
      await untilOver(cli, daemon, handOver ? 'hand-over' : graceMs)
    } finally {
      await manager?.close()
    }
  })
}

/** As this one was started, but for what was meant for its start alone. */
function commandOfNext(cli: Cli, { grace, handOver }: ServeOptions): readonly string[] {
  const program = [process.execPath, ...process.execArgv, launcher, '--config', resolve(cli.configFile())]
  if (cli.options().json === true) program.push('--json')
  program.push('serve', '--take-over')
  if (handOver === true) program.push('--hand-over')
  if (grace !== undefined) program.push('--grace', `${grace}ms`)
  return program
}

function readyLine(cli: Cli, { nodes, trunks, agents }: Config, url: string): string {
  const parts = [plural(nodes.length, 'PBX', 'PBXs'), plural(trunks.length, 'trunk'), plural(agents.length, 'agent')]
  return `dialwright ${cli.version} is ready: API on ${url}, ${parts.join(', ')}\n`
}

/** What the file has changed since the last start, a line each; with the ready line, for the standard error is the log's. */
function changeLines({ fileChanges: { agents, campaigns } }: Daemon): string {
  const words = agentChangeWords(agents)
  const lines = campaigns.map(({ campaignId, changed }) => {
    const what = changed === 'new' ? 'new' : `changed ${changed.map(({ path }) => path).join(', ')}`
    return `campaign ${campaignId}: ${what}\n`
  })
  return `${words === undefined ? '' : `${words}\n`}${lines.join('')}`
}

/** A thread in a disk that does not answer lets no process exit; ended as a crash would end it, nothing is lost. */
function endByForce(): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), tellingMs).unref()
}

/** Until somebody asks for its end: by a signal, or by a drain over the API. */
async function untilOver(cli: Cli, daemon: Daemon, onSignal: number | 'hand-over'): Promise<void> {
  // What comes of it stands in the log.
  const endReloads = cli.terminal.onReload(() => void daemon.reload({ dryRun: false }).catch(() => {}))
  const over = new Promise<void>((resolve, reject) => {
    let asked = false
    const stop = (graceMs: number, handOver: boolean): void => {
      daemon
        .stop(graceMs, { handOver })
        .finally(() => end())
        .then(resolve, error => {
          if (errorCode(error) === 'not-closed') endByForce()
          reject(error)
        })
    }
    const end = cli.terminal.onStop(signal => {
      // A crash loses nothing: attempts are written before they leave, and the PBX plays the message by itself.
      if (asked) process.exit(1)
      asked = true
      if (onSignal === 'hand-over') {
        cli.remark(`${signal}: calls are left to the PBX for the next start; once more to stop at once`)
        daemon.drain({ finish: 'hand-over' })
        return
      }
      cli.remark(`${signal}: calls in flight have up to ${onSignal / 1000} s to end; once more to stop at once`)
      stop(onSignal, false)
    })
    void daemon.drained.then(({ handOver }) => stop(0, handOver))
  })
  await over.finally(endReloads)
}
