import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { readSource } from './compiles.js'
import { mutationsOf } from './mutations.js'
import { REVIEWED } from './reviewed.js'

/** @import { Mutation } from './mutations.js' */

/**
 * Seeded changes to some files: kind by kind, so that the rarer kinds have their share, and no two in one line.
 * @param {readonly string[]} files
 * @param {{ count: number, seed: number }} options
 * @param {(mutation: Mutation) => boolean} counts whether the change is one (it compiles)
 */
export function sample(files, { count, seed }, counts) {
  const random = xoroshiro128plus(seed)
  /** @type {Map<string, { mutation: Mutation, order: number }[]>} */
  const byKind = new Map()
  for (const mutation of files.flatMap(file => mutationsOf(file, readSource(file)))) {
    const known = byKind.get(mutation.kind) ?? []
    known.push({ mutation, order: uniformFloat64(random) })
    byKind.set(mutation.kind, known)
  }
  const queues = [...byKind.values()].map(all => all.sort((a, b) => a.order - b.order).map(({ mutation }) => mutation))
  const lines = new Set()
  /** @type {Mutation[]} */
  const taken = []
  while (taken.length < count && queues.some(({ length }) => length > 0)) {
    for (const queue of queues) {
      const next = nextOf(queue, lines, counts)
      if (next !== undefined && taken.length < count) taken.push(next)
    }
  }
  return taken
}

/**
 * @param {Mutation[]} queue
 * @param {Set<string>} lines
 * @param {(mutation: Mutation) => boolean} counts
 */
function nextOf(queue, lines, counts) {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const place = `${next.file}:${next.line}`
    if (lines.has(place) || isReviewed(next) || !counts(next)) continue
    lines.add(place)
    return next
  }
  return undefined
}

/** @param {Mutation} mutation */
function isReviewed({ file, code, to }) {
  return REVIEWED.some(one => one.file === file && one.code === code && one.to === to)
}

/**
 * What survived in an earlier run, where it stands now: the file may have moved on.
 * @param {{ survivors: (Mutation & { area: string })[] }} earlier
 * @returns {{ area: string, mutation: Mutation }[]}
 */
export function survivorsOf({ survivors }) {
  return survivors.flatMap(({ area, ...one }) => {
    const now = mutationsOf(one.file, readSource(one.file)).find(
      ({ kind, code, from, to }) => kind === one.kind && code === one.code && from === one.from && to === one.to,
    )
    return now === undefined || isReviewed(now) ? [] : [{ area, mutation: now }]
  })
}
