import { existsSync } from 'node:fs'
import { exec } from '../lib/exec.js'
import { PROJECT } from '../lib/paths.js'
import { progress } from '../lib/progress.js'

/** @import { Buildah } from './buildah.js' */

export const IMAGE = 'localhost/dialwright:latest'
/** Lines that the build prints. */
const BUILD_LINES = 60

/**
 * Builds the image from the Dockerfile.
 * @param {Buildah} buildah
 * @param {string} base
 */
export async function buildImage(buildah, base) {
  const bar = progress('building the image', BUILD_LINES)
  const mounts = (await machineMounts()).flatMap(mount => ['-v', mount])
  // Docker's own format: the other one knows no health check.
  const how = ['--isolation', 'chroot', '--format', 'docker', '--layers=false', '--force-rm', '--pull-never']
  const args = ['bud', ...how, ...mounts, '--build-arg', `BASE=${base}`, '-t', IMAGE, PROJECT]
  try {
    await buildah.run(args, { onLine: bar.step })
  } catch (error) {
    bar.fail()
    throw error
  }
  bar.done()
}

/**
 * How this machine reaches its registries, lent to the build and no part of the image: the settings of npm and apt,
 * certificates, and what npm has fetched before.
 */
async function machineMounts() {
  const { cache, cafile, userconfig, globalconfig } = await npmSettings()
  const certificates = [...new Set([process.env.NODE_EXTRA_CA_CERTS, cafile])]
  /** @type {(readonly [from: string | undefined, to: string | undefined, how: string])[]} */
  const mounts = [
    [userconfig, '/root/.npmrc', 'ro'],
    [globalconfig, '/usr/local/etc/npmrc', 'ro'],
    ['/etc/apt/apt.conf.d', '/etc/apt/apt.conf.d', 'ro'],
    [cache, '/root/.npm', 'rw'],
    ...certificates.map(file => /** @type {const} */ ([file, file, 'ro'])),
  ]
  return mounts.flatMap(([from, to, how]) => (from && existsSync(from) ? [`${from}:${to}:${how}`] : []))
}

/** @returns {Promise<Partial<Record<'cache' | 'cafile' | 'userconfig' | 'globalconfig', string>>>} */
async function npmSettings() {
  const { stdout } = await exec('npm', ['config', 'get', 'cache', 'cafile', 'userconfig', 'globalconfig'], {
    cwd: PROJECT,
  })
  return Object.fromEntries([...stdout.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]))
}
