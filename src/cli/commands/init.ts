import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { configPlaces } from '../../config.ts'
import { errorCode, InputError, OperatingError } from '../../errors.ts'
import { stateFolder } from '../../setup/service/unit.ts'
import { type Cli, examples } from '../cli.ts'
import { campaignTemplate, configTemplate, storeName } from '../templates.ts'

/** The configuration of a whole machine lies here, and its database where a service may write. */
const [, systemFile] = configPlaces

interface NewFile {
  readonly file: string
  readonly text: string
  readonly mode: number
  /** A secret that is in use somewhere already; --force leaves it. */
  readonly keep: boolean
}

/** `init`: a first configuration. */
export function initCommand(program: Command, cli: Cli): void {
  examples(
    program
      .command('init')
      .argument('[folder]', 'where to write', '.')
      .option('--file <file>', 'name of the configuration, in place of FOLDER/dialwright.yaml')
      .option(
        '--store <file>',
        'where the daemon keeps its database (default: beside the configuration; of /etc/dialwright below /var/lib)',
      )
      .option('--force', 'write over a configuration that is there; secrets are kept')
      .description('write a commented configuration, a campaign as an example, and the secrets'),
    'dialwright init',
    'dialwright init /etc/dialwright',
    'dialwright init /data --store /data/db/dialwright.db',
  ).action((folder: string, options: { file?: string; force?: boolean; store?: string }) => {
    const file = options.file ?? join(folder, 'dialwright.yaml')
    const isSystem = resolve(file) === systemFile
    const files = newFiles(file, options.store ?? (isSystem ? join(stateFolder, storeName) : undefined))
    if (options.force !== true) refuseExisting(files)
    const written = writeAll(files)
    if (isSystem && options.store === undefined) makeFolder(stateFolder)
    cli.print({ written }, () => written.map(name => `written: ${name}\n`).join(''))
    cli.remark(nextSteps(file))
  })
}

function newFiles(file: string, store: string | undefined): readonly NewFile[] {
  const folder = dirname(file)
  // A JSON text is YAML, whatever is in it.
  const text = store === undefined ? configTemplate : configTemplate.replace(storeName, () => JSON.stringify(store))
  return [
    { file, text, mode: 0o640, keep: false },
    { file: join(folder, 'campaign.yaml'), text: campaignTemplate, mode: 0o644, keep: false },
    {
      file: join(folder, 'dialwright.token'),
      text: `${randomBytes(24).toString('base64url')}\n`,
      mode: 0o600,
      keep: true,
    },
    { file: join(folder, 'pbx.secret'), text: `${randomBytes(18).toString('base64url')}\n`, mode: 0o600, keep: true },
  ]
}

function refuseExisting(files: readonly NewFile[]): void {
  const there = files.filter(({ file, keep }) => !keep && existsSync(file)).map(({ file }) => file)
  if (there.length === 0) return
  const verb = there.length === 1 ? 'exists' : 'exist'
  throw new InputError(
    'file-exists',
    `${there.join(' and ')} ${verb} already: nothing written; use --force, or another folder`,
  )
}

function writeAll(files: readonly NewFile[]): readonly string[] {
  return files.flatMap(({ file, text, mode, keep }) => {
    if (keep && existsSync(file)) return []
    attempt(file, () => {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text, { mode })
    })
    return [file]
  })
}

/** The service's, with all that is in it; until then its maker's. */
function makeFolder(folder: string): void {
  attempt(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }))
}

function attempt(file: string, write: () => void): void {
  try {
    write()
  } catch (cause) {
    throw new OperatingError('file-unwritable', `cannot write ${file} (${errorCode(cause)}): choose another folder`, {
      cause,
    })
  }
}

function nextSteps(file: string): string {
  const folder = dirname(resolve(file))
  const named = (name: string): string => join(folder, name)
  const isFound = resolve(configPlaces.find(place => existsSync(place)) ?? '') === resolve(file)
  const config = isFound ? '' : ` --config ${named(basename(file))}`
  return `
Next:
  1. Give the PBX its part, after a look at the difference:  dialwright pbx install${config}
  2. Put your trunk and agents into ${named(basename(file))}, then check everything:  dialwright doctor${config}
  3. Start it:  dialwright serve${config}   and, beside it:  dialwright campaign apply ${named('campaign.yaml')}${config}
  4. Let people log in, yourself first; nobody has a password until then:  dialwright users add NAME --role admin${config}`
}
