// A floor full of agents on the simulated PBX, for benchmarks of what stands beside the dialing.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SetupFailure } from '../lib/failure.js'

/** Short talks and much dialing: 200 agents have some 20 a second. */
export const busyFloor = {
  talkMs: /** @type {[number, number]} */ ([1_000, 8_000]),
  callsPerSecond: 60,
  channels: 1_000,
}

/**
 * Campaigns at work, with all agents on the line and no leads yet.
 * @param {import('../lib/api.js').Api} api
 * @param {{ agents: readonly string[], campaigns: number }} options
 */
export async function startCampaigns(api, { agents, campaigns }) {
  const { settings } = await import('../demo/settings.js')
  const ids = Array.from({ length: campaigns }, (_, index) => `bench${index}`)
  for (const id of ids) await api.put(`/v1/campaigns/${id}`, { ...settings(), id, topic: id, wrapUp: { timeout: 3 } })
  for (const [index, agent] of agents.entries())
    await api.post(`/v1/agents/${agent}/login`, { campaign: ids[index % ids.length] })
  for (const id of ids) await api.post(`/v1/campaigns/${id}/start`)
  return ids
}

/**
 * @param {import('../lib/api.js').Api} api
 * @param {string} id
 * @param {number} index
 */
export async function importLeads(api, id, index) {
  const list = `phone\n${numbersOf(index).join('\n')}\n`
  await api.upload(`/v1/campaigns/${id}/leads/import?source=bench&country=US&withoutOrigin=true`, list, 'text/csv')
}

/**
 * Numbers that are reserved for fiction, ten in each area code; no two campaigns share one.
 * @param {number} campaign
 */
function numbersOf(campaign) {
  const areas = Array.from({ length: 799 }, (_, index) => 201 + index)
  return areas.flatMap(area => Array.from({ length: 10 }, (_, index) => `+1${area}55501${campaign}${index}`))
}

/**
 * What this process has used meanwhile, in all its threads, milliseconds.
 * @param {() => Promise<unknown>} work
 */
export async function cpuMsDuring(work) {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/**
 * A process of its own, whose CPU time is nobody's figure. It answers one order at a time.
 * @param {string} script beside this file
 * @param {{ url: string, token: string }} at the daemon
 */
export function startHelper(script, { url, token }) {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), [url, token])
  const ended = once(child, 'exit').then(([code]) => {
    throw new SetupFailure('helper-ended', `${script} has ended with ${code}.`, 1)
  })
  // At the end it is ended by us.
  ended.catch(() => {})
  return {
    /** @param {object} order */
    async ask(order) {
      const told = once(child, 'message')
      child.send(order)
      const [answer] = await Promise.race([told, ended])
      return answer
    },
    close: () => void child.kill(),
  }
}

/**
 * Reads `--NAME N` for each; undefined: help was asked for. Throws a SetupFailure for what is no whole number above 0.
 * @template {string} Name
 * @param {Record<Name, number>} defaults
 * @returns {Record<Name, number> | undefined}
 */
export function readWholeNumbers(defaults) {
  const names = /** @type {Name[]} */ (Object.keys(defaults))
  const texts = names.map(name => /** @type {const} */ ([name, { type: 'string' }]))
  /** @type {{ values: Record<string, string | boolean | undefined> }} */
  const { values } = parseArgs({ options: { ...Object.fromEntries(texts), help: { type: 'boolean' } } })
  if (values.help) return undefined
  const options = { ...defaults }
  for (const name of names) {
    const value = values[name] === undefined ? options[name] : Number(values[name])
    if (!Number.isInteger(value) || value < 1) throw new SetupFailure('usage', `--${name} must be a whole number.`, 2)
    options[name] = value
  }
  return options
}
