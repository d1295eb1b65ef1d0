import { mock } from 'node:test'
import t from 'tap'
import { startScreens } from '../../scripts/demo/screens.js'

type Hear = (event: { readonly kind: string; readonly [field: string]: unknown }) => void

/** A daemon that tells what the test says and notes what the screens ask for. */
function fakeDaemon() {
  const posted: string[] = []
  let hear: Hear = () => {}
  const api = {
    async post<Answer>(path: string): Promise<Answer> {
      posted.push(path)
      throw new TypeError('the screens expect no answer')
    },
    async events(onEvent: Hear, signal: AbortSignal): Promise<void> {
      hear = onEvent
      await new Promise(resolve => signal.addEventListener('abort', resolve))
    },
  }
  const connect = (callId: string, number = '12015550133') =>
    hear({ kind: 'call-connected', agentId: '1001', callId, number })
  return { api, posted, connect }
}

t.beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
t.afterEach(() => mock.timers.reset())

t.test('a call that connects after the goodbye is hung up within 8 s', async t => {
  const { api, posted, connect } = fakeDaemon()
  const screens = startScreens(api)
  screens.sayGoodbye()
  connect('late')
  mock.timers.tick(8_000)
  t.same(posted, ['/v1/calls/late/hang-up'])
  screens.close()
})

t.test('a talk is ended within 8 s of the goodbye, and talks as long as it likes before', async t => {
  const { api, posted, connect } = fakeDaemon()
  const screens = startScreens(api)
  connect('early')
  mock.timers.tick(9_000)
  t.same(posted, [])
  screens.sayGoodbye()
  mock.timers.tick(8_000)
  t.ok(posted.includes('/v1/calls/early/hang-up'))
  screens.close()
})

t.test('closed screens ask for nothing more', async t => {
  const { api, posted, connect } = fakeDaemon()
  const screens = startScreens(api)
  connect('one')
  screens.close()
  mock.timers.tick(60_000)
  t.same(posted, [])
})
