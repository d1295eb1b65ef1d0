import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Runs a program to its end; never throws for its exit code.
 * `onLine` is called for every line of either stream, which is what progress bars are made of.
 */
export function exec(command, args, { onLine, ...options } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) collect(child[name], text => (output[name] += text), onLine)
    child.once('error', error => resolve({ code: 127, ...output, stderr: `${output.stderr}${error.message}\n` }))
    child.once('close', (code, signal) => resolve({ code: code ?? 128, signal, ...output }))
  })
}

function collect(stream, keep, onLine) {
  let rest = ''
  stream?.setEncoding('utf8').on('data', text => {
    keep(text)
    if (!onLine) return
    const lines = (rest + text).split(/[\r\n]+/)
    rest = lines.pop()
    for (const line of lines) onLine(line)
  })
}

/** The path of a program, or undefined; /usr/sbin is looked at even where root's PATH lacks it. */
export function findCommand(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.map(folder => join(folder, name)).find(isExecutable)
}

/** Whether a program is installed. */
export function hasCommand(name) {
  return findCommand(name) !== undefined
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The last lines of an output, joined into one, for a one-line failure. */
export function lastLines(text, count = 2) {
  return text.trim().split('\n').slice(-count).join(' / ')
}
