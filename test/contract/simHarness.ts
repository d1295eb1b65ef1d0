import type { AgentSettings } from '../../src/core/agents/agent.ts'
import type { OriginateOrder } from '../../src/core/effects.ts'
import type { TelephonyEvent } from '../../src/core/inputs.ts'
import { Defect } from '../../src/errors.ts'
import { suffixCallees } from '../../src/sim/world/callees.ts'
import type { SimulatedTelephony, SimulatedTelephonyOptions } from '../../src/sim/world/pbx.ts'
import { createVirtualClock, type VirtualClock } from '../../src/sim/world/scheduler.ts'
import { createSimulatedTelephony } from '../../src/sim/world/telephony.ts'
import type { TelephonyHarness } from './telephony.ts'

const nodeId = 'sim'

type NodeOptions = Pick<SimulatedTelephonyOptions, 'clock' | 'takeOverAfterMs'>

function agent(agentId: string): AgentSettings {
  return { agentId, name: agentId, endpoint: `PJSIP/${agentId}`, nodeId }
}

/** A simulated PBX, what it tells, and orders for it. */
export function createSimulatedNode(options: NodeOptions) {
  const { clock } = options
  const telephony = createSimulatedTelephony({ nodeId, callees: suffixCallees(), ...options })
  const events: TelephonyEvent[] = []
  let calls = 0
  const order = (number: string, timeoutMs = 30_000): OriginateOrder => {
    calls += 1
    const callerId = '+12125550100'
    return {
      attempt: {
        origin: 'campaign',
        callId: `contract-${calls}`,
        campaignId: 'contract',
        leadId: calls,
        number,
        nodeId,
        trunkId: 'trunk',
        callerId,
        originatedAt: clock.now(),
      },
      route: { trunkId: 'trunk', nodeId, endpoint: `PJSIP/${number}@sim`, callerId },
      timeoutMs,
      messageSound: 'message',
      optOutKey: '9',
    }
  }
  return { telephony, events, order }
}

interface VirtualHarness extends TelephonyHarness {
  readonly clock: VirtualClock
  readonly telephony: SimulatedTelephony
}

const stepMs = 20
const patienceMs = 60_000

/** A harness whose time is virtual. */
export async function createVirtualHarness(options: Omit<NodeOptions, 'clock'> = {}): Promise<VirtualHarness> {
  const clock = createVirtualClock()
  const { telephony, events, order } = createSimulatedNode({ clock, ...options })
  const agents = { first: agent('first'), second: agent('second'), absent: agent('absent') }
  telephony.watchAgents(Object.values(agents))
  telephony.setAgentAnswers('absent', false)
  telephony.start(event => events.push(event))
  await clock.runUntil(0)
  let callsIn = 0
  return {
    clock,
    telephony,
    agents,
    events,
    order,
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
    async callIn({ digits = [], hangsUpAfterMs, ...leg }) {
      callsIn += 1
      const callId = `in-${callsIn}`
      telephony.callComesIn({ callId, trunkId: 'trunk', ...leg })
      let at = clock.now()
      for (const { afterMs, digit } of digits) {
        at += afterMs
        clock.wakeAt(at, () => telephony.callerPresses(callId, digit))
      }
      if (hangsUpAfterMs !== undefined) clock.wakeAt(at + hangsUpAfterMs, () => telephony.callerHangsUp(callId))
    },
  }
}
