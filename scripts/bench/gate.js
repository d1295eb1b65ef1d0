// The gate in front of every dial: verdicts, facts, refills, counts. On the compiled program, with the rules as shipped.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { percentiles, round } from './facts.js'
import { fillLeads } from './gateLeads.js'
import { numberSpace } from './numberRows.js'

/** @typedef {Parameters<typeof import('#dialwright/dialer/hopper.js').createHopperFiller>[0]} FillerOptions */

/** @import { SqliteStore } from '#dialwright/store/sqlite/sqliteStore.js' */
/** @import { VerdictFacts } from '#dialwright/core/compliance/facts.js' */

/**
 * @typedef {object} Run
 * @property {string} folder
 * @property {number} leads
 * @property {number} hopper leads in the hopper's database
 * @property {number} numbers on the do-not-call list
 * @property {(text: string) => void} say
 */

const { openSqliteStore } = await import('#dialwright/store/sqlite/sqliteStore.js')
const { createImporter } = await import('#dialwright/import/importer.js')
const { loadRuleBook } = await import('#dialwright/rules/ruleBook.js')
const { createLawFinder } = await import('#dialwright/core/compliance/law.js')
const { decideVerdict, verdictRules } = await import('#dialwright/core/compliance/verdict.js')
const { createHopperFiller } = await import('#dialwright/dialer/hopper.js')
const { campaignSettings } = await import('#dialwright/config/campaignFile.js')

/** A Wednesday at 15:00 in New York, 12:00 in Los Angeles: everywhere in the contiguous states calls are allowed. */
const NOW = Date.parse('2026-11-25T15:00:00-05:00')
const laws = createLawFinder(loadRuleBook())
const trunks = [{ trunkId: 'main', callerIds: ['+12125550100'] }]
const settings = campaignSettings({ id: 'bench', message: 'message', hours: '08:00-21:00' }, { trunks })
const rules = verdictRules(settings, laws)

/**
 * @param {Run} run
 * @param {{ name: string, leads: number, history: number, listed: number }} options
 */
async function openFilled(run, { name, leads, history, listed }) {
  const file = join(run.folder, `${name}.db`)
  await (await openSqliteStore({ file })).close()
  const space = await numberSpace(Math.max(leads, 1_000), 'scattered')
  run.say(`  ${leads} leads${history > 0 ? ` with ${history} attempts each` : ''}`)
  fillLeads(file, { leads, history, listed, space, settings, now: NOW })
  return { store: await openSqliteStore({ file }), space }
}

/**
 * A list of the place that is asked for: every other lead's number is not on it.
 * @param {Run} run
 * @param {SqliteStore} store
 * @param {number} numbers
 */
