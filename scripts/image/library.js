import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { exec, lastLines } from '../lib/exec.js'
import { PROJECT } from '../lib/paths.js'
import { progressByTime } from '../lib/progress.js'
import { NODE, SUITE } from './base.js'

// SQLite's library for the image's Node, where this machine has compiled the one for its own: SQLite itself knows nothing of Node, and is
// two thirds of the work. Only what is between them is compiled anew, and the build finds the whole as if it had been fetched
// before. Where none has been compiled here, it could be fetched, and so can the image's.

const SQLITE = join(PROJECT, 'node_modules/better-sqlite3')
/** What of it does not depend on Node, by make's names. */
const COMPILED = ['Release/obj.target/sqlite3/gen/sqlite3/sqlite3.o', 'Release/sqlite3.a']
const requireThere = createRequire(join(SQLITE, 'package.json'))
const LIBRARY = 'build/Release/better_sqlite3.node'
const ARCHIVE = 'library.tar.gz'
const LINK_SEC = 60

/**
 * The folder that the build is lent as its cache of fetched libraries, with one for the base's Node in it; undefined: it has to see for
 * itself.
 * @param {string} storage where it is kept
 * @param {() => Promise<string>} fetchNode gives a folder with Node and npm
 * @returns {Promise<string | undefined>}
 */
export async function libraryFor(storage, fetchNode) {
  if (!isCompiledHere()) return undefined
  const folder = join(storage, 'libraries', `${requireThere('./package.json').version}-node-${NODE}`)
  if (existsSync(folder)) return folder
  const fetched = await fetchNode()
  const bar = progressByTime("linking SQLite's library for the image's Node", LINK_SEC)
  const staging = mkdtempSync(join(tmpdir(), 'dialwright-library-'))
  try {
    cpSync(SQLITE, staging, { recursive: true, preserveTimestamps: true })
    const failure = await link(staging, fetched)
    if (failure !== undefined) {
      bar.fail()
      process.stderr.write(`The image's own stage compiles it all: ${failure}\n`)
      return undefined
    }
    mkdirSync(folder, { recursive: true })
    cpSync(join(staging, ARCHIVE), join(folder, cachedName(abiOf(fetched))))
    bar.done()
    return folder
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

/**
 * @param {string} staging better-sqlite3 as it was compiled here
 * @param {string} fetched
 * @returns {Promise<string | undefined>} why it failed
 */
async function link(staging, fetched) {
  const node = join(fetched, 'node')
  const nodeGyp = join(fetched, 'npm/node_modules/node-gyp/bin/node-gyp.js')
  const old = COMPILED.flatMap(file => ['-o', file])
  const theirNode = join(node, 'bin/node')
  const steps = [
    [theirNode, nodeGyp, 'configure', '--release', `--nodedir=${node}`],
    ['make', '-C', 'build', 'BUILDTYPE=Release', ...old, 'better_sqlite3'],
    [theirNode, '--eval', `require('./${LIBRARY}')`],
    ['tar', '-czf', ARCHIVE, LIBRARY],
  ]
  for (const [command = '', ...args] of steps) {
    const { code, stdout, stderr } = await exec(command, args, { cwd: staging, env: withoutNpms(process.env) })
    if (code !== 0) return lastLines(stderr || stdout)
  }
  return undefined
}

/**
 * What npm tells those that it runs counts more for node-gyp than its own options: the headers of this machine's Node, for one.
 * @param {NodeJS.ProcessEnv} env
 */
function withoutNpms(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.toLowerCase().startsWith('npm_')))
}

/** By a compiler of the image's own Debian: another one's library might want a newer libc than the image has. */
function isCompiledHere() {
  const isSameDebian = new RegExp(`^VERSION_CODENAME=${SUITE}$`, 'm').test(readFileSync('/etc/os-release', 'utf8'))
  return isSameDebian && COMPILED.every(file => existsSync(join(SQLITE, 'build', file)))
}

/** @param {string} fetched */
function abiOf(fetched) {
  const header = readFileSync(join(fetched, 'node/include/node/node_version.h'), 'utf8')
  return /^#define NODE_MODULE_VERSION (\d+)/m.exec(header)?.[1] ?? ''
}

/**
 * Where prebuild-install, which installs it, keeps what it has fetched.
 * @param {string} abi
 * @returns {string}
 */
function cachedName(abi) {
  const { cachedPrebuild, getDownloadUrl } = requireThere('prebuild-install/util')
  const { platform, arch } = process
  const wanted = { pkg: requireThere('./package.json'), 'tag-prefix': 'v', platform, arch, abi }
  return basename(cachedPrebuild(getDownloadUrl(wanted)))
}
