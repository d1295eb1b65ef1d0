import { RELIABLE, Scenario, sdp, send, waitForRequest } from './sippXml.js'

/** @import { Label } from './sippXml.js' */

/** Registers every agent of the injected file, with digest authentication. */
export function registerScenario() {
  /** @type {(cseq: number, authentication: readonly string[]) => string} */
  const register = (cseq, authentication) =>
    send(
      [
        'REGISTER sip:[remote_ip] SIP/2.0',
        ...common({ cseq, method: 'REGISTER', to: '<sip:[field0]@[remote_ip]>' }),
        'Contact: <sip:[field0]@[local_ip]:[local_port]>',
        'Expires: 3600',
        ...authentication,
      ],
      { attributes: RELIABLE },
    )
  return new Scenario('register')
    .add(register(1, []), '<recv response="401" auth="true"/>')
    .add(register(2, [AUTHENTICATION]), '<recv response="200"/>')
    .toString()
}

/**
 * A softphone that is called.
 * @param {{answerAfterMs: number, rejects?: string, media: string|number} & After} options
 */
export function calledScenario(options) {
  const scenario = new Scenario('softphone')
  const [cancelled, hungUp, end] = [scenario.newLabel(), scenario.newLabel(), scenario.newLabel()]
  /** @type {(header: string, name: string) => string} */
  const keep = (header, name) => `<ereg regexp=".*" search_in="hdr" header="${header}:" assign_to="${name}"/>`
  const peer = '<ereg regexp="&lt;(sip:[^>]*)>" search_in="hdr" header="Contact:" assign_to="contact,peer"/>'
  const cseq = '<ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="cseq"/>'
  scenario.add(`<recv request="INVITE"><action>${keep('From', 'from')}${cseq}${peer}</action></recv>`)
  scenario.add(send(response('180 Ringing')))
  scenario.actions(`<assign assign_to="ring" value="${options.answerAfterMs}"/>`)
  if (options.answerAfterMs > 0)
    waitForRequest(scenario, { request: 'CANCEL', next: cancelled, variable: 'ring', tickMs: 50 })
  const status = options.rejects ?? '200 OK'
  scenario.add(send(response(status), { body: options.rejects ? '' : sdp(options.media), attributes: RELIABLE }))
  scenario.add(`<recv request="ACK"><action>${keep('To', 'to')}</action></recv>`)
  if (options.rejects) scenario.jump(end)
  else talk(scenario, { ...options, hungUp, end })
  scenario.label(cancelled).add(send(acknowledge()), send(response('487 Request Terminated'), { attributes: RELIABLE }))
  scenario.add('<recv request="ACK"/>').jump(end)
  return finish(scenario, { hungUp, end }).add('<Reference variables="contact,ring,from,to,peer"/>').toString()
}

/**
 * A softphone that dials; it repeats its INVITE with credentials when asked.
 * @param {{exten: string, media: string|number} & After} options
 */
export function dialingScenario(options) {
  const scenario = new Scenario('softphone-dials')
  const [hungUp, end] = [scenario.newLabel(), scenario.newLabel()]
  const target = `sip:${options.exten}@[remote_ip]:[remote_port]`
  const contact = 'Contact: <sip:[field0]@[local_ip]:[local_port]>'
  /** @type {(method: string, cseq: number, to: string, extra?: readonly string[]) => string[]} */
  const request = (method, cseq, to, extra = []) => [
    `${method} ${target} SIP/2.0`,
    ...common({ cseq, method, to }),
    contact,
    ...extra,
  ]
  const to = `<${target}>`
  const body = sdp(options.media)
  scenario
    .add(send(request('INVITE', 1, to), { body, attributes: RELIABLE }))
    .add('<recv response="100" optional="true"/>', '<recv response="401" auth="true"/>')
    .add(send(request('ACK', 1, `${to}[peer_tag_param]`)))
    .add(send(request('INVITE', 2, to, [AUTHENTICATION]), { body, attributes: RELIABLE }))
    .add('<recv response="100" optional="true"/>', '<recv response="180" optional="true"/>')
    .add(`<recv response="404" optional="true" next="${end}"/>`)
    .add(`<recv response="200"><action>
<ereg regexp=".*" search_in="hdr" header="To:" assign_to="from"/>
<ereg regexp=".*" search_in="hdr" header="From:" assign_to="to"/>
<ereg regexp="&lt;(sip:[^>]*)>" search_in="hdr" header="Contact:" assign_to="contact,peer"/></action></recv>`)
    .add(send(request('ACK', 2, `${to}[peer_tag_param]`)))
  talk(scenario, { ...options, hungUp, end })
  return finish(scenario, { hungUp, end }).add('<Reference variables="contact,from,to,peer"/>').toString()
}

/**
 * Somebody who calls in over the trunk, without credentials.
 * @param {{number?: string, called: string, media: string|number} & After} options `number` absent: withheld
 */
