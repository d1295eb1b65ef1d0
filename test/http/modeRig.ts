import type { Test } from 'tap'
import { createPasswords } from '../../src/credentials/passwords.ts'
import { type Rig, startRig, token } from './rig.ts'

export const password = 'four words are enough'
const spring = { id: 'spring', message: 'sorry', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'] }

/** Ann, `1001`, who may log in as ann, on the line of a campaign that runs in a mode; Bob and Carol are its leads. */
export async function modeRig(t: Test, settings: object, options: Parameters<typeof startRig>[1] = {}): Promise<Rig> {
  const rig = await startRig(t, { passwords: createPasswords({ N: 16, r: 1, p: 1 }), ...options })
  const { pbx, clock } = rig
  const inventory = { calls: [], agents: [], unattended: [] }
  pbx.tell({ kind: 'node-up', nodeId: 'pbx1', inventory, at: clock.now() })
  await rig.call('PUT', '/v1/campaigns/spring', { ...spring, ...settings })
  await fetch(`${rig.url}/v1/campaigns/spring/leads/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: '+12025550111,Bob\n+12025550112,Carol\n',
  })
  await rig.call('POST', '/v1/campaigns/spring/start')
  await rig.call('POST', '/v1/users', { name: 'ann', role: 'agent', agentId: '1001' })
  await rig.call('PUT', '/v1/users/ann/password', { password })
  await rig.call('POST', '/v1/agents/1001/login', { campaign: 'spring' })
  pbx.tell({ kind: 'agent-leg-up', agentId: '1001', nodeId: 'pbx1', by: 'engine', at: clock.now() })
  await clock.runUntil(clock.now() + 2_000)
  return rig
}
