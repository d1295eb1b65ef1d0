import { cpSync, existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { PROJECT } from './paths.js'

// What the program reads at run time is said in one place: `files` of package.json. The package, the image and the test that
// watches what a running program opens all read it there.

/** What npm puts into every package, whatever `files` says. */
const ALWAYS = ['package.json', 'LICENSE', 'README.md']

/** What only a compiler or a debugger reads of a package. A licence stays. */
const UNREAD = /\.d\.[cm]?ts$|\.map$/

/** Of better-sqlite3: SQLite's sources, and what the compilation of them left beside the library. */
const UNREAD_OF_SQLITE = /^node_modules\/better-sqlite3\/(deps|src|build\/(?!Release(\/better_sqlite3\.node)?$))/

/** The paths below the project's folder that are shipped, folders with all that is in them. */
export function shippedPaths() {
  /** @type {{ files: string[] }} */
  const { files } = readJson('package.json')
  return [...ALWAYS, ...files]
}

/**
 * Copies what is shipped into a folder; dist as it was compiled last.
 * @param {string} to
 */
export function copyShipped(to) {
  for (const path of shippedPaths()) copy(path, to)
}

/**
 * Copies the npm packages that the program needs at run time, without what nothing reads there.
 * @param {string} to the folder that is to have a node_modules
 */
export function copyPackages(to) {
  for (const path of packagePaths()) if (existsSync(join(PROJECT, path))) copy(path, to)
}

/** Folders of the npm packages that the lock file names for run time. */
export function packagePaths() {
  /** @type {{ packages: Record<string, { dev?: boolean }> }} */
  const { packages } = readJson('package-lock.json')
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path]) => path)
}

/**
 * @param {string} path
 * @param {string} to
 */
function copy(path, to) {
  const isPackage = path.startsWith('node_modules/')
  cpSync(join(PROJECT, path), join(to, path), {
    recursive: true,
    filter: from => !isPackage || isReadAtRunTime(from.slice(PROJECT.length + 1), path),
  })
}

/**
 * @param {string} path
 * @param {string} ofPackage
 */
function isReadAtRunTime(path, ofPackage) {
  // Packages inside of a package have a line of their own in the lock file.
  if (basename(path) === 'node_modules' && path !== ofPackage) return false
  return !UNREAD.test(path) && !UNREAD_OF_SQLITE.test(path)
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(join(PROJECT, file), 'utf8'))
}
