import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { SetupFailure } from '../lib/failure.js'

/** @import { Buildah } from './buildah.js' */

/** The user of the daemon's image. */
export const UID = 10001

/**
 * A container of the image, with its entry point, user and folder.
 * @typedef {object} Container
 * @property {(...args: string[]) => Promise<Ended>} dialwright runs one command line to its end
 * @property {() => Promise<Ended>} health runs the image's health check
 * @property {(...command: string[]) => Promise<Ended>} run runs anything in it, as its user
 * @property {(...args: string[]) => Running} start
 * @property {() => Promise<void>} remove
 *
 * @typedef {{ code: number, output: string }} Ended
 * @typedef {{ ended: Promise<Ended>, output: () => string, signal: (name: NodeJS.Signals) => void }} Running
 */

/**
 * @typedef {object} Place
 * @property {string} image
 * @property {readonly string[]} mounts as buildah takes them, FROM:TO[:ro]
 * @property {{ inside: string, outside: string }} numbers a folder that is mounted: the program's number is written there
 * @property {string} [user] in place of the image's
 *
 * @param {Buildah} buildah
 * @param {Place} place
 * @returns {Promise<Container>}
 */
export async function createContainer(buildah, { image, mounts, numbers, user }) {
  const id = await buildah.run(['from', '--pull-never', image])
  const settings = JSON.parse(await buildah.run(['inspect', '--type', 'image', image])).Docker.config
  const more = [
    '--cap-drop',
    'ALL',
    ...mounts.flatMap(mount => ['-v', mount]),
    ...(user === undefined ? [] : ['--user', user]),
  ]
  /** @param {string[]} command */
  const begin = command => start(buildah.command(['run', ...more, id, '--', ...command]))
  return {
    dialwright: (...args) => begin([...settings.Entrypoint, ...args]).ended,
    health: () => begin(settings.Healthcheck.Test.slice(1)).ended,
    run: (...command) => begin(command).ended,
    start: (...args) => startNumbered(begin, numbers, [...settings.Entrypoint, ...args]),
    remove: async () => void (await buildah.run(['rm', id])),
  }
}

/**
 * A container of the daemon's image.
 * @param {Buildah} buildah
 * @param {{ image: string, config: string, data: string }} options folders of this machine for /etc/dialwright and /data
 */
export function createDaemonContainer(buildah, { image, config, data }) {
  const mounts = [`${config}:/etc/dialwright:ro`, `${data}:/data`]
  return createContainer(buildah, { image, mounts, numbers: { inside: '/data', outside: data } })
}

// A signal to buildah ends the program hard. A container runtime signals the program itself, so here it says its number.
/**
 * @param {(command: string[]) => Omit<Running, 'signal'>} begin
 * @param {Place['numbers']} numbers
 * @param {string[]} command
 * @returns {Running}
 */
function startNumbered(begin, { inside, outside }, command) {
  const file = join(outside, 'pid')
  rmSync(file, { force: true })
  const running = begin(['/bin/sh', '-c', `echo $$ >${inside}/pid && exec "$@"`, 'sh', ...command])
  return {
    ...running,
    signal: name => {
      if (!existsSync(file)) throw new SetupFailure('not-started', `It did not start: ${running.output()}`, 1)
      process.kill(Number(readFileSync(file, 'utf8')), name)
    },
  }
}

/**
 * @param {string[]} command
 * @returns {Omit<Running, 'signal'>}
 */
function start([file = '', ...args]) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (output += text))
  return { output: () => output, ended: once(child, 'close').then(([code]) => ({ code: code ?? 128, output })) }
}
