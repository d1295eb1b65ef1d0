// Reads a daemon as pages do, as it is told to by its parent, so that its own CPU time is nobody's figure.
import { setTimeout as delay } from 'node:timers/promises'

const [url = '', token = ''] = process.argv.slice(2)
const headers = { authorization: `Bearer ${token}` }

/** @typedef {{ kind: 'follow', agents: readonly string[], seconds: number } | { kind: 'read', agents: readonly string[], connections: number, seconds: number }} Order */

process.on('message', order => {
  const asked = /** @type {Order} */ (order)
  void (asked.kind === 'follow' ? followAll(asked) : readAll(asked)).then(told => process.send?.(told))
})

/**
 * A stream for each agent, as their page has one. How late each change of state comes: from its instant to the patch that has it.
 * @param {Extract<Order, { kind: 'follow' }>} order
 */
async function followAll({ agents, seconds }) {
  const gone = new AbortController()
  /** @type {number[]} */
  const lateMs = []
  const streams = agents.map(agent => followOne(agent, { lateMs, signal: gone.signal }).catch(() => {}))
  await delay(seconds * 1000)
  gone.abort()
  await Promise.all(streams)
  return { lateMs }
}

/**
 * @param {string} agent
 * @param {{ lateMs: number[], signal: AbortSignal }} options
 */
async function followOne(agent, { lateMs, signal }) {
  const response = await fetch(`${url}/v1/events?topics=agent:${agent}&agentId=${agent}`, { headers, signal })
  let text = ''
  for await (const bytes of response.body ?? []) {
    text += Buffer.from(bytes).toString()
    const messages = text.split('\n\n')
    text = messages.pop() ?? ''
    for (const message of messages) {
      const data = /^event: patch\ndata: (.*)$/m.exec(message)?.[1]
      const since = data === undefined ? undefined : JSON.parse(data).patch?.agent?.since
      if (since !== undefined) lateMs.push(Date.now() - Date.parse(since))
    }
  }
}

/** @param {Extract<Order, { kind: 'read' }>} order */
async function readAll({ agents, connections, seconds }) {
  const endsAt = Date.now() + seconds * 1000
  /** @type {number[]} */
  const tookMs = []
  const readOne = async (/** @type {number} */ first) => {
    for (let at = first; Date.now() < endsAt; at += 1) {
      const askedAt = performance.now()
      const answer = await fetch(`${url}/v1/agents/${agents[at % agents.length]}`, { headers })
      await answer.arrayBuffer()
      if (!answer.ok) throw new Error(`answered with ${answer.status}`)
      tookMs.push(performance.now() - askedAt)
    }
  }
  await Promise.all(Array.from({ length: connections }, (_, index) => readOne(index * 7)))
  return { perSecond: Math.round(tookMs.length / seconds), tookMs }
}
