/**
 * The memoryless world: every call rings for an exponential time, at whose end a person answers with a fixed probability; an agent
 * handles a person for an exponential time; a person who answers when all agents are busy is abandoned.
 */
export interface MemorylessWorld {
  /** At least 1. */
  readonly agents: number
  /** Above 0, at most 1. */
  readonly answerProbability: number
  readonly ringMeanSec: number
  readonly handleMeanSec: number
}

/** A policy as a level for each number of busy agents 0..N, to which it raises the number of ringing calls whenever that is lower. */
export type RingLevels = Int32Array

/** What a policy reaches in the long run. */
export interface LongRun {
  readonly levels: RingLevels
  /** Idle agents, mean over time. */
  readonly idle: number
  readonly abandonedPerSec: number
}

/** Numbers linear in the unknown values of the raised states: a row of weights with what lies outside `from..to` being 0. */
interface Rows {
  readonly weights: Float64Array
  readonly from: Int32Array
  readonly to: Int32Array
  /** Expected cost and time on the way there. */
  readonly idle: Float64Array
  readonly abandoned: Float64Array
  readonly seconds: Float64Array
}

/** Relative values of the raised states, that of the usual one being 0, for both costs. */
interface Values extends LongRun {
  readonly idleValue: Float64Array
  readonly abandonedValue: Float64Array
}

/** Weights below this are what rounding leaves. */
const negligible = 1e-16
/** Howard's iteration takes a handful of rounds and gains quadratically: after a share this small there is nothing left. */
const enough = 1e-7
const roundsMax = 60
/** A level has to be better by this share of the values to replace another. */
const tolerance = 1e-12

/** One call per idle agent: the best that never abandons anybody. */
export function progressiveLevels({ agents }: MemorylessWorld): RingLevels {
  return Int32Array.from({ length: agents + 1 }, (_, busy) => agents - busy)
}

/**
 * The levels that minimise idle agents + `price` * abandonments per second, exactly: Howard's policy iteration. `price` in idle
 * agent-seconds per abandonment, above 0. `start`: levels to begin with, the first at least 1. Levels stay within `ringingMax`.
 */
export function bestLevels(
  world: MemorylessWorld,
  price: number,
  { start, ringingMax }: { readonly start: RingLevels; readonly ringingMax: number },
): LongRun {
  const cost = (run: LongRun): number => run.idle + price * run.abandonedPerSec
  let reached = evaluate(world, start)
  for (let round = 0; round < roundsMax; round += 1) {
    const levels = improve(world, reached, { price, ringingMax })
    if (levels === undefined) break
    const next = evaluate(world, levels)
    const gain = cost(reached) - cost(next)
    if (gain > 0) reached = next
    if (!(gain > enough * cost(next))) break
  }
  return withoutValues(reached)
}

/** What some levels reach in the long run, exactly. The level of 0 busy agents is at least 1. */
export function longRunOf(world: MemorylessWorld, levels: RingLevels): LongRun {
  return withoutValues(evaluate(world, levels))
}

function withoutValues({ levels, idle, abandonedPerSec }: Values): LongRun {
  return { levels, idle, abandonedPerSec }
}

/**
 * A state is raised when as many calls ring as its level says. On the way from one raised state to the next the ringing calls only
 * become fewer: so all that lies between can be worked out by increasing number of ringing calls, and what remains is a chain of
 * raised states, one for each number of busy agents.
 */
function evaluate(world: MemorylessWorld, levels: RingLevels): Values {
  const chain = raisedChain(world, levels)
  const home = homeOf(chain)
  censor(chain, home)
  return solve(chain, levels, home)
}

function createRows(count: number): Rows {
  return {
    weights: new Float64Array(count * count),
    from: new Int32Array(count).fill(count),
    to: new Int32Array(count).fill(-1),
    idle: new Float64Array(count),
    abandoned: new Float64Array(count),
    seconds: new Float64Array(count),
  }
}

function clearRow(rows: Rows, row: number): void {
  const base = row * rows.idle.length
  rows.weights.fill(0, base + (rows.from[row] ?? 0), base + (rows.to[row] ?? 0) + 1)
  rows.from[row] = rows.idle.length
  rows.to[row] = -1
  rows.idle[row] = 0
  rows.abandoned[row] = 0
  rows.seconds[row] = 0
}

/** Makes a row stand for the value of a raised state itself. */
function setRaised(rows: Rows, row: number): void {
  rows.weights[row * rows.idle.length + row] = 1
  rows.from[row] = row
  rows.to[row] = row
}

interface RowOf {
  readonly rows: Rows
  readonly row: number
}

