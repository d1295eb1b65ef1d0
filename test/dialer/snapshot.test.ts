import t from 'tap'
import type { EngineGateway } from '../../src/ports/engine.ts'
import { connectCall, dialingRig, type Rig } from '../http/rig.ts'

/** Everything that may be read of a running engine with one campaign, one agent and one call. */
function readAll(gateway: EngineGateway, callId: string) {
  return {
    board: gateway.board(),
    counts: gateway.counts(),
    campaigns: gateway.campaigns(),
    campaign: gateway.campaign('spring'),
    agents: gateway.agents(),
    agent: gateway.agent('1001'),
    call: gateway.call(callId),
    decisions: gateway.decisions('spring'),
    record: gateway.lastRecord('spring'),
  }
}

/** Changes whatever in it can be changed, however deep: a reader who does not keep to the types. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (value instanceof Set || value instanceof Map) {
    value.clear()
    return
  }
  for (const [key, part] of Object.entries(value)) {
    spoil(part)
    if (!Object.isFrozen(value)) Reflect.set(value, key, 'spoiled')
  }
  if (Array.isArray(value) && !Object.isFrozen(value)) value.length = 0
}

async function atWork(t: Parameters<typeof dialingRig>[0]): Promise<{ rig: Rig; callId: string }> {
  const rig = await dialingRig(t)
  const callId = await connectCall(rig)
  return { rig, callId }
}

t.test('what was read does not change with the next step', async t => {
  const { rig, callId } = await atWork(t)
  const { gateway } = rig.dialer
  const read = readAll(gateway, callId)
  t.match(read, {
    board: { campaigns: [{ campaignId: 'spring' }], agents: { 'on-call': 1 } },
    agent: { phase: { state: 'on-call' } },
    call: { phase: { state: 'connected' }, ended: false },
    decisions: [{ decision: { figures: {} } }],
    record: { version: 2 },
  })
  const before = structuredClone(read)
  await rig.call('PATCH', '/v1/campaigns/spring/pacing', { dialLevelMax: 2 })
  rig.pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at: rig.clock.now() })
  await rig.clock.runUntil(rig.clock.now() + 60_000)
  t.match(gateway.agent('1001'), { phase: { state: 'available' } }, 'the engine has gone on')
  t.equal(gateway.campaign('spring')?.settings.pacing.dialLevelMax, 2)
  t.strictSame(read, before)
})

t.test('whoever changes what was read changes nothing', async t => {
  const { rig, callId } = await atWork(t)
  const { gateway } = rig.dialer
  const before = structuredClone(readAll(gateway, callId))
  spoil(readAll(gateway, callId))
  t.strictSame(readAll(gateway, callId), before)
  // Invariants are checked after every step.
  await rig.clock.runUntil(rig.clock.now() + 10_000)
  t.match(await rig.call('GET', '/v1/status'), { status: 200, body: { campaigns: [{ campaignId: 'spring' }] } })
})

t.test('settings are copied once, not at every question', async t => {
  const { rig } = await atWork(t)
  const { gateway } = rig.dialer
  t.equal(gateway.campaign('spring')?.settings, gateway.campaign('spring')?.settings)
  t.ok(Object.isFrozen(gateway.campaign('spring')?.settings.pacing))
})
