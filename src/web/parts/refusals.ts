import type { Refusal } from './api.ts'
import { sayOf } from './words.ts'

/** Ours where there is a sentence of ours, else the daemon's. */
export function saysOf({ code, message }: Refusal): string {
  const ours = sayOf('refused', code)
  return ours === code ? message : ours
}
