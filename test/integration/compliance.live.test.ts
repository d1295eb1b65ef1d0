// Respect on a live Asterisk, judged by the carrier's own log: a number that goes onto the do-not-call list while it rings, a
// permission that is taken back in mid-campaign, hours that end in mid-campaign.
import { join } from 'node:path'
import t, { type Test } from 'tap'
import {
  type Api,
  asteriskCommand,
  type Behaviour,
  type CarrierCall,
  createApi,
  type RtpLeg,
  sandboxAgents,
  startCarrier,
  startDaemon,
  startRtpWitness,
  startSoftphones,
} from '../../scripts/lib/index.js'
import type { CallView, Status } from '../../src/api/views.ts'
import { temporaryFolder, until } from '../support/sandbox.ts'

const minimumRingMs = 15_000
/** From the engine's order to the CANCEL on the wire, on a busy machine. */
const slackMs = 1_000
const audibleWithinMs = 2_000
const minuteMs = 60_000

interface World {
  readonly api: Api
  readonly agents: readonly string[]
  readonly legs: ReadonlyMap<number, RtpLeg>
  /** What the carrier saw of each call, the oldest first. */
  seen(): Promise<readonly CarrierCall[]>
  status(): Promise<Status>
}

async function startWorld(t: Test, { agents: count, mix }: { agents: number; mix: Behaviour }): Promise<World> {
  const folder = temporaryFolder()
  const witness = await startRtpWitness({ echo: true })
  const carrier = await startCarrier({
    ...{ folder: join(folder.path, 'carrier'), bySuffix: false, timeScale: 1, rtpPort: witness.port },
    mix: { [mix]: 1 },
  })
  const agents = sandboxAgents(count)
  const phones = await startSoftphones({ folder: join(folder.path, 'phones'), agents })
  const daemon = await startDaemon({ folder: join(folder.path, 'daemon'), agents })
  t.teardown(async () => {
    await daemon.kill('SIGKILL')
    await asteriskCommand('channel request hangup all')
    await phones.stop()
    await carrier.stop()
    await witness.close()
    folder.remove()
  })
  const api = createApi(daemon)
  return {
    ...{ api, agents, legs: witness.legs, status: () => api.get<Status>('/v1/status') },
    seen: async () => (await carrier.statistics()).calls,
  }
}

interface Plan {
  readonly more?: Readonly<Record<string, unknown>>
  readonly numbers: readonly string[]
  readonly zone?: string
  /** What else must be there before the first call. */
  readonly first?: () => Promise<unknown>
}

async function startCampaign(world: World, { more = {}, numbers, zone = 'America/New_York', first }: Plan) {
  const { api, agents } = world
  await api.put('/v1/campaigns/c', {
    ...{ id: 'c', pacing: { mode: 'progressive' }, message: 'dialwright/demo-message' },
    ...{ ringTimeout: 40, setupTimeout: 5, hours: '00:00-24:00', wrapUp: { timeout: 1, codes: { 1: 'sale' } } },
    weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
    ...more,
  })
  const rows = numbers.map(number => `${number},${zone}`).join('\n')
  await api.upload(
    '/v1/campaigns/c/leads/import?source=test&withoutOrigin=true',
    `phone,timezone\n${rows}\n`,
    'text/csv',
  )
  await first?.()
  await until('the PBX is linked', async () => (await world.status()).nodes.every(node => node.link === 'up'))
  for (const id of agents) await api.post(`/v1/agents/${id}/login`, { campaign: 'c' })
  await until('agents on the line', async () => (await world.status()).agents.available === agents.length)
  await api.post('/v1/campaigns/c/start')
}

function invented(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `+1212555${String(100 + index).padStart(4, '0')}`)
}

function callsTo(seen: readonly CarrierCall[], number: string): readonly CarrierCall[] {
  return seen.filter(({ calledNumber }) => calledNumber === number.slice(1))
}

async function ringing(world: World): Promise<CarrierCall> {
  await until('a telephone rings', async () => (await world.seen()).some(call => call.ringingAt !== undefined), 20_000)
  const [first] = (await world.seen()).filter(call => call.ringingAt !== undefined)
  if (first === undefined) throw new RangeError('nothing rings')
  return first
}

/** How long the carrier heard a call ring until our CANCEL. */
function rangMs({ ringingAt = Number.NaN, cancelledAt = Number.NaN }: CarrierCall): number {
  return cancelledAt - ringingAt
}

t.test(
  'a number that is put on do-not-call while it rings: let go at 15 s, not before, and never called again',
  async t => {
    const world = await startWorld(t, { agents: 1, mix: 'no-answer' })
    await startCampaign(world, { numbers: invented(2) })
    const first = await ringing(world)
    const number = `+${first.calledNumber}`
    await world.api.put(`/v1/do-not-call/${encodeURIComponent(number)}`, {})
    const ended = async () => callsTo(await world.seen(), number)[0]?.endedAt !== undefined
    await until('it is let go', ended, 30_000)
    const [call] = callsTo(await world.seen(), number)
    const rang = call === undefined ? Number.NaN : rangMs(call)
    t.ok(rang >= minimumRingMs && rang <= minimumRingMs + slackMs, `it rang ${rang} ms`)
    await until('another is called', async () => (await world.seen()).length > 1, 20_000)
    t.equal(callsTo(await world.seen(), number).length, 1)
    const { calls } = await world.api.get<{ calls: CallView[] }>('/v1/calls?limit=10')
    t.match(
      calls.find(one => one.number === number),
      { disposition: 'withdrawn' },
    )
  },
)

