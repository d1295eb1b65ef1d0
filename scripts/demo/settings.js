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
    wrapUp: { timeout: 30, codes: { 1: 'sale', 2: 'not-interested', 3: 'callback', 7: 'machine', 9: 'refused' } },
    script: {
      steps: [
        {
          title: 'Opening',
          say: 'Good day, {first_name}. I call for Northern Fibre, an invented company.',
          duty: { name: 'who', says: 'I have said who calls and why' },
        },
        { title: 'Need', say: 'How do you get the internet at home today?' },
        { title: 'Offer', say: 'Fibre costs 29 a month, and you may leave at any time. Shall we send somebody?' },
      ],
      form: [{ name: 'line', label: 'Line today', type: 'choice', choices: ['fibre', 'cable', 'none'] }],
    },
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
 * Puts a simulated morning into the database before anything dials: what it has taught the pacing, and its calls: without people who
 * answered, and who of them was abandoned, no risk would have been earned.
 * @param {Pick<import('#dialwright/ports/store.js').Store, 'saveCampaign' | 'saveCampaignProgress'> &
 *   Pick<import('#dialwright/ports/importing/packedMoved.js').MoveInStore, 'moveIn'>} store
 * @param {import('./simulated.js').Morning} morning
 */
export async function teach(store, { memory, attempts, persons, abandoned }) {
  const { campaignSettings } = await import('#dialwright/config/campaignFile.js')
  const { packMoved } = await import('#dialwright/ports/importing/packedMoved.js')
  const trunks = [{ trunkId: 'main', callerIds: ['+12025550100', '+12025550101'] }]
  const document = /** @type {Parameters<typeof campaignSettings>[0]} */ (settings())
  await store.saveCampaign(campaignSettings(document, /** @type {never} */ ({ trunks, defaultCountry: 'US' })))
  await store.saveCampaignProgress({ campaignId: CAMPAIGN, running: false, memory })
  const dispositionOf = (/** @type {number} */ index) =>
    index >= persons ? 'no-answer' : index < abandoned ? 'abandoned' : 'connected'
  const calls = Array.from({ length: attempts }, (_, index) => morningCall(index, dispositionOf(index)))
  for (let from = 0; from < calls.length; from += BATCH)
    await store.moveIn(CAMPAIGN, packMoved({ kind: 'calls', calls: calls.slice(from, from + BATCH) }))
}

/**
 * @param {number} index
 * @param {'connected' | 'abandoned' | 'no-answer'} disposition
 * @returns {import('#dialwright/ports/importing/packedMoved.js').MovedCall}
 */
function morningCall(index, disposition) {
  const at = Date.now() - HOUR_MS
  const suffix = MORNING_SUFFIXES[index % MORNING_SUFFIXES.length]
  const area = 201 + (Math.floor(index / MORNING_SUFFIXES.length) % 700)
  const common = { callId: `${MORNING_MARK}${index}`, number: `+1${area}555${suffix}`, originatedAt: at, disposition }
  const ended = { endedAt: at + 20_000, refusal: false, countsAsAttempt: true }
  if (disposition === 'no-answer') return { ...common, wrapUpCode: 'no-answer', ...ended }
  return {
    ...common,
    ...{ answeredAt: at + 4_000, wrapUpCode: 'not-interested' },
    ...(disposition === 'connected' && { connectedAt: at + 4_005 }),
    ...ended,
  }
}
