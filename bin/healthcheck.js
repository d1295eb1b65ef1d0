#!/usr/bin/env node
// Asks the daemon of this container whether it lives; exits with 0 or 1 and a line that says why. `/v1/health` wants no
// token, and what the image has none of is curl.
//   node bin/healthcheck.js [FILE]     default: where `serve` looks for its configuration
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

const PLACES = ['dialwright.yaml', '/etc/dialwright/dialwright.yaml']
const ANY_ADDRESS = ['0.0.0.0', '::', '[::]']
/** Docker gives up after 5 s. */
const TIMEOUT_MS = 4000

try {
  const response = await fetch(`${address()}/v1/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  say(`${response.status} ${await response.text()}`, response.ok)
} catch (error) {
  // fetch hides what happened in its cause.
  const { message, cause } = /** @type {Error} */ (error)
  say(cause instanceof Error ? cause.message : message, false)
}

function address() {
  const file = process.argv[2] ?? PLACES.find(place => existsSync(place)) ?? PLACES[0]
  const { host = '127.0.0.1', port = 7420 } = parse(readFileSync(String(file), 'utf8')).api ?? {}
  return `http://${ANY_ADDRESS.includes(host) ? '127.0.0.1' : host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`
}

/**
 * @param {string} text
 * @param {boolean} isWell
 */
function say(text, isWell) {
  process.stdout.write(`${text.trim()}\n`)
  process.exitCode = isWell ? 0 : 1
}