async function importNational(run, store, numbers) {
  run.say(`  ${numbers} do-not-call numbers`)
  const program = fileURLToPath(new URL('numberRows.js', import.meta.url))
  const source = spawn(process.execPath, [program, 'full', String(numbers), 'scattered'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const list = /** @type {const} */ ({ list: 'national', source: 'bench', kind: 'national', place: 'US' })
  const request = { ...list, defaultCountry: 'US' }
  await createImporter(store, { now: () => NOW }).importDoNotCall({ ...request, asOf: NOW, stream: source.stdout })
}

/**
 * Facts of a thousand leads, asked over and over.
 * @param {Run} run
 */
export async function benchVerdict(run) {
  const { store } = await openFilled(run, { name: 'verdict', leads: 1_000, history: 4, listed: 10_000 })
  try {
    await importNational(run, store, 10_000)
    /** @type {VerdictFacts[]} */
    const facts = []
    for (let leadId = 1; leadId <= 1_000; leadId += 1)
      facts.push(await store.facts({ campaignId: 'bench', leadId, now: NOW }))
    /** @param {number} rounds */
    const ask = rounds => {
      let allowed = 0
      const startedAt = performance.now()
      for (let round = 0; round < rounds; round += 1)
        for (const one of facts) allowed += decideVerdict(one, rules, NOW).allowed ? 1 : 0
      return { allowed, perSecond: Math.round((rounds * facts.length) / ((performance.now() - startedAt) / 1000)) }
    }
    ask(200)
    const runs = [ask(500), ask(500), ask(500)]
    const passing = facts.filter(one => decideVerdict(one, rules, NOW).allowed).length
    return { verdictsPerSecond: runs.map(({ perSecond }) => perSecond), allowedShare: passing / facts.length }
  } finally {
    await store.close()
  }
}

/**
 * As at the moment of an originate: the lead's facts from the store, then the verdict, one after the other.
 * @param {Run} run
 */
export async function benchGate(run) {
  const { store } = await openFilled(run, { name: 'gate', leads: run.leads, history: 3, listed: run.numbers })
  try {
    await importNational(run, store, run.numbers)
    const asked = Math.min(run.leads, 300_000)
    /** @param {number} index */
    const leadAt = index => 1 + ((index * 104_729) % run.leads)
    /** @param {number} count */
    const ask = async count => {
      /** @type {number[]} */
      const samples = []
      /** @type {Record<string, number>} */
      const reasons = {}
      const startedAt = performance.now()
      for (let index = 0; index < count; index += 1) {
        const at = performance.now()
        const facts = await store.facts({ campaignId: 'bench', leadId: leadAt(index), now: NOW })
        const verdict = decideVerdict(facts, rules, NOW)
        samples.push(performance.now() - at)
        const word = verdict.allowed ? 'allowed' : verdict.reason
        reasons[word] = (reasons[word] ?? 0) + 1
      }
      const perSecond = Math.round(count / ((performance.now() - startedAt) / 1000))
      const { p50, p99, max } = percentiles(samples)
      return {
        count,
        perSecond,
        p50Us: round((p50 ?? 0) * 1000),
        p99Us: round((p99 ?? 0) * 1000),
        maxMs: round(max ?? 0),
        reasons,
      }
    }
    await ask(asked)
    return { leads: run.leads, attempts: run.leads * 3, numbers: run.numbers, warm: await ask(asked) }
  } finally {
    await store.close()
  }
}

/**
 * As the dialer fills a hopper, through the gate; and the question to the store alone.
 * @param {Run} run
 */
export async function benchHopper(run) {
  const { store } = await openFilled(run, { name: 'hopper', leads: run.hopper, history: 0, listed: 10_000 })
  try {
    await importNational(run, store, 10_000)
    const storeMs = []
    const refillMs = []
    // As in the engine: the hopper's leads are not given again.
    /** @type {number[]} */
    let exclude = []
    const filler = createFiller(store)
    await filler.fill(1_000, [])
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    for (let round = 0; round < 10; round += 1) {
      let at = performance.now()
      await store.dialableLeads({ campaignId: 'bench', limit: 1_000, exclude, now: NOW })
      storeMs.push(performance.now() - at)
      at = performance.now()
      const leads = await filler.fill(1_000, exclude)
      refillMs.push(performance.now() - at)
      exclude = leads.map(({ leadId }) => leadId)
    }
    delay.disable()
    const loop = { p99Ms: round(delay.percentile(99) / 1e6), maxMs: round(delay.max / 1e6) }
    return { leads: run.hopper, storeAloneMs: percentiles(storeMs), refillMs: percentiles(refillMs), loop }
  } finally {
    await store.close()
  }
}

/**
 * The dialer's own filler, without a dialer around it.
 * @param {SqliteStore} store
 */
function createFiller(store) {
  /** @type {(leads: readonly { leadId: number }[]) => void} */
  let filled = () => {}
  const pacer = { answerProbability: () => 0.3, answerFactor: () => 1 }
  const options = {
    ...{
      store,
      clock: { now: () => NOW },
      log: { error: (/** @type {unknown[]} */ ...words) => process.stderr.write(`${JSON.stringify(words)}\n`) },
    },
    state: { campaigns: new Map([['bench', { settings, pacer }]]), agents: new Map(), laws },
    writer: { healthy: () => true, settled: async () => {} },
    submit: (/** @type {{ leads: readonly { leadId: number }[] }} */ answer) => filled(answer.leads),
  }
  // A filler looks at no other part of a dialer.
  const filler = createHopperFiller(/** @type {FillerOptions} */ (/** @type {unknown} */ (options)))
  return {
    /** @type {(count: number, exclude: readonly number[]) => Promise<readonly { leadId: number }[]>} */
    fill: (count, exclude) =>
      new Promise(resolve => {
        filled = resolve
        filler.fill({ kind: 'refill-hopper', campaignId: 'bench', count, exclude: [...exclude] })
      }),
  }
}

/**
 * Counts every lead while the gate is asked fifty times a second.
 * @param {Run} run
 */
export async function benchCensus(run) {
  const { store } = await openFilled(run, {
    name: 'census',
    leads: run.leads,
    history: 1,
    listed: Math.min(run.numbers, 1_000_000),
  })
  try {
    await importNational(run, store, Math.min(run.numbers, 1_000_000))
    const idle = await askGate(store, run)
    let counting = true
    const startedAt = performance.now()
    const census = store.census({ settings, book: laws.book, now: NOW }).finally(() => {
      counting = false
    })
    const meanwhile = await askGate(store, run, () => counting)
    const answer = await census
    return {
      leads: run.leads,
      seconds: round((performance.now() - startedAt) / 1000),
      answer,
      gateMs: { idle: percentiles(idle), meanwhile: percentiles(meanwhile) },
    }
  } finally {
    await store.close()
  }
}

/**
 * Fifty verdicts a second, for two seconds at least.
 * @param {SqliteStore} store
 * @param {Run} run
 */
async function askGate(store, run, goesOn = () => false) {
  const samples = []
  const until = performance.now() + 2_000
  for (let index = 0; performance.now() < until || goesOn(); index += 1) {
    const at = performance.now()
    const leadId = 1 + ((index * 104_729) % run.leads)
    decideVerdict(await store.facts({ campaignId: 'bench', leadId, now: NOW }), rules, NOW)
    samples.push(performance.now() - at)
    await new Promise(done => setTimeout(done, 20))
  }
  return samples
}
