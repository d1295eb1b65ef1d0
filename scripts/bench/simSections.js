// What `npm run bench:sim` measures, section by section. Each gets { pool, say, full, scale } and answers with plain figures.

import { best, few, figuresOf, scenarioOf, tuned } from './simRuns.js'
import { decisionTimes, simulatorSpeed } from './simSpeed.js'

/** @import { Bench, PolicyName } from './simRuns.js' */

/** @typedef {(bench: Bench) => Promise<unknown>} Section */

/** @type {(name: string, numbers: readonly number[]) => string[]} */
const sizes = (name, numbers) => numbers.map(number => `${name}-${number}`)

/**
 * name -> function; the order is that of the report.
 * @type {Readonly<Record<string, Section>>}
 */
export const SECTIONS = {
  speed: simulatorSpeed,
  decision: decisionTimes,
  realistic,
  memoryless,
  shifting,
  detection,
  windows,
  rest,
  withdrawal,
  rivals,
}

/**
 * Learned from nothing, eight hours, no law: only the target steers.
 * @param {Bench} bench
 */
async function realistic(bench) {
  const bars = { 5: 0.785, 10: 0.835, 20: 0.886, 50: 0.937, 100: 0.961 }
  const rows = []
  for (const [agents, bar] of Object.entries(bars)) {
    const row = await few(bench, { scenario: scenarioOf(`realistic-${agents}`), seeds: 30 })
    rows.push({ scenario: `realistic-${agents}`, bar, ...row })
    bench.say(`${agents} agents: ${row.occupancy.mean} at ${row.abandonmentRate.pooled}`)
  }
  return rows
}

/**
 * Beside the exact optimum at the same measured abandonment. A day has sixty hours: few seeds say much.
 * @param {Bench} bench
 */
async function memoryless(bench) {
  const names = ['3-p25', '5-p25', '10-p25', '10-p50', '20-p10', '20-p25', '50-p20', '100-p30']
  const rows = []
  for (const name of names) {
    const large = name.startsWith('50') || name.startsWith('100')
    const seeds = bench.full ? 30 : large ? 1 : 3
    const row = await few(bench, { scenario: scenarioOf(`memoryless-${name}`), seeds })
    rows.push({
      scenario: `memoryless-${name}`,
      bar: name.startsWith('3') || name.startsWith('5-') ? 0.98 : 0.99,
      ...row,
    })
    bench.say(`${name}: ${row.ratioToOptimum} of the optimum`)
  }
  return rows
}

/**
 * The world changes under the engine; cap .03, target .027, the window is the day.
 * @param {Bench} bench
 */
async function shifting(bench) {
  const names = [
    ...['drift-sine-50', 'drift-square-20', 'drift-step-down-20', 'drift-step-up-20', 'shift-double-20'],
    ...['shift-halve-40', 'clumped-list-20', 'drift-square-100'],
  ]
  const rows = []
  for (const name of names) {
    const scenario = scenarioOf(name, { cap: 0.03, target: 0.027 })
    const row = await few(bench, { scenario, seeds: bench.full || !name.endsWith('100') ? 30 : 6 })
    const rivals = []
    /** @type {readonly PolicyName[]} */
    const policies = bench.full ? ['kappa', 'kappa-tuned', 'vicidial-ratio', 'vicidial-hard'] : []
    for (const policy of policies) rivals.push(await tuned(bench, { scenario, policy, worst: true, target: 0.03 }))
    rows.push({ scenario: name, ...row, rivals })
    bench.say(`${name}: ${row.occupancy.mean}, worst seed ${row.abandonmentRate.max}, ${row.seedsOverCap} over`)
  }
  return rows
}

/**
 * The headline: conversations with persons per paid agent-hour, beside the best-tuned VICIdial.
 * @param {Bench} bench
 */
async function detection(bench) {
  const agents = bench.full ? [5, 10, 20, 50, 100] : [10, 20]
  const rows = []
  for (const name of [...sizes('detection', agents), ...sizes('no-detection', agents)]) {
    const scenario = scenarioOf(name)
    const ours = await few(bench, { scenario, seeds: bench.full ? 30 : 8 })
    /** @type {readonly PolicyName[]} */
    const policies = bench.full
      ? ['vicidial-ratio', 'vicidial-hard', 'vicidial-average', 'vicidial-tapered']
      : ['vicidial-ratio']
    // By the carrier's truth; and without detection by the law's count too, which ours keeps and a rival has to keep as well.
    const counts = name.startsWith('no-') ? ['truth', 'law'] : ['truth']
    /** @type {Record<string, { rival: object | null, lead: number | null }>} */
    const leads = {}
    for (const count of counts) {
      const found = []
      for (const policy of policies)
        found.push(await tuned(bench, { scenario, policy, target: scenario.target, lawful: count === 'law' }))
      const rival = best(found)
      const lead = rival === undefined ? null : ours.connectedPerAgentHour / rival.connectedPerAgentHour - 1
      leads[count] = { rival: rival ?? null, lead: lead === null ? null : Number(lead.toFixed(4)) }
    }
    rows.push({ scenario: name, ours, ...leads })
    bench.say(
      `${name}: ${ours.connectedPerAgentHour} conversations an hour, lead ${leads.truth?.lead}, ${leads.law?.lead ?? ''}`,
    )
  }
  return rows
}

