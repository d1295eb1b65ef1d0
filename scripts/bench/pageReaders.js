// Reads a daemon as pages do, as it is told to by its parent, so that its own CPU time is nobody's figure.
import { setTimeout as delay } from 'node:timers/promises'

const [url = '', token = ''] = process.argv.slice(2)
const headers = { authorization: `Bearer ${token}` }

/** @typedef {{ kind: 'follow', agents: readonly string[], boards: number, seconds: number } | { kind: 'read', agents: readonly string[], connections: number, perSecond: number, seconds: number }} Order */

process.on('message', order => {
  const asked = /** @type {Order} */ (order)
  void (asked.kind === 'follow' ? followAll(asked) : readAll(asked)).then(told => process.send?.(told))
})

/**
 * A stream for each agent, as their page has one, and some boards, which follow all of them. How late each change of state comes: from
 * its instant to the patch that has it.
 * @param {Extract<Order, { kind: 'follow' }>} order
 */
async function followAll({ agents, boards, seconds }) {
  const gone = new AbortController()
  /** @type {number[]} */
  const lateMs = []
  /** @type {number[]} */
  const boardLateMs = []
  const { signal } = gone
  const pages = agents.map(agent =>
    follow(`topics=agent:${agent}&agentId=${agent}`, { signal, patch: ({ patch }) => note(lateMs, patch.agent) }),
  )
  const walls = Array.from({ length: boards }, () =>
    follow('topics=board,agents', {
      signal,
      patch: ({ topic, patch }) => {
        if (topic === 'agents') for (const agent of Object.values(patch)) note(boardLateMs, agent)
      },
    }),
  )
  const streams = [...pages, ...walls].map(stream => stream.catch(() => {}))
  await delay(seconds * 1000)
  gone.abort()
  await Promise.all(streams)
  return { lateMs, boardLateMs }
}

/**
 * @param {number[]} lateMs
 * @param {{ since?: string } | undefined} agent
 */
function note(lateMs, agent) {
  if (agent?.since !== undefined) lateMs.push(Date.now() - Date.parse(agent.since))
}

/**
 * @param {string} query
 * @param {{ signal: AbortSignal, patch: (message: { topic: string, patch: any }) => void }} options
 */
async function follow(query, { signal, patch }) {
  const response = await fetch(`${url}/v1/events?${query}`, { headers, signal })
  let text = ''
  for await (const bytes of response.body ?? []) {
    text += Buffer.from(bytes).toString()
    const messages = text.split('\n\n')
    text = messages.pop() ?? ''
    for (const message of messages) {
      const data = /^event: patch\ndata: (.*)$/m.exec(message)?.[1]
      if (data !== undefined) patch(JSON.parse(data))
    }
  }
}

/**
 * So many requests a second, as far as they are answered in time.
 * @param {Extract<Order, { kind: 'read' }>} order
 */
async function readAll({ agents, connections, perSecond: wanted, seconds }) {
  const beganAt = performance.now()
  const endsAt = Date.now() + seconds * 1000
  /** @type {number[]} */
  const tookMs = []
  const readOne = async (/** @type {number} */ first) => {
    for (let at = first; Date.now() < endsAt; at += 1) {
      const dueAt = beganAt + (1000 * connections * (at - first)) / wanted
      if (dueAt > performance.now()) await delay(dueAt - performance.now())
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
