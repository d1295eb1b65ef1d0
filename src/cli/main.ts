import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { printable } from '../core/printable.ts'
import { errorCode, errorMessage, OperatingError } from '../errors.ts'
import { createCli, examples } from './cli.ts'
import { loadCommands } from './commandTable.ts'
import { createPaint } from './terminal/paint.ts'
import { createScreen, type Screen } from './terminal/screen.ts'
import { processTerminal, type Terminal } from './terminal/terminal.ts'

/** How a run ended: done, an operating error or a refusal, a wrong command line. */
const exitCodes = { done: 0, failed: 1, usage: 2 } as const

function programVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined
  return typeof version === 'string' ? version : 'unknown'
}

/** The program `dialwright`: runs one command line (`process.argv`) and sets the process's exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await run(argv.slice(2), processTerminal())
}

/** Runs one command line on a terminal and answers the exit code. Errors are one line on the error side. */
export async function run(args: readonly string[], rawTerminal: Terminal): Promise<number> {
  const terminal = createScreen(rawTerminal)
  let exitCode: number = exitCodes.done
  const program = await createProgram(terminal, args, code => {
    exitCode = code
  })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    return failure(error, terminal)
  }
}

async function createProgram(
  terminal: Screen,
  args: readonly string[],
  setExitCode: (code: number) => void,
): Promise<Command> {
  const version = programVersion()
  const program = new Command('dialwright')
    .description('A predictive dialing engine for Asterisk')
    .version(version)
    .option(
      '--config <file>',
      'the configuration (default: dialwright.yaml here, then /etc/dialwright/dialwright.yaml)',
    )
    .option('--json', 'answer in JSON')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: text => terminal.out(text),
      writeErr: text => terminal.err(text),
      getOutHelpWidth: () => terminal.size().columns,
      getErrHelpWidth: () => terminal.size().columns,
      outputError: (text, write) => write(`${oneLine(text.trim())}\n`),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .showSuggestionAfterError()
  examples(
    program,
    'dialwright init',
    'dialwright doctor',
    'dialwright serve',
    'dialwright campaign apply campaign.yaml',
    'dialwright monitor',
  )
  const cli = createCli({ terminal, program, version, setExitCode })
  for (const register of await loadCommands(args)) register(program, cli)
  forEveryCommand(program, command => command.exitOverride().copyInheritedSettings(program))
  return program
}

function forEveryCommand(command: Command, apply: (command: Command) => void): void {
  for (const sub of command.commands) {
    apply(sub)
    forEveryCommand(sub, apply)
  }
}

function failure(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) {
    // The framework has printed these itself, but not what an action throws.
    if (error instanceof InvalidArgumentError) terminal.err(`error: ${oneLine(error.message)}\n`)
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  }
  const paint = createPaint(terminal.colour && terminal.errIsTty)
  if (error instanceof OperatingError) {
    terminal.err(`${paint('red', 'error:')} ${oneLine(error.message)}\n`)
    return exitCodes.failed
  }
  const stack = error instanceof Error && error.stack !== undefined ? error.stack : errorMessage(error)
  terminal.err(`${paint('red', 'error:')} unexpected (${errorCode(error)}), please report this:\n${stack}\n`)
  return exitCodes.failed
}

function oneLine(text: string): string {
  return printable(text.replace(/\s*\n\s*/g, ' '))
}
