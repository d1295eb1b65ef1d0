import { recordAnsweredCall } from '../dialing/trunk.ts'
import type { InstantMs } from '../ids.ts'
import type { Step } from '../step.ts'
import { type Call, personOf } from './call.ts'
import { letGo } from './personalCalls.ts'

/** A call takes its channel, and its person: nobody else calls them. */
export function hold(step: Step, call: Call): void {
  const { state } = step
  state.calls.set(call.callId, call)
  state.day.originated(call)
  state.campaigns.get(call.campaignId)?.picture.follow(call)
  if (call.origin === 'inbound') state.callers.set(call.callId, personOf(call))
  else {
    state.numbersInFlight.add(call.number)
    if (call.lead?.personKey !== undefined) state.personsInFlight.add(call.lead.personKey)
  }
  const trunk = state.trunks.get(call.trunkId)
  if (trunk !== undefined) trunk.channelsInUse += 1
}

/** Gives back the channel, the person and the agent who was held for the call, which ended at this instant. */
export function release(step: Step, call: Call, endedAt: InstantMs): void {
  const { state } = step
  state.calls.delete(call.callId)
  state.day.ended(call, endedAt)
  state.campaigns.get(call.campaignId)?.picture.drop(call)
  letGo(step, call)
  if (call.origin === 'inbound') state.callers.delete(call.callId)
  else {
    state.numbersInFlight.delete(call.number)
    if (call.lead?.personKey !== undefined) state.personsInFlight.delete(call.lead.personKey)
  }
  const trunk = state.trunks.get(call.trunkId)
  if (trunk === undefined) return
  trunk.channelsInUse -= 1
  if (call.origin !== 'inbound' && 'answeredAt' in call.phase)
    recordAnsweredCall(trunk, endedAt - call.phase.answeredAt)
}
