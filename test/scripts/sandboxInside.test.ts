import { fork } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'

t.test('a sandbox whose set-up fails says so and ends, though its outer half keeps the channel open', async t => {
  // Without a path there is no `hostname`, the first thing that is wanted: nothing of this machine is touched.
  const child = fork('scripts/sandboxInside.js', ['private', 'true'], {
    env: { PATH: '/nonexistent' },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const said: string[] = []
  child.stderr?.setEncoding('utf8').on('data', text => said.push(text))
  const [code] = await once(child, 'exit')
  t.equal(code, 69)
  t.match(said.join(''), /use --sim/)
})
