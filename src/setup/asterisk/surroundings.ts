import { existsSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { given } from '../../core/given.ts'
import { InputError } from '../../errors.ts'
import { confLines } from './confLines.ts'
import type { ConfFiles } from './confTree.ts'
import type { Surroundings } from './wishes.ts'

const answerMs = 1_000

/** Looks at the machine that the PBX runs on: its modules, and whether somebody listens at these ports. */
export async function readSurroundings(files: ConfFiles, ports: readonly number[]): Promise<Surroundings> {
  const folder = directory(files, 'astmoddir')
  const modulesThere =
    folder !== undefined && existsSync(folder)
      ? new Set(readdirSync(folder).map(name => name.replace(/\.so$/, '')))
      : undefined
  const taken = await Promise.all(ports.map(async port => ((await isTaken(port)) ? [port] : [])))
  return { portsTaken: new Set(taken.flat()), ...given({ modulesThere }) }
}

function isTaken(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1', timeout: answerMs })
    const end = (taken: boolean): void => {
      socket.destroy()
      resolve(taken)
    }
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false))
  })
}

const usualSounds = ['/usr/share/asterisk/sounds', '/var/lib/asterisk/sounds']

/** Where the PBX looks for sounds. @throws InputError `no-sounds-folder` */
export function soundsFolder(files: ConfFiles, named: string | undefined): string {
  const data = directory(files, 'astdatadir') ?? directory(files, 'astvarlibdir')
  const found = named ?? [...(data === undefined ? [] : [join(data, 'sounds')]), ...usualSounds].find(existsSync)
  if (found !== undefined && existsSync(found)) return found
  throw new InputError(
    'no-sounds-folder',
    `${found ?? "Asterisk's folder of sounds"} is not there: name it with --sounds DIR`,
  )
}

/** A folder of `asterisk.conf`; Debian's stands in a section that is only a template, with the values that hold anyway. */
function directory(files: ConfFiles, key: string): string | undefined {
  const lines = confLines(files.read('asterisk.conf') ?? '')
  const entry = lines.findLast(({ line }) => line.kind === 'entry' && line.key === key)
  return entry?.line.kind === 'entry' ? entry.line.value : undefined
}
