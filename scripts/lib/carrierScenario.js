import { BEHAVIOUR_BY_SUFFIX, BEHAVIOURS, NEVER_MS } from './carrierBehaviours.js'
import { SetupFailure } from './failure.js'
import { escapeXml, RELIABLE, Scenario, sampleMs, sdp, send, waitForRequest } from './sippXml.js'

/** @import { Acts, Behaviour, Mix, Span } from './carrierBehaviours.js' */
/** @import { Label } from './sippXml.js' */

/**
 * @typedef {{ timeScale: number, greeting: string | undefined, voices: readonly string[], body: string }} Context
 * @typedef {{ name: Behaviour, label: Label }} Branch
 */

/**
 * Renders the carrier's SIPp scenario.
 * @param {{ mix: Mix, bySuffix: boolean, timeScale: number, media: string | number, greeting?: string | undefined,
 *   voices?: readonly string[] }} options `voices`: sounds, one of which everybody says who talks
 */
export function carrierScenario({ mix, bySuffix, timeScale, media, greeting, voices = [] }) {
  const scenario = new Scenario('carrier')
  const context = { timeScale, greeting, voices, body: sdp(media) }
  scenario.add(receiveInvite(bySuffix))
  const names = /** @type {Behaviour[]} */ (Object.keys(BEHAVIOURS))
  const branches = names.map(name => ({ name, label: scenario.newLabel() }))
  if (bySuffix) chooseBySuffix(scenario, branches)
  chooseByWeight(scenario, branches, mix)
  const end = scenario.newLabel()
  for (const branch of branches) addBranch(scenario, { ...branch, end, context })
  // SIPp refuses a scenario with a variable that nothing reads.
  return scenario.label(end).add('<timewait milliseconds="4000"/>', '<Reference variables="contact"/>').toString()
}

// Expressions are matched where the message comes in: in a later <nop> there is no message, and SIPp 3.6.1 crashes.
/** @param {boolean} bySuffix */
function receiveInvite(bySuffix) {
  /** @type {(header: string, regexp: string, variable: string) => string} */
  const match = (header, regexp, variable) =>
    `<ereg regexp="${escapeXml(regexp)}" search_in="hdr" header="${header}:" assign_to="${variable}"/>`
  const suffixes = bySuffix ? Object.keys(BEHAVIOUR_BY_SUFFIX) : []
  const actions = [
    match('From', '.*', 'from'),
    match('CSeq', '[0-9]+', 'cseq'),
    // The whole match goes into the first variable, the group, the URI alone, into the second.
    match('Contact', '<(sip:[^>]*)>', 'contact,peer'),
    ...suffixes.map(suffix => match('To', `${suffix}@`, `suffix${suffix}`)),
  ]
  return `<recv request="INVITE"><action>${actions.join('')}</action></recv>`
}

/**
 * @param {Scenario} scenario
 * @param {readonly Branch[]} branches
 */
function chooseBySuffix(scenario, branches) {
  for (const [suffix, name] of Object.entries(BEHAVIOUR_BY_SUFFIX))
    scenario.jump(labelOf(branches, name), `suffix${suffix}`)
}

/**
 * @param {Scenario} scenario
 * @param {readonly Branch[]} branches
 * @param {Mix} mix
 */
function chooseByWeight(scenario, branches, mix) {
  const entries = Object.entries(mix)
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0)
  scenario.actions(`<sample assign_to="dice" distribution="uniform" min="0" max="${total}"/>`)
  let bound = 0
  for (const [name, weight] of entries) {
    bound += weight
    scenario
      .actions(`<test assign_to="hit" variable="dice" compare="less_than" value="${bound}"/>`)
      .jump(labelOf(branches, name), 'hit')
  }
  scenario.jump(labelOf(branches, entries.at(-1)?.[0]))
}

/**
 * @param {readonly Branch[]} branches
 * @param {string | undefined} name
 */
function labelOf(branches, name) {
  const branch = branches.find(one => one.name === name)
  if (branch === undefined) throw new SetupFailure('behaviour', `The carrier knows no behaviour "${name}".`, 1)
  return branch.label
}

/**
 * @param {Scenario} scenario
 * @param {Branch & { end: Label, context: Context }} branch
 */
function addBranch(scenario, { name, label, end, context }) {
  const behaviour = BEHAVIOURS[name]
  const cancelled = scenario.newLabel()
  scenario.label(label).add(send(response('100 Trying', name)))
  if (behaviour.ringMs && !behaviour.mute) scenario.add(ringing(behaviour, { name, context }))
  if (behaviour.ringMs) waitRinging(scenario, { ringMs: scaled(behaviour.ringMs, context.timeScale), cancelled })
  if (behaviour.code) refuse(scenario, { code: behaviour.code, name, end })
  else if (!behaviour.talkMs) scenario.jump(end)
  else answer(scenario, { name, behaviour, end, context })
  if (!behaviour.ringMs) return
  scenario.label(cancelled).add(send(response('200 OK', name)))
  if (behaviour.answersCancel) answer(scenario, { name, behaviour, end, context })
  else refuse(scenario, { code: '487 Request Terminated', name, end })
}

/**
 * @param {Scenario} scenario
 * @param {{ ringMs: Span, cancelled: Label }} to
 */
