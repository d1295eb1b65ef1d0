/** So many dials of the campaign's mean stand behind every cell: a cell with few of its own says little. */
const meanWeight = 100
/** Dials of a cell after which one has lost 63 % of its weight. */
const forgetsAfter = 1_000
/** More kinds of leads than these are not told apart: the ones not seen for longest are forgotten. */
const cellsMax = 2_000

/** Of a kind's dials, with forgetting: answers, and the answers that the campaign's mean of the time let expect. */
interface Cell {
  answers: number
  expected: number
}

/**
 * How many times as often as the campaign's mean the kinds of leads are answered: Gamma-Poisson cells shrunk to 1, with
 * forgetting. A change of the whole campaign changes what is expected too, and so no kind.
 */
export class AnswerCells {
  readonly #cells = new Map<string, Cell>()

  /** Learns one dial of a kind of lead: the share of it that was an answer, 0..1, and the campaign's mean at the time. */
  learn(kind: string, { answered, expected }: { readonly answered: number; readonly expected: number }): void {
    const cell = this.#cells.get(kind) ?? { answers: 0, expected: 0 }
    // Out and in again: the map's order is that of the last dial.
    this.#cells.delete(kind)
    this.#cells.set(kind, cell)
    const keep = 1 - 1 / forgetsAfter
    cell.answers = cell.answers * keep + answered
    cell.expected = cell.expected * keep + expected
    if (this.#cells.size <= cellsMax) return
    const [oldest] = this.#cells.keys()
    if (oldest !== undefined) this.#cells.delete(oldest)
  }

  /** How many times as often as the mean a kind of lead is answered, >= 0; `mean`: the campaign's, 0..1. */
  factor(kind: string, mean: number): number {
    const cell = this.#cells.get(kind)
    const weight = meanWeight * mean
    if (cell === undefined || !(weight > 0)) return 1
    return (cell.answers + weight) / (cell.expected + weight)
  }

  /** As plain JSON. */
  memory() {
    return [...this.#cells].map(([kind, { answers, expected }]) => [kind, answers, expected] as const)
  }

  /** Takes up earlier cells; what is malformed is ignored. */
  restore(memory: unknown): void {
    if (!Array.isArray(memory)) return
    for (const entry of memory as readonly unknown[]) {
      if (!Array.isArray(entry)) continue
      const [kind, answers, expected]: readonly unknown[] = entry
      if (typeof kind !== 'string' || typeof answers !== 'number' || typeof expected !== 'number') continue
      if (answers >= 0 && expected >= 0 && Number.isFinite(answers + expected))
        this.#cells.set(kind, { answers, expected })
    }
  }
}
