import t from 'tap'
import { type CallOrigin, type CallState, callTransitions } from '../../../src/core/calls/call.ts'
import { dispositionOf } from '../../../src/core/calls/callEnd.ts'
import type { Effect } from '../../../src/core/effects.ts'
import { createEngineState } from '../../../src/core/engine.ts'
import { moveCall, type Step } from '../../../src/core/step.ts'
import { dispositions, endCauses } from '../../../src/core/vocabulary.ts'
import { callIn, origins, phases, statesOf } from './callWorld.ts'

const everyState = Object.keys(phases) as readonly CallState[]

/** What may follow what, written once more by hand. */
const legal: { readonly [Origin in CallOrigin]: Readonly<Partial<Record<CallState, readonly CallState[]>>> } = {
  campaign: {
    originating: ['ringing', 'screening', 'waiting', 'announcing'],
    ringing: ['screening', 'waiting', 'announcing'],
    screening: ['waiting', 'announcing'],
    waiting: ['connected', 'announcing'],
    connected: ['waiting', 'connected', 'announcing'],
    announcing: [],
  },
  manual: {
    originating: ['ringing', 'connected'],
    ringing: ['connected'],
    connected: ['connected', 'announcing'],
    announcing: [],
  },
  inbound: {
    ringing: ['informing', 'screening', 'waiting'],
    informing: ['informing'],
    screening: ['waiting'],
    waiting: ['connected'],
    connected: ['waiting', 'connected'],
  },
}

function newStep(): Step & { readonly effects: Effect[] } {
  return { state: createEngineState('t'), now: 5, effects: [] }
}

t.test('every origin and pair of states: legal ones move, the others are refused and change nothing', async t => {
  for (const origin of origins) {
    for (const from of statesOf[origin]) {
      for (const to of everyState) {
        const step = newStep()
        const call = callIn(origin, phases[from])
        const allowed = legal[origin][from]?.includes(to) === true
        t.equal(moveCall(step, call, phases[to]), allowed, `${origin}: ${from} -> ${to}`)
        t.equal(call.phase, allowed ? phases[to] : phases[from])
        t.equal(step.effects.length, allowed ? 0 : 1)
      }
    }
  }
})

t.test('each origin has its states and no others, and all of them but the first can be reached', async t => {
  for (const origin of origins) {
    const table: Readonly<Record<string, readonly string[]>> = callTransitions[origin]
    t.same(Object.keys(table).toSorted(), statesOf[origin].toSorted())
    const reached = new Set(Object.values(table).flat())
    t.same([...reached].toSorted(), statesOf[origin].slice(1).toSorted(), origin)
  }
})

t.test('every origin, phase and cause has one disposition', async t => {
  for (const origin of origins) {
    for (const state of statesOf[origin]) {
      for (const cause of endCauses) {
        const disposition = dispositionOf(callIn(origin, phases[state]), { cause, at: 9 })
        t.ok(dispositions.includes(disposition), `${origin}, ${state}, ${cause}: ${disposition}`)
        const ofTheLaw = disposition === 'abandoned' || disposition === 'hung-up-waiting'
        if (origin !== 'campaign')
          t.equal(ofTheLaw, state === 'announcing', `${origin}, ${state}, ${cause}: abandoned where they met silence`)
        else if (disposition !== 'connected')
          t.equal(
            ofTheLaw,
            state !== 'originating' && state !== 'ringing',
            'whoever answered is never written as unanswered',
          )
        t.equal(disposition === 'connected', state === 'connected', 'a conversation is one whoever began it')
      }
    }
  }
})

t.test('what became of a person who met no agent depends on who ended it', async t => {
  const { connectedAt: _, ...joining } = phases.connected as Extract<
    (typeof phases)['connected'],
    { state: 'connected' }
  >
  const table = [
    ['campaign', phases.waiting, 'hung-up-by-peer', 'hung-up-waiting'],
    ['campaign', phases.screening, 'hung-up-by-peer', 'hung-up-waiting'],
    ['campaign', phases.screening, 'hung-up-by-us', 'abandoned'],
    ['campaign', joining, 'lost', 'abandoned'],
    ['manual', joining, 'hung-up-by-peer', 'failed'],
    ['manual', joining, 'lost', 'failed'],
    ['inbound', phases.ringing, 'hung-up-by-peer', 'no-answer'],
    ['inbound', phases.informing, 'hung-up-by-peer', 'informed'],
    ['inbound', phases.informing, 'hung-up-by-us', 'informed'],
    ['inbound', phases.screening, 'hung-up-by-peer', 'no-answer'],
    ['inbound', phases.waiting, 'hung-up-by-peer', 'no-answer'],
    ['inbound', phases.waiting, 'lost', 'failed'],
    ['inbound', joining, 'hung-up-by-peer', 'no-answer'],
  ] as const
  for (const [origin, phase, cause, disposition] of table)
    t.equal(dispositionOf(callIn(origin, phase), { cause, at: 9 }), disposition, `${origin}, ${phase.state}, ${cause}`)
  const withdrawn = { ...callIn('campaign', phases.ringing), endingAs: 'withdrawn' as const }
  t.equal(dispositionOf(withdrawn, { cause: 'hung-up-by-us', at: 9 }), 'withdrawn')
  t.equal(dispositionOf(withdrawn, { cause: 'busy', at: 9 }), 'busy', 'what happened first is what is written')
})
