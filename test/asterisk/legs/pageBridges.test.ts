// Which bridge an agent talks in: a page gets sound that the PBX has mixed, a telephone what comes.
import t from 'tap'
import type { AriOperations } from '../../../src/asterisk/ari/operations.ts'
import type { NodeContext } from '../../../src/asterisk/context.ts'
import { Agents } from '../../../src/asterisk/legs/agents.ts'
import { agentIdOfBridge } from '../../../src/asterisk/legs/names.ts'
import { defaultTiming } from '../../../src/asterisk/link/timing.ts'
import { createManualClock } from '../support/manualClock.ts'

/** Ann's line, on a PBX that makes every bridge it is asked for. */
function line() {
  const made: { id: string; type: string }[] = []
  const clock = createManualClock()
  const phone = { isPage: true }
  const ari = new Proxy({} as AriOperations, {
    get:
      (_target, name: string) =>
      async (id: string, type: string): Promise<undefined> => {
        if (name === 'ensureBridge' && type !== 'holding') made.push({ id, type })
        return undefined
      },
  })
  const context: NodeContext = {
    nodeId: 'n',
    clock,
    timing: defaultTiming,
    log: { warn() {}, debug() {} } as unknown as NodeContext['log'],
    beep: '',
    ari: () => ari,
    emit() {},
  }
  const agents = new Agents(context, endpoint => endpoint === 'PJSIP/1001' && phone.isPage)
  agents.watch([{ agentId: 'ann', name: 'Ann', endpoint: 'PJSIP/1001', nodeId: 'n' }])
  const comes = async (channelId: string) => {
    const channel = { id: channelId, name: 'PJSIP/1001-1', state: 'Up' }
    agents.handle({ type: 'StasisStart', channel, args: ['agent', '1001'] } as never, clock.now())
    await new Promise(resolve => setTimeout(resolve, 5))
    const leg = agents.get('ann')
    return { bridge: leg?.bridgeId, last: made.at(-1), leg }
  }
  return { agents, phone, made, comes }
}

t.test('a page is mixed for, a telephone is not, whichever comes next', async t => {
  const { phone, comes } = line()
  const page = await comes('page')
  t.match(page.last, { id: /^dw-bridge-ann~page-/, type: /,video_sfu$/ })
  t.equal(agentIdOfBridge(page.bridge ?? ''), 'ann', 'it is known as hers at the next link-up')
  phone.isPage = false
  const desk = await comes('desk')
  t.same(desk.last, { id: 'dw-bridge-ann', type: 'mixing,dtmf_events,proxy_media' })
})

t.test('a page that is loaded anew in a conversation goes to where it is', async t => {
  const { phone, comes } = line()
  const before = await comes('page')
  if (before.leg !== undefined) before.leg.callId = 'c'
  phone.isPage = false
  t.equal((await comes('desk')).bridge, before.bridge, 'the person is there')
})

t.test('what replaces a bridge that broke is of its kind', async t => {
  const { agents, comes, made } = line()
  const { leg } = await comes('page')
  if (leg === undefined) throw new TypeError('a line expected')
  await agents.renewBridge(leg)
  t.match(made.at(-1), { id: /^dw-bridge-ann~page-\w+$/, type: /,video_sfu$/ })
})
