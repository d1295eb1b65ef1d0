import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { PROJECT } from '../lib/paths.js'
import { progress } from '../lib/progress.js'
import { runTestFiles } from './testRun.js'

/**
 * @typedef {[start: number, end: number]} Span
 * @typedef {{ key: string, green: boolean, tookMs: number, covered: Record<string, Span[]> }} Reach what one test file runs
 * @typedef {{ startOffset: number, endOffset: number, count: number }} Range
 */

const KEPT = join(PROJECT, 'node_modules/.cache/dialwright-mutate')
const CPU_LIMIT_SEC = 120

/**
 * What each test file runs of the sources, measured once and kept for as long as nothing that it imports changes.
 * @param {readonly string[]} trees
 * @param {readonly string[]} files
 * @returns {Promise<Map<string, Reach>>}
 */
export async function measureReach(trees, files) {
  const digests = new Map()
  /** @type {Map<string, Reach>} */
  const reach = new Map()
  const open = files.filter(file => {
    const kept = read(file)
    if (kept?.key !== keyOf(file, digests)) return true
    reach.set(file, kept)
    return false
  })
  if (open.length > 0) await measure(open, { trees, digests, reach })
  return new Map([...reach].filter(([, { green }]) => green))
}

/**
 * @param {string[]} open
 * @param {{ trees: readonly string[], digests: Map<string, Seen>, reach: Map<string, Reach> }} into
 */
async function measure(open, { trees, digests, reach }) {
  const bar = progress(`what ${open.length} test files reach`, open.length)
  const queue = [...open]
  await Promise.all(
    trees.map(async tree => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
        const found = { key: keyOf(file, digests), ...(await measureOne(tree, file)) }
        if (!found.green) process.stderr.write(`left out, not green here: ${file}\n`)
        reach.set(file, found)
        keep(file, found)
        bar.step()
      }
    }),
  )
  bar.done()
}

/**
 * @param {string} tree
 * @param {string} file
 */
async function measureOne(tree, file) {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-reach-'))
  try {
    const env = { NODE_V8_COVERAGE: folder }
    const { colour, tookMs } = await runTestFiles(tree, [file], { cpuLimitSec: CPU_LIMIT_SEC, env })
    return { green: colour === 'green', tookMs, covered: coveredIn(folder, tree) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * The engine counts each thread and process for itself: what one of them has run counts.
 * @param {string} folder
 * @param {string} tree
 */
function coveredIn(folder, tree) {
  /** @type {Record<string, Span[]>} */
  const covered = {}
  const prefix = pathToFileURL(join(tree, 'src/')).href
  for (const name of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8'))
    for (const { url, functions } of result) {
      if (!url.startsWith(prefix)) continue
      const file = relative(tree, fileURLToPath(url))
      covered[file] = [...(covered[file] ?? []), ...spansOf(functions)]
    }
  }
  for (const file of Object.keys(covered)) covered[file] = joinSpans(covered[file] ?? [])
  return covered
}

/**
 * Ranges lie inside of one another, and the innermost has the say.
 * @param {readonly { ranges: readonly Range[] }[]} functions
 * @returns {Span[]}
 */
function spansOf(functions) {
  const size = (/** @type {Range} */ { startOffset, endOffset }) => endOffset - startOffset
  const ranges = functions.flatMap(one => one.ranges).sort((a, b) => size(b) - size(a))
  const last = Math.max(0, ...ranges.map(({ endOffset }) => endOffset))
  const ran = new Uint8Array(last)
  for (const { startOffset, endOffset, count } of ranges) ran.fill(count > 0 ? 1 : 0, startOffset, endOffset)
  /** @type {Span[]} */
  const spans = []
  for (let at = ran.indexOf(1); at >= 0; ) {
    const gap = ran.indexOf(0, at)
    spans.push([at, gap < 0 ? last : gap])
    at = gap < 0 ? -1 : ran.indexOf(1, gap)
  }
  return spans
}

/** @param {readonly Span[]} spans */
function joinSpans(spans) {
  /** @type {Span[]} */
  const joined = []
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const before = joined.at(-1)
    if (before !== undefined && start <= before[1]) before[1] = Math.max(before[1], end)
    else joined.push([start, end])
  }
  return joined
}

/**
 * Those of some test files that run a place of a source, the cheapest first.
 * @param {ReadonlyMap<string, Reach>} reach
 * @param {readonly string[]} files
 * @param {{ file: string, start: number }} place
 */
export function testsOf(reach, files, { file, start }) {
  const runs = (/** @type {string} */ test) =>
    reach.get(test)?.covered[file]?.some(([from, to]) => from <= start && start < to) ?? false
  const cost = (/** @type {string} */ test) => reach.get(test)?.tookMs ?? 0
  return files.filter(runs).sort((a, b) => cost(a) - cost(b))
}

/** @typedef {{ digest: string, imports: string[] }} Seen */

/**
 * All files of the clone that a file names, and those that they name.
 * @param {string} file
 * @param {Map<string, Seen>} seen
 * @returns {Set<string>}
 */
function importsOf(file, seen) {
  const all = new Set([file])
  for (const one of all) for (const next of look(one, seen).imports) all.add(next)
  return all
}

/**
 * @param {string} file
 * @param {Map<string, Seen>} seen
 * @returns {Seen}
 */
function look(file, seen) {
  const known = seen.get(file)
  if (known !== undefined) return known
  const text = readText(join(PROJECT, file))
  const named = [...text.matchAll(/['"](\.\.?\/[^'"\n]*\.(?:ts|js|sql))['"]/g)].map(([, path = '']) => path)
  const imports = named
    .map(path => relative(PROJECT, resolve(PROJECT, dirname(file), path)))
    .filter(path => !path.startsWith('..') && readText(join(PROJECT, path)) !== '')
  const found = { digest: createHash('sha256').update(text).digest('hex'), imports }
  seen.set(file, found)
  return found
}

/**
 * @param {string} file
 * @param {Map<string, Seen>} seen
 */
function keyOf(file, seen) {
  const hash = createHash('sha256')
  for (const one of [...importsOf(file, seen)].sort()) hash.update(`${one} ${look(one, seen).digest}\n`)
  return hash.digest('hex')
}

/** @param {string} file */
function keptFile(file) {
  return join(KEPT, `${file.replaceAll('/', '__')}.json`)
}

/**
 * @param {string} file
 * @returns {Reach | undefined}
 */
function read(file) {
  const text = readText(keptFile(file))
  return text === '' ? undefined : JSON.parse(text)
}

/**
 * @param {string} file
 * @param {Reach} found
 */
function keep(file, found) {
  mkdirSync(KEPT, { recursive: true })
  writeFileSync(keptFile(file), JSON.stringify(found))
}

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
