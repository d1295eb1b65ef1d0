import fc from 'fast-check'
import t from 'tap'
import type { Effect } from '../../src/core/effects.ts'
import type { Input } from '../../src/core/inputs.ts'
import type { PacingMode } from '../../src/core/pacing/pacer.ts'
import { endCauses } from '../../src/core/vocabulary.ts'
import { createEngineHarness, type EngineHarness, ofKind, testCampaign } from '../support/engineHarness.ts'

/** One thing that happens, named by what it does to the n-th call or agent there is. */
type Happening = readonly [what: (typeof happenings)[number], which: number, afterMs: number]

const happenings = [
  'ring',
  'answer',
  'answer',
  'confirm',
  'confirm',
  'fail-agent',
  'fail-customer',
  'fail-pbx',
  'part',
  'take-over',
  'end',
  'end',
  'opt-out-key',
  'refuse',
  'originate-failed',
  'leg-up',
  'leg-down',
  'media-off',
  'media-on',
  'key',
  'pause',
  'logout',
  'resume',
  'login',
  'wrap-up',
  'hold',
  'unhold',
  'hold-failed',
  'breather',
  'transfer',
  'transfer-end',
  'target-up',
  'target-down',
  'target-joined',
  'hand',
  'block',
  'comes-in',
  'traced',
  'line-key',
  'prompt-ended',
  'node-down',
  'node-up',
  'start',
  'stop',
  'force-stop',
  'pause-campaign',
  'time',
] as const

function happen(harness: EngineHarness, [what, which, afterMs]: Happening): void {
  const now = harness.now() + afterMs
  harness.passUntil(now)
  const calls = [...harness.state.calls.values()]
  const agents = [...harness.state.agents.values()]
  const call = calls[which % Math.max(1, calls.length)]
  const agentId = agents[which % agents.length]?.agentId ?? 'nobody'
  const callId = call?.callId ?? 'none'
  const feed = harness.feed
  const recent = [...harness.state.recentCalls.keys()]
  switch (what) {
    case 'ring':
      return void feed({ kind: 'call-ringing', callId, at: now }, now)
    case 'answer':
      return void feed({ kind: 'call-answered', callId, at: now }, now)
    case 'confirm': {
      const agent = call?.phase.state === 'connected' ? call.phase.agentId : agentId
      return void feed({ kind: 'call-connected', callId, agentId: agent, at: now }, now)
    }
    case 'part': {
      const agent = call?.phase.state === 'connected' ? call.phase.agentId : agentId
      return void feed({ kind: 'call-parted', callId, agentId: agent, at: now }, now)
    }
    case 'fail-agent':
    case 'fail-pbx':
    case 'fail-customer': {
      const agent = call?.phase.state === 'connected' ? call.phase.agentId : agentId
      const broken = ({ 'fail-agent': 'agent-leg', 'fail-pbx': 'pbx', 'fail-customer': 'customer-leg' } as const)[what]
      return void feed({ kind: 'connect-failed', callId, agentId: agent, broken, at: now }, now)
    }
    case 'take-over':
      return void feed({ kind: 'call-taken-over', callId, at: now }, now)
    case 'end': {
      const cause = endCauses[which % endCauses.length] ?? 'failed'
      const sipCode = which % 3 === 0 ? { sipCode: 200 } : {}
      return void feed({ kind: 'call-ended', callId, cause, ...sipCode, at: now }, now)
    }
    case 'opt-out-key':
      return void feed({ kind: 'call-opted-out', callId, at: now }, now)
    case 'refuse':
      if (call?.phase.state !== 'originating') return
      return void feed({ kind: 'originate-refused', callId, reason: 'do-not-call' }, now)
    case 'originate-failed':
      return void feed({ kind: 'originate-failed', callId }, now)
    case 'leg-up':
      return void feed(
        { kind: 'agent-leg-up', agentId, nodeId: 'pbx', by: which % 2 ? 'agent' : 'engine', at: now },
        now,
      )
    case 'leg-down':
      return void feed({ kind: 'agent-leg-down', agentId, cause: 'hung-up-by-peer', at: now }, now)
    case 'media-off':
    case 'media-on':
      return void feed({ kind: 'agent-media', agentId, flowing: what === 'media-on', at: now }, now)
    case 'key':
      return void feed({ kind: 'agent-key', agentId, key: ['*', '1', '4', '5', '8'][which % 5] ?? '*', at: now }, now)
    case 'pause':
      return void feed({ kind: 'agent-pause', agentId, reason: 'x', force: which % 4 === 0 }, now)
    case 'logout':
      return void feed({ kind: 'agent-logout', agentId, force: which % 4 === 0 }, now)
    case 'resume':
      return void feed({ kind: 'agent-resume', agentId }, now)
    case 'login':
      return void feed({ kind: 'agent-login', agentId }, now)
    case 'wrap-up': {
      const of = recent[which % Math.max(1, recent.length)] ?? callId
      return void feed({ kind: 'wrap-up', callId: of, code: 'machine', refusal: which % 5 === 0 }, now)
    }
    case 'hold':
    case 'unhold':
      return void feed({ kind: 'call-hold', callId, on: what === 'hold' }, now)
    case 'hold-failed':
      return void feed({ kind: 'hold-failed', callId, on: which % 2 === 0 }, now)
    case 'transfer': {
      const target = { targetId: 'desk', endpoint: 'PJSIP/2001' }
      return void feed({ kind: 'call-transfer', callId, target, blind: which % 2 === 0 }, now)
    }
    case 'transfer-end':
      return void feed({ kind: 'call-transfer-end', callId, how: which % 2 ? 'complete' : 'return' }, now)
    case 'target-up':
      return void feed({ kind: 'target-up', callId, at: now }, now)
    case 'target-down':
      return void feed(
        { kind: 'target-down', callId, cause: endCauses[which % endCauses.length] ?? 'failed', at: now },
        now,
      )
    case 'target-joined':
      return void feed({ kind: 'target-joined', callId, to: which % 3 ? 'person' : 'agent' }, now)
    case 'breather':
      return void feed({ kind: 'agent-breather', agentId }, now)
    case 'hand':
      return void feed({ kind: 'agent-help', agentId, raised: which % 2 === 0 }, now)
    case 'block':
      return void feed({ kind: 'number-blocked', number: call?.number ?? '+12125550199' }, now)
    case 'comes-in': {
      const number = which % 3 === 0 ? {} : { number: call?.number ?? '+12125550198' }
      const incoming = {
        callId: `in-${harness.now()}-${which}`,
        nodeId: 'pbx',
        trunkId: 'main',
        called: '+12125550100',
      }
      return void feed({ kind: 'call-incoming', ...incoming, ...number, at: now }, now)
    }
    case 'traced':
      return void feed({ kind: 'caller-traced', callId, called: which % 2 ? 'yes' : 'no', campaignId: 'spring' }, now)
    case 'line-key':
      return void feed({ kind: 'call-key', callId, key: ['2', '3', '5'][which % 3] ?? '2', at: now }, now)
    case 'prompt-ended': {
      const said = call?.phase.state === 'informing' ? call.phase.said : which
      return void feed({ kind: 'prompt-ended', callId, said, at: now }, now)
    }
    case 'node-down':
      return void feed({ kind: 'node-down', nodeId: 'pbx', at: now }, now)
    case 'node-up':
      return void feed({ kind: 'node-up', nodeId: 'pbx', inventory: inventoryOf(harness, which), at: now }, now)
    case 'start':
      return void feed({ kind: 'campaign-start', campaignId: 'spring' }, now)
    case 'stop':
    case 'force-stop':
      return void feed({ kind: 'campaign-stop', campaignId: 'spring', force: what === 'force-stop' }, now)
    case 'pause-campaign':
      return void feed({ kind: 'campaign-pause', campaignId: 'spring' }, now)
    case 'time':
      return void harness.passUntil(now + which * 100)
  }
}

