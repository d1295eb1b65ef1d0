// The demo's campaign.
export const CAMPAIGN = 'demo'

/** Of the trunk, on either PBX. */
export function capacity() {
  return { channels: 300, callsPerSecond: 30 }
}

export function settings() {
  return {
    id: CAMPAIGN,
    name: 'Demo',
    pacing: {
      mode: /** @type {const} */ ('predictive'),
      abandonmentTarget: 0.027,
      abandonmentRateMax: 0.03,
      dialLevelMax: 6,
    },
    message: 'dialwright/demo-message',
    optOutKey: '9',
    ringTimeout: 15,
    setupTimeout: 5,
    // It works at any hour: its people are invented.
    hours: '00:00-24:00',
    weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
    wrapUp: { timeout: 8, codes: { 1: 'sale', 2: 'not-interested', 3: 'callback', 7: 'machine', 9: 'refused' } },
  }
}

/** Calls of the morning have ids and numbers that no call of the demo has. */
const MORNING_MARK = 'morning-'
const MORNING_SUFFIXES = ['0122', '0123', '0124', '0125', '0126']
const HOUR_MS = 3_600_000
const BATCH = 100

/** @param {{ callId: string }} call */
export function isOfMorning({ callId }) {
  return callId.startsWith(MORNING_MARK)
}

/**
 * Puts a simulated morning into the database before anything dials: what it has taught the pacing, and as calls who answered and who
 * was abandoned, without which no risk would have been earned.
 * @param {Pick<import('#dialwright/ports/store.js').Store, 'saveCampaign' | 'saveCampaignProgress'> &
 *   Pick<import('#dialwright/ports/packedMoved.js').MoveInStore, 'moveIn'>} store
 * @param {import('./simulated.js').Morning} morning
 */
export async function teach(store, { memory, persons, abandoned }) {
  const { campaignSettings } = await import('#dialwright/config/campaignFile.js')
  const { packMoved } = await import('#dialwright/ports/packedMoved.js')
  const trunks = [{ trunkId: 'main', callerIds: ['+12025550100', '+12025550101'] }]
  const document = /** @type {Parameters<typeof campaignSettings>[0]} */ (settings())
  await store.saveCampaign(campaignSettings(document, /** @type {never} */ ({ trunks, defaultCountry: 'US' })))
  await store.saveCampaignProgress({ campaignId: CAMPAIGN, running: false, memory })
  const calls = Array.from({ length: persons }, (_, index) => morningCall(index, index < abandoned))
  for (let from = 0; from < calls.length; from += BATCH)
    await store.moveIn(CAMPAIGN, packMoved({ kind: 'calls', calls: calls.slice(from, from + BATCH) }))
}

/**
 * @param {number} index
 * @param {boolean} isAbandoned
 * @returns {import('#dialwright/ports/packedMoved.js').MovedCall}
 */
function morningCall(index, isAbandoned) {
  const at = Date.now() - HOUR_MS
  const suffix = MORNING_SUFFIXES[index % MORNING_SUFFIXES.length]
  const area = 201 + (Math.floor(index / MORNING_SUFFIXES.length) % 700)
  const instants = { originatedAt: at, answeredAt: at + 4_000, endedAt: at + 20_000 }
  return {
    callId: `${MORNING_MARK}${index}`,
    number: `+1${area}555${suffix}`,
    ...instants,
    ...(isAbandoned ? { disposition: 'abandoned' } : { disposition: 'connected', connectedAt: at + 4_005 }),
    ...{ wrapUpCode: 'not-interested', refusal: false, countsAsAttempt: true },
  }
}
