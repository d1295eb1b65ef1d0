import t from 'tap'
import { dialEndpoint, type TrunkSettings } from '../../../src/core/dialing/trunk.ts'

t.test('a number stands in the dial string as the trunk wants it', async t => {
  for (const [stripPlus, dialed] of [
    [false, 'PJSIP/+12125550100@main'],
    [true, 'PJSIP/12125550100@main'],
  ] as const) {
    const settings: TrunkSettings = {
      trunkId: 'main',
      nodeId: 'pbx',
      dialString: 'PJSIP/{number}@main',
      stripPlus,
      channelsMax: 9,
      callsPerSecondMax: 9,
    }
    t.equal(dialEndpoint(settings, '+12125550100'), dialed)
  }
})
