// Campaigns beside each other on the private Asterisk, one a policy: each has leads, agents and a trunk of its own.
import { join } from 'node:path'

import { startPlannedCarrier } from '../lib/carrierPlan.js'
import { createApi, sandboxAgents, sandboxRules, startDaemon, startSoftphones } from '../lib/index.js'
import { startAgents } from './liveAgents.js'
import { csvOf } from './numbers.js'
import { pacingSettings, RING_TIMEOUT_SEC, trunk } from './pacingScenario.js'
import { openWorld, pidsOf, RETRY, status, until, voices } from './world.js'

/** @import { Api } from '../lib/api.js' */
/** @import { PersonPlan, Policy } from './pacingScenario.js' */
/** @import { Place } from './world.js' */

/**
 * @typedef {{ policies: readonly Policy[], agents: number, plans: ReadonlyMap<Policy, readonly PersonPlan[]> }} Options
 * `agents` of each policy; `plans`: what each policy's people do
 *
 * @typedef {Awaited<ReturnType<typeof startPacingWorld>>} PacingWorld
 */

/** @param {Options} options */
export function startPacingWorld(options) {
  return openWorld(open, options)
}

/**
 * @param {Options} options
 * @param {Place} place
 */
async function open({ policies, agents, plans }, { folder, closing }) {
  const customers = await voices(closing, { voice: 'customer', hears: 'agent' })
  const speakers = await voices(closing, { voice: 'agent', hears: 'customer' })
  const everybody = policies.flatMap(policy => plans.get(policy) ?? [])
  const carrier = await startPlannedCarrier({
    ...{ folder: join(folder, 'carrier'), rtpPort: customers.port },
    plans: everybody.map(plan => ({ ...plan, number: plan.number.slice(1) })),
  })
  closing.push(() => carrier.stop())
  const names = sandboxAgents(agents * policies.length)
  const phonesFolder = join(folder, 'phones')
  const phones = await startSoftphones({ folder: phonesFolder, agents: names, rtpPort: speakers.port })
  closing.push(() => phones.stop())
  const daemon = await startDaemon({
    ...{ folder: join(folder, 'daemon'), agents: names },
    // The simulator that it is held against knows no law; the policies' own caps are what is compared.
    more: { debugInvariants: false, trunks: policies.map(trunkOf), rules: await sandboxRules({ abandonment: false }) },
  })
  closing.push(() => daemon.stop())
  const api = createApi(daemon)
  const teams = new Map(policies.map((policy, index) => [policy, names.slice(index * agents, (index + 1) * agents)]))
  for (const policy of policies) await openCampaign(api, { policy, people: plans.get(policy) ?? [] })
  await logIn(api, teams)
  const wrapUps = new Map(everybody.map(({ number, wrapUpMs }) => [number, wrapUpMs]))
  const staff = startAgents(api, { wrapUpMsOf: number => wrapUps.get(number) ?? 0 })
  closing.push(() => staff.close())
  return {
    ...{ api, carrier, customers, speakers, teams, staff },
    pids: pidsOf(daemon),
    phonesLog: join(phonesFolder, 'softphone-messages.log'),
  }
}

/** @param {Policy} policy */
function trunkOf(policy) {
  return {
    ...trunk(policy),
    ...{ dialString: 'PJSIP/{number}@trunk-main', stripPlus: true, callerIds: ['+12025550100'] },
  }
}

/**
 * @param {Api} api
 * @param {{ policy: Policy, people: readonly PersonPlan[] }} campaign
 */
async function openCampaign(api, { policy, people }) {
  await api.put(`/v1/campaigns/${policy}`, {
    ...{ id: policy, pacing: pacingSettings(policy), trunks: [trunk(policy).id] },
    ...{ message: 'dialwright/demo-message', ringTimeout: RING_TIMEOUT_SEC, setupTimeout: 10 },
    ...{ hours: '00:00-24:00', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
    // Agents end their wrap-up themselves, as the simulator's do.
    wrapUp: { timeout: '1h' },
    retry: Object.fromEntries(RETRY.map(disposition => [disposition, 'never'])),
  })
  const csv = csvOf(people.map(({ number }) => number))
  await api.upload(
    `/v1/campaigns/${policy}/leads/import?source=bench&country=US&origin=invented&basis=other:invented`,
    csv,
    'text/csv',
  )
}

/**
 * @param {Api} api
 * @param {ReadonlyMap<Policy, readonly string[]>} teams
 */
async function logIn(api, teams) {
  await until('the PBX is linked', async () => (await status(api)).nodes.every(node => node.link === 'up'))
  for (const [policy, names] of teams)
    for (const name of names) await api.post(`/v1/agents/${name}/login`, { campaign: policy })
  const all = [...teams.values()].flat().length
  await until('agents on the line', async () => (await status(api)).agents.available === all)
}
