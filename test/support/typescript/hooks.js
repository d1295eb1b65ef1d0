// Node's module hooks for TypeScript. Types are overwritten with blanks, so that every line and column stays what it is in the
// source and no source map is needed. The compiler is loaded for files that have changed only: what it made of the others is
// kept beside the packages.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { threadId } from 'node:worker_threads'

/** Part of every key: another version may write other code. */
const VERSION = 'ts-blank-space 0.9.0'
const ERROR_DOMAINS = new URL('./errorDomains.js', import.meta.url).href
const SOURCES = new URL('../../../src/', import.meta.url)
const KEPT = new URL('../../../node_modules/.cache/dialwright-types/', import.meta.url)

/**
 * What scripts import of the compiled program is its source here: a test needs no build, and tests what is written.
 * @type {import('node:module').ResolveHook}
 */
export async function resolve(specifier, context, nextResolve) {
  if (specifier === 'async-hook-domain') return nextResolve(ERROR_DOMAINS, context)
  const [, path] = /^#dialwright\/(.*)\.js$/.exec(specifier) ?? []
  return nextResolve(path === undefined ? specifier : new URL(`${path}.ts`, SOURCES).href, context)
}

/** @type {import('node:module').LoadHook} */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context)
  const written = readFileSync(new URL(url), 'utf8')
  return { format: 'module', source: await stripped(written, fileURLToPath(url)), shortCircuit: true }
}

/**
 * @param {string} written
 * @param {string} path
 */
async function stripped(written, path) {
  const key = createHash('sha256').update(VERSION).update(written).digest('hex')
  const file = new URL(`${key}.js`, KEPT)
  try {
    return readFileSync(file, 'utf8')
  } catch {
    const source = await blanked(written, path)
    keep(file, source)
    return source
  }
}

/**
 * @param {string} written
 * @param {string} path
 */
async function blanked(written, path) {
  const { default: blankTypes } = await import('ts-blank-space')
  return blankTypes(written, node => {
    throw new SyntaxError(`${path}: this TypeScript is not erasable: ${node.getText()}`)
  })
}

/**
 * Threads and processes keep the same file at the same time: each writes one of its own and renames it.
 * @param {URL} file
 * @param {string} source
 */
function keep(file, source) {
  const own = new URL(`${file.href}.${process.pid}-${threadId}-${Math.random().toString(36).slice(2)}`)
  try {
    mkdirSync(KEPT, { recursive: true })
    writeFileSync(own, source)
    renameSync(own, file)
  } catch {
    // Where nothing can be kept it is made again: slower, not wrong.
  }
}
