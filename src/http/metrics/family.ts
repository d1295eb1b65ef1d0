import type { DurationCounts } from '../../core/tally.ts'

/** One line of a family: its labels and its value. */
export interface Row<Value = number> {
  readonly labels: Readonly<Record<string, string>>
  readonly value: Value
}

/** What stands under one name in the answer. */
export type Family<Source> = {
  /** By the conventions of Prometheus: unit last, `_total` for what only grows. */
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
} & (
  | { readonly kind: 'gauge' | 'counter'; readonly rows: (source: Source) => readonly Row[] }
  | { readonly kind: 'histogram'; readonly rows: (source: Source) => readonly Row<DurationCounts>[] }
)

/** A row without labels. */
export function only<Value>(value: Value): readonly Row<Value>[] {
  return [{ labels: {}, value }]
}

/** A row where there is a value. */
export function maybe<Value>(value: Value | undefined): readonly Row<Value>[] {
  return value === undefined ? [] : only(value)
}

/** A row for each count, under a label with its name. */
export function counted(
  label: string,
  counts: Readonly<Record<string, number>>,
  labels: Row['labels'] = {},
): readonly Row[] {
  return Object.entries(counts).map(([name, value]) => ({ labels: { ...labels, [label]: name }, value }))
}

/** A row for each state that there is: 1 for the one that is, 0 for the others. */
export function stateRows(states: readonly string[], now: string, labels: Row['labels']): readonly Row[] {
  return states.map(state => ({ labels: { ...labels, state }, value: state === now ? 1 : 0 }))
}

/** Milliseconds as the unit of Prometheus. */
export function seconds(ms: number): number {
  return ms / 1000
}
