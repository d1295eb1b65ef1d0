// The product's own daemon on a live Asterisk: crashes, restarts, hangs, and what the people who were called heard.
import { join } from 'node:path'
import t, { type Test } from 'tap'
import {
  type Api,
  asteriskCommand,
  type Carrier,
  createApi,
  type Daemon,
  mismatchesOf,
  type RtpLeg,
  restartAsterisk,
  sandboxAgents,
  startCarrier,
  startDaemon,
  startRtpWitness,
  startSoftphones,
} from '../../scripts/lib/index.js'
import type { CallView, LeadView, Status } from '../../src/api/views.ts'
import { temporaryFolder, until } from '../support/sandbox.ts'

const audibleWithinMs = 2_000

/** A campaign at work: carrier, softphones, daemon, leads, agents on the line. */
interface World {
  readonly api: Api
  readonly carrier: Carrier
  readonly legs: ReadonlyMap<number, RtpLeg>
  daemon: Daemon
  /** Starts the daemon again on the same store. */
  restart(): Promise<void>
}

interface WorldOptions {
  readonly agents: number
  readonly mix: Parameters<typeof startCarrier>[0]['mix']
  readonly leads: number
  readonly timeScale?: number
}

async function startWorld(t: Test, options: WorldOptions): Promise<World> {
  const folder = temporaryFolder()
  // It echoes: a leg without any audio would be ended by the PBX after a while.
  const witness = await startRtpWitness({ echo: true })
  const { mix, timeScale = 0.5 } = options
  const carrier = await startCarrier({
    ...{ folder: join(folder.path, 'carrier'), bySuffix: false, timeScale, rtpPort: witness.port },
    ...(mix === undefined ? {} : { mix }),
  })
  const agents = sandboxAgents(options.agents)
  const phones = await startSoftphones({ folder: join(folder.path, 'phones'), agents })
  const serve = () => startDaemon({ folder: join(folder.path, 'daemon'), agents })
  let daemon = await serve()
  t.teardown(async () => {
    await world.daemon.kill('SIGKILL')
    await asteriskCommand('channel request hangup all')
    await phones.stop()
    await carrier.stop()
    await witness.close()
    folder.remove()
  })
  const world: World = {
    ...{ carrier, legs: witness.legs, daemon },
    get api() {
      return createApi(world.daemon)
    },
    async restart() {
      daemon = await serve()
      world.daemon = daemon
      await linked(world)
    },
  }
  await campaign(world, options)
  for (const agent of agents) await world.api.post(`/v1/agents/${agent}/login`, { campaign: 'c' })
  await until('agents on the line', async () => (await status(world)).agents.available === agents.length)
  return world
}

async function campaign(world: World, options: WorldOptions): Promise<void> {
  await world.api.put('/v1/campaigns/c', {
    id: 'c',
    pacing: { mode: 'progressive' },
    message: 'dialwright/demo-message',
    ...{ ringTimeout: 20, setupTimeout: 5, hours: '00:00-24:00', wrapUp: { timeout: 1, codes: { 1: 'sale' } } },
    weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
  })
  const rows = Array.from({ length: options.leads }, (_, index) => {
    return `+1${212 + Math.floor(index / 90)}5550${100 + (index % 90)}`
  })
  await world.api.upload(
    '/v1/campaigns/c/leads/import?source=test&withoutOrigin=true',
    `phone\n${rows.join('\n')}\n`,
    'text/csv',
  )
  await linked(world)
}

function status(world: World): Promise<Status> {
  return world.api.get<Status>('/v1/status')
}

async function linked(world: World): Promise<void> {
  await until('the PBX is linked', async () => (await status(world)).nodes.every(node => node.link === 'up'))
}

async function calls(world: World): Promise<readonly CallView[]> {
  return (await world.api.get<{ calls: CallView[] }>('/v1/calls?limit=1000')).calls
}

/** The agents end what they can; true when every attempt has its disposition. */
async function goodbye(world: World): Promise<boolean> {
  const open = (await calls(world)).filter(call => call.disposition === undefined)
  // What still rings, or ends in this moment, is refused; the next look finds it.
  for (const { callId } of open) await world.api.post(`/v1/calls/${callId}/hang-up`).catch(() => {})
  return open.length === 0
}

function inFlight({ calls }: Status): number {
  return calls.originating + calls.ringing + calls.waiting
}

