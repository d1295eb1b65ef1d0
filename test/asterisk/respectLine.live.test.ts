// The respect line on a live Asterisk, by the daemon as it is shipped: people call the shown number back over the trunk, hear who
// has called, press keys.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import {
  type Api,
  asteriskCommand,
  callIn,
  createApi,
  SETTINGS,
  sandboxAgents,
  startCarrier,
  startDaemon,
  startSoftphones,
} from '../../scripts/lib/index.js'
import type { CheckView } from '../../src/api/doNotCall.ts'
import type { CallView, Status } from '../../src/api/views.ts'
import { temporaryFolder, until } from '../support/sandbox.ts'
import { openRtpPhone, type RtpPhone } from './support/rtpPhone.ts'

/** The daemon of the sandbox shows it. */
const shown = '+12025550100'
const mulawPerMs = 8
const frameMs = 20
const sounds = new URL('../../asterisk-conf/sounds/dialwright/respect/', import.meta.url)
const lengthMs = (...names: string[]) =>
  names.reduce((sum, name) => sum + statSync(new URL(`${name}.ulaw`, sounds)).size / mulawPerMs, 0)

interface Caller {
  readonly phone: RtpPhone
  readonly exited: Promise<number>
  /** The final answers that the PBX gave to the call. */
  answers(): readonly string[]
  audibleFrames(): number
}

interface World {
  readonly api: Api
  readonly agents: readonly string[]
  signal(how: NodeJS.Signals): Promise<void>
  start(): Promise<void>
  caller(call: { number?: string; called?: string }): Promise<Caller>
  carrierCalls(): Promise<readonly { calledNumber: string; ringingAt?: number; cancelledAt?: number }[]>
}

async function startWorld(t: Test, more = {}): Promise<World> {
  const folder = temporaryFolder()
  const carrier = await startCarrier({
    ...{ folder: join(folder.path, 'carrier'), bySuffix: false, timeScale: 1 },
    mix: { 'no-answer': 1 },
  })
  // The last one: tests that share this PBX expect some of the first not to be registered.
  const agents = sandboxAgents(SETTINGS.agents).slice(-1)
  const phones = await startSoftphones({ folder: join(folder.path, 'phones'), agents })
  const where = { folder: join(folder.path, 'daemon'), agents, more }
  let daemon = await startDaemon(where)
  let api = createApi(daemon)
  const open: { stop(): Promise<void>; phone: RtpPhone }[] = []
  t.teardown(async () => {
    await daemon.kill('SIGKILL')
    await asteriskCommand('channel request hangup all')
    for (const { stop, phone } of open) {
      await stop()
      await phone.close()
    }
    await phones.stop()
    await carrier.stop()
    folder.remove()
  })
  await linked(api)
  return {
    get api() {
      return api
    },
    agents,
    signal: how => daemon.kill(how),
    async start() {
      daemon = await startDaemon(where)
      api = createApi(daemon)
      await linked(api)
    },
    async caller({ called = shown, ...who }) {
      const phone = await openRtpPhone({ answers: true })
      const at = { folder: join(folder.path, `caller-${open.length}`), port: 5200 + open.length, rtpPort: phone.port }
      const { exited, stop, messageLog } = await callIn({ ...at, called, ...who })
      open.push({ stop, phone })
      return {
        phone,
        exited,
        answers: () =>
          [...readFileSync(messageLog, 'utf8').matchAll(/^SIP\/2\.0 ([2-6]\d\d)/gm)].map(([, code = '']) => code),
        audibleFrames: () => phone.heard.filter(({ kind }) => kind === 'other').length,
      }
    },
    carrierCalls: async () => (await carrier.statistics()).calls,
  }
}

async function linked(api: Api): Promise<void> {
  const isLinked = async () => (await api.get<Status>('/v1/status')).nodes.every(node => node.link === 'up')
  await until('the PBX is linked', isLinked)
}

async function apply({ api }: World, more = {}): Promise<void> {
  await api.put('/v1/campaigns/c', {
    ...{ id: 'c', pacing: { mode: 'progressive' }, message: 'dialwright/demo-message' },
    ...{ ringTimeout: 40, setupTimeout: 5, hours: '00:00-24:00', callerIds: [shown] },
    ...{ weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], ...more },
  })
}

async function startCalling({ api, agents }: World, numbers: readonly string[]): Promise<void> {
  const rows = numbers.map(number => `${number},America/New_York`).join('\n')
  const origin = 'source=test&withoutOrigin=true'
  await api.upload(`/v1/campaigns/c/leads/import?${origin}`, `phone,timezone\n${rows}\n`, 'text/csv')
  for (const id of agents) await api.post(`/v1/agents/${id}/login`, { campaign: 'c' })
  const available = async () => (await api.get<Status>('/v1/status')).agents.available === agents.length
  await until('agents on the line', available)
  await api.post('/v1/campaigns/c/start')
}

const listed = ({ api }: World, number: string) => api.get<CheckView>(`/v1/do-not-call/${encodeURIComponent(number)}`)
const informing = async ({ api }: World) =>
  (await api.get<Status>('/v1/status')).campaigns.reduce((sum, { calls }) => sum + calls.informing, 0)
