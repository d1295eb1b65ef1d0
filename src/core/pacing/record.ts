import { createPacer } from './index.ts'
import type {
  DecisionRecord,
  Pacer,
  PacerFactory,
  PacerMemory,
  PacingDecision,
  PacingMode,
  PacingObservation,
  PacingSettings,
  PacingSnapshot,
  WindowFigures,
} from './pacer.ts'

/** A new checkpoint after so many observations: what a record carries stays small. */
const observationsMax = 400

/** Makes pacers that keep the newest decision worth keeping with everything it rested on. */
export function recordingPacers(create: PacerFactory = createPacer): PacerFactory {
  return (settings, memory) => new RecordingPacer(create(settings, memory), settings)
}

/** Works a recorded decision out again, from its record alone. */
export function recompute({ settings, memory, observations, snapshot, at }: DecisionRecord): PacingDecision {
  const pacer = createPacer(settings, memory)
  for (const seen of observations) pacer.observe(seen.observation, seen.at)
  return pacer.decide(snapshot, at)
}

class RecordingPacer implements Pacer {
  readonly #inner: Pacer
  #settings: PacingSettings
  #memory: PacerMemory | undefined
  #observations: DecisionRecord['observations'][number][] = []
  #riskBound = false
  #last: DecisionRecord | undefined

  constructor(inner: Pacer, settings: PacingSettings) {
    this.#inner = inner
    this.#settings = settings
  }

  get mode(): PacingMode {
    return this.#inner.mode
  }

  configure(settings: PacingSettings): void {
    this.#settings = settings
    this.#memory = undefined
    this.#inner.configure(settings)
  }

  observe(observation: PacingObservation, now: number): void {
    this.#inner.observe(observation, now)
    if (observation.kind === 'counted') {
      // Long, and rare: the next record begins behind it.
      this.#memory = undefined
      return
    }
    const known = observation.kind === 'settled' ? { ...observation, riskBound: this.#riskBound } : observation
    this.#observations.push({ at: now, observation: known })
  }

  decide(snapshot: PacingSnapshot, now: number): PacingDecision {
    const before = this.#memory === undefined ? undefined : this.#startOf(this.#memory)
    const decision = this.#inner.decide(snapshot, now)
    this.#riskBound = decision.riskBound === true
    if (before === undefined || this.#observations.length > observationsMax) {
      this.#memory = this.#inner.checkpoint?.()
      this.#observations = []
    } else if (worthKeeping(decision, this.#last?.decision)) {
      const { settings, memory } = before
      const observations = [...this.#observations]
      this.#last = { version: 2, settings, memory, observations, snapshot: copyOf(snapshot), at: now, decision }
    }
    return decision
  }

  answerProbability(now: number): number {
    return this.#inner.answerProbability?.(now) ?? Number.NaN
  }

  answerFactor(leadKind: string): number {
    return this.#inner.answerFactor?.(leadKind) ?? 1
  }

  memory(): PacerMemory {
    return this.#inner.memory()
  }

  windows(): readonly WindowFigures[] {
    return this.#inner.windows?.() ?? []
  }

  lastRecord(): DecisionRecord | undefined {
    return this.#last
  }

  /** The growth moves with the decisions, not with the observations: its state is of this moment. */
  #startOf(memory: PacerMemory): { readonly settings: PacingSettings; readonly memory: PacerMemory } {
    return { settings: this.#settings, memory: { ...memory, growth: this.#inner.growth?.() } }
  }
}

function worthKeeping(decision: PacingDecision, last: PacingDecision | undefined): boolean {
  return decision.originate > 0 || decision.withdraw.length > 0 || decision.reason !== last?.reason
}

function copyOf(snapshot: PacingSnapshot): PacingSnapshot {
  const { agents, calls, limits } = snapshot
  return {
    ...snapshot,
    agents: agents.map(agent => ({ ...agent })),
    calls: calls.map(call => ({ ...call })),
    limits: { ...limits },
  }
}