t.test('killed while 30 calls ring: who answers hears the message, and all are counted after the restart', async t => {
  const world = await startWorld(t, { agents: 30, mix: { 'talks-until-hung-up': 1 }, leads: 60 })
  await world.api.post('/v1/campaigns/c/start')
  await until('30 calls ring, and some are answered', async () => {
    const now = await status(world)
    return now.calls.connected >= 3 && now.calls.ringing >= 12
  })
  await world.daemon.kill('SIGKILL')
  const killedAt = Date.now()
  await until(
    'everybody has answered and heard the message',
    async () => {
      const { calls: seen } = await world.carrier.statistics()
      const later = seen.filter(call => (call.answeredAt ?? Number.POSITIVE_INFINITY) > killedAt)
      return seen.every(call => call.answeredAt !== undefined) && later.every(call => call.endedAt !== undefined)
    },
    60_000,
  )
  const before = (await world.carrier.statistics()).calls
  const after = before.filter(call => (call.answeredAt ?? 0) > killedAt)
  t.ok(after.length >= 10, `${after.length} people answered with nobody there`)
  for (const call of after) {
    const heardAt = world.legs.get(call.rtpPort ?? -1)?.firstAudibleAt ?? Number.POSITIVE_INFINITY
    t.ok(
      heardAt - (call.answeredAt ?? 0) <= audibleWithinMs,
      `${call.calledNumber} after ${heardAt - (call.answeredAt ?? 0)} ms`,
    )
  }

  await world.restart()
  await world.api.post('/v1/campaigns/c/stop', { force: false })
  const records = new Map((await calls(world)).map(call => [call.sipCallId, call]))
  for (const { sipCallId } of after)
    t.match(records.get(sipCallId), { disposition: 'abandoned', detail: 'application-gone' })
  const adopted = (await status(world)).calls.connected
  t.ok(adopted > 0, `${adopted} conversations went on without us and are ours again`)
  await until('nothing is left open', () => goodbye(world), 60_000)
  const { calls: seen } = await world.carrier.statistics()
  t.same(
    mismatchesOf(
      (await calls(world)).flatMap(({ number, ...one }) =>
        one.sipCallId === undefined || number === undefined ? [] : [{ ...one, number }],
      ),
      seen.filter(one => before.some(other => other.sipCallId === one.sipCallId) || one.finalCode !== undefined),
    ),
    [],
  )
  const numbers = (await calls(world)).map(call => call.number)
  t.equal(new Set(numbers).size, numbers.length, 'nobody was called twice because we crashed')
})

t.test('hung instead of killed: the PBX takes over at 1.8 s', async t => {
  const world = await startWorld(t, { agents: 5, mix: { 'talks-until-hung-up': 1 }, leads: 20 })
  await world.api.post('/v1/campaigns/c/start')
  await until('calls ring', async () => (await status(world)).calls.ringing === 5)
  await world.daemon.kill('SIGSTOP')
  await until(
    'everybody has been answered for',
    async () => {
      const { calls: seen } = await world.carrier.statistics()
      return seen.length > 0 && seen.every(call => call.endedAt !== undefined)
    },
    60_000,
  )
  const { calls: seen } = await world.carrier.statistics()
  for (const call of seen) {
    const heardAt = world.legs.get(call.rtpPort ?? -1)?.firstAudibleAt ?? Number.POSITIVE_INFINITY
    t.ok(
      heardAt - (call.answeredAt ?? 0) <= audibleWithinMs,
      `${call.calledNumber} after ${heardAt - (call.answeredAt ?? 0)} ms`,
    )
  }
  await world.daemon.kill('SIGCONT')
  const theirs = async () => (await calls(world)).filter(call => seen.some(other => other.sipCallId === call.sipCallId))
  await until('all have ended', async () => (await theirs()).every(call => call.disposition !== undefined), 30_000)
  for (const call of await theirs()) t.match(call, { disposition: 'abandoned' }, 'and counted when it came to itself')
})

t.test('an Asterisk that restarts in mid-campaign: calls end, agents come back, dialing resumes', async t => {
  const world = await startWorld(t, { agents: 4, mix: { talks: 1 }, leads: 80 })
  await world.api.post('/v1/campaigns/c/start')
  await until('people talk', async () => (await status(world)).calls.connected >= 2, 30_000)
  const before = await calls(world)
  await restartAsterisk()
  await until('the PBX was lost', async () => (await calls(world)).length >= before.length)
  await until(
    'dialing has resumed',
    async () => {
      const now = await status(world)
      return now.calls.connected >= 1 && (await calls(world)).length > before.length + 2
    },
    60_000,
  )
  const open = new Set((await calls(world)).filter(call => call.disposition === undefined).map(call => call.callId))
  t.same(
    before.filter(call => open.has(call.callId)),
    [],
    'every call from before has its disposition',
  )
  await world.api.post('/v1/campaigns/c/stop', { force: false })
  await until('the campaign stops', async () => inFlight(await status(world)) === 0, 40_000)
})

t.test("a refusal over the API is on the do-not-call list at once, and the agent's screen has the lead", async t => {
  const world = await startWorld(t, { agents: 1, mix: { 'talks-until-hung-up': 1 }, leads: 3 })
  await world.api.post('/v1/campaigns/c/start')
  const screen = () => world.api.get<{ call?: { callId: string; number: string; state: string } }>('/v1/agents/1001')
  await until('they talk', async () => (await screen()).call?.state === 'connected', 30_000)
  const call = (await screen()).call
  await world.api.post(`/v1/calls/${call?.callId}/wrap-up`, { code: 'refused', refusal: true })
  await world.api.post(`/v1/calls/${call?.callId}/hang-up`)
  const number = encodeURIComponent(call?.number ?? '')
  t.match(await world.api.get(`/v1/do-not-call/${number}`), { listed: true })
  const { leads } = await world.api.get<{ leads: { lead: LeadView; dialable: boolean }[] }>(
    `/v1/leads/explain?number=${number}`,
  )
  t.equal(leads[0]?.dialable, false)
})