/** What a PBX might show: some of the calls, as they are or further on, some of the agents. */
function inventoryOf(harness: EngineHarness, which: number) {
  const all = [...harness.state.calls.values()]
  const kept = all.filter((_, index) => (index + which) % 3 !== 0)
  const gone = all.filter((_, index) => (index + which) % 3 === 0)
  const calls = kept.map(call => ({
    callId: call.callId,
    // What is being screened is a leg in our hands, as far as the PBX knows.
    state:
      which % 5 === 0
        ? ('announcing' as const)
        : call.phase.state === 'screening' || call.phase.state === 'informing'
          ? ('waiting' as const)
          : call.phase.state,
  }))
  const unattended = gone.slice(0, 1).map(call => ({
    ...{ callId: call.callId, reason: 'app-gone' as const, answeredAt: harness.now(), optedOut: which % 2 === 0 },
  }))
  const agents = [...harness.state.agents.keys()].filter((_, index) => (index + which) % 4 !== 0)
  return { calls, agents, unattended }
}

/** Some are call-backs that agents promised, some are one person's. */
function someLead(leadId: number) {
  const promised = leadId % 5 === 0 ? { agentId: `a${1 + (leadId % 4)}` } : {}
  return leadId % 3 === 0 ? { ...promised, personKey: Math.floor(leadId / 6) } : promised
}

