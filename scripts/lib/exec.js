import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** @typedef {{ code: number, stdout: string, stderr: string }} Outcome 127: it could not be started; 128: ended by a signal */

/**
 * Runs a program to its end; never throws for its exit code.
 * `onLine` is called for every line of either stream, which is what progress bars are made of.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ onLine?: (line: string) => void, cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<Outcome>}
 */
export function exec(command, args, { onLine, ...options } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    const output = { stdout: '', stderr: '' }
    collect(child.stdout, text => (output.stdout += text), onLine)
    collect(child.stderr, text => (output.stderr += text), onLine)
    child.once('error', error => resolve({ code: 127, ...output, stderr: `${output.stderr}${error.message}\n` }))
    child.once('close', code => resolve({ code: code ?? 128, ...output }))
  })
}

/**
 * @param {import('node:stream').Readable} stream
 * @param {(text: string) => void} keep
 * @param {((line: string) => void) | undefined} onLine
 */
function collect(stream, keep, onLine) {
  let rest = ''
  stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    keep(text)
    if (!onLine) return
    const lines = (rest + text).split(/[\r\n]+/)
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
}

/**
 * The path of a program, or undefined; /usr/sbin is looked at even where root's PATH lacks it.
 * @param {string} name
 */
export function findCommand(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.map(folder => join(folder, name)).find(isExecutable)
}

/**
 * Whether a program is installed.
 * @param {string} name
 */
export function hasCommand(name) {
  return findCommand(name) !== undefined
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * The last lines of an output, joined into one, for a one-line failure.
 * @param {string} text
 */
export function lastLines(text, count = 2) {
  return text.trim().split('\n').slice(-count).join(' / ')
}
