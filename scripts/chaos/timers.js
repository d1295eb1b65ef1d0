// Outside: carriers that keep to session timers, and that want longer ones.
import { playInside } from './inside.js'

const LIMIT_MS = 180_000

export function run() {
  return playInside('timersInside.js', [], LIMIT_MS)
}