/**
 * The product's defaults: how many days, each a window, end over the cap, and what keeping them costs.
 * @param {Bench} bench
 */
async function windows(bench) {
  const rows = []
  for (const agents of [5, 20]) {
    const days = 30
    const runs = bench.full ? 100 : agents === 5 ? 10 : 3
    const scenario = scenarioOf(`detection-${agents}`, {
      cap: 0.03,
      target: 0.027,
      window: { hours: 24 },
      horizon: { hours: 8, days },
    })
    const pacing = { abandonmentWindows: [{ name: '24h', lengthMs: 86_400_000 }, { name: 'life' }] }
    const row = await few(bench, { scenario, pacing, seeds: runs, days })
    const unbound = await few(bench, {
      scenario: scenarioOf(`detection-${agents}`, { target: 0.027 }),
      seeds: bench.full ? 30 : 8,
    })
    rows.push({ scenario: `detection-${agents}`, ...row, occupancyWithoutWindows: unbound.occupancy })
    bench.say(
      `${agents} agents: ${row.windows?.over} of ${row.windows?.count} days over the cap, ${row.occupancy.mean}`,
    )
  }
  return rows
}

/**
 * An occupancy ceiling and a gap between calls, kept with the budget.
 * @param {Bench} bench
 */
async function rest(bench) {
  const rows = []
  for (const pacing of [{ occupancyMax: 0.8 }, { agentGapMs: 10_000 }, { occupancyMax: 0.75, agentGapMs: 15_000 }]) {
    const scenario = scenarioOf('realistic-20', { cap: 0.03, target: 0.027 })
    const row = await few(bench, { scenario, pacing, seeds: bench.full ? 30 : 6 })
    rows.push({ scenario: 'realistic-20', pacing, ...row })
    bench.say(`${JSON.stringify(pacing)}: ${row.occupancy.mean} at ${row.abandonmentRate.pooled}`)
  }
  return rows
}

/**
 * Ring withdrawal on and off.
 * @param {Bench} bench
 */
async function withdrawal(bench) {
  const rows = []
  for (const ringWithdrawal of [false, true]) {
    const scenario = scenarioOf('withdrawal-20')
    const row = await few(bench, { scenario, pacing: { ringWithdrawal }, seeds: bench.full ? 30 : 8 })
    rows.push({ scenario: 'withdrawal-20', ringWithdrawal, ...row })
    bench.say(`withdrawal ${ringWithdrawal}: ${row.occupancy.mean} at ${row.abandonmentRate.pooled}`)
  }
  return rows
}

/**
 * Every rival, as shipped and best-tuned by search at the scenario's target.
 * @param {Bench} bench
 */
async function rivals(bench) {
  const names = bench.full ? sizes('realistic', [5, 10, 20, 50, 100]) : ['realistic-5', 'realistic-20']
  /** @type {readonly PolicyName[]} */
  const policies = [
    'progressive',
    'ratio',
    'kappa',
    'kappa-tuned',
    'vicidial-ratio',
    'vicidial-hard',
    'vicidial-average',
    'vicidial-tapered',
    'issabel',
  ]
  /** @type {readonly PolicyName[]} */
  const searched = bench.full ? policies : ['ratio', 'kappa', 'kappa-tuned', 'vicidial-ratio']
  const rows = []
  for (const name of names) {
    const scenario = scenarioOf(name)
    for (const policy of policies) {
      const shipped = await few(bench, { scenario, policy, seeds: bench.full ? 30 : 4 })
      const found = searched.includes(policy) ? await tuned(bench, { scenario, policy, target: scenario.target }) : null
      rows.push({ scenario: name, policy, shipped: figuresOf(shipped), tuned: found })
      bench.say(
        `${name} ${policy}: ${shipped.occupancy.mean}, tuned ${found?.found === true ? (found.occupancyAtTarget ?? found.occupancy.mean) : '-'}`,
      )
    }
  }
  return rows
}
