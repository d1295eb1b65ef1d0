// Outside: has one of the PBX's faults played inside the sandbox.
import { playInside } from './inside.js'

/** @typedef {'pbx-slow' | 'manager-cut' | 'bridge-gone'} Fault */

/** Setting the world up and playing a fault takes a minute. */
const LIMIT_MS = 300_000

/**
 * @param {Fault} fault
 * @returns {{ run: () => Promise<Record<string, unknown>> }}
 */
export function runOf(fault) {
  return { run: () => playInside('pbxInside.js', [fault], LIMIT_MS) }
}
