// People at softphones, as far as pacing notices them: after each conversation they take their time and say that they are done.

/**
 * @param {object} api
 * @param {{wrapUpMsOf(number: string): number}} options
 * @returns {{wrapUps: {agentId: string, from: number, to: number}[], states: {agentId: string, state: string, at: number}[],
 * faults: string[], close(): Promise<void>}} wrap-ups by these people's own clock; states as the engine tells them, epoch ms
 */
export function startAgents(api, { wrapUpMsOf }) {
  const wrapUps = []
  const states = []
  const faults = []
  const talking = new Map()
  const timers = new Set()
  const ending = new AbortController()

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
        faults.push(error.message)
      }
      wrapUp.to = Date.now()
    }, wrapUpMsOf(call.number))
    timers.add(timer)
  }

  function hear(event) {
    if (event.kind === 'call-connected') talking.set(event.agentId, event)
    if (event.kind !== 'agent-state') return
    const { agentId, state } = event
    states.push({ agentId, state, at: Date.parse(event.at) })
    if (state === 'wrap-up') writeUp(agentId)
  }

  const listening = api.events(hear, ending.signal).catch(error => {
    if (!ending.signal.aborted) faults.push(error.message)
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
