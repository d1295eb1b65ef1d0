import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { buildPages } from './buildPages.js'
import { SetupFailure } from './failure.js'
import { PROJECT } from './paths.js'
import { progress } from './progress.js'

const DIST = join(PROJECT, 'dist')
const STAMP = join(DIST, '.built')
const SOURCES = ['src', 'package.json', 'package-lock.json', 'scripts/lib']
const COMPILER = join(PROJECT, 'node_modules/ts-blank-space')
/** Of modules of our own: './engine.ts' becomes './engine.js'. */
const OWN_MODULES = /(\bfrom\s*|\bimport\s*\(?\s*)'(\.{1,2}\/[^'\n]*)\.ts'/g

/**
 * Compiles src to dist when something in src is newer: types are overwritten with blanks, so that every line and column stays what it is
 * in the source. Whether the types are right is asked by `npm run types`. Throws SetupFailure where a file is no erasable TypeScript.
 */
export async function ensureBuilt() {
  if (buildIsFresh()) return
  const bar = progress('compiling', 1)
  // Built aside and renamed: a running daemon or a second build never sees half of it.
  const building = `${DIST}.building-${process.pid}`
  try {
    const startedAt = Date.now()
    await compile(join(PROJECT, 'src'), building).catch(error => {
      bar.fail()
      throw error
    })
    copyAssets(join(PROJECT, 'src'), building)
    await buildPages(join(PROJECT, 'src/web'), join(building, 'web'))
    writeFileSync(join(building, '.built'), `${startedAt}\n`)
    rmSync(DIST, { recursive: true, force: true })
    renameSync(building, DIST)
    bar.done()
  } finally {
    rmSync(building, { recursive: true, force: true })
  }
}

/** Whether dist is at least as new as src; true as well where nothing could build it anew (an installed package). */
export function buildIsFresh() {
  if (!existsSync(STAMP)) return existsSync(join(DIST, 'cli/main.js')) && !existsSync(COMPILER)
  const builtAt = statSync(STAMP).mtimeMs
  return !existsSync(COMPILER) || SOURCES.every(path => newestMs(join(PROJECT, path)) <= builtAt)
}

/**
 * @param {string} from
 * @param {string} to
 */
async function compile(from, to) {
  const [{ default: blankTypes }, { gatherPackages, importGathered, packagesIn }] = await Promise.all([
    import('ts-blank-space'),
    import('./gatherPackages.js'),
  ])
  const folder = join(to, 'packages')
  /** @type {string[]} */
  const packages = []
  for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    if (extname(name) !== '.ts' || name.endsWith('.d.ts') || isPage(name)) continue
    const code = blankTypes(readFileSync(join(from, name), 'utf8'), node => {
      throw new SetupFailure('build-failed', `src/${name}: this TypeScript is not erasable: ${node.getText()}`, 1)
    })
    const file = join(to, name.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(file), { recursive: true })
    packages.push(...packagesIn(code))
    writeFileSync(file, importGathered(code.replace(OWN_MODULES, "$1'$2.js'"), { file, folder }))
  }
  await gatherPackages(packages, folder)
}

/**
 * @param {string} path
 * @returns {number}
 */
function newestMs(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  // The folder's own time counts too: it tells of a file that was removed.
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestMs(join(path, name))), stat.mtimeMs)
}

/**
 * SQL, web pages and rule files: all that the compiler leaves behind.
 * @param {string} from
 * @param {string} to
 */
function copyAssets(from, to) {
  cpSync(from, to, { recursive: true, filter: path => extname(path) !== '.ts' && !isPage(path.slice(from.length + 1)) })
}

/** @param {string} path below src */
function isPage(path) {
  return path === 'web' || path.startsWith('web/')
}
