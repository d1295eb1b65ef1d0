import t from 'tap'
import type { AgentView } from '../../src/api/agents/agents.ts'
import { agentTable } from '../../src/cli/commands/agents.ts'

const agent: AgentView = {
  agentId: '1001',
  name: 'Ann Example',
  endpoint: 'PJSIP/dw-1001',
  nodeId: 'pbx1',
  campaignId: 'spring',
  state: 'on-call',
  since: new Date().toISOString(),
  registered: true,
  mediaFlowing: true,
  calls: 3,
  breathers: 0,
  occupancy: 0.5,
}

t.test(
  'in a narrow window whole columns are left out, the least wanted first, and never who and what they do',
  async t => {
    const columnsAt = (width?: number) => (agentTable([agent], width).split('\n')[0] ?? '').trim().split(/ +/)
    const all = ['agent', 'name', 'campaign', 'state', 'since', 'phone', 'calls', 'occupancy', 'endpoint']
    t.same(columnsAt(), all)
    t.same(columnsAt(80), all.slice(0, 8))
    t.same(columnsAt(60), all.slice(0, 7))
    t.same(columnsAt(10), all.slice(0, 4))
    for (const line of agentTable([agent], 80).split('\n')) t.ok(line.length <= 80)
  },
)
