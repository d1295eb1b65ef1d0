import {
  appendFileSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { ASTERISK_CONF } from './paths.js'
import { SETTINGS } from './sandboxSettings.js'

/** @typedef {{ uid: number, gid: number }} Owner */

// The whole difference between the shipped files and the sandbox's: the two placeholders an operator fills in too,
// and agents made from the same template.
const SECRET_PLACEHOLDER = /CHANGE-ME/g
const CARRIER_PLACEHOLDER = /192\.0\.2\.10:5060/g
// Calls of the carrier's come from wherever SIPp sends them.
const CARRIER_ADDRESS = /192\.0\.2\.10/g
const AGENTS_FILE = 'pjsip_agents.conf'

/**
 * Writes the sandbox's /etc/asterisk from `asterisk-conf/`, readable by the PBX's own user only.
 * @param {string} target
 * @param {{ secret: string, owner: Owner }} options
 */
export function renderConfig(target, { secret, owner }) {
  renderFolder(ASTERISK_CONF, target, text =>
    text
      .replace(SECRET_PLACEHOLDER, secret)
      .replace(CARRIER_PLACEHOLDER, SETTINGS.carrier)
      .replace(CARRIER_ADDRESS, '127.0.0.1'),
  )
  const agents = join(target, 'dialwright', AGENTS_FILE)
  writeFileSync(agents, readFileSync(agents, 'utf8') + generatedAgents(secret))
  // Asterisk makes its identity from a network card, and here is none.
  appendFileSync(join(target, 'asterisk.conf'), 'entityid = 02:00:00:00:00:01\n')
  chownTree(target, owner)
}

/**
 * Copies the shipped recordings to where the dialplan looks for them.
 * @param {string} target
 */
export function copySounds(target) {
  cpSync(join(ASTERISK_CONF, 'sounds', 'dialwright'), target, { recursive: true })
}

/**
 * @param {string} source
 * @param {string} target
 * @param {(text: string) => string} render
 */
function renderFolder(source, target, render) {
  mkdirSync(target, { recursive: true })
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const from = join(source, entry.name)
    if (entry.isDirectory() && entry.name !== 'sounds') renderFolder(from, join(target, entry.name), render)
    else if (entry.name.endsWith('.conf')) writeFileSync(join(target, entry.name), render(readFileSync(from, 'utf8')))
  }
}

/** @param {string} secret */
function generatedAgents(secret) {
  const last = SETTINGS.firstAgent + SETTINGS.agents - 1
  let text = '\n; Added by the sandbox.\n'
  for (let agent = SETTINGS.firstAgent; agent <= last; agent++)
    text += `[${agent}](dialwright-agent)\naors = ${agent}\nauth = ${agent}\n[${agent}](dialwright-agent-aor)\n[${agent}](dialwright-agent-auth)\nusername = ${agent}\npassword = ${secret}\n`
  return text
}

/**
 * Gives a folder and all in it to the PBX's user.
 * @param {string} path
 * @param {Owner} owner
 */
export function chownTree(path, { uid, gid }) {
  chownSync(path, uid, gid)
  if (!statSync(path).isDirectory()) return
  for (const name of readdirSync(path)) chownTree(join(path, name), { uid, gid })
}
