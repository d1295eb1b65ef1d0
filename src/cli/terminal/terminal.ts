import { colourEnvironment } from '../../config.ts'

/** Where a command writes and reads: the process's terminal, or a test's. */
export interface Terminal {
  /** What was asked for: answers, tables, JSON. */
  out(text: string): void
  /** What goes beside it: errors, progress, next steps. */
  err(text: string): void
  readonly outIsTty: boolean
  readonly errIsTty: boolean
  /** Whether somebody types. */
  readonly inIsTty: boolean
  readonly colour: boolean
  size(): { readonly columns: number; readonly rows: number }
  /** Keys as they are pressed (no enter needed), where there is a keyboard; the function returned ends it. */
  onKey(listener: (key: string) => void): () => void
  /** Told when the window changes. */
  onResize(listener: () => void): () => void
  /** Told once when the user or the system asks to stop; the function returned ends it. */
  onStop(listener: (signal: string) => void): () => void
  /** Told when the system asks for the configuration to be read anew; the function returned ends it. */
  onReload(listener: () => void): () => void
  /** Standard input as bytes. */
  input(): AsyncIterable<Uint8Array>
}

const stopSignals = ['SIGINT', 'SIGTERM'] as const

/** The process's own terminal. */
export function processTerminal(): Terminal {
  const { stdout, stderr, stdin } = process
  const environment = colourEnvironment()
  // A reader who has enough (`| head`) is no failure.
  stdout.on('error', ignoreClosedPipe)
  return {
    out: text => void stdout.write(text),
    err: text => void stderr.write(text),
    outIsTty: stdout.isTTY === true,
    errIsTty: stderr.isTTY === true,
    inIsTty: stdin.isTTY === true,
    colour: environment.forced || (stdout.isTTY === true && !environment.refused),
    size: () => ({ columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 }),
    onKey,
    onResize(listener) {
      stdout.on('resize', listener)
      return () => stdout.off('resize', listener)
    },
    onStop(listener) {
      for (const signal of stopSignals) process.on(signal, listener)
      return () => {
        for (const signal of stopSignals) process.off(signal, listener)
      }
    },
    onReload(listener) {
      process.on('SIGHUP', listener)
      return () => process.off('SIGHUP', listener)
    },
    input: () => stdin,
  }

  function onKey(listener: (key: string) => void): () => void {
    if (stdin.isTTY !== true) return () => {}
    const hear = (data: Buffer): void => listener(data.toString('utf8'))
    stdin.setRawMode(true)
    stdin.resume()
    stdin.on('data', hear)
    return () => {
      stdin.off('data', hear)
      stdin.setRawMode(false)
      stdin.pause()
    }
  }
}

function ignoreClosedPipe(error: unknown): void {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPIPE') process.exit(0)
}
