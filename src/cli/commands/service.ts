import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { secretFilesOf } from '../../config/secretFiles.ts'
import { loadConfig } from '../../config.ts'
import { activateService, planService, type ServiceFile, writeService } from '../../setup/service/install.ts'
import { serviceUser } from '../../setup/service/unit.ts'
import { type Cli, examples } from '../cli.ts'

const launcher = fileURLToPath(new URL('../../../bin/dialwright.js', import.meta.url))

interface ServiceOptions {
  readonly dryRun?: true
  readonly root: string
}

/** `service install`: the daemon under systemd. */
export function serviceCommands(program: Command, cli: Cli): void {
  const service = program.command('service').description('the daemon under systemd')
  examples(
    service
      .command('install')
      .option('--dry-run', 'show the files and write nothing')
      .option('--root <dir>', 'write below this folder, and tell no systemd: for images', '/')
      .description('a unit with a user of its own, readiness, watchdog and least rights; it is not started'),
    'dialwright service install --dry-run',
    'dialwright service install && systemctl enable --now dialwright',
  ).action(({ dryRun, root }: ServiceOptions) => {
    const file = resolve(cli.configFile())
    const config = loadConfig(file)
    const writes = [config.store, config.recorder].flatMap(one => (one === undefined ? [] : [one.path]))
    const order = {
      node: realpathSync(process.execPath),
      launcher,
      config: file,
      writes,
      journal: config.journal?.path,
      root,
    }
    const files = planService(order)
    const isWritten = dryRun !== true
    if (isWritten) writeService(files)
    const isActive = isWritten && resolve(root) === '/'
    const foreign = isActive ? activateService([file, ...secretFilesOf(config)]) : []
    cli.print({ written: isWritten, files }, () => (isWritten ? writtenWords(files) : shownWords(files)))
    for (const path of foreign) cli.remark(foreignWords(path))
    if (isActive) cli.remark(nextSteps)
  })
}

function foreignWords(path: string): string {
  return `${path} is read by another group and was left so: let the service read it too, with  setfacl -m u:${serviceUser}:r ${path}`
}

function shownWords(files: readonly ServiceFile[]): string {
  return files.map(({ path, text, what }) => `# ${path} (${what})\n${text}`).join('\n')
}

function writtenWords(files: readonly ServiceFile[]): string {
  return files.map(({ path, what }) => `${what.padEnd(7)} ${path}\n`).join('')
}

const nextSteps = `
Next:
  1. As the daemon sees it:  runuser -u dialwright -- dialwright doctor
  2. Start it, now and at each boot:  systemctl enable --now dialwright
  3. What it says:  systemctl status dialwright   and   journalctl -u dialwright -f`
