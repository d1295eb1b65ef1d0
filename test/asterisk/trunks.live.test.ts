// What a carrier sees of a trunk's limit, and of a trunk that it refuses, in its own log.
import t from 'tap'
import { dialFor, records, startWorld, status } from '../../scripts/bench/world.js'

const pacing = { mode: 'ratio', ratio: 10, dialLevelMax: 20 }

const callsPerSecond = 6

t.test(`no second at the carrier sees more than ${callsPerSecond} originates`, async t => {
  const world = await startWorld({
    ...{ agents: 12, mix: { busy: 1 }, leads: 300, trunk: { channels: 300, callsPerSecond }, pacing },
  })
  try {
    await dialFor(world, 8_000)
    const at = (await records(world)).carrierCalls.map(({ inviteAt }) => inviteAt).sort((a, b) => a - b)
    t.ok(at.length > callsPerSecond * 5, `${at.length} arrived`)
    const seconds = at.map((first, index) => at.slice(index).filter(other => other <= first + 1_000).length)
    t.ok(Math.max(...seconds) <= callsPerSecond, `${Math.max(...seconds)} in the worst second`)
  } finally {
    await world.close()
  }
})

t.test('a carrier that answers 503 to everything gets a few leads, and the daemon says so', async t => {
  const world = await startWorld({
    ...{ agents: 12, mix: { unavailable: 1 }, leads: 600, trunk: { channels: 300, callsPerSecond: 30 }, pacing },
  })
  try {
    const dialing = dialFor(world, 10_000)
    await new Promise(done => setTimeout(done, 6_000))
    const { trunks } = await status(world.api)
    t.match(trunks, [{ breaker: { state: 'open', fault: 'refusals' } }])
    t.match(await world.api.get('/v1/health'), { status: 'degraded', trunksFailing: ['main'] })
    await dialing
    const { calls, carrierCalls } = await records(world)
    t.ok(calls.length >= 10 && calls.length <= 35, `${calls.length} leads were dialed`)
    t.equal(carrierCalls.length, calls.length)
  } finally {
    await world.close()
  }
})
