// The images of compose.yaml, built by `npm run image build asterisk` before the live tests: beside each other, up to a talk.
import t from 'tap'
import { exec } from '../../scripts/lib/exec.js'
import { IMAGES } from '../../scripts/lib/paths.js'

t.test('the images of the daemon and of the PBX, with what compose.yaml mounts, have somebody talk', async t => {
  const { code, stderr } = await exec(process.execPath, ['scripts/image/pbxInside.js', IMAGES])
  t.equal(code, 0, stderr)
  t.match(stderr, 'image: PBX: fully booted')
  for (const step of ['init', 'doctor', 'stop in a talk', 'SIGTERM of the PBX'])
    t.match(stderr, `image: ${step}: as it should be`)
})
