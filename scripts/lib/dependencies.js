import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { ensureCommands } from './apt.js'
import { exec, findCommand, lastLines } from './exec.js'
import { SetupFailure } from './failure.js'
import { PROJECT } from './paths.js'
import { progress, progressByTime } from './progress.js'

const NPM_LINES = 4
/** On two slow cores. */
const COMPILE_SEC = 240
// Only where no prebuilt better-sqlite3 can be fetched: then it is compiled.
const COMPILER = { python3: 'python3', make: 'make', 'g++': 'g++' }

/** What the lock file names never changes: what has been fetched once need not be asked for again. */
const QUICKLY = ['--prefer-offline', '--no-audit', '--no-fund']
/** What turns src into dist. */
const OWN_COMPILER = ['ts-blank-space', 'typescript', 'esbuild', 'preact', '@preact/signals', 'jssip']

/**
 * Fetches the npm packages that the lock file names, when any is missing or of another version. What has to be compiled of them is not,
 * so that a missing compiler costs a repeated compilation and not a repeated download. Throws SetupFailure.
 */
export async function ensurePackages() {
  if (packagesInstalled()) return
  await npm('installing npm packages', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'])
}

/** The same, compiled. Throws SetupFailure. */
export async function ensureDependencies() {
  await ensurePackages()
  if (!sqliteBuilt()) await buildSqlite()
}

/**
 * Installs what the program needs at run time and, beside the scripts, what compiles it: an image takes a fifth of what development
 * takes. Throws SetupFailure.
 */
export async function ensureShippedDependencies() {
  await npm('installing npm packages', ['ci', '--omit=dev', '--ignore-scripts', ...QUICKLY])
  const locked = packagesOf(join(PROJECT, 'package-lock.json'))
  const compiler = OWN_COMPILER.map(name => `${name}@${locked[`node_modules/${name}`]?.version}`)
  // Another prefix has another global configuration, which would know nothing of this machine's certificates.
  const { stdout } = await exec('npm', ['config', 'get', 'globalconfig'])
  const place = ['--prefix', join(PROJECT, 'scripts'), '--globalconfig', stdout.trim()]
  await npm('installing the compiler', ['install', '--no-save', ...QUICKLY, ...place, ...compiler])
  await buildSqlite()
}

async function buildSqlite() {
  if (await rebuilt('fetching or compiling better-sqlite3 (once; seconds, or some minutes)')) return
  await ensureCommands(COMPILER)
  if (await rebuilt('compiling better-sqlite3 (some minutes, once)')) return
  // Once more where its words can be read.
  await npm('compiling better-sqlite3', ['rebuild'])
}

/** @param {string} label */
async function rebuilt(label) {
  const bar = progressByTime(label, COMPILE_SEC)
  const isDone = await npmSucceeds(['rebuild'])
  if (isDone) bar.done()
  else bar.fail()
  return isDone
}

/**
 * Whether node_modules holds what package-lock.json asks for. npm keeps a lock file of its own in there; comparing the
 * two, instead of their times, survives a fresh checkout and a changed branch.
 */
function packagesInstalled() {
  try {
    const wanted = packagesOf(join(PROJECT, 'package-lock.json'))
    const installed = packagesOf(join(PROJECT, 'node_modules/.package-lock.json'))
    const entries = Object.entries(wanted).filter(([path, entry]) => path !== '' && !entry.optional)
    return entries.every(([path, { version }]) => installed[path]?.version === version)
  } catch {
    return false
  }
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

function sqliteBuilt() {
  return existsSync(join(PROJECT, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'))
}

/**
 * @param {string} label
 * @param {string[]} args
 */
async function npm(label, args) {
  const bar = progress(label, NPM_LINES)
  const result = await exec('npm', args, { cwd: PROJECT, env: npmEnvironment(), onLine: bar.step })
  if (result.code === 0) return bar.done()
  bar.fail()
  const why = lastLines(
    result.stderr
      .split('\n')
      .filter(line => /npm error [A-Z]|ERR!/.test(line))
      .join('\n') || result.stderr,
  )
  throw new SetupFailure('npm-failed', `npm ${args[0]} failed (${why}): run "npm ${args[0]}" to see all of it.`, 1)
}

/** @param {string[]} args */
async function npmSucceeds(args) {
  const { code } = await exec('npm', args, { cwd: PROJECT, env: npmEnvironment() })
  return code === 0 && sqliteBuilt()
}

// Where Node's headers lie beside it, compiling needs no download of them. Without a /proc Node does not know its path.
function npmEnvironment() {
  const node = isAbsolute(process.execPath) ? process.execPath : (findCommand('node') ?? process.execPath)
  const prefix = dirname(dirname(realpathSync(node)))
  if (!existsSync(join(prefix, 'include/node/node.h'))) return process.env
  return { npm_config_nodedir: prefix, ...process.env }
}