t.test('no sequence of events breaks an invariant, and no campaign counts what cannot be', async t => {
  const happening = fc.tuple(fc.constantFrom(...happenings), fc.nat(999), fc.nat(3_000))
  const modes = fc.constantFrom<PacingMode>('progressive', 'ratio', 'predictive')
  fc.assert(
    fc.property(
      modes,
      fc.integer({ min: 1, max: 6 }),
      fc.array(happening, { maxLength: 150, size: 'max' }),
      (mode, agents, story) => {
        const pacing = { ...testCampaign.pacing, mode, ratio: 2 }
        const limits = { channels: 12, callsPerSecond: 20 }
        const harness = createEngineHarness({ agents, campaign: { pacing }, ...limits, lead: someLead })
        harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 500)
        for (const one of story) happen(harness, one)
        settle(harness)
        const counters = harness.state.campaigns.get('spring')?.progress.counters
        if (counters === undefined) throw new TypeError('the campaign is gone')
        for (const [name, value] of Object.entries(counters)) {
          if (!(value >= 0)) throw new TypeError(`${name} is ${value}`)
        }
        const { calls, numbersInFlight, personsInFlight } = harness.state
        return calls.size + numbersInFlight.size + personsInFlight.size === 0
      },
    ),
    { numRuns: 400, seed: 20_261_124 },
  )
  t.pass('400 stories of up to 150 events, invariants after every step')
})

/** Whatever has happened: when the campaign is stopped and the PBX tells no more, every call ends by itself. */
function settle(harness: EngineHarness): void {
  const up = { calls: [], agents: [], unattended: [] }
  harness.feed({ kind: 'campaign-stop', campaignId: 'spring', force: true }, harness.now())
  harness.feed({ kind: 'node-up', nodeId: 'pbx', inventory: up, at: harness.now() }, harness.now())
  harness.passUntil(harness.now() + 200_000)
}

t.test('a PBX that says nothing more after an originate cannot hold a call for ever', async t => {
  const harness = createEngineHarness({ agents: 3 })
  harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 500)
  const ids = [...harness.state.calls.keys()]
  harness.feed({ kind: 'campaign-stop', campaignId: 'spring', force: false }, 600)
  const ended = ofKind(harness.passUntil(90_000), 'attempt-ended').map(effect => effect.end)
  t.match(
    ended.map(end => [end.callId, end.disposition]).toSorted(),
    ids.map(callId => [callId, 'failed']),
  )
  t.equal(harness.state.campaigns.get('spring')?.state, 'stopped')
})

/** Tells each step's input and effects. */
function overheard(harness: EngineHarness, hear: (input: Input, effects: readonly Effect[]) => void): EngineHarness {
  return {
    ...harness,
    feed(input, now) {
      const effects = harness.feed(input, now)
      hear(input, effects)
      return effects
    },
    passUntil(now) {
      const effects = harness.passUntil(now)
      hear({ kind: 'wake' }, effects)
      return effects
    },
  }
}

t.test('whoever is abandoned hears the message, unless they have gone or the PBX plays it by itself', async t => {
  const happening = fc.tuple(fc.constantFrom(...happenings), fc.nat(999), fc.nat(3_000))
  const seen = { ordered: 0, byPbx: 0, legGone: 0 }
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.array(happening, { maxLength: 150, size: 'max' }),
      (agents, story) => {
        const campaign = { pacing: { ...testCampaign.pacing, mode: 'ratio' as const, ratio: 4 } }
        const messages = new Set<string>()
        const wrong: string[] = []
        const judge = (input: Input, effects: readonly Effect[]): void => {
          for (const { callId } of ofKind(effects, 'play-message')) messages.add(callId)
          for (const { end } of ofKind(effects, 'attempt-ended')) {
            if (end.disposition !== 'abandoned') continue
            const byPbx = end.detail === 'pbx-took-over' || end.detail === 'application-gone'
            if (end.messageAt !== undefined && !byPbx) {
              seen.ordered += 1
              if (!messages.has(end.callId)) wrong.push(`${end.callId}: a message is claimed that nobody ordered`)
            } else if (byPbx) seen.byPbx += 1
            else {
              seen.legGone += 1
              // Its end came in this very step: told by the PBX, or missing in its picture, or its news overdue.
              const gone = input.kind === 'call-ended' || input.kind === 'node-up' || end.detail === 'recovered'
              if (!gone) wrong.push(`${end.callId}: ${input.kind} left a person without a message`)
            }
          }
        }
        const harness = overheard(createEngineHarness({ agents, campaign, leads: 30 }), judge)
        harness.feed({ kind: 'campaign-start', campaignId: 'spring' }, 0)
        for (const one of story) happen(harness, one)
        if (wrong.length > 0) throw new TypeError(wrong.join('; '))
      },
    ),
    { numRuns: 300 },
  )
  t.ok(seen.ordered > 50 && seen.byPbx > 50 && seen.legGone > 5, JSON.stringify(seen))
})
