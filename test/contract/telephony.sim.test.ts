// The contract on the simulated PBX, in virtual time; and that real time does as well.
import t from 'tap'
import type { AgentSettings } from '../../src/core/agents/agent.ts'
import type { OriginateOrder } from '../../src/core/effects.ts'
import type { TelephonyEvent } from '../../src/core/inputs.ts'
import { createSystemClock } from '../../src/dialer/clock.ts'
import { Defect } from '../../src/errors.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { suffixCallees } from '../../src/sim/world/callees.ts'
import { createVirtualClock } from '../../src/sim/world/scheduler.ts'
import { createSimulatedTelephony } from '../../src/sim/world/telephony.ts'
import { numberOf, type TelephonyHarness, telephonyContract } from './telephony.ts'

const nodeId = 'sim'

function agent(agentId: string): AgentSettings {
  return { agentId, name: agentId, endpoint: `PJSIP/${agentId}`, nodeId }
}

function createPbx(clock: Clock) {
  const telephony = createSimulatedTelephony({ nodeId, clock, callees: suffixCallees() })
  const events: TelephonyEvent[] = []
  let calls = 0
  const order = (number: string, timeoutMs = 30_000): OriginateOrder => {
    calls += 1
    const callerId = '+12125550100'
    return {
      attempt: {
        origin: 'campaign',
        ...{ callId: `contract-${calls}`, campaignId: 'contract', leadId: calls, number, nodeId, trunkId: 'trunk' },
        ...{ callerId, originatedAt: clock.now() },
      },
      route: { trunkId: 'trunk', nodeId, endpoint: `PJSIP/${number}@sim`, callerId },
      ...{ timeoutMs, messageSound: 'message', optOutKey: '9' },
    }
  }
  return { telephony, events, order }
}

const stepMs = 20
const patienceMs = 60_000

async function createVirtualHarness(): Promise<TelephonyHarness> {
  const clock = createVirtualClock()
  const { telephony, events, order } = createPbx(clock)
  const agents = { first: agent('first'), second: agent('second'), absent: agent('absent') }
  telephony.watchAgents(Object.values(agents))
  telephony.setAgentAnswers('absent', false)
  telephony.start(event => events.push(event))
  await clock.runUntil(0)
  return {
    ...{ telephony, agents, events, order },
    async until(what, holds) {
      const giveUpAt = clock.now() + patienceMs
      while (!holds()) {
        if (clock.now() > giveUpAt) throw new Defect(`in vain: ${what}`)
        await clock.runUntil(clock.now() + stepMs)
      }
    },
    elapse: durationMs => clock.runUntil(clock.now() + durationMs),
    agentDialsIn: async ({ agentId }) => telephony.agentDialsIn(agentId),
    agentHangsUp: async ({ agentId }) => telephony.agentHangsUp(agentId),
  }
}

telephonyContract(t, await createVirtualHarness())

t.test('the same PBX lives by the system clock', async t => {
  const { telephony, events, order } = createPbx(createSystemClock())
  const over = new Promise<void>(resolve => {
    telephony.start(event => {
      events.push(event)
      if (event.kind === 'call-ended') resolve()
    })
  })
  await telephony.originate(order(numberOf.busy))
  await over
  await telephony.close()
  t.strictSame(
    events.map(event => event.kind),
    ['node-up', 'call-ringing', 'call-ended'],
  )
})
