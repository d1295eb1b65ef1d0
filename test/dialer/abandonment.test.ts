import t from 'tap'
import type { PbxInventory } from '../../src/core/inputs.ts'
import type { Dialer } from '../../src/dialer/dialer.ts'
import { createLog } from '../../src/log.ts'
import { createVirtualClock } from '../../src/sim/world/scheduler.ts'
import { createMemoryStore } from '../../src/store/memory/memoryStore.ts'
import { someLeads } from '../contract/store.ts'
import { createHandMadePbx, type HandMadePbx, startAt } from '../http/rig.ts'
import { testCampaign } from '../support/engineHarness.ts'
import { createOpenDialer, engineStateOf } from '../support/engineState.ts'

const spring = {
  ...testCampaign,
  pacing: { ...testCampaign.pacing, mode: 'predictive' as const, abandonmentWindows: [{ name: 'life' }] },
}
const nothing: PbxInventory = { calls: [], agents: [], unattended: [] }

interface Run {
  readonly dialer: Dialer
  readonly pbx: HandMadePbx
}

interface Windows {
  readonly windows: readonly { readonly answers: number; readonly abandoned: number }[]
  readonly ownerWindows: readonly { readonly answers: number; readonly abandoned: number }[]
}

t.test('an owner keeps the counts over a crash and under another name', async t => {
  const clock = createVirtualClock(startAt)
  const store = createMemoryStore()
  const turn = () => clock.runUntil(clock.now() + 1_000)

  async function run(callIdPrefix: string): Promise<Run> {
    const pbx = createHandMadePbx()
    const trunk = { trunkId: 'main', nodeId: 'pbx1', dialString: 'PJSIP/{number}@x', stripPlus: false }
    const dialer = createOpenDialer({
      clock,
      store,
      log: createLog({ level: 'silent' }),
      telephonies: [pbx],
      callIdPrefix,
      checkInvariants: true,
      trunks: [{ ...trunk, channelsMax: 10, callsPerSecondMax: 100 }],
      agents: [{ agentId: '1001', name: 'Ann', endpoint: 'PJSIP/1001', nodeId: 'pbx1', campaignId: 'spring' }],
    })
    await dialer.start()
    await turn()
    return { dialer, pbx }
  }

  function windowsOf({ dialer }: Run, campaignId: string): unknown {
    const campaign = engineStateOf(dialer).campaigns.get(campaignId)
    // The memory is plain JSON; the budget's part of it has these windows.
    const budget = campaign?.pacer.memory().budget as Windows | undefined
    return { own: budget?.windows.map(two), owner: budget?.ownerWindows.map(two) }
  }
  const two = ({ answers, abandoned }: { answers: number; abandoned: number }) => [answers, abandoned]

  async function call({ dialer, pbx }: Run, what: 'talk' | 'abandoned' | 'machine' | 'left-open'): Promise<string> {
    await turn()
    const calls = [...engineStateOf(dialer).calls.values()]
    const callId = calls.find(one => one.phase.state === 'originating')?.callId ?? 'none'
    const at = clock.now()
    if (what === 'left-open') return callId
    pbx.tell({ kind: 'call-answered', callId, at })
    if (what === 'abandoned') {
      pbx.tell({ kind: 'call-taken-over', callId, at })
      pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-us', at })
      return callId
    }
    pbx.tell({ kind: 'call-connected', callId, agentId: '1001', at })
    pbx.tell({ kind: 'call-ended', callId, cause: 'hung-up-by-peer', at })
    const code = what === 'machine' ? 'machine' : 'sale'
    t.match(await dialer.gateway.command({ kind: 'wrap-up', callId, code, refusal: false }), { accepted: true })
    return callId
  }

  const first = await run('a')
  await first.dialer.gateway.command({ kind: 'campaign-apply', settings: spring })
  const leads = someLeads(Array.from({ length: 40 }, () => 0))
  await store.importLeads('i', 'spring', leads)
  await store.activateImport('i', { source: 'x', rows: 40, imported: 40, duplicates: 0, invalid: 0 })
  first.pbx.tell({ kind: 'node-up', nodeId: 'pbx1', inventory: nothing, at: clock.now() })
  first.pbx.tell({ kind: 'agent-leg-up', agentId: '1001', nodeId: 'pbx1', by: 'agent', at: clock.now() })
  await first.dialer.gateway.command({ kind: 'campaign-start', campaignId: 'spring' })
  await turn()
  for (const what of ['talk', 'abandoned', 'talk', 'machine', 'talk'] as const) await call(first, what)
  const open = await call(first, 'left-open')
  t.same(windowsOf(first, 'spring'), { own: [[4, 1]], owner: [[4, 1]] })

  // The first run is simply not there any more: its last progress is older than its last calls.
  const second = await run('b')
  t.same(windowsOf(second, 'spring'), { own: [[4, 1]], owner: [[4, 1]] })
  const gone = { callId: open, reason: 'app-gone', answeredAt: clock.now(), optedOut: false } as const
  const inventory = { ...nothing, unattended: [gone] }
  second.pbx.tell({ kind: 'node-up', nodeId: 'pbx1', inventory, at: clock.now() })
  t.same(windowsOf(second, 'spring'), { own: [[5, 2]], owner: [[5, 2]] }, 'whom the crash left to the PBX counts')
  await second.dialer.gateway.command({ kind: 'campaign-apply', settings: { ...spring, campaignId: 'spring-2' } })
  await turn()
  t.same(windowsOf(second, 'spring-2'), { own: [[0, 0]], owner: [[5, 2]] }, 'another name, the same account')

  const third = await run('c')
  t.same(windowsOf(third, 'spring'), { own: [[5, 2]], owner: [[5, 2]] }, 'counted once')
  t.same(windowsOf(third, 'spring-2'), { own: [[0, 0]], owner: [[5, 2]] })
  const other = { ...spring, campaignId: 'debts', purpose: 'debt' as const }
  await third.dialer.gateway.command({ kind: 'campaign-apply', settings: other })
  await turn()
  t.same(windowsOf(third, 'debts'), { own: [[0, 0]], owner: [[0, 0]] })
  t.match(await store.abandonedCalls({ limit: 9 }), [{ detail: 'pbx-took-over' }, { callId: open }])
  for (const { dialer } of [first, second, third]) {
    const stopped = dialer.stop({ graceMs: 0 }).then(() => true)
    while (!(await Promise.race([stopped, new Promise(resolve => setImmediate(() => resolve(false)))]))) await turn()
  }
})
