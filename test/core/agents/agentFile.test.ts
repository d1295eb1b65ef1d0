import t from 'tap'
import type { AgentSettings } from '../../../src/core/agents/agent.ts'
import { mergeAgentFile } from '../../../src/core/agents/agentFile.ts'

const ann: AgentSettings = { agentId: '1001', name: 'Ann', endpoint: 'PJSIP/1001', nodeId: 'pbx' }
const ben: AgentSettings = { agentId: '1002', name: 'Ben', endpoint: 'PJSIP/1002', nodeId: 'pbx', campaignId: 'spring' }

/** What a start makes of these, and what is remembered for the next one. */
function start(file: readonly AgentSettings[], before: Kept = { kept: [], lastFile: [] }) {
  const merge = mergeAgentFile({ file, ...before })
  const kept = new Map(before.kept.map(agent => [agent.agentId, agent]))
  const lastFile = new Map(before.lastFile.map(agent => [agent.agentId, agent]))
  for (const { agentId, settings, fromFile } of merge.imports) {
    if (settings === undefined) kept.delete(agentId)
    else kept.set(agentId, settings)
    if (fromFile === undefined) lastFile.delete(agentId)
    else lastFile.set(agentId, fromFile)
  }
  t.same(merge.agents, [...kept.values()], 'what is told to the engine is what is kept')
  return { kept: [...kept.values()], lastFile: [...lastFile.values()], changes: merge.changes }
}

interface Kept {
  readonly kept: readonly AgentSettings[]
  readonly lastFile: readonly AgentSettings[]
}

/** Somebody changes an agent by hand, or adds one. */
function byHand(before: Kept, changed: AgentSettings): Kept {
  return { ...before, kept: [...before.kept.filter(({ agentId }) => agentId !== changed.agentId), changed] }
}

t.test('the first start takes in whom the file names, the second changes nothing', async t => {
  const first = start([ann, ben])
  t.same(first.kept, [ann, ben])
  t.same(
    first.changes.map(({ agentId, kind }) => `${agentId} ${kind}`),
    ['1001 added', '1002 added'],
  )
  const again = mergeAgentFile({ file: [ann, ben], ...first })
  t.same([again.imports, again.changes], [[], []])
})

t.test('what was changed by hand stays until the file says something new of it', async t => {
  const changed = byHand(start([ann]), { ...ann, name: 'Ann Example', campaignId: 'autumn' })
  const second = start([ann], changed)
  t.same(second.kept, [{ ...ann, name: 'Ann Example', campaignId: 'autumn' }])
  t.same(second.changes, [])
  const third = start([{ ...ann, endpoint: 'PJSIP/desk-7' }], second)
  t.same(third.kept, [{ ...ann, name: 'Ann Example', campaignId: 'autumn', endpoint: 'PJSIP/desk-7' }])
  t.same(third.changes, [{ agentId: '1001', kind: 'changed', fields: ['endpoint'] }])
  const fourth = start([{ ...ann, endpoint: 'PJSIP/desk-7', name: 'Anne' }], third)
  t.equal(fourth.kept[0]?.name, 'Anne')
})

t.test('the file takes a campaign away only if it had given one', async t => {
  const { campaignId: _, ...withoutCampaign } = ben
  const given = start([ben])
  t.same(start([withoutCampaign], given).kept, [withoutCampaign])
  const chosen = byHand(start([withoutCampaign]), ben)
  t.same(start([withoutCampaign], chosen).kept, [ben])
})

t.test('whom the file no longer names goes, and whom it never named stays', async t => {
  const eve: AgentSettings = { agentId: '1009', name: 'Eve', endpoint: 'PJSIP/1009', nodeId: 'pbx' }
  const before = byHand(byHand(start([ann, ben]), eve), { ...ben, name: 'Benjamin' })
  const after = start([ann], before)
  t.same(after.kept, [ann, eve])
  t.same(after.changes, [{ agentId: '1002', kind: 'removed' }])
  t.same(after.lastFile, [ann])
  t.same(start([ann, ben], after).kept, [ann, eve, ben], 'named again, they are new')
})

t.test('whoever was removed by hand stays removed until the file says something new of them', async t => {
  const { lastFile } = start([ann, ben])
  const removed = start([ann, ben], { kept: [ann], lastFile })
  t.same(removed.kept, [ann])
  t.same(removed.changes, [{ agentId: '1002', kind: 'stays-removed' }])
  t.same(start([ann, { ...ben, name: 'Benedict' }], removed).kept.at(-1)?.name, 'Benedict')
  t.same(start([ann], removed).changes, [], 'nobody is left to be removed')
})

t.test(
  'in a database from before the file was remembered, the file has the last word, but for the campaign',
  async t => {
    const old = { kept: [{ ...ann, name: 'Old', campaignId: 'autumn' }, ben], lastFile: [] }
    const first = start([{ ...ann, campaignId: 'spring' }], old)
    t.same(first.kept, [{ ...ann, campaignId: 'autumn' }, ben])
    t.same(first.changes, [{ agentId: '1001', kind: 'changed', fields: ['name'] }])
  },
)
