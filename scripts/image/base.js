import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeDebian } from '../lib/debian.js'
import { exec, lastLines } from '../lib/exec.js'
import { SetupFailure } from '../lib/failure.js'
import { PBX_SUITE } from '../lib/sandboxInstall.js'

/** @import { Buildah } from './buildah.js' */

// Stands for `node:24-bookworm-slim` where no registry of images can be reached: the same Debian, Node and npm, in the
// same places.
export const SUITE = 'bookworm'
export const NODE = '24.22.3'
const NPM = '11.19.1'
const BASE_SEC = 20

export const BASE_IMAGE = `localhost/dialwright-base:${SUITE}-node-${NODE}-npm-${NPM}`
/** Stands for `debian:sid-slim`. */
export const PBX_BASE_IMAGE = `localhost/dialwright-base:${PBX_SUITE}`

/**
 * Makes the base image of Debian's packages, with Node and npm from the npm registry; does nothing where it is there.
 * @param {Buildah} buildah
 * @param {() => Promise<string>} fetchNode gives a folder with Node and npm
 */
export function ensureBase(buildah, fetchNode) {
  return ensureImage(buildah, BASE_IMAGE, async (root, container) => {
    await Promise.all([fetchNode(), makeBase(root, SUITE)]).then(([fetched]) => putNode(fetched, root))
    await buildah.run(['config', '--cmd', 'node', container])
  })
}

/**
 * Makes the base image of the PBX of Debian's packages; does nothing where it is there.
 * @param {Buildah} buildah
 */
export function ensurePbxBase(buildah) {
  return ensureImage(buildah, PBX_BASE_IMAGE, root => makeBase(root, PBX_SUITE))
}

/**
 * @param {Buildah} buildah
 * @param {string} image
 * @param {(root: string, container: string) => Promise<void>} fill
 */
async function ensureImage(buildah, image, fill) {
  if ((await buildah.attempt(['inspect', '--type', 'image', image])).code === 0) return
  const container = await buildah.run(['from', 'scratch'])
  try {
    await fill(await buildah.run(['mount', container]), container)
    await buildah.run(['commit', '--format', 'docker', '--rm', container, image])
  } catch (error) {
    await buildah.attempt(['rm', container])
    throw error
  }
}

/**
 * @param {string} root
 * @param {string} suite
 */
function makeBase(root, suite) {
  const failure = (/** @type {string} */ why) => new SetupFailure('no-base', `Debian ${suite} gave no base: ${why}`, 1)
  return makeDebian({ root, suite, label: `making a base of Debian ${suite}`, seconds: BASE_SEC, failure })
}

/** A new folder with Node's program and headers in `node`, and npm in `npm`, as the registry has them. */
export async function fetchNode() {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-node-'))
  const packages = [`node-${process.platform}-${process.arch}@${NODE}`, `npm@${NPM}`]
  await must('npm', ['pack', '--silent', '--pack-destination', folder, ...packages])
  for (const archive of readdirSync(folder)) {
    const to = join(folder, archive.startsWith('npm-') ? 'npm' : 'node')
    mkdirSync(to)
    await must('tar', ['-xzf', join(folder, archive), '-C', to, '--strip-components=1', '--no-same-owner'])
  }
  return folder
}

/**
 * @param {string} fetched
 * @param {string} root
 */
function putNode(fetched, root) {
  const to = join(root, 'usr/local')
  cpSync(join(fetched, 'node/bin'), join(to, 'bin'), { recursive: true })
  cpSync(join(fetched, 'node/include'), join(to, 'include'), { recursive: true })
  cpSync(join(fetched, 'npm'), join(to, 'lib/node_modules/npm'), { recursive: true })
  for (const name of ['npm', 'npx']) symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(to, 'bin', name))
}

/**
 * @param {string} command
 * @param {string[]} args
 */
async function must(command, args) {
  const { code, stdout, stderr } = await exec(command, args)
  if (code !== 0)
    throw new SetupFailure('node-not-fetched', `${command} ${args[0]} failed: ${lastLines(stderr || stdout)}`, 1)
}
