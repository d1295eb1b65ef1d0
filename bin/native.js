// SQLite's library in the package fits one platform and one Node. Where another one runs it, the library is fetched or compiled at the first
// command, which takes a minute or more and is said. npm asks for a permission before it lets a package do that while it is installed.
import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = fileURLToPath(new URL('.', import.meta.url))
/** Only a package has it: for what its library was made. */
const MADE_FOR = join(HERE, 'made-for.json')
const SQLITE = join(HERE, '../node_modules/better-sqlite3')
const LIBRARY = 'build/Release/better_sqlite3.node'
const SAY_EVERY_MS = 10_000

/** What a library must have been made for to fit here. */
export function thisNode() {
  return { platform: process.platform, arch: process.arch, modules: process.versions.modules }
}

/** Sees to it that the library fits. Answers false, with the exit code set, where it does not and cannot be made. */
export async function libraryFits() {
  if (!existsSync(MADE_FOR)) return true
  const wanted = JSON.stringify(thisNode())
  if (readFileSync(MADE_FOR, 'utf8') === wanted) return true
  const startedAt = Date.now()
  const say = (/** @type {string} */ text) =>
    process.stderr.write(`${text} (${Math.round((Date.now() - startedAt) / 1000)} s)\n`)
  const where = `Node ${process.versions.node} on ${process.platform} ${process.arch}`
  say(`the package has SQLite for another Node than ${where}: fetching or compiling it, once`)
  const timer = setInterval(() => say('still at it'), SAY_EVERY_MS)
  const error = await build(wanted).finally(() => clearInterval(timer))
  say(error === undefined ? 'done' : `error: ${error}`)
  if (error !== undefined) process.exitCode = 1
  return error === undefined
}

/**
 * Answers what is in the way, in one line.
 * @param {string} wanted
 */
async function build(wanted) {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-sqlite-'))
  try {
    const { version } = JSON.parse(readFileSync(join(SQLITE, 'package.json'), 'utf8'))
    const code = await npmInstall(`better-sqlite3@${version}`, folder)
    const built = join(folder, 'node_modules/better-sqlite3', LIBRARY)
    if (code !== 0 || !existsSync(built))
      return 'SQLite cannot be made here: it needs npm, python3, make and g++; or take the package for this Node'
    copyFileSync(built, join(SQLITE, LIBRARY))
    const Database = createRequire(import.meta.url)('better-sqlite3')
    new Database(':memory:').close()
    writeFileSync(MADE_FOR, wanted)
    return undefined
  } catch (error) {
    return `${error instanceof Error ? error.message : error}: run this once as the user who installed the package`
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * What npm was told for others does not hold for this one.
 * @param {string} name
 * @param {string} folder
 * @returns {Promise<number>}
 */
function npmInstall(name, folder) {
  const others = /^npm_config_(global|prefix|local_prefix|location|offline|dry_run|ignore_scripts)$/i
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !others.test(key)))
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, allowScripts: { 'better-sqlite3': true } }),
  )
  const args = ['install', name, '--no-audit', '--no-fund']
  return new Promise(resolve => {
    const child = spawn('npm', args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] })
    child.once('error', () => resolve(127))
    child.once('exit', code => resolve(code ?? 1))
  })
}
