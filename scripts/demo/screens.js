// The agents' screens: what a person at the softphone would click. A little program for each agent that hears of
// their calls, ends talks that the other side does not end, and writes up what was said.
import { MACHINE_SUFFIX } from './people.js'

const TALK_MS = [10_000, 40_000]
const MACHINE_MS = [2_000, 5_000]
const WRITE_UP_MS = [800, 3_500]
const GOODBYE_MS = [3_000, 8_000]
const CODES = ['sale', 'not-interested', 'not-interested', 'not-interested', 'callback', 'refused']

/** Watches the event stream and acts for every agent. */
export function startScreens(api) {
  const ending = new AbortController()
  const current = new Map()
  const timers = new Set()
  let leaving = false

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

  function connected({ agentId, callId, number }) {
    const machine = number.endsWith(MACHINE_SUFFIX)
    current.set(agentId, { callId, machine })
    // A call that rang when the dialing ended is answered later than everybody else said goodbye.
    const talkMs = leaving ? GOODBYE_MS : TALK_MS
    hangUp(callId, machine ? MACHINE_MS : talkMs)
  }

  function hangUp(callId, afterMs) {
    later(afterMs, () => api.post(`/v1/calls/${callId}/hang-up`))
  }

  function writeUp(agentId) {
    const call = current.get(agentId)
    if (call === undefined) return
    current.delete(agentId)
    const code = call.machine ? 'machine' : CODES[Math.floor(Math.random() * CODES.length)]
    const callback = code === 'callback' ? { callbackAt: new Date(Date.now() + 3_600_000).toISOString() } : {}
    later(WRITE_UP_MS, () => api.post(`/v1/calls/${call.callId}/wrap-up`, { code, ...callback }))
  }

  api
    .events(event => {
      if (event.kind === 'call-connected') connected(event)
      else if (event.kind === 'agent-state' && event.state === 'wrap-up') writeUp(event.agentId)
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
