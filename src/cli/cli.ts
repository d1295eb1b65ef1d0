import type { Command } from 'commander'
import { findConfigFile, loadApiAccess } from '../config.ts'
import { given } from '../core/given.ts'
import { type ApiClient, createApiClient } from './client.ts'
import { createPaint, type Paint } from './terminal/paint.ts'
import type { Screen } from './terminal/screen.ts'
import { createWaitingBar } from './terminal/waitingBar.ts'

/** Options that every command knows. */
interface GlobalOptions {
  readonly config?: string
  readonly json?: boolean
}

/** What a command has at hand. */
export interface Cli {
  readonly terminal: Screen
  readonly paint: Paint
  /** The program's version. */
  readonly version: string
  options(): GlobalOptions
  /** The configuration's file: named, or found. */
  configFile(): string
  /** The daemon's API, by the configuration. Shows how far a long answer is, unless `quietly`: where the screen is drawn upon. */
  api(how?: 'quietly'): ApiClient
  /** Prints an answer: as JSON if asked for, else in words. */
  print(value: unknown, words: () => string): void
  /** Prints a remark beside the answer: the next step. */
  remark(text: string): void
  /** The exit code, where the command has ended without an error and yet not well. */
  setExitCode(code: number): void
}

/** Joins terminal and options to what the commands use. */
export function createCli(parts: {
  terminal: Screen
  program: Command
  version: string
  setExitCode: Cli['setExitCode']
}): Cli {
  const { terminal, program, version, setExitCode } = parts
  const options = (): GlobalOptions => program.opts<GlobalOptions>()
  const configFile = (): string => findConfigFile(options().config)
  return {
    terminal,
    paint: createPaint(terminal.colour),
    version,
    options,
    configFile,
    setExitCode,
    api: how =>
      createApiClient({
        ...loadApiAccess(configFile()),
        ...given({ waiting: how === 'quietly' ? undefined : createWaitingBar(terminal) }),
      }),
    print: (value, words) => terminal.out(options().json === true ? `${JSON.stringify(value)}\n` : words()),
    remark: text => {
      if (options().json !== true) terminal.err(`${text}\n`)
    },
  }
}

/** Shows how a command is used, below its help. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map(line => `  $ ${line}`).join('\n')}\n`)
}
