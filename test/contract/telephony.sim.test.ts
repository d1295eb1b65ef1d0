// The contract on the simulated PBX, in virtual time; and that real time does as well.
import t from 'tap'
import { createSystemClock } from '../../src/dialer/clock.ts'
import { callersContract } from './callers.ts'
import { createSimulatedNode, createVirtualHarness } from './simHarness.ts'
import { numberOf, telephonyContract } from './telephony.ts'

const harness = await createVirtualHarness()
telephonyContract(t, harness)
callersContract(t, harness)

t.test('the same PBX lives by the system clock', async t => {
  const { telephony, events, order } = createSimulatedNode({ clock: createSystemClock() })
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
