import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { carrierStatistics } from './carrierStatistics.js'
import { SETTINGS } from './sandboxSettings.js'
import { startSipp } from './sipp.js'
import { escapeXml, RELIABLE, Scenario, sdp, send } from './sippXml.js'

/** @import { Label } from './sippXml.js' */

/** @typedef {{ number: string, outcome: 'person' | 480 | 486 | 503, rings: boolean, afterMs: number, talkMs: number }} CalleePlan */

/**
 * A wait is made of pieces of these lengths, each taken at most once, and the clock is read before each: SIPp wakes up some
 * 8 ms late, which would add up.
 */
const PIECES_MS = Array.from({ length: 15 }, (_, index) => 2 ** (18 - index))
const PLANS = 'plans.csv'
/**
 * The carrier's final answers to calls that no person answers.
 * @type {Readonly<Record<string, string>>}
 */
const REFUSALS = { 480: 'Temporarily Unavailable', 486: 'Busy Here', 503: 'Service Unavailable' }

/**
 * Starts a carrier that knows beforehand what each called number does.
 * @param {object} options
 * @param {string} options.folder where the scenario and the logs go; must be of this run alone
 * @param {readonly CalleePlan[]} options.plans `number` as it is dialed; `afterMs` from the INVITE to the final answer; a person hangs up `talkMs` after it
 * @param {number} options.rtpPort where the audio goes
 * @returns {Promise<import('./carrierStatistics.js').Carrier>}
 */
export async function startPlannedCarrier({ folder, plans, rtpPort }) {
  mkdirSync(folder, { recursive: true })
  const messageLog = join(folder, 'carrier-messages.log')
  writeFileSync(join(folder, 'carrier.xml'), plannedScenario(rtpPort))
  const rows = plans.map(plan =>
    [plan.number, plan.outcome === 'person' ? 200 : plan.outcome, plan.rings ? 1 : 0, plan.afterMs, plan.talkMs].join(
      ';',
    ),
  )
  writeFileSync(join(folder, PLANS), `SEQUENTIAL\n${rows.join('\n')}\n`)
  const sipp = await startSipp({
    ...{ name: 'carrier', folder, address: SETTINGS.carrier },
    args: [
      ...['-sf', join(folder, 'carrier.xml'), '-inf', PLANS, '-infindex', PLANS, '0'],
      ...['-trace_msg', '-message_file', messageLog],
    ],
  })
  return { messageLog, statistics: () => carrierStatistics(messageLog), stop: sipp.stop }
}

/** @param {number} rtpPort */
function plannedScenario(rtpPort) {
  const scenario = new Scenario('planned-carrier')
  const [silent, cancelled, end] = [scenario.newLabel(), scenario.newLabel(), scenario.newLabel()]
  const branches = Object.keys(REFUSALS).map(code => ({ code, label: scenario.newLabel() }))
  scenario.add(receiveInvite(), look()).add(send(response('100 Trying')))
  scenario.actions('<test assign_to="mute" variable="rings" compare="less_than" value="1"/>').jump(silent, 'mute')
  scenario.add(send(response('180 Ringing'))).label(silent)
  wait(scenario, { variable: 'after', request: 'CANCEL', next: cancelled })
  for (const { code, label } of branches)
    scenario.actions(`<test assign_to="hit" variable="code" compare="equal" value="${code}"/>`).jump(label, 'hit')
  answer(scenario, { body: sdp(rtpPort), end })
  for (const { code, label } of branches) {
    scenario
      .label(label)
      .add(send(response(`${code} ${REFUSALS[code]}`), { attributes: RELIABLE }), '<recv request="ACK"/>')
      .jump(end)
  }
  giveWay(scenario, cancelled)
  const kept = 'contact,user,line,codeText,ringsText,afterText,talkText'
  return scenario.label(end).add('<timewait milliseconds="4000"/>', `<Reference variables="${kept}"/>`).toString()
}

export function receiveInvite() {
  /** @type {(header: string, regexp: string, variables: string) => string} */
  const match = (header, regexp, variables) =>
    `<ereg regexp="${escapeXml(regexp)}" search_in="hdr" header="${header}:" assign_to="${variables}"/>`
  const actions = [
    match('From', '.*', 'from'),
    match('CSeq', '[0-9]+', 'cseq'),
    match('Contact', '<(sip:[^>]*)>', 'contact,peer'),
    match('To', 'sip:([^@>]*)@', 'user,number'),
  ]
  return `<recv request="INVITE"><action>${actions.join('')}</action></recv>`
}

