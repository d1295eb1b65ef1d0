// Outside: a daemon that is killed in the middle of its calls, sixteen times.
import { playInside } from './inside.js'

const LIMIT_MS = 420_000

export function run() {
  return playInside('talksInside.js', [], LIMIT_MS)
}
