// Outside: a daemon that hands its talks over to the next one, of the same version or another.
import { resolve } from 'node:path'
import { playInside } from './inside.js'

const LIMIT_MS = 420_000

export function run() {
  return playInside(
    'upgradeInside.js',
    process.argv.slice(3).map(folder => resolve(folder)),
    LIMIT_MS,
  )
}
