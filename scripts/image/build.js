import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exec } from '../lib/exec.js'
import { PROJECT } from '../lib/paths.js'
import { progress } from '../lib/progress.js'

/** @import { Buildah } from './buildah.js' */

export const IMAGE = 'localhost/dialwright:latest'
export const PBX_IMAGE = 'localhost/dialwright-asterisk:latest'
const APT_SETTINGS = '/etc/apt/apt.conf.d'
const STILL_MIRROR = fileURLToPath(new URL('apt.conf', import.meta.url))
/** Lines that a build prints. */
const BUILD_LINES = { [IMAGE]: 60, [PBX_IMAGE]: 700 }

/**
 * Builds the daemon's image from the Dockerfile.
 * @param {Buildah} buildah
 * @param {{ base: string, prebuilds: string | undefined }} options `prebuilds`: a folder of libraries for better-sqlite3
 */
export async function buildImage(buildah, { base, prebuilds }) {
  const mounts = [...aptMounts(), ...(await npmMounts(prebuilds))]
  await bud(buildah, { image: IMAGE, base, file: 'Dockerfile', mounts })
}

/**
 * Builds the image of compose.yaml's PBX.
 * @param {Buildah} buildah
 * @param {string} base
 */
export async function buildPbxImage(buildah, base) {
  await bud(buildah, { image: PBX_IMAGE, base, file: 'docker/asterisk/Dockerfile', mounts: aptMounts() })
}

/**
 * @param {Buildah} buildah
 * @param {{ image: keyof typeof BUILD_LINES, base: string, file: string, mounts: readonly Mount[] }} options
 */
async function bud(buildah, { image, base, file, mounts }) {
  const bar = progress(`building ${image}`, BUILD_LINES[image])
  const there = mounts.flatMap(([from, to, how]) => (from && existsSync(from) ? ['-v', `${from}:${to}:${how}`] : []))
  // Docker's own format: the other one knows no health check.
  const how = ['--isolation', 'chroot', '--format', 'docker', '--layers=false', '--force-rm', '--pull-never']
  const from = ['--build-arg', `BASE=${base}`, '-f', join(PROJECT, file)]
  const args = ['bud', ...how, ...there, ...from, '-t', image, PROJECT]
  try {
    await buildah.run(args, { onLine: bar.step })
  } catch (error) {
    bar.fail()
    throw error
  }
  bar.done()
}

// How this machine reaches its registries is lent to a build and no part of the image: the settings of npm and apt, certificates, and what
// has been fetched before.

/** @typedef {readonly [from: string | undefined, to: string | undefined, how: 'ro' | 'rw']} Mount */

/** @returns {Mount[]} */
function aptMounts() {
  return [
    [APT_SETTINGS, APT_SETTINGS, 'ro'],
    [STILL_MIRROR, '/etc/apt/apt.conf', 'ro'],
  ]
}

/**
 * @param {string | undefined} prebuilds
 * @returns {Promise<Mount[]>}
 */
async function npmMounts(prebuilds) {
  const { cache, cafile, userconfig, globalconfig } = await npmSettings()
  const certificates = [...new Set([process.env.NODE_EXTRA_CA_CERTS, cafile])]
  return [
    [userconfig, '/root/.npmrc', 'ro'],
    [globalconfig, '/usr/local/etc/npmrc', 'ro'],
    [cache, '/root/.npm', 'rw'],
    [prebuilds, '/root/.npm/_prebuilds', 'rw'],
    ...certificates.map(file => /** @type {const} */ ([file, file, 'ro'])),
  ]
}

/** @returns {Promise<Partial<Record<'cache' | 'cafile' | 'userconfig' | 'globalconfig', string>>>} */
async function npmSettings() {
  const { stdout } = await exec('npm', ['config', 'get', 'cache', 'cafile', 'userconfig', 'globalconfig'], {
    cwd: PROJECT,
  })
  return Object.fromEntries([...stdout.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]))
}