export function callingInScenario({ number, called, ...options }) {
  const scenario = new Scenario('caller')
  const [hungUp, turnedAway, end] = [scenario.newLabel(), scenario.newLabel(), scenario.newLabel()]
  const target = `sip:${called}@[remote_ip]:[remote_port]`
  const from = number ? `<sip:${number}@[local_ip]>` : '"Anonymous" <sip:anonymous@anonymous.invalid>'
  /** @type {(method: string, to: string) => string[]} */
  const request = (method, to) => [
    `${method} ${target} SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    `From: ${from};tag=[pid]s[call_number]`,
    `To: ${to}`,
    'Call-ID: [call_id]',
    `CSeq: 1 ${method}`,
    'Max-Forwards: 70',
    'Contact: <sip:caller@[local_ip]:[local_port]>',
  ]
  scenario
    .add(send(request('INVITE', `<${target}>`), { body: sdp(options.media), attributes: RELIABLE }))
    .add('<recv response="100" optional="true"/>', '<recv response="180" optional="true"/>')
    .add(`<recv response="404" optional="true" next="${turnedAway}"/>`)
    .add(`<recv response="486" optional="true" next="${turnedAway}"/>`)
    .add(`<recv response="200"><action>
<ereg regexp=".*" search_in="hdr" header="To:" assign_to="from"/>
<ereg regexp=".*" search_in="hdr" header="From:" assign_to="to"/>
<ereg regexp="&lt;(sip:[^>]*)>" search_in="hdr" header="Contact:" assign_to="contact,peer"/></action></recv>`)
    .add(send(request('ACK', `<${target}>[peer_tag_param]`)))
  talk(scenario, { ...options, hungUp, end })
  scenario
    .label(turnedAway)
    .add(send(request('ACK', `<${target}>[peer_tag_param]`)))
    .jump(end)
  return finish(scenario, { hungUp, end }).add('<Reference variables="contact,from,to,peer"/>').toString()
}

/**
 * @typedef {object} After what happens once the line is up, in this order, each after its own time
 * @property {string} [speech] a mu-law file that is repeated
 * @property {number} [rtpStopsAfterMs]
 * @property {{afterMs: number, digit: string}[]} [digits]
 * @property {number} [hangsUpAfterMs]
 * @param {Scenario} scenario
 * @param {After & { hungUp: Label, end: Label }} after
 */
function talk(scenario, { speech, rtpStopsAfterMs, digits = [], hangsUpAfterMs, hungUp, end }) {
  if (speech) scenario.actions(`<exec rtp_stream="${speech},-1,0"/>`)
  for (const [index, { afterMs, digit }] of digits.entries()) {
    wait(scenario, { ms: afterMs, hungUp })
    press(scenario, { digit, cseq: index + 10 })
  }
  if (rtpStopsAfterMs !== undefined) {
    wait(scenario, { ms: rtpStopsAfterMs, hungUp })
    scenario.actions('<exec rtp_stream="pause"/>')
  }
  if (hangsUpAfterMs === undefined) return scenario.add(`<recv request="BYE" next="${hungUp}"/>`)
  wait(scenario, { ms: hangsUpAfterMs, hungUp })
  const crossed = scenario.newLabel()
  return scenario
    .add(send(inDialog('BYE', 99), { attributes: RELIABLE }))
    .add(`<recv request="BYE" optional="true" next="${crossed}"/>`, `<recv response="200" next="${end}"/>`)
    .label(crossed)
    .add(send(acknowledge()), `<recv response="200" next="${end}"/>`)
}

/**
 * @param {Scenario} scenario
 * @param {{ ms: number, hungUp: Label }} until
 */
function wait(scenario, { ms, hungUp }) {
  scenario.actions(`<assign assign_to="wait" value="${ms}"/>`)
  waitForRequest(scenario, { request: 'BYE', next: hungUp, variable: 'wait' })
}

/**
 * @param {Scenario} scenario
 * @param {{ digit: string, cseq: number }} key
 */
function press(scenario, { digit, cseq }) {
  const lines = [
    ...inDialog('INFO', cseq),
    'Content-Type: application/dtmf-relay',
    'Content-Length: [len]',
    '',
    `Signal=${digit}`,
    'Duration=160',
  ]
  scenario.add(`<send ${RELIABLE}><![CDATA[\n${lines.join('\n')}\n]]></send>`, '<recv response="200"/>')
}

/**
 * @param {Scenario} scenario
 * @param {{ hungUp: Label, end: Label }} labels
 */
function finish(scenario, { hungUp, end }) {
  return scenario.label(hungUp).add(send(acknowledge())).label(end).add('<timewait milliseconds="500"/>')
}

// SIPp does not look for fields inside this keyword, so the injected field is the whole keyword.
const AUTHENTICATION = '[field1]'

/** @param {{ cseq: number, method: string, to: string }} message */
function common({ cseq, method, to }) {
  return [
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    'From: <sip:[field0]@[remote_ip]>;tag=[pid]s[call_number]',
    `To: ${to}`,
    'Call-ID: [call_id]',
    `CSeq: ${cseq} ${method}`,
    'Max-Forwards: 70',
  ]
}

/** @param {string} status */
function response(status) {
  const tagged = '[last_To:];tag=[pid]s[call_number]'
  const contact =
    status.startsWith('2') || status.startsWith('1') ? ['Contact: <sip:softphone@[local_ip]:[local_port]>'] : []
  return [
    `SIP/2.0 ${status}`,
    '[last_Via:]',
    '[last_From:]',
    tagged,
    '[last_Call-ID:]',
    'CSeq: [$cseq] INVITE',
    ...contact,
  ]
}

/** The plain answer to the request that came last. */
function acknowledge() {
  return ['SIP/2.0 200 OK', '[last_Via:]', '[last_From:]', '[last_To:]', '[last_Call-ID:]', '[last_CSeq:]']
}

// The variables hold the peer's view of the dialog, so "from" is whom we write to.
/**
 * @param {string} method
 * @param {number} cseq
 */
function inDialog(method, cseq) {
  return [
    `${method} [$peer] SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    'From:[$to]',
    'To:[$from]',
    'Call-ID: [call_id]',
    `CSeq: ${cseq} ${method}`,
    'Max-Forwards: 70',
  ]
}
