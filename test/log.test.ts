import { closeSync, openSync } from 'node:fs'
import t from 'tap'
import { createLog } from '../src/log.ts'

t.test('a log that lies on a full disk ends nothing', async t => {
  const destination = openSync('/dev/full', 'w')
  t.teardown(() => closeSync(destination))
  const log = createLog({ level: 'info', destination })
  t.doesNotThrow(() => log.error({ code: 'disk-full' }, 'the store cannot be written: nothing is dialed'))
})
