import { clamp } from './math.ts'

/** So many dials of the campaign's mean stand behind every cell: a cell with few of its own says little. */
const meanWeight = 100
/** Dials of a cell after which one has lost 63 % of its weight. */
const forgetsAfter = 1_000
/** More kinds of leads than these are not told apart: the ones not seen for longest are forgotten. */
const cellsMax = 2_000

interface Cell {
  yes: number
  no: number
}

/** Answer probabilities by kind of lead: Beta-Binomial cells shrunk to the campaign's mean, with forgetting. */
export class AnswerCells {
  readonly #cells = new Map<string, Cell>()

  /** Learns one dial of a kind of lead; `answered` is the share of it that was an answer, 0..1. */
  learn(kind: string, answered: number): void {
    const cell = this.#cells.get(kind) ?? { yes: 0, no: 0 }
    // Out and in again: the map's order is that of the last dial.
    this.#cells.delete(kind)
    this.#cells.set(kind, cell)
    const keep = 1 - 1 / forgetsAfter
    cell.yes = cell.yes * keep + answered
    cell.no = cell.no * keep + 1 - answered
    if (this.#cells.size <= cellsMax) return
    const [oldest] = this.#cells.keys()
    if (oldest !== undefined) this.#cells.delete(oldest)
  }

  /** The probability 0..1 for a kind of lead, given the campaign's mean. */
  probability(kind: string, mean: number): number {
    const cell = this.#cells.get(kind)
    if (cell === undefined) return mean
    return clamp((cell.yes + meanWeight * mean) / (cell.yes + cell.no + meanWeight), 0, 1)
  }

  /** As plain JSON. */
  memory() {
    return [...this.#cells].map(([kind, { yes, no }]) => [kind, yes, no] as const)
  }

  /** Takes up earlier cells; what is malformed is ignored. */
  restore(memory: unknown): void {
    if (!Array.isArray(memory)) return
    for (const entry of memory as readonly unknown[]) {
      if (!Array.isArray(entry)) continue
      const [kind, yes, no]: readonly unknown[] = entry
      if (typeof kind !== 'string' || typeof yes !== 'number' || typeof no !== 'number') continue
      if (yes >= 0 && no >= 0 && Number.isFinite(yes + no)) this.#cells.set(kind, { yes, no })
    }
  }
}
