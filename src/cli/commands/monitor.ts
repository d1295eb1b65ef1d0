import type { Command } from 'commander'
import { type AgentView, agentListView } from '../../api/agents/agents.ts'
import { type Status, statusView } from '../../api/views.ts'
import { printable } from '../../core/printable.ts'
import { errorMessage } from '../../errors.ts'
import { type Cli, examples } from '../cli.ts'
import { plainLine, renderBoard } from '../terminal/board.ts'
import { inked } from '../terminal/paint.ts'
import { duration, wholeNumber } from '../terminal/values.ts'
import { displayWidth, fitting } from '../terminal/width.ts'
import { agentTable } from './agents.ts'

const alternateScreen = '\u001b[?1049h\u001b[?25l'
const ordinaryScreen = '\u001b[?25h\u001b[?1049l'

/** `monitor`: the live board. */
export function monitorCommand(program: Command, cli: Cli): void {
  examples(
    program
      .command('monitor')
      .option('--interval <time>', 'how often to look (default: 1s on a terminal, else 5s)', duration)
      .option('--count <times>', 'end after so many looks', wholeNumber)
      .description('the live board: agents, calls, dial level, abandonment, decisions; a shows the agents, q quits'),
    'dialwright monitor',
    'dialwright monitor --json --interval 10s >> status.jsonl',
  ).action(async (options: { interval?: number; count?: number }) => {
    const onScreen = cli.terminal.outIsTty && cli.options().json !== true
    const { interval: intervalMs = onScreen ? 1000 : 5000, count = Number.POSITIVE_INFINITY } = options
    // The first look fails like every other command when the daemon is not there; later ones wait for it to come back.
    const first = await look(cli)
    if (onScreen) await watchOnScreen(cli, { first, intervalMs, count })
    else await watchInLines(cli, { first, intervalMs, count })
  })
}

interface Watch {
  readonly first: Status
  readonly intervalMs: number
  readonly count: number
}

function look(cli: Cli): Promise<Status> {
  return cli.api('quietly').get(statusView, '/v1/status')
}

interface Pauses {
  next(ms: number): Promise<void>
  /** Ends the pause that is under way. */
  wake(): void
  stopped(): boolean
  stop(): void
  end(): void
}

/** Waits for the next look, or less when somebody wants to stop. */
function createPauses(cli: Cli): Pauses {
  let stopped = false
  let wake = (): void => {}
  const stop = (): void => {
    stopped = true
    wake()
  }
  const end = cli.terminal.onStop(stop)
  return {
    wake: () => wake(),
    stopped: () => stopped,
    stop,
    end,
    next: ms =>
      new Promise(resolve => {
        if (stopped) {
          resolve()
          return
        }
        const timer = setTimeout(resolve, ms)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
  }
}

async function watchInLines(cli: Cli, { first, intervalMs, count }: Watch): Promise<void> {
  const pauses = createPauses(cli)
  let status: Status | undefined = first
  for (let looks = 1; ; looks += 1) {
    if (status !== undefined) printLines(cli, status)
    if (looks >= count) break
    await pauses.next(intervalMs)
    if (pauses.stopped()) break
    status = await look(cli).catch((error: unknown) => {
      cli.terminal.err(`${printable(errorMessage(error))}\n`)
      return undefined
    })
  }
  pauses.end()
}

function printLines(cli: Cli, status: Status): void {
  cli.print(status, () => {
    if (status.campaigns.length === 0) return `${status.at} no campaign yet\n`
    return status.campaigns.map(campaign => `${plainLine(campaign, status.at)}\n`).join('')
  })
}

async function watchOnScreen(cli: Cli, { first, intervalMs, count }: Watch): Promise<void> {
  const { terminal } = cli
  const pauses = createPauses(cli)
  let status = first
  let trouble: string | undefined
  let agents: readonly AgentView[] | undefined
  const draw = (): void => terminal.steer(screen(cli, { status, agents }, trouble))
  const lookAgain = async (): Promise<void> => {
    status = await look(cli)
    if (agents !== undefined) agents = (await cli.api('quietly').get(agentListView, '/v1/agents')).agents
    trouble = undefined
  }
  const ends = [
    pauses.end,
    terminal.onResize(draw),
    terminal.onKey(key => {
      if (key === 'q' || key === 'Q' || key === '\u0003') pauses.stop()
      else if (key === 'a' || key === 'A') {
        agents = agents === undefined ? [] : undefined
        pauses.wake()
      }
    }),
  ]
  terminal.steer(alternateScreen)
  try {
    for (let looks = 1; looks <= count && !pauses.stopped(); looks += 1) {
      draw()
      if (looks === count) break
      await pauses.next(intervalMs)
      if (pauses.stopped()) break
      await lookAgain().catch((error: unknown) => {
        trouble = errorMessage(error)
      })
    }
  } finally {
    terminal.steer(ordinaryScreen)
    for (const end of ends) end()
  }
}

interface Seen {
  readonly status: Status
  /** Shown in place of the board. */
  readonly agents: readonly AgentView[] | undefined
}

/** The board drawn over the last one: every line is cleared to its end, and what stood below goes. */
function screen(cli: Cli, { status, agents }: Seen, trouble: string | undefined): string {
  const { columns, rows } = cli.terminal.size()
  const board =
    agents === undefined
      ? renderBoard(status, { width: columns, colour: cli.terminal.colour, height: rows - 1 })
      : agentLines(agents, { columns, rows: rows - 1 })
  const keys = agents === undefined ? 'q quits, a shows the agents' : 'q quits, a shows the board'
  const foot = trouble === undefined ? cli.paint('grey', keys) : cli.paint('red', fitting(printable(trouble), columns))
  return `\u001b[H${[...board.split('\n'), inked(foot)].map(line => `${line}\u001b[K`).join('\r\n')}\u001b[J`
}

/** Who is on the line first; what finds no room is counted. */
function agentLines(agents: readonly AgentView[], { columns, rows }: { columns: number; rows: number }): string {
  const ordered = [...agents].sort((one, other) => Number(one.state === 'offline') - Number(other.state === 'offline'))
  const lines = inked(agentTable(ordered, columns))
    .trimEnd()
    .split('\n')
    .map(line => (displayWidth(line) <= columns ? line : `${fitting(line, columns - 1)}…`))
  if (lines.length <= rows) return lines.join('\n')
  return [...lines.slice(0, rows - 1), `${lines.length - rows + 1} more: dialwright agents list`].join('\n')
}
