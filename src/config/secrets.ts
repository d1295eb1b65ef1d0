import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ConfigError, errorCode } from '../errors.ts'
import type { ConfigDocument } from './configFile.ts'

/** Where a secret may stand: in the file itself, in the environment that it names, or in a file of its own. */
export interface SecretPlace {
  readonly written: string | undefined
  readonly file: string | undefined
  readonly at: readonly string[]
  readonly keys: readonly [value: string, file: string]
}

/** What reading one needs. */
interface SecretReading {
  /** Files are named from here. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly warnings: string[]
  fail(path: readonly string[], text: string): never
}

/** The secret; undefined where there is none. @throws ConfigError for one that is there twice, or cannot be read */
export function readSecret({ written, file, at, keys }: SecretPlace, reading: SecretReading): string | undefined {
  const [valueKey, fileKey] = keys
  if (written !== undefined && file !== undefined) reading.fail(at, `has ${valueKey} and ${fileKey}: keep one of them`)
  if (written !== undefined) return fromEnvironment(reading, [...at, valueKey], written)
  return file === undefined ? undefined : fromFile(reading, [...at, fileKey], file)
}

function fromEnvironment({ env, fail }: SecretReading, path: readonly string[], written: string): string {
  return written.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const value = env[name]
    if (value === undefined || value === '')
      return fail(path, `needs the environment variable ${name}: set it, or use a secret file`)
    return value
  })
}

function fromFile({ folder, warnings, fail }: SecretReading, path: readonly string[], written: string): string {
  const file = resolve(folder, written)
  try {
    const secret = readFileSync(file, 'utf8').trim()
    if (secret === '') fail(path, `names ${file}, which is empty`)
    if (readableByAll(file)) warnings.push(`${file} holds a secret and everybody can read it: chmod 600 ${file}`)
    return secret
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    return fail(path, `names ${file}, which cannot be read (${errorCode(cause)})`)
  }
}

/** The files in which the daemon looks for secrets, as a configuration names them. */
export function secretFilesOf({
  file,
  document,
}: {
  readonly file: string
  readonly document: Pick<ConfigDocument, 'nodes' | 'api' | 'alarms'>
}): readonly string[] {
  const { nodes, api, alarms } = document
  const named = [
    ...nodes.flatMap(({ ami, ari }) => [ami.secretFile, ari.secretFile]),
    api?.tokenFile,
    alarms?.webhook?.secretFile,
  ]
  return [...new Set(named.flatMap(name => (name === undefined ? [] : [resolve(dirname(file), name)])))]
}

/** Whether everybody on the machine can read a file. */
export function readableByAll(file: string): boolean {
  return ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o004) !== 0
}
