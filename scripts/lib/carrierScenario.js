import { escapeXml, RELIABLE, Scenario, sampleMs, sdp, send, waitForRequest } from './sippXml.js'

const NEVER_MS = 3_600_000

/**
 * Every way in which a called number may behave.
 * `ringMs`, `talkMs`: [shortest, longest]; `code`: the refusal's code; `by: 'caller'` waits for the dialer's BYE.
 */
export const BEHAVIOURS = {
  talks: { ringMs: [2000, 14000], talkMs: [8000, 60000] },
  'talks-until-hung-up': { ringMs: [2000, 14000], talkMs: [NEVER_MS, NEVER_MS] },
  'hangs-up-early': { ringMs: [2000, 10000], talkMs: [300, 3000] },
  machine: { ringMs: [4000, 20000], talkMs: [20000, 40000], plays: 'greeting' },
  'no-answer': { ringMs: [NEVER_MS, NEVER_MS] },
  busy: { code: '486 Busy Here' },
  declined: { ringMs: [1000, 8000], code: '603 Decline' },
  unavailable: { code: '503 Service Unavailable' },
  'fails-after-ringing': { ringMs: [1000, 6000], code: '503 Service Unavailable' },
  'unknown-number': { code: '404 Not Found' },
  // The rest is for contract tests only.
  answers: { ringMs: [1000, 1000], talkMs: [NEVER_MS, NEVER_MS] },
  'answers-at-once': { talkMs: [NEVER_MS, NEVER_MS] },
  'hangs-up-waiting': { ringMs: [500, 500], talkMs: [800, 800], tickMs: 200 },
  'answers-the-cancel': { ringMs: [NEVER_MS, NEVER_MS], answersCancel: true, talkMs: [NEVER_MS, NEVER_MS] },
  'early-media': { progress: true, ringMs: [2000, 2000], talkMs: [NEVER_MS, NEVER_MS] },
  'talks-shortly': { ringMs: [500, 500], talkMs: [5000, 5000] },
  'presses-9': { ringMs: [500, 500], talkMs: [NEVER_MS, NEVER_MS], digitAfterMs: 3000 },
  gone: { code: '410 Gone' },
  unwanted: { ringMs: [1000, 1000], code: '607 Unwanted' },
  silent: { mute: true, ringMs: [NEVER_MS, NEVER_MS] },
}

/** What the last four digits of a called number make it do, when the carrier is asked to be predictable. */
export const BEHAVIOUR_BY_SUFFIX = {
  '0110': 'answers',
  '0111': 'busy',
  '0112': 'no-answer',
  '0113': 'unavailable',
  '0114': 'unknown-number',
  '0115': 'declined',
  '0116': 'hangs-up-waiting',
  '0117': 'answers-the-cancel',
  '0118': 'answers-at-once',
  '0119': 'early-media',
  '0120': 'fails-after-ringing',
  '0121': 'machine',
  '0122': 'talks-shortly',
  '0123': 'presses-9',
  '0124': 'silent',
  '0125': 'gone',
  '0126': 'unwanted',
}

/** A mix as a carrier sees it on a cold list: a good third answers, the rest is everything else. Weights, not percent. */
export const REALISTIC_MIX = {
  talks: 22,
  'talks-until-hung-up': 8,
  'hangs-up-early': 4,
  machine: 18,
  'no-answer': 28,
  busy: 8,
  declined: 3,
  unavailable: 3,
  'fails-after-ringing': 1,
  'unknown-number': 5,
}

/**
 * Renders the carrier's SIPp scenario.
 * @param {{mix: Record<string, number>, bySuffix: boolean, timeScale: number, media: string|number, greeting?: string}} options
 */
export function carrierScenario({ mix, bySuffix, timeScale, media, greeting }) {
  const scenario = new Scenario('carrier')
  const context = { timeScale, greeting, body: sdp(media) }
  scenario.add(receiveInvite(bySuffix))
  const branches = Object.keys(BEHAVIOURS).map(name => ({ name, label: scenario.newLabel() }))
  if (bySuffix) chooseBySuffix(scenario, branches)
  chooseByWeight(scenario, branches, mix)
  const end = scenario.newLabel()
  for (const branch of branches) addBranch(scenario, { ...branch, end, context })
  // SIPp refuses a scenario with a variable that nothing reads.
  return scenario.label(end).add('<timewait milliseconds="4000"/>', '<Reference variables="contact"/>').toString()
}

// Expressions are matched where the message comes in: in a later <nop> there is no message, and SIPp 3.6.1 crashes.
function receiveInvite(bySuffix) {
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

function chooseBySuffix(scenario, branches) {
  for (const [suffix, name] of Object.entries(BEHAVIOUR_BY_SUFFIX))
    scenario.jump(branches.find(branch => branch.name === name).label, `suffix${suffix}`)
}

function chooseByWeight(scenario, branches, mix) {
  const entries = Object.entries(mix)
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0)
  scenario.actions(`<sample assign_to="dice" distribution="uniform" min="0" max="${total}"/>`)
  let bound = 0
  for (const [name, weight] of entries) {
    bound += weight
    const { label } = branches.find(branch => branch.name === name)
    scenario.actions(`<test assign_to="hit" variable="dice" compare="less_than" value="${bound}"/>`).jump(label, 'hit')
  }
  scenario.jump(branches.find(branch => branch.name === entries.at(-1)[0]).label)
}

function addBranch(scenario, { name, label, end, context }) {
  const behaviour = BEHAVIOURS[name]
  const cancelled = scenario.newLabel()
  scenario.label(label).add(send(response('100 Trying', name)))
  if (behaviour.ringMs && !behaviour.mute) scenario.add(ringing(behaviour, { name, context }))
  if (behaviour.ringMs) {
    scenario.actions(sampleMs('ring', scaled(behaviour.ringMs, context.timeScale)))
    waitForRequest(scenario, { request: 'CANCEL', next: cancelled, variable: 'ring' })
  }
  if (behaviour.code) refuse(scenario, { code: behaviour.code, name, end })
  else if (!behaviour.talkMs) scenario.jump(end)
  else answer(scenario, { name, behaviour, end, context })
  if (!behaviour.ringMs) return
  scenario.label(cancelled).add(send(response('200 OK', name)))
  if (behaviour.answersCancel) answer(scenario, { name, behaviour, end, context })
  else refuse(scenario, { code: '487 Request Terminated', name, end })
}

function ringing({ progress }, { name, context }) {
  if (progress) return send(response('183 Session Progress', name, 'invite'), { body: context.body })
  return send(response('180 Ringing', name, 'invite'))
}

function refuse(scenario, { code, name, end }) {
  scenario.add(send(response(code, name, 'invite'), { attributes: RELIABLE }), '<recv request="ACK"/>').jump(end)
}

function answer(scenario, { name, behaviour, end, context }) {
  const hungUp = scenario.newLabel()
  const crossed = scenario.newLabel()
  scenario.add(send(response('200 OK', name, 'invite'), { body: context.body, attributes: RELIABLE }))
  scenario.add(
    '<recv request="ACK"><action><ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/></action></recv>',
  )
  if (behaviour.plays && context.greeting) scenario.actions(`<exec rtp_stream="${context.greeting},1,0"/>`)
  if (behaviour.digitAfterMs) pressDigit(scenario, { hungUp, afterMs: behaviour.digitAfterMs })
  scenario.actions(sampleMs('talk', scaled(behaviour.talkMs, context.timeScale)))
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

function scaled([minMs, maxMs], timeScale) {
  const scale = value => (value === NEVER_MS ? value : Math.round(value * timeScale))
  return [scale(minMs), scale(maxMs)]
}
