// People at softphones, as far as pacing notices them: after each conversation they take their time and say that they are done.

/** @import { Api, EngineEvent } from '../lib/api.js' */

/**
 * Wrap-ups by these people's own clock; states as the engine tells them; epoch ms.
 * @typedef {object} Staff
 * @property {{ agentId: string, from: number, to: number }[]} wrapUps
 * @property {{ agentId: string, state: string, at: number }[]} states
 * @property {string[]} faults
 * @property {() => Promise<void>} close
 */

/**
 * @param {Pick<Api, 'events' | 'post'>} api
 * @param {{ wrapUpMsOf: (number: string) => number }} options
 * @returns {Staff}
 */
export function startAgents(api, { wrapUpMsOf }) {
  /** @type {Staff['wrapUps']} */
  const wrapUps = []
  /** @type {Staff['states']} */
  const states = []
  /** @type {string[]} */
  const faults = []
  /** @type {Map<string, { callId: string, number: string }>} */
  const talking = new Map()
  /** @type {Set<NodeJS.Timeout>} */
  const timers = new Set()
  const ending = new AbortController()

  /** @param {string} agentId */
  function writeUp(agentId) {
    const call = talking.get(agentId)
    if (call === undefined) return
    talking.delete(agentId)
    const wrapUp = { agentId, from: Date.now(), to: Number.POSITIVE_INFINITY }
    wrapUps.push(wrapUp)
    const timer = setTimeout(async () => {
      timers.delete(timer)
      try {
        await api.post(`/v1/calls/${call.callId}/wrap-up`, { code: 'done' })
      } catch (error) {
        faults.push(String(error))
      }
      wrapUp.to = Date.now()
    }, wrapUpMsOf(call.number))
    timers.add(timer)
  }

  /** @param {EngineEvent} event */
  function hear(event) {
    const agentId = String(event.agentId)
    if (event.kind === 'call-connected')
      talking.set(agentId, { callId: String(event.callId), number: String(event.number) })
    if (event.kind !== 'agent-state') return
    const state = String(event.state)
    states.push({ agentId, state, at: Date.parse(String(event.at)) })
    if (state === 'wrap-up') writeUp(agentId)
  }

  const listening = api.events(hear, ending.signal).catch(error => {
    if (!ending.signal.aborted) faults.push(String(error))
  })
  return {
    ...{ wrapUps, states, faults },
    async close() {
      for (const timer of timers) clearTimeout(timer)
      ending.abort()
      await listening
    },
  }
}
