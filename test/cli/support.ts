import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { run } from '../../src/cli/main.ts'
import type { Terminal } from '../../src/cli/terminal/terminal.ts'

/** A terminal in memory: what was written, and keys, resizes and signals in the test's hands. */
export interface FakeTerminal extends Terminal {
  readonly written: { out: string; err: string }
  press(key: string): void
  resize(columns: number, rows: number): void
  signal(name: string): void
  /** Resolves when what was written so far matches. */
  shows(wanted: RegExp): Promise<void>
}

interface TerminalOptions {
  readonly tty?: boolean
  readonly colour?: boolean
  readonly input?: string
}

export function createFakeTerminal({ tty = false, colour = false, input = '' }: TerminalOptions = {}): FakeTerminal {
  const written = { out: '', err: '' }
  let size = { columns: 100, rows: 40 }
  const keys = new Set<(key: string) => void>()
  const resizes = new Set<() => void>()
  const stops = new Set<(signal: string) => void>()
  const reloads = new Set<() => void>()
  const waiting = new Set<() => void>()
  const told = (): void => {
    for (const look of waiting) look()
  }
  const listen = <Listener>(set: Set<Listener>, listener: Listener): (() => void) => {
    set.add(listener)
    return () => set.delete(listener)
  }
  return {
    written,
    out: text => {
      written.out += text
      told()
    },
    err: text => {
      written.err += text
      told()
    },
    outIsTty: tty,
    errIsTty: tty,
    inIsTty: tty,
    colour,
    size: () => size,
    onKey: listener => listen(keys, listener),
    onResize: listener => listen(resizes, listener),
    onStop: listener => listen(stops, listener),
    onReload: listener => listen(reloads, listener),
    async *input() {
      yield new TextEncoder().encode(input)
    },
    press: key => {
      for (const listener of keys) listener(key)
    },
    resize: (columns, rows) => {
      size = { columns, rows }
      for (const listener of resizes) listener()
    },
    signal: name => {
      if (name === 'SIGHUP') for (const listener of reloads) listener()
      else for (const listener of stops) listener(name)
    },
    shows: wanted =>
      new Promise(resolve => {
        const look = (): void => {
          if (!wanted.test(written.out + written.err)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

/** What a command line gave. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs one command line to its end. */
export async function runLine(args: readonly string[], options?: TerminalOptions): Promise<Ran> {
  const terminal = createFakeTerminal(options)
  const code = await run(args, terminal)
  return { code, ...terminal.written }
}

/** A folder that goes with the test. */
export function tempFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-cli-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Nobody listens there: it is above the ports that systems hand out, and none of those that `fetch` itself refuses. */
export const deadPort = 61_999

/** A configuration whose API is at this address. */
export function writeConfig(folder: string, api: { readonly port: number; readonly token?: string }): string {
  const file = join(folder, 'dialwright.yaml')
  const secret = '{ user: dialwright, port: 9, secret: x }'
  const token = api.token === undefined ? '' : `, token: ${api.token}`
  writeFileSync(
    file,
    `nodes: [{ id: pbx1, ami: ${secret}, ari: { url: 'http://127.0.0.1:9/ari', user: dialwright, secret: x } }]
trunks: [{ id: main, dialString: 'PJSIP/{number}@trunk-main', channels: 10, callsPerSecond: 10, callerIds: ['+12025550100'] }]
api: { port: ${api.port}${token} }
`,
    { mode: 0o600 },
  )
  return file
}
