// The image, built by `npm run image build` before the live tests: run beside a live Asterisk as an operator would.
import t from 'tap'
import { exec } from '../../scripts/lib/exec.js'
import { IMAGES } from '../../scripts/lib/paths.js'

t.test('the image makes a configuration, dials, stops in order, and goes on with the same volume', async t => {
  const { code, stderr } = await exec(process.execPath, ['scripts/image/tryInside.js', IMAGES])
  t.equal(code, 0, stderr)
  const asked = ['init', 'doctor', 'simulate', 'health check', 'what was stored', 'SIGTERM']
  for (const step of [...asked, 'stop in a talk', 'a talk beyond the stop'])
    t.match(stderr, `image: ${step}: as it should be`)
})
