import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { errorCode } from '../../errors.ts'

/** Who drives a PBX: written into its global DIALWRIGHT_OWNER. */
export interface Owner {
  /** Which database: calls that another one began are not ours. */
  readonly databaseId: string
  /** Where it lies: the same database elsewhere is a copy, whose daemon is somebody else. */
  readonly place: string
  /** The machine's name, for the person who is told of it. */
  readonly host: string
  /** Which process: by boot of the machine, process namespace, number and start; empty where that is not known. */
  readonly process: string
}

/** An owner as the PBX has it; `left`: it closed in order. */
export interface WrittenOwner extends Owner {
  readonly state: 'here' | 'left'
}

/** This daemon, on the database with this identity. */
export function ownerOn({ databaseId, file }: { readonly databaseId: string; readonly file: string }): Owner {
  const host = tidy(hostname())
  const place = createHash('sha256').update(`${host}\n${file}`).digest('hex').slice(0, 16)
  return { databaseId: tidy(databaseId), place, host, process: thisProcess() }
}

/** Whoever drives a PBX without a database of their own, as tests do: all of them are the same. */
export function unknownOwner(): Owner {
  return ownerOn({ databaseId: 'none', file: '' })
}

/** The parts must neither hold a space nor say anything to a terminal: the PBX gives them to strangers. */
function tidy(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 64) || '-'
}

const form = /^dialwright-1 ([\w.-]{1,64}) ([\w.-]{1,64}) ([\w.-]{1,64}) ([\w.-]{1,128}) (here|left)$/
const unknownProcess = '-'

/** The global's text. */
export function writeOwner({ databaseId, place, host, process, state }: WrittenOwner): string {
  return `dialwright-1 ${databaseId} ${place} ${host} ${process || unknownProcess} ${state}`
}

/** Reads the global. Empty: nobody is named; what was not written here is somebody all the same. */
export function readOwner(text: string): WrittenOwner | undefined {
  if (text === '') return undefined
  const [, databaseId, place, host, process, state] = form.exec(text) ?? []
  const nobodyKnown = { databaseId: '-', place: '-', host: '-', process: '', state: 'here' } as const
  if (databaseId === undefined || place === undefined || host === undefined || process === undefined) return nobodyKnown
  return {
    databaseId,
    place,
    host,
    process: process === unknownProcess ? '' : process,
    state: state === 'left' ? 'left' : 'here',
  }
}

/** Two daemons cannot have the same database open at the same place: the earlier of the two is dead. */
export function isSameOwner(one: Owner, other: Owner): boolean {
  return one.databaseId === other.databaseId && one.place === other.place
}

/** The process by boot of the machine, process namespace, number and start; empty where the system does not tell. */
function thisProcess(): string {
  const world = processWorld()
  const started = startOf('self')
  return world === undefined || started === undefined ? '' : `${world}.${process.pid}.${started}`
}

/** Whether the process of an owner has ended for certain: only one of this machine, in our own namespace, can be looked for. */
export function hasEnded(written: string): boolean {
  const [boot, namespace, pid = '', started] = written.split('.')
  if (`${boot}.${namespace}` !== processWorld() || !/^[1-9]\d*$/.test(pid)) return false
  if (!exists(Number(pid))) return true
  const found = startOf(pid)
  // Another user's process may be hidden from us.
  return found !== undefined && found !== started
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
}

function processWorld(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const namespace = readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')
    return `${boot}.${namespace}`
  } catch {
    return undefined
  }
}

/** Ticks since the boot, by proc(5)'s stat; `ended`: nobody has asked for its end yet; undefined: it is not shown. */
function startOf(pid: string): string | undefined {
  try {
    // The name in brackets may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : fields[19]
  } catch {
    return undefined
  }
}
