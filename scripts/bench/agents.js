// Many agents on the line, with audio both ways, and nobody who drops.
import { watchCpu } from './cpu.js'
import { round } from './facts.js'
import { pause, startWorld, status } from './world.js'

/** @import { Pids } from './cpu.js' */

const AGENTS = 300
/** A packet of audio each 20 ms; some may be under way when they are counted. */
const PACKETS_PER_SECOND = 50
const FLOWING_SHARE = 0.95

/**
 * They wait for a call that never comes: each hears their own music and speaks all the time.
 * @param {{ seconds?: number }} options
 */
export async function measureAgents({ seconds = 30 }) {
  const world = await startWorld({
    ...{ agents: AGENTS, mix: { busy: 1 }, leads: 1, trunk: {}, pacing: { mode: 'progressive' } },
  })
  try {
    const { legs } = world.speakers
    const before = new Map([...legs].map(([port, { packets }]) => [port, packets]))
    const cpu = watchCpu(world.pids)
    const startedAt = Date.now()
    await pause(seconds * 1000)
    const lengthMs = Date.now() - startedAt
    const used = cpu.used()
    const { available } = (await status(world.api)).agents
    const received = [...legs].map(([port, { packets }]) => packets - (before.get(port) ?? 0))
    const flowing = received.filter(count => count >= (lengthMs / 1000) * PACKETS_PER_SECOND * FLOWING_SHARE)
    return { entries: { agentsOnTheLine: report({ available, received, flowing, used, lengthMs }) } }
  } finally {
    await world.close()
  }
}

/** @param {{ available: number, received: readonly number[], flowing: readonly number[], used: Pids, lengthMs: number }} seen */
function report({ available, received, flowing, used, lengthMs }) {
  return {
    reach: '300 agents on the line with audio, none dropped',
    measured: { agents: available, dropped: AGENTS - available, withAudio: flowing.length },
    seconds: round(lengthMs / 1000, 1),
    packetsPerSecondMin: round(Math.min(...received) / (lengthMs / 1000), 1),
    asteriskCores: round(used.asterisk / lengthMs),
    daemonCores: round(used.daemon / lengthMs),
  }
}