/** target += share * source. */
function addRow({ rows, row }: RowOf, share: number, source: RowOf): void {
  if (share === 0) return
  const count = rows.idle.length
  const base = row * count
  const sourceBase = source.row * count
  const from = source.rows.from[source.row] ?? 0
  const to = source.rows.to[source.row] ?? 0
  const { weights } = rows
  const added = source.rows.weights
  for (let n = from; n <= to; n += 1)
    weights[base + n] = (weights[base + n] ?? 0) + share * (added[sourceBase + n] ?? 0)
  rows.from[row] = Math.min(rows.from[row] ?? 0, from)
  rows.to[row] = Math.max(rows.to[row] ?? 0, to)
  rows.idle[row] = (rows.idle[row] ?? 0) + share * (source.rows.idle[source.row] ?? 0)
  rows.abandoned[row] = (rows.abandoned[row] ?? 0) + share * (source.rows.abandoned[source.row] ?? 0)
  rows.seconds[row] = (rows.seconds[row] ?? 0) + share * (source.rows.seconds[source.row] ?? 0)
}

function trimRow(rows: Rows, row: number): void {
  const base = row * rows.idle.length
  let to = rows.to[row] ?? 0
  while (to > (rows.from[row] ?? 0) && (rows.weights[base + to] ?? 0) < negligible) {
    rows.weights[base + to] = 0
    to -= 1
  }
  rows.to[row] = to
}

/** From each raised state to the next: with which probability to which, and what it costs on the way. */
function raisedChain(world: MemorylessWorld, levels: RingLevels): Rows {
  const count = world.agents + 1
  const chain = createRows(count)
  let fewer = createRows(count)
  let current = createRows(count)
  // A state with fewer ringing calls than its level is worth what the raised state is worth.
  for (let busy = 0; busy < count; busy += 1) {
    setRaised(fewer, busy)
    setRaised(current, busy)
  }
  const lowest = levels.reduce((least, level) => Math.min(least, level))
  const highest = levels.reduce((most, level) => Math.max(most, level))
  for (let ringing = lowest; ringing <= highest; ringing += 1) {
    for (let busy = 0; busy < count; busy += 1) {
      const level = levels[busy] ?? 0
      if (ringing < level) continue
      const target: RowOf = { rows: ringing === level ? chain : current, row: busy }
      leave(world, { busy, ringing }, { target, fewer, current })
    }
    const spare = fewer
    fewer = current
    current = spare
  }
  return chain
}

/** What follows a state, by its next event, into the row of that state. */
function leave(
  { agents, answerProbability, ringMeanSec, handleMeanSec }: MemorylessWorld,
  { busy, ringing }: { readonly busy: number; readonly ringing: number },
  { target, fewer, current }: { readonly target: RowOf; readonly fewer: Rows; readonly current: Rows },
): void {
  const { rows, row } = target
  clearRow(rows, row)
  const ringRate = ringing / ringMeanSec
  const handleRate = busy / handleMeanSec
  const seconds = 1 / (ringRate + handleRate)
  const answered = answerProbability * ringRate * seconds
  if (busy > 0) addRow(target, handleRate * seconds, { rows: current, row: busy - 1 })
  if (ringing > 0) {
    addRow(target, answered, { rows: fewer, row: Math.min(agents, busy + 1) })
    addRow(target, (1 - answerProbability) * ringRate * seconds, { rows: fewer, row: busy })
  }
  trimRow(rows, row)
  rows.idle[row] = (rows.idle[row] ?? 0) + (agents - busy) * seconds
  rows.seconds[row] = (rows.seconds[row] ?? 0) + seconds
  if (busy === agents) rows.abandoned[row] = (rows.abandoned[row] ?? 0) + answered
}

/**
 * Where the chain is drawn to: the first state that leads downward on the average. Values relative to a state that is hardly ever
 * seen would drown in rounding.
 */
function homeOf({ weights, from, to }: Rows): number {
  const count = from.length
  for (let row = 0; row < count; row += 1) {
    let drift = 0
    for (let next = from[row] ?? 0; next <= (to[row] ?? 0); next += 1)
      drift += (next - row) * (weights[row * count + next] ?? 0)
    if (drift <= 0) return row
  }
  return count - 1
}

/**
 * Takes the states out of the chain one by one, first those below `home` upward, then those above it downward: each row then leads
 * to states nearer to home only, and home's to itself. Nothing is subtracted, so nothing is lost to rounding (Grassmann, Taksar
 * and Heyman, Operations Research 33, 1985). Afterwards a row's costs and time are those until the chain has moved nearer.
 */
function censor(chain: Rows, home: number): void {
  const count = chain.idle.length
  for (let row = 0; row < home; row += 1) {
    passThrough(chain, row, { lowerThan: row, higherThan: count })
    leaveItself(chain, row)
  }
  for (let row = count - 1; row >= home; row -= 1) {
    passThrough(chain, row, { lowerThan: home, higherThan: row })
    if (row > home) leaveItself(chain, row)
  }
}

/** Puts what follows in the place of the states that are out: those lower than `lowerThan` and those higher than `higherThan`. */
function passThrough(
  chain: Rows,
  row: number,
  { lowerThan, higherThan }: { readonly lowerThan: number; readonly higherThan: number },
): void {
  const base = row * chain.idle.length
  for (let lower = chain.from[row] ?? 0; lower < lowerThan; lower += 1) replace(chain, row, lower)
  for (let higher = chain.to[row] ?? 0; higher > higherThan; higher -= 1) replace(chain, row, higher)
  while ((chain.from[row] ?? 0) < lowerThan) {
    chain.weights[base + (chain.from[row] ?? 0)] = 0
    chain.from[row] = (chain.from[row] ?? 0) + 1
  }
  chain.to[row] = Math.min(chain.to[row] ?? 0, higherThan)
}

