import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exec, lastLines } from '../lib/exec.js'
import { SetupFailure } from '../lib/failure.js'
import { installNamespaces, mountProcCommand } from '../lib/namespaces.js'
import { progress } from '../lib/progress.js'

/** @import { Buildah } from './buildah.js' */

// Stands for `node:24-bookworm-slim` where no registry of images can be reached: the same Debian, Node and npm, in the
// same places.
const SUITE = 'bookworm'
const NODE = '24.22.3'
const NPM = '11.19.1'
/** Lines that debootstrap prints; only the bar's pace depends on it. */
const DEBOOTSTRAP_LINES = 260

export const BASE_IMAGE = `localhost/dialwright-base:${SUITE}-node-${NODE}-npm-${NPM}`

/**
 * Makes the base image by debootstrap, with Node and npm from the npm registry; does nothing where it is there.
 * @param {Buildah} buildah
 */
export async function ensureBase(buildah) {
  if ((await buildah.attempt(['inspect', '--type', 'image', BASE_IMAGE])).code === 0) return
  const container = await buildah.run(['from', 'scratch'])
  try {
    const root = await buildah.run(['mount', container])
    await Promise.all([debootstrap(root), fetchNode()]).then(([, fetched]) => putNode(fetched, root))
    await buildah.run(['config', '--cmd', 'node', container])
    await buildah.run(['commit', '--format', 'docker', '--rm', container, BASE_IMAGE])
  } catch (error) {
    await buildah.attempt(['rm', container])
    throw error
  }
}

/** @param {string} root */
async function debootstrap(root) {
  const bar = progress(`debootstrap of ${SUITE}`, DEBOOTSTRAP_LINES)
  // In namespaces of its own nothing that a package starts or mounts outlives an interrupted installation.
  const { args: namespaces, isPrivate } = await installNamespaces()
  const debootstrapCommand = ['debootstrap', '--variant=minbase', SUITE, root]
  const command = ['sh', '-c', `${mountProcCommand(isPrivate)}; exec "$@"`, 'sh', ...debootstrapCommand]
  const { code, stdout, stderr } = await exec('unshare', [...namespaces, ...command], { onLine: bar.step })
  if (code !== 0) {
    bar.fail()
    throw new SetupFailure('debootstrap-failed', `debootstrap failed: ${lastLines(stderr || stdout)}`, 1)
  }
  rmSync(join(root, 'var/cache/apt/archives'), { recursive: true, force: true })
  mkdirSync(join(root, 'var/cache/apt/archives/partial'), { recursive: true })
  bar.done()
}

/** Node's program, its headers and npm as the registry has them, unpacked. */
async function fetchNode() {
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
  rmSync(fetched, { recursive: true })
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