function waitRinging(scenario, { ringMs, cancelled }) {
  if (ringMs[0] === NEVER_MS) {
    // In one piece: SIPp answers a CANCEL that falls between two ticks by itself, and forgets the 487.
    scenario.add(`<recv request="CANCEL" next="${cancelled}"/>`)
    return
  }
  scenario.actions(sampleMs('ring', ringMs))
  waitForRequest(scenario, { request: 'CANCEL', next: cancelled, variable: 'ring' })
}

/**
 * @param {Acts} acts
 * @param {{ name: Behaviour, context: Context }} of
 */
function ringing({ progress }, { name, context }) {
  if (progress) return send(response('183 Session Progress', name, 'invite'), { body: context.body })
  return send(response('180 Ringing', name, 'invite'))
}

/**
 * @param {Scenario} scenario
 * @param {{ code: string, name: Behaviour, end: Label }} with_
 */
function refuse(scenario, { code, name, end }) {
  scenario.add(send(response(code, name, 'invite'), { attributes: RELIABLE }), '<recv request="ACK"/>').jump(end)
}

/**
 * @param {Scenario} scenario
 * @param {{ name: Behaviour, behaviour: Acts, end: Label, context: Context }} branch
 */
function answer(scenario, { name, behaviour, end, context }) {
  const hungUp = scenario.newLabel()
  const crossed = scenario.newLabel()
  scenario.add(send(response('200 OK', name, 'invite'), { body: context.body, attributes: RELIABLE }))
  scenario.add(
    '<recv request="ACK"><action><ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/></action></recv>',
  )
  if (behaviour.plays && context.greeting) scenario.actions(`<exec rtp_stream="${context.greeting},1,0"/>`)
  else if (behaviour.talkMs) speak(scenario, context.voices)
  if (behaviour.digitAfterMs) pressDigit(scenario, { hungUp, afterMs: behaviour.digitAfterMs })
  if (behaviour.talkMs) scenario.actions(sampleMs('talk', scaled(behaviour.talkMs, context.timeScale)))
  waitForRequest(scenario, { request: 'BYE', next: hungUp, variable: 'talk', tickMs: behaviour.tickMs })
  scenario
    .add(send(inDialog('BYE', 2), { attributes: RELIABLE }))
    .add(`<recv request="BYE" optional="true" next="${crossed}"/>`, `<recv response="200" next="${end}"/>`)
    .label(crossed)
    .add(send(response('200 OK', name)), `<recv response="200" next="${end}"/>`)
    .label(hungUp)
    .add(send(response('200 OK', name)))
    .jump(end)
}

/**
 * With a voice of these, drawn for each call.
 * @param {Scenario} scenario
 * @param {readonly string[]} voices
 */
function speak(scenario, voices) {
  if (voices.length === 0) return
  const said = scenario.newLabel()
  scenario.actions(`<sample assign_to="voice" distribution="uniform" min="0" max="${voices.length}"/>`)
  for (const [index, voice] of voices.entries()) {
    const other = scenario.newLabel()
    scenario
      .actions(`<test assign_to="other" variable="voice" compare="greater_than" value="${index + 1}"/>`)
      .jump(other, 'other')
      .actions(`<exec rtp_stream="${voice},-1,0"/>`)
      .jump(said)
      .label(other)
  }
  scenario.label(said)
}

/**
 * @param {Scenario} scenario
 * @param {{ hungUp: Label, afterMs: number }} to
 */
function pressDigit(scenario, { hungUp, afterMs }) {
  scenario.actions(sampleMs('talk', [afterMs, afterMs]))
  waitForRequest(scenario, { request: 'BYE', next: hungUp, variable: 'talk' })
  const info = [
    ...inDialog('INFO', 1),
    'Content-Type: application/dtmf-relay',
    'Content-Length: [len]',
    '',
    'Signal=9',
    'Duration=160',
  ]
  scenario.add(`<send ${RELIABLE}><![CDATA[\n${info.join('\n')}\n]]></send>`, '<recv response="200"/>')
}

/**
 * @param {string} status
 * @param {Behaviour} behaviour
 * @param {'invite'} [kind] of what it answers; otherwise the request that came last
 */
function response(status, behaviour, kind) {
  const code = status.slice(0, 3)
  const fromInvite = kind === 'invite'
  const cseq = fromInvite ? 'CSeq: [$cseq] INVITE' : '[last_CSeq:]'
  const to = code === '100' ? '[last_To:]' : `[last_To:]${fromInvite ? ';tag=[pid]c[call_number]' : ''}`
  const contact = fromInvite && /^(1[89]|2)/.test(code) ? ['Contact: <sip:carrier@[local_ip]:[local_port]>'] : []
  // The carrier says what it plays, so that a benchmark of machine detection knows the truth.
  return [
    `SIP/2.0 ${status}`,
    '[last_Via:]',
    '[last_From:]',
    to,
    '[last_Call-ID:]',
    cseq,
    ...contact,
    `X-Behaviour: ${behaviour}`,
  ]
}

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
    '[last_Call-ID:]',
    `CSeq: ${cseq} ${method}`,
    'Max-Forwards: 70',
  ]
}

/**
 * @param {Span} span
 * @param {number} timeScale
 * @returns {Span}
 */
function scaled([minMs, maxMs], timeScale) {
  /** @param {number} value */
  const scale = value => (value === NEVER_MS ? value : Math.round(value * timeScale))
  return [scale(minMs), scale(maxMs)]
}