function replace(chain: Rows, row: number, passed: number): void {
  const index = row * chain.idle.length + passed
  const share = chain.weights[index] ?? 0
  chain.weights[index] = 0
  addRow({ rows: chain, row }, share, { rows: chain, row: passed })
}

/** A row's returns to itself turn into what they lead to in the end. */
function leaveItself(chain: Rows, row: number): void {
  const base = row * chain.idle.length
  const from = chain.from[row] ?? 0
  const to = chain.to[row] ?? 0
  chain.weights[base + row] = 0
  let leaving = 0
  for (let next = from; next <= to; next += 1) leaving += chain.weights[base + next] ?? 0
  for (let next = from; next <= to; next += 1) chain.weights[base + next] = (chain.weights[base + next] ?? 0) / leaving
  for (const sums of [chain.idle, chain.abandoned, chain.seconds]) sums[row] = (sums[row] ?? 0) / leaving
}

/** Means per second from home's return to itself, then the relative values outward. */
function solve(chain: Rows, levels: RingLevels, home: number): Values {
  const count = chain.idle.length
  const seconds = chain.seconds[home] ?? 1
  const idle = (chain.idle[home] ?? 0) / seconds
  const abandonedPerSec = (chain.abandoned[home] ?? 0) / seconds
  const idleValue = new Float64Array(count)
  const abandonedValue = new Float64Array(count)
  const value = (row: number): void => {
    let idleSum = (chain.idle[row] ?? 0) - idle * (chain.seconds[row] ?? 0)
    let abandonedSum = (chain.abandoned[row] ?? 0) - abandonedPerSec * (chain.seconds[row] ?? 0)
    for (let next = chain.from[row] ?? 0; next <= (chain.to[row] ?? 0); next += 1) {
      const weight = chain.weights[row * count + next] ?? 0
      idleSum += weight * (idleValue[next] ?? 0)
      abandonedSum += weight * (abandonedValue[next] ?? 0)
    }
    idleValue[row] = idleSum
    abandonedValue[row] = abandonedSum
  }
  for (let row = home + 1; row < count; row += 1) value(row)
  for (let row = home - 1; row >= 0; row -= 1) value(row)
  return { levels, idle, abandonedPerSec, idleValue, abandonedValue }
}

/**
 * Levels that are better for this price; `undefined` when none are: then these are the best. None is below one call per idle
 * agent, which abandons nobody at any price.
 */
function improve(
  world: MemorylessWorld,
  reached: Values,
  { price, ringingMax }: { readonly price: number; readonly ringingMax: number },
): RingLevels | undefined {
  const { agents, answerProbability, ringMeanSec, handleMeanSec } = world
  const { levels } = reached
  const raised = reached.idleValue.map((value, busy) => value + price * (reached.abandonedValue[busy] ?? 0))
  const perSec = reached.idle + price * reached.abandonedPerSec
  const margin = tolerance * raised.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
  const better = levels.slice()
  const best = raised.map(value => value - margin)
  let fewer = raised.slice()
  let current = new Float64Array(agents + 1)
  let highest = levels.reduce((most, level) => Math.max(most, level))
  let changed = false
  // Beyond half as many more than the highest level the values only rise.
  for (let ringing = 0; ringing <= Math.min(ringingMax, 1.5 * highest + 16); ringing += 1) {
    const ringRate = ringing / ringMeanSec
    for (let busy = ringing === 0 ? 1 : 0; busy <= agents; busy += 1) {
      const handleRate = busy / handleMeanSec
      const abandoned = busy === agents ? price * answerProbability * ringRate : 0
      const answered = fewer[Math.min(agents, busy + 1)] ?? 0
      const ended = answerProbability * answered + (1 - answerProbability) * (fewer[busy] ?? 0)
      const flow = ringRate * ended + handleRate * (busy > 0 ? (current[busy - 1] ?? 0) : 0)
      const value = (agents - busy + abandoned - perSec + flow) / (ringRate + handleRate)
      current[busy] = ringing <= (levels[busy] ?? 0) ? (raised[busy] ?? 0) : value
      if (value >= (best[busy] ?? 0) || ringing < agents - busy) continue
      best[busy] = value
      better[busy] = ringing
      highest = Math.max(highest, ringing)
      changed = true
    }
    if (ringing === 0) current[0] = raised[0] ?? 0
    const spare = fewer
    fewer = current
    current = spare
  }
  return changed ? fallingWithBusy(better) : undefined
}

/** The best levels fall with every busy agent; what Howard's first rounds would do in states that are never seen may not. */
function fallingWithBusy(levels: RingLevels): RingLevels {
  for (let busy = levels.length - 2; busy >= 0; busy -= 1)
    levels[busy] = Math.max(levels[busy] ?? 0, levels[busy + 1] ?? 0)
  return levels
}
