import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { SetupFailure } from '../lib/failure.js'

/** @import { Buildah } from './buildah.js' */

/** The image's user. */
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
 * @param {Buildah} buildah
 * @param {{ image: string, config: string, data: string }} options folders of this machine for /etc/dialwright and /data
 * @returns {Promise<Container>}
 */
export async function createContainer(buildah, { image, config, data }) {
  const id = await buildah.run(['from', '--pull-never', image])
  const settings = JSON.parse(await buildah.run(['inspect', '--type', 'image', image])).Docker.config
  const mounts = ['-v', `${config}:/etc/dialwright:ro`, '-v', `${data}:/data`]
  /** @param {string[]} command @param {string[]} more */
  const begin = (command, more = mounts) => start(buildah.command(['run', ...more, id, '--', ...command]))
  return {
    dialwright: (...args) => begin([...settings.Entrypoint, ...args]).ended,
    health: () => begin(settings.Healthcheck.Test.slice(1)).ended,
    run: (...command) => begin(command).ended,
    start: (...args) => startNumbered(begin, data, [...settings.Entrypoint, ...args]),
    remove: async () => void (await buildah.run(['rm', id])),
  }
}

// A signal to buildah ends the program hard. A container runtime signals the program itself, so here it says its number.
/**
 * @param {(command: string[]) => Omit<Running, 'signal'>} begin
 * @param {string} data
 * @param {string[]} command
 * @returns {Running}
 */
function startNumbered(begin, data, command) {
  const file = join(data, 'pid')
  rmSync(file, { force: true })
  const running = begin(['/bin/sh', '-c', 'echo $$ >/data/pid && exec "$@"', 'sh', ...command])
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
