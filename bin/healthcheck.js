#!/usr/bin/env node
// Asks the daemon of this container whether it lives; exits with 0 or 1 and a line that says why. `/v1/health` wants no
// token, and what the image has none of is curl.
//   node bin/healthcheck.js [FILE]     default: where `serve` looks for its configuration
import { existsSync, readFileSync } from 'node:fs'
import { get } from 'node:https'
import { parse } from 'yaml'

const PLACES = ['dialwright.yaml', '/etc/dialwright/dialwright.yaml']
const ANY_ADDRESS = ['0.0.0.0', '::', '[::]']
/** Docker gives up after 5 s. */
const TIMEOUT_MS = 4000

try {
  const url = `${address()}/v1/health`
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const { status, text } = url.startsWith('https:') ? await getUnchecked(url, signal) : await ask(url, signal)
  say(`${status} ${text}`, status === 200)
} catch (error) {
  // fetch hides what happened in its cause.
  const { message, cause } = /** @type {Error} */ (error)
  say(cause instanceof Error ? cause.message : message, false)
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 */
async function ask(url, signal) {
  const response = await fetch(url, { signal })
  return { status: response.status, text: await response.text() }
}

/**
 * Its certificate is for the name by which people know it, and not for this address: here it is only asked whether it lives.
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<{ status: number | undefined, text: string }>}
 */
function getUnchecked(url, signal) {
  return new Promise((resolve, reject) => {
    const request = get(url, { signal, rejectUnauthorized: false }, async response => {
      let text = ''
      for await (const piece of response) text += piece
      resolve({ status: response.statusCode, text })
    })
    request.on('error', reject)
  })
}

function address() {
  const file = process.argv[2] ?? PLACES.find(place => existsSync(place)) ?? PLACES[0]
  const { host = '127.0.0.1', port = 7420, tls } = parse(readFileSync(String(file), 'utf8')).api ?? {}
  return `${tls === undefined ? 'http' : 'https'}://${ANY_ADDRESS.includes(host) ? '127.0.0.1' : host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`
}

/**
 * @param {string} text
 * @param {boolean} isWell
 */
function say(text, isWell) {
  process.stdout.write(`${text.trim()}\n`)
  process.exitCode = isWell ? 0 : 1
}
