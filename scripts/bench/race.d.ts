/** What became of the calls of a race; see race.js. */
export interface Race {
  readonly calls: number
  /** Each call once: `never-answered`, `agent`, `message`, `crossed-...-and-counted`, and what begins with `WRONG`. */
  readonly outcomes: Readonly<Record<string, number>>
  readonly wrong: readonly object[]
  readonly answeredByCarrier: number
  readonly served: number
  readonly heardTooLate: readonly object[]
  /** From the 180 to the earliest CANCEL at the carrier. */
  readonly earliestCancelMs: number
}
export function measureRace(options: {
  readonly calls?: number
}): Promise<{ readonly entries: { readonly race: Race } }>
