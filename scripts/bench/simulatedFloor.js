// A floor full of agents on the simulated PBX, for benchmarks of what stands beside the dialing.

/**
 * Campaigns at work, with all agents on the line and no leads yet.
 * @param {import('../lib/api.js').Api} api
 * @param {{ agents: readonly string[], campaigns: number }} options
 */
export async function startCampaigns(api, { agents, campaigns }) {
  const { settings } = await import('../demo/settings.js')
  const ids = Array.from({ length: campaigns }, (_, index) => `bench${index}`)
  for (const id of ids) await api.put(`/v1/campaigns/${id}`, { ...settings(), id, topic: id })
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
 * Numbers that are reserved for fiction, two in each area code; no two campaigns share one.
 * @param {number} campaign
 */
function numbersOf(campaign) {
  const areas = Array.from({ length: 799 }, (_, index) => 201 + index)
  return areas.flatMap(area => [0, 1].map(index => `+1${area}55501${campaign}${index}`))
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
