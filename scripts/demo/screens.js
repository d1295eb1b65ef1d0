// The agents' screens: what a person at the softphone would click. A little program for each agent that hears of
// their calls, ends talks that the other side does not end, and writes up what was said.
import { OWN_LINE } from './guests.js'
import { MACHINE_SUFFIX } from './people.js'

/** @import { Api, EngineEvent } from '../lib/api.js' */

/** @typedef {ReturnType<typeof startScreens>} Screens */

/** @typedef {readonly [shortestMs: number, longestMs: number]} Span */

/** @typedef {{ callId: string, machine: boolean }} Talk */

/** @type {Span} */
const TALK_MS = [10_000, 40_000]
/** @type {Span} */
const MACHINE_MS = [2_000, 5_000]
/** @type {Span} */
const WRITE_UP_MS = [800, 3_500]
/** @type {Span} */
const GOODBYE_MS = [3_000, 8_000]
const CODES = ['sale', 'not-interested', 'not-interested', 'not-interested', 'callback', 'refused']

/**
 * Watches the event stream and acts for every agent.
 * @param {Pick<Api, 'events' | 'post'>} api
 */
export function startScreens(api) {
  const ending = new AbortController()
  /** @type {Map<string, Talk>} */
  const current = new Map()
  /** @type {Set<NodeJS.Timeout>} */
  const timers = new Set()
  let leaving = false

  /**
   * @param {Span} after
   * @param {() => Promise<unknown>} act
   */
  function later([fromMs, toMs], act) {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        // A call that has ended meanwhile refuses; so does a daemon that is stopping. Neither needs an answer.
        act().catch(() => {})
      },
      fromMs + Math.random() * (toMs - fromMs),
    )
    timers.add(timer)
  }

  /** @param {EngineEvent} event */
  function connected(event) {
    const [agentId, callId, number] = [String(event.agentId), String(event.callId), String(event.number)]
    const machine = number.endsWith(MACHINE_SUFFIX)
    current.set(agentId, { callId, machine })
    // Whoever sits there in a browser decides by themselves, until everybody says goodbye.
    if (agentId === OWN_LINE && !leaving) return
    // A call that rang when the dialing ended is answered later than everybody else said goodbye.
    const talkMs = leaving ? GOODBYE_MS : TALK_MS
    hangUp(callId, machine ? MACHINE_MS : talkMs)
  }

  /**
   * @param {string} callId
   * @param {Span} afterMs
   */
  function hangUp(callId, afterMs) {
    later(afterMs, () => api.post(`/v1/calls/${callId}/hang-up`))
  }

  /** @param {string} agentId */
  function writeUp(agentId) {
    const call = current.get(agentId)
    if (call === undefined) return
    current.delete(agentId)
    if (agentId === OWN_LINE) return
    const code = call.machine ? 'machine' : CODES[Math.floor(Math.random() * CODES.length)]
    const callback = code === 'callback' ? { callbackAt: new Date(Date.now() + 3_600_000).toISOString() } : {}
    later(WRITE_UP_MS, () => api.post(`/v1/calls/${call.callId}/wrap-up`, { code, ...callback }))
  }

  api
    .events(event => {
      if (event.kind === 'call-connected') connected(event)
      else if (event.kind === 'agent-state' && event.state === 'wrap-up') writeUp(String(event.agentId))
    }, ending.signal)
    .catch(error => {
      if (!ending.signal.aborted) throw error
    })

  return {
    /** Ends every talk within a few seconds, those that are still to come as well. */
    sayGoodbye() {
      leaving = true
      for (const { callId } of current.values()) hangUp(callId, GOODBYE_MS)
    },
    close() {
      ending.abort()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
