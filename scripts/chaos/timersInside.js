// Inside the sandbox: what Asterisk says of session timers to a carrier that keeps to them (90 s, refreshed by us), to one that wants 600 s
// at least, and to one that knows none; then Asterisk is killed, and the first one hears no more.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { asteriskCommand, killAsterisk, sandboxRoot } from '../lib/asterisk.js'
import { exitOnFailure, SetupFailure } from '../lib/failure.js'
import { SETTINGS } from '../lib/sandboxSettings.js'
import { startSipp } from '../lib/sipp.js'
import { RELIABLE, Scenario, sdp, send } from '../lib/sippXml.js'

/** The carrier says 90 s, the least that the standard permits: Asterisk refreshes at half of it. */
const REFRESH_WITHIN_MS = 60_000
const SILENT_FOR_MS = 50_000
const NUMBERS = { keeps: '12025550141', wantsMore: '12025550142', knowsNone: '12025550143' }

exitOnFailure(main())

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-chaos-'))
  const messageLog = join(folder, 'messages.log')
  const scenario = join(folder, 'carrier.xml')
  writeFileSync(scenario, carrier())
  const args = ['-sf', scenario, '-rtp_echo', '-trace_msg', '-message_file', messageLog]
  const sipp = await startSipp({ name: 'carrier', folder, address: SETTINGS.carrier, args })
  appendFileSync(
    join(sandboxRoot(), 'etc/asterisk/extensions.conf'),
    '\n[chaos-timers]\nexten = s,1,Playback(dialwright/demo-message)\n same = n,Goto(1)\n',
  )
  await asteriskCommand('dialplan reload')
  /** @param {string} number */
  const invites = number => invitesIn(readFileSync(messageLog, 'utf8'), number)
  try {
    for (const number of Object.values(NUMBERS)) await originate(number)
    const refreshedAfterMs = await until(() => invites(NUMBERS.keeps).length > 1, REFRESH_WITHIN_MS)
    const up = (await asteriskCommand('core show channels concise')).split('\n').filter(line => line.includes('!Up!'))
    await killAsterisk()
    const before = invites(NUMBERS.keeps).length
    await setTimeout(SILENT_FOR_MS)
    const [offered = ''] = invites(NUMBERS.keeps)
    const found = {
      offered: header(offered, 'Session-Expires'),
      minSe: header(offered, 'Min-SE'),
      refreshedAfterMs,
      refreshesAfterItsDeath: invites(NUMBERS.keeps).length - before,
      toOneThatWantsMore: invites(NUMBERS.wantsMore).map(invite => header(invite, 'Session-Expires')),
      callsUp: up.length,
    }
    const ok =
      found.offered === '180' &&
      refreshedAfterMs !== undefined &&
      found.refreshesAfterItsDeath === 0 &&
      found.toOneThatWantsMore.at(-1) === '600' &&
      up.length === 3
    process.stdout.write(`${JSON.stringify({ ok, ...found })}\n`)
  } finally {
    await sipp.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function carrier() {
  const scenario = new Scenario('session-timers')
  const [wantsMore, knowsNone, talks] = [scenario.newLabel(), scenario.newLabel(), scenario.newLabel()]
  /** @param {string} number @param {string} variable */
  const called = (number, variable) =>
    `<ereg regexp="${number}@" search_in="hdr" header="To:" assign_to="${variable}"/>`
  scenario
    .add(
      `<recv request="INVITE"><action>${called(NUMBERS.wantsMore, 'more')}${called(NUMBERS.knowsNone, 'none')}</action></recv>`,
    )
    .jump(wantsMore, 'more')
    .jump(knowsNone, 'none')
    .add(answer(['Supported: timer', 'Require: timer', 'Session-Expires: 90;refresher=uac']))
    .jump(talks)
    .label(wantsMore)
    .add(send([...response('422 Session Interval Too Small'), 'Min-SE: 600'], { attributes: RELIABLE }))
    .add('<recv request="ACK"/>', '<recv request="INVITE"/>')
    .add(answer(['Supported: timer', 'Require: timer', 'Session-Expires: 600;refresher=uac']))
    .jump(talks)
    .label(knowsNone)
    .add(answer([]))
    .label(talks)
    .add('<recv request="ACK"/>', '<recv request="INVITE"/>')
    .add(answer(['Supported: timer', 'Require: timer', 'Session-Expires: 90;refresher=uac']))
    .jump(talks)
  return scenario.toString()
}

/** @param {readonly string[]} timers */
function answer(timers) {
  const allowed = 'Allow: INVITE, ACK, CANCEL, BYE'
  const contact = 'Contact: <sip:[local_ip]:[local_port]>'
  return send([...response('200 OK'), contact, allowed, ...timers], { body: sdp('[media_port]'), attributes: RELIABLE })
}

/** @param {string} status */
function response(status) {
  return [
    `SIP/2.0 ${status}`,
    '[last_Via:]',
    '[last_From:]',
    '[last_To:];tag=[call_number]',
    '[last_Call-ID:]',
    '[last_CSeq:]',
  ]
}

/** @param {string} number */
async function originate(number) {
  const login = `${process.env.DIALWRIGHT_SANDBOX_USER}:${process.env.DIALWRIGHT_SANDBOX_SECRET}`
  const query = new URLSearchParams({ endpoint: `PJSIP/${number}@trunk-main`, context: 'chaos-timers' })
  const response = await fetch(`${process.env.DIALWRIGHT_SANDBOX_ARI}/channels?${query}&extension=s&priority=1`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
  })
  if (!response.ok) throw new SetupFailure('chaos', `No call: ${await response.text()}`, 1)
}

/** @param {string} log @param {string} number */
function invitesIn(log, number) {
  const messages = log.split(/^-{20,}/m).filter(message => message.includes('message received'))
  return messages.filter(message => /^INVITE sip:/m.test(message) && new RegExp(`^To:.*${number}@`, 'm').test(message))
}

/** @param {string} message @param {string} name */
function header(message, name) {
  return new RegExp(`^${name}: ([^;\\r\\n]*)`, 'm').exec(message)?.[1]
}

/** @param {() => boolean} holds @param {number} limitMs */
async function until(holds, limitMs) {
  const begun = Date.now()
  for (; !holds(); await setTimeout(250)) if (Date.now() - begun > limitMs) return undefined
  return Date.now() - begun
}
