import t from 'tap'
import { createLog } from '../../src/log.ts'
import { loadScenario } from '../../src/sim/scenarios/scenarioFiles.ts'
import { simulate } from '../../src/sim/study/run.ts'

const log = createLog({ level: 'silent' })

t.test(
  'the target is kept where answers swing by three times while agents leave and come',
  { timeout: 120_000 },
  async t => {
    const scenario = { ...loadScenario('strict-swing-50'), horizon: { hours: 4, days: 1 } }
    const { abandonmentRate, occupancy } = await simulate({ scenario, policy: 'predictive', seed: 1, log })
    t.ok(abandonmentRate <= 1.05 * scenario.target, `${abandonmentRate}`)
    t.ok(occupancy > 0.86, `${occupancy}`)
  },
)
