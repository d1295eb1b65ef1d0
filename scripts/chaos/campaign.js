// The campaign that the faults are played to, and the waiting that goes with it.
import { setTimeout } from 'node:timers/promises'
import { SetupFailure } from '../lib/failure.js'

/** @typedef {ReturnType<typeof import('../lib/api.js').createApi>} Api */

/**
 * @typedef {{ counters: { answered: number, connected: number, abandoned: number, attempts: number } }} Campaign
 * @typedef {{ link: string, breaker?: { state: string, cause: string } }} Node
 * @typedef {{ agents: { available: number, paused: number }, nodes: Node[], campaigns: Campaign[] }} Status
 */

/**
 * Applies the campaign with so many leads, and waits until its agents are on the line.
 * @param {Api} api
 * @param {{ agents: readonly string[], leads: number, first?: readonly string[], maxCallSec?: number }} options `first`: numbers that are
 * called before all others
 */
export async function prepare(api, { agents, leads, first = [], maxCallSec = 60 }) {
  await api.put('/v1/campaigns/chaos', {
    ...{ id: 'chaos', message: 'dialwright/demo-message', pacing: { mode: 'progressive' }, ringTimeout: 15 },
    ...{ hours: '00:00-24:00', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
    wrapUp: { timeout: 1, codes: { 1: 'sale' } },
    maxCall: maxCallSec,
  })
  const numbers = [...first, ...Array.from({ length: leads }, (_, at) => `+1202555${1000 + at}`)].join('\n')
  const from = 'source=x&origin=x&basis=other:invented'
  await api.upload(`/v1/campaigns/chaos/leads/import?${from}`, `phone\n${numbers}\n`, 'text/csv')
  await linked(api)
  for (const agent of agents) await api.post(`/v1/agents/${agent}/login`, { campaign: 'chaos' })
  await until('the agents', async () => (await status(api)).agents.available === agents.length)
}

/** @param {Api} api @returns {Promise<Status>} */
export async function status(api) {
  return await api.get('/v1/status')
}

/** @param {Api} api @param {number} [limitMs] */
export async function linked(api, limitMs) {
  await until('the PBX', async () => (await status(api)).nodes.every(({ link }) => link === 'up'), limitMs)
}

/** @param {string} what @param {() => Promise<boolean>} holds */
export async function until(what, holds, limitMs = 40_000) {
  for (const end = Date.now() + limitMs; !(await holds()); await setTimeout(100))
    if (Date.now() > end) throw new SetupFailure('timeout', `Not in time: ${what}`, 1)
}
