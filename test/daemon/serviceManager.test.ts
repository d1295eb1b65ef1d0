// What systemd is told, at a socket where it would listen.
import t from 'tap'
import { ensureCommands } from '../../scripts/lib/apt.js'
import { serviceManagerWishes } from '../../src/config/serviceManager.ts'
import { createServiceManager } from '../../src/daemon/serviceManager.ts'
import { createLog } from '../../src/log.ts'
import { until } from '../support/sandbox.ts'
import { listenAsSystemd } from '../support/systemd.ts'

t.before(() => ensureCommands({ 'systemd-notify': 'systemd', 'systemd-analyze': 'systemd' }))

t.test('the environment says whether somebody wants to know, and how often', async t => {
  t.equal(serviceManagerWishes({}), undefined)
  t.same(serviceManagerWishes({ NOTIFY_SOCKET: '/run/x' }), {})
  const watched = { NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '120000000' }
  t.same(serviceManagerWishes({ ...watched, WATCHDOG_PID: '17' }, 17), { watchdogMs: 120_000 })
  t.same(serviceManagerWishes({ ...watched, WATCHDOG_PID: '17' }, 18), {}, 'another process is watched')
})

t.test('systemd hears that we are ready, and that all is well only while we say so', async t => {
  const { told } = await listenAsSystemd(t)
  const log = createLog({ level: 'fatal' })
  let answers: () => Promise<boolean> = async () => true
  const manager = createServiceManager({ watchdogMs: 200 }, log)
  manager.ready('API on http://127.0.0.1:7420\nREADY=0', () => answers())
  const fed = (): number => told().filter(line => line === 'WATCHDOG=1').length
  await until('the watchdog is fed', () => fed() >= 2)
  t.same(told().slice(0, 3), ['up', 'READY=1', 'STATUS=API on http://127.0.0.1:7420 READY=0'])

  let looks = 0
  let answer = (_: boolean): void => {}
  answers = () => {
    looks += 1
    return new Promise(resolve => {
      answer = resolve
    })
  }
  await until('it was asked', () => looks === 1)
  await settled(fed)
  const before = fed()
  await ticks()
  t.equal(fed(), before, 'no answer, no food')
  t.equal(looks, 1, 'and no second question')
  answer(false)
  await until('it was asked again', () => looks === 2)
  t.equal(fed(), before, 'a writer that is gone is no answer')
  answer(true)
  await until('it is fed again', () => fed() > before)
  manager.goesOnWith(4711)
  await manager.close()
  t.equal(told().at(-1), 'MAINPID=4711', 'the last word is told before the end')
})

/** What was under way has arrived. */
async function settled(count: () => number): Promise<void> {
  let last = -1
  await until('nothing more comes', async () => {
    const same = count() === last
    last = count()
    await ticks()
    return same
  })
}

/** More than one of the watchdog's looks. */
function ticks(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 250))
}