const callsOf = async ({ api }: World, number: string) =>
  (await api.get<{ calls: CallView[] }>('/v1/calls?limit=20')).calls.filter(call => call.number === number)

t.test(
  'a person calls the shown number while it rings at theirs, hears who called, presses 2: listed before the prompt ends',
  async t => {
    const number = '+12125550131'
    const world = await startWorld(t)
    await apply(world)
    await startCalling(world, [number])
    await until('their telephone rings', async () => (await world.carrierCalls()).some(call => call.ringingAt), 20_000)
    const caller = await world.caller({ number })
    await until('they hear it', () => caller.audibleFrames() > 50)
    t.equal((await listed(world, number)).listed, false)
    const pressedAt = Date.now()
    caller.phone.press(2)
    await until('they are on the list', async () => (await listed(world, number)).listed)
    t.match(await listed(world, number), { source: 'opt-out-key' })
    const [line, ringing] = await callsOf(world, number)
    t.match([line?.disposition, ringing?.disposition], [undefined, undefined], 'both calls are still there')
    t.ok(Date.now() < pressedAt + lengthMs('en/source', 'en/keys'), 'long before the message would have ended')
    t.equal(await caller.exited, 0, 'they are told, and let go')
    const [ended] = await callsOf(world, number)
    t.match(ended, { disposition: 'informed', callerId: shown })
    const carried = async () => (await world.carrierCalls()).filter(call => call.calledNumber === number.slice(1))
    await until('the ringing call is withdrawn', async () => (await carried())[0]?.cancelledAt !== undefined, 20_000)
    const [{ ringingAt = Number.NaN, cancelledAt = Number.NaN } = {}] = await carried()
    t.ok(cancelledAt - ringingAt >= 15_000 && cancelledAt - ringingAt < 16_000, `it rang ${cancelledAt - ringingAt} ms`)
    await until('its end is written', async () => (await callsOf(world, number))[1]?.disposition !== undefined)
    t.match((await callsOf(world, number))[1], { disposition: 'withdrawn' })
    t.equal((await world.api.get<Status>('/v1/status')).campaigns[0]?.counters.abandoned, 0)
    t.equal((await carried()).length, 1, 'and nobody calls again')
  },
)

t.test('a number that nobody shows is not ours, whoever is too many is told busy, and withheld is taken', async t => {
  const world = await startWorld(t, { respectLine: { maxCalls: 1 } })
  await apply(world, { respectLine: { language: 'es' } })
  const stranger = await world.caller({ number: '+12125550132', called: '+12025550177' })
  t.equal(await stranger.exited, 0)
  t.same(stranger.answers(), ['404'])
  const first = await world.caller({})
  await until('the first hears it', () => first.audibleFrames() > 10)
  const second = await world.caller({ number: '+12125550133' })
  t.equal(await second.exited, 0)
  t.same(second.answers(), ['486'])
  first.phone.press(2)
  t.equal(await first.exited, 0, 'told that they cannot be listed, and let go')
  const { calls } = await world.api.get<{ calls: CallView[] }>('/v1/calls?limit=20')
  t.equal(calls.length, 1)
  t.match(calls, [{ disposition: 'informed', callerId: shown }])
  t.equal(calls[0]?.number, undefined)
})

t.test(
  'an engine that is killed in the middle: the next one begins again, and without one the PBX says so',
  async t => {
    const number = '+12125550134'
    const world = await startWorld(t)
    await apply(world)
    const caller = await world.caller({ number: number.slice(1) })
    await until('they hear it', () => caller.audibleFrames() > 10)
    await world.signal('SIGKILL')
    const late = await world.caller({ number: '+12125550135' })
    await until('whoever calls now hears that we are away', () => late.audibleFrames() > 50)
    await world.start()
    await until('the next one has the call', async () => (await informing(world)) === 1)
    const before = caller.audibleFrames()
    await until('they hear it again', () => caller.audibleFrames() > before + 50)
    caller.phone.press(2)
    t.equal(await caller.exited, 0)
    t.equal((await listed(world, number)).listed, true)
    t.match(await callsOf(world, number), [{ disposition: 'informed' }])
    t.equal(await late.exited, 0)
  },
)

t.test(
  'an engine that does not answer: the PBX says that we are away, and the late engine disturbs nobody',
  async t => {
    const world = await startWorld(t)
    await apply(world)
    await world.signal('SIGSTOP')
    const caller = await world.caller({ number: '+12125550136' })
    await until('they hear it from the PBX', () => caller.audibleFrames() > 50)
    await world.signal('SIGCONT')
    t.equal(await caller.exited, 0)
    t.ok(caller.audibleFrames() * frameMs > 0.5 * lengthMs('away'), 'to its end')
    await until('the engine knows that they have gone', async () => (await informing(world)) === 0)
    await until('its end is written', async () => (await callsOf(world, '+12125550136'))[0]?.endedAt !== undefined)
  },
)
