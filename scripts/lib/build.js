import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { exec } from './exec.js'
import { SetupFailure } from './failure.js'
import { PROJECT } from './paths.js'
import { progress } from './progress.js'

const DIST = join(PROJECT, 'dist')
const STAMP = join(DIST, '.built')
const SOURCES = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package.json']
const TSC = join(PROJECT, 'node_modules/typescript/bin/tsc')
const FIRST_ERRORS = 3

/** Compiles src to dist when something in src is newer. Throws SetupFailure with the compiler's first errors. */
export async function ensureBuilt() {
  if (buildIsFresh()) return
  const bar = progress('compiling', 1)
  // Built aside and renamed: a running daemon or a second build never sees half of it.
  const building = `${DIST}.building-${process.pid}`
  try {
    const startedAt = Date.now()
    const { code, stdout } = await exec(process.execPath, [TSC, '-p', 'tsconfig.build.json', '--outDir', building], {
      cwd: PROJECT,
    })
    if (code !== 0) {
      bar.fail()
      throw new SetupFailure('build-failed', stdout.trim().split('\n').slice(0, FIRST_ERRORS).join('\n'), 1)
    }
    copyAssets(join(PROJECT, 'src'), building)
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
  if (!existsSync(STAMP)) return existsSync(join(DIST, 'cli/main.js')) && !existsSync(TSC)
  const builtAt = statSync(STAMP).mtimeMs
  return !existsSync(TSC) || SOURCES.every(path => newestMs(join(PROJECT, path)) <= builtAt)
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
  cpSync(from, to, { recursive: true, filter: path => extname(path) !== '.ts' })
}
