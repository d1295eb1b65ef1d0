import t from 'tap'
import { InputError } from '../../src/errors.ts'
import type { ArchiveRequest } from '../../src/ports/archives.ts'
import { startRig } from './rig.ts'

t.test('the daemon knows that whoever asks is another process', async t => {
  const { store, call } = await startRig(t)
  const asked: ArchiveRequest[] = []
  const archive = async (request: ArchiveRequest) => {
    asked.push(request)
    throw new InputError('another-folder', 'elsewhere')
  }
  Object.assign(store, { files: { archive } })
  const mark = 'a'.repeat(32)
  for (const body of [{ file: '/x' }, { file: '/x', mark }])
    t.match(await call('POST', '/v1/archives', body), { status: 422, body: { error: { code: 'another-folder' } } })
  t.match(asked, [{ asker: {} }, { asker: { mark } }])
})
