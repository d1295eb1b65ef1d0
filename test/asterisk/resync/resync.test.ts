import t from 'tap'
import { telephonyError } from '../../../src/asterisk/errors.ts'
import { defaultTiming } from '../../../src/asterisk/link/timing.ts'
import { Resync, type ResyncParts } from '../../../src/asterisk/resync/resync.ts'
import { createLog } from '../../../src/log.ts'
import { createManualClock } from '../support/manualClock.ts'

t.test('links that come up while the telephony is being closed begin no inventory that is tried for ever', async t => {
  const clock = createManualClock()
  const context = {
    ...{ nodeId: 'pbx', timing: defaultTiming, log: createLog({ level: 'silent' }) },
    clock,
    ari: () => {
      throw telephonyError('unreachable', 'The ARI connection is closed')
    },
  }
  // An inventory whose first question fails asks for nothing else.
  const resync = new Resync({ context } as unknown as ResyncParts)
  resync.begin()
  await new Promise(resolve => setImmediate(resolve))
  t.equal(clock.waiting, 1, 'a link that is broken is tried again')
  resync.close()
  resync.begin()
  await new Promise(resolve => setImmediate(resolve))
  t.equal(clock.waiting, 0)
})
