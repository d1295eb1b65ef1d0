// What a figure is worth nothing without: the machine it was measured on, and how figures are condensed.
import { cpus, loadavg } from 'node:os'

/** @typedef {ReturnType<typeof percentiles>} Percentiles */

/** The machine, and its load average over one minute: a machine with other work gives other figures. */
export function machineFacts() {
  return { cores: cpus().length, cpu: cpus()[0]?.model, node: process.version, loadBefore: loadNow() }
}

export function loadNow() {
  return round(loadavg()[0] ?? 0)
}

/**
 * p50, p99 and the largest of some figures, nearest rank; null where there are none.
 * @param {readonly number[]} values
 */
export function percentiles(values) {
  const sorted = [...values].sort((one, other) => one - other)
  /** @param {number} share */
  const at = share => sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? null
  return { count: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) ?? null }
}

/**
 * @template Item
 * @param {readonly Item[]} items
 * @param {(item: Item) => string | number} nameOf
 */
export function countBy(items, nameOf) {
  /** @type {Record<string, number>} */
  const counts = {}
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1
  return counts
}

/** @param {number} value */
export function round(value, places = 2) {
  return Number(value.toFixed(places))
}