/** Looks the called number up among the plans. A person's code is 200. */
function look() {
  const fields = ['code', 'rings', 'after', 'talk']
  const actions = [
    `<lookup assign_to="line" file="${PLANS}" key="[$number]"/>`,
    ...fields.map(
      (name, index) => `<assignstr assign_to="${name}Text" value="[field${index + 1} line=&quot;[$line]&quot;]"/>`,
    ),
    ...fields.map(name => `<todouble assign_to="${name}" variable="${name}Text"/>`),
  ]
  return `<nop><action>${actions.join('')}</action></nop>`
}

/**
 * Waits as long as `variable` says (ms), or until the request, which leads to `next`.
 * @param {Scenario} scenario
 * @param {{ variable: string, request: string, next: Label }} until
 */
function wait(scenario, { variable, request, next }) {
  scenario.actions(...NOW, '<assign assign_to="due" variable="now"/>', `<add assign_to="due" variable="${variable}"/>`)
  for (const piece of PIECES_MS) {
    const skip = scenario.newLabel()
    scenario
      .actions(
        ...NOW,
        '<assign assign_to="left" variable="due"/>',
        '<subtract assign_to="left" variable="now"/>',
        `<test assign_to="less" variable="left" compare="less_than" value="${piece}"/>`,
      )
      .jump(skip, 'less')
      .add(`<recv request="${request}" timeout="${piece}" ontimeout="${skip}" next="${next}"/>`)
      .label(skip)
  }
}

/** The time of day in ms. */
const NOW = [
  '<gettimeofday assign_to="now,usec"/>',
  '<multiply assign_to="now" value="1000"/>',
  '<divide assign_to="usec" value="1000"/>',
  '<add assign_to="now" variable="usec"/>',
]

/**
 * @param {Scenario} scenario
 * @param {{ body: string, end: Label }} to
 */
function answer(scenario, { body, end }) {
  const hungUp = scenario.newLabel()
  pickUp(scenario, body)
  wait(scenario, { variable: 'talk', request: 'BYE', next: hungUp })
  hangUp(scenario, { hungUp, end })
}

/**
 * Answers; the caller's address goes into `to`.
 * @param {Scenario} scenario
 * @param {string} body
 */
export function pickUp(scenario, body) {
  const [late, acknowledged] = [scenario.newLabel(), scenario.newLabel()]
  const keepTo = '<action><ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/></action>'
  scenario
    .add(send(response('200 OK'), { body, attributes: RELIABLE }))
    // A CANCEL that crossed the answer is acknowledged and has no effect: RFC 3261 9.2.
    .add(`<recv request="CANCEL" optional="true" next="${late}"/>`)
    .add(`<recv request="ACK" next="${acknowledged}">${keepTo}</recv>`)
    .label(late)
    .add(send(acknowledge()), `<recv request="ACK">${keepTo}</recv>`)
    .label(acknowledged)
}

/**
 * Says BYE; whoever heard the other's BYE before goes to `hungUp`.
 * @param {Scenario} scenario
 * @param {{ hungUp: Label, end: Label }} to
 */
export function hangUp(scenario, { hungUp, end }) {
  const crossed = scenario.newLabel()
  scenario
    .add(send(inDialog('BYE', 2), { attributes: RELIABLE }))
    .add(`<recv request="BYE" optional="true" next="${crossed}"/>`, `<recv response="200" next="${end}"/>`)
    .label(crossed)
    .add(send(acknowledge()), `<recv response="200" next="${end}"/>`)
    .label(hungUp)
    .add(send(acknowledge()))
    .jump(end)
}

/**
 * Confirms a CANCEL and ends the INVITE.
 * @param {Scenario} scenario
 * @param {Label} cancelled
 */
export function giveWay(scenario, cancelled) {
  scenario
    .label(cancelled)
    .add(send(acknowledge()), send(response('487 Request Terminated'), { attributes: RELIABLE }))
    .add('<recv request="ACK"/>')
}

/**
 * A response to the INVITE.
 * @param {string} status
 */
export function response(status) {
  const tag = status.startsWith('100') ? '' : ';tag=[pid]c[call_number]'
  const contact = /^(1[89]|2)/.test(status) ? ['Contact: <sip:carrier@[local_ip]:[local_port]>'] : []
  return [
    ...[`SIP/2.0 ${status}`, '[last_Via:]', '[last_From:]', `[last_To:]${tag}`, '[last_Call-ID:]'],
    ...['CSeq: [$cseq] INVITE', ...contact],
  ]
}

/** The plain answer to the request that came last. */
export function acknowledge() {
  return ['SIP/2.0 200 OK', '[last_Via:]', '[last_From:]', '[last_To:]', '[last_Call-ID:]', '[last_CSeq:]']
}

/**
 * @param {string} method
 * @param {number} cseq
 */
function inDialog(method, cseq) {
  return [
    `${method} [$peer] SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    ...['From:[$to]', 'To:[$from]', '[last_Call-ID:]', `CSeq: ${cseq} ${method}`, 'Max-Forwards: 70'],
  ]
}