t.test('one who answers first hears the message, and no agent', async t => {
  const world = await startWorld(t, { agents: 1, mix: 'talks-until-hung-up' })
  await startCampaign(world, { numbers: invented(1) })
  const number = `+${(await ringing(world)).calledNumber}`
  await world.api.put(`/v1/do-not-call/${encodeURIComponent(number)}`, {})
  await until('they have heard it', async () => (await world.seen())[0]?.endedAt !== undefined, 60_000)
  const [call] = await world.seen()
  const { answeredAt = Number.NaN } = call ?? {}
  const heardAt = world.legs.get(call?.rtpPort ?? -1)?.firstAudibleAt ?? Number.POSITIVE_INFINITY
  t.ok(heardAt - answeredAt <= audibleWithinMs, `audible after ${heardAt - answeredAt} ms`)
  const { calls } = await world.api.get<{ calls: CallView[] }>('/v1/calls?limit=10')
  t.match(calls, [{ number, disposition: 'abandoned', detail: 'opted-out' }])
})

t.test('a permission that is taken back in mid-campaign: no call follows, and what rings ends lawfully', async t => {
  const world = await startWorld(t, { agents: 1, mix: 'no-answer' })
  const numbers = invented(4)
  const permit = async () => {
    for (const number of numbers.slice(0, 3))
      await world.api.post('/v1/permissions', { number, basis: 'express', topics: ['spring'], how: 'on paper' })
  }
  await startCampaign(world, { numbers, more: { consent: 'required', topic: 'spring' }, first: permit })
  const first = `+${(await ringing(world)).calledNumber}`
  const [waiting = '', other = ''] = numbers.slice(0, 3).filter(number => number !== first)
  for (const number of [first, waiting])
    await world.api.post('/v1/permissions/withdraw', { number, topic: 'spring', how: 'by mail' })
  const acknowledgedAt = Date.now()
  await until(
    'the one who still permits it is called',
    async () => callsTo(await world.seen(), other).length > 0,
    40_000,
  )
  const seen = await world.seen()
  const rang = seen[0] === undefined ? Number.NaN : rangMs(seen[0])
  t.ok(rang >= minimumRingMs && rang <= minimumRingMs + slackMs, `it rang ${rang} ms`)
  const after = seen.filter(call => call.inviteAt >= acknowledgedAt)
  t.same(
    after.map(({ calledNumber }) => `+${calledNumber}`),
    [other],
    'nobody who took it back, and nobody who had never permitted it',
  )
})

/** A zone in which it is day, so that hours that begin at midnight can end soon. */
function dayZone(now: number): { readonly zone: string; readonly minute: number } {
  const zones = ['America/New_York', 'Pacific/Honolulu'].map(zone => {
    const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: 'numeric', minute: 'numeric' }).format(now)
    const [hour = 0, minute = 0] = parts.split(':').map(Number)
    return { zone, minute: hour * 60 + minute }
  })
  const found = zones.find(({ minute }) => minute > 5 && minute < 23 * 60 + 50)
  if (found === undefined) throw new RangeError('no zone has day')
  return found
}

t.test(
  'hours that end in mid-campaign: nothing is called that could be answered later, and nothing rings then',
  async t => {
    const world = await startWorld(t, { agents: 3, mix: 'no-answer' })
    const now = Date.now()
    const { zone, minute } = dayZone(now)
    // The first full minute before which the world has been at work for long enough.
    const minutesLeft = Math.ceil(((now % minuteMs) + 80_000) / minuteMs)
    const endsAt = now - (now % minuteMs) + minutesLeft * minuteMs
    const end = minute + minutesLeft
    const clock = `${String(Math.floor(end / 60)).padStart(2, '0')}:${String(end % 60).padStart(2, '0')}`
    const more = { hours: `00:00-${clock}`, ringTimeout: 15, setupTimeout: 5 }
    await startCampaign(world, { numbers: invented(60), zone, more })
    await until('the hours are over', () => Date.now() > endsAt + 5_000, 4 * minuteMs)
    const seen = await world.seen()
    t.ok(seen.length >= 6, `${seen.length} calls`)
    const last = Math.max(...seen.map(({ inviteAt }) => inviteAt))
    const latestMs = 20_000
    t.ok(last <= endsAt - latestMs + slackMs / 4, `the last call left ${endsAt - last} ms before the end`)
    t.ok(last >= endsAt - 3 * latestMs, 'until then it was called')
    const late = seen.filter(call => (call.endedAt ?? Number.POSITIVE_INFINITY) > endsAt)
    t.same(late, [], 'nothing rang after the end')
  },
)
