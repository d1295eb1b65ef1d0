import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createLog } from '../src/log.ts'

t.test('a log that lies on a full disk ends nothing', async t => {
  const destination = openSync('/dev/full', 'w')
  t.teardown(() => closeSync(destination))
  const log = createLog({ level: 'info', destination })
  t.doesNotThrow(() => log.error({ code: 'disk-full' }, 'the store cannot be written: nothing is dialed'))
})

t.test('foreign text in a log steers no terminal that shows it, and is the same JSON', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-log-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'log')
  const destination = openSync(file, 'w')
  const log = createLog({ level: 'info', destination })
  const reason = 'Busy\r\n\u001b[2J\u009b31m\u202e\u007f'
  log.info({ reason }, 'the carrier refused')
  closeSync(destination)
  const [line = '', ...more] = readFileSync(file, 'utf8').split('\n')
  t.same(more, [''])
  t.notMatch(line, /[\p{Cc}\p{Cf}]/u)
  t.match(JSON.parse(line), { reason })
})
