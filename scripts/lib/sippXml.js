// Pieces of SIPp scenarios. SIPp has no "wait for this message at most so long as a variable says", so every wait of
// random length is a loop of short waits; labels are numbers, handed out by the scenario that is being built.
/** @typedef {number} Label a place in a scenario */

/** How finely a wait is divided; each division is a step of work for SIPp. */
const TICK_MS = 250
const RETRANSMISSION_MS = 500

/**
 * Escapes text for XML content and attributes.
 * @param {string} text
 */
export function escapeXml(text) {
  /** @type {Readonly<Record<string, string>>} */
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
  return text.replace(/[&<>"']/g, character => entities[character] ?? character)
}

/** Collects a scenario's elements and gives out its labels. */
export class Scenario {
  #name
  /** @type {string[]} */
  #parts = []
  #label = 0

  /** @param {string} name */
  constructor(name) {
    this.#name = name
  }

  /** @returns {Label} */
  newLabel() {
    this.#label += 1
    return this.#label
  }

  /** @param {readonly string[]} parts */
  add(...parts) {
    this.#parts.push(...parts)
    return this
  }

  /** @param {Label} id */
  label(id) {
    return this.add(`<label id="${id}"/>`)
  }

  /**
   * @param {Label} id
   * @param {string} [variable] only if it is set
   */
  jump(id, variable) {
    return this.add(`<nop next="${id}"${variable ? ` test="${variable}"` : ''}/>`)
  }

  /** @param {readonly string[]} actions */
  actions(...actions) {
    return this.add(`<nop><action>${actions.join('')}</action></nop>`)
  }

  toString() {
    const head = '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n'
    return `${head}<scenario name="${escapeXml(this.#name)}">\n${this.#parts.join('\n')}\n</scenario>\n`
  }
}

/**
 * A message to send; lines are SIP lines, the body (if any) follows.
 * @param {readonly string[]} lines
 */
export function send(lines, { body = '', attributes = '' } = {}) {
  const length = body ? '[len]' : '0'
  const text = [...lines, ...(body ? ['Content-Type: application/sdp'] : []), `Content-Length: ${length}`, '', body]
  return `<send ${attributes}><![CDATA[\n${text.join('\n')}\n]]></send>`
}

/** A reliable message is repeated until it is acknowledged, as RFC 3261 section 17 asks over UDP. */
export const RELIABLE = `retrans="${RETRANSMISSION_MS}"`

/**
 * Waits for a request at most the time that `variable` holds (ms), then goes on; the request leads to `next`.
 * @param {Scenario} scenario
 * @param {{ request: string, next: Label, variable: string, tickMs?: number | undefined }} until
 */
export function waitForRequest(scenario, { request, next, variable, tickMs = TICK_MS }) {
  const again = scenario.newLabel()
  const tick = scenario.newLabel()
  scenario
    .actions('<assign assign_to="elapsed" value="0"/>')
    .label(again)
    .add(`<recv request="${request}" timeout="${tickMs}" ontimeout="${tick}" next="${next}"/>`)
    .label(tick)
    .actions(
      `<add assign_to="elapsed" value="${tickMs}"/>`,
      `<test assign_to="more" variable="elapsed" compare="less_than" variable2="${variable}"/>`,
    )
    .jump(again, 'more')
}

/**
 * Sets a variable to a random number of milliseconds between two bounds.
 * @param {string} variable
 * @param {readonly [minMs: number, maxMs: number]} bounds
 */
export function sampleMs(variable, [minMs, maxMs]) {
  if (minMs === maxMs) return `<assign assign_to="${variable}" value="${minMs}"/>`
  return `<sample assign_to="${variable}" distribution="uniform" min="${minMs}" max="${maxMs}"/>`
}

/**
 * The SDP of one G.711 stream with telephone events.
 * @param {string | number} port
 */
export function sdp(port) {
  return [
    'v=0',
    'o=carrier 1 1 IN IP4 [local_ip]',
    's=-',
    'c=IN IP4 [media_ip]',
    't=0 0',
    `m=audio ${port} RTP/AVP 0 101`,
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'a=sendrecv',
  ].join('\n')
}
