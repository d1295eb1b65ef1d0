import { fileURLToPath } from 'node:url'
import { type Command, InvalidArgumentError } from 'commander'
import { given } from '../../../core/given.ts'
import { InputError } from '../../../errors.ts'
import { type Prepared, prepareInstall, prepareUninstall } from '../../../setup/asterisk/install.ts'
import { type Cli, examples } from '../../cli.ts'
import { linesOf } from '../../lines.ts'
import { createProgressBar } from '../../terminal/progressBar.ts'
import { type AccessOptions, keepSecret, readAccess } from './access.ts'
import { changeWords, doneWords, preparedView } from './words.ts'

/** The PBX's part, as it is shipped. */
const shipped = fileURLToPath(new URL('../../../../asterisk-conf', import.meta.url))

interface WriteOptions {
  readonly etc: string
  readonly dryRun?: true
  readonly yes?: true
}

interface InstallOptions extends WriteOptions, AccessOptions {
  readonly sounds?: string
  readonly transport?: string
  readonly replace?: true
}

/** `pbx install|uninstall`: our part of an Asterisk that is there. */
export function pbxCommands(program: Command, cli: Cli): void {
  const pbx = program.command('pbx').description("Dialwright's part of an Asterisk on this machine")

  writing(
    pbx
      .command('install')
      .description('write our files, includes, log-ins and sounds into an Asterisk, after showing the difference'),
  )
    .option('--sounds <dir>', "Asterisk's folder of sounds (default: as asterisk.conf says)")
    .option('--transport <address:port>', 'a SIP transport (UDP) of our own, where pjsip.conf has none', bind)
    .option('--node <id>', 'which node of the configuration this PBX is, where it has several')
    .option('--secret-file <file>', 'the secret for both log-ins, where no configuration is here; made if not there')
    .option('--copies-to <host:port>', 'where the daemon takes copies of SIP messages (default: as configured)', bind)
    .option('--replace', 'write our files anew although somebody has changed them; copies are kept')
    .action(async (options: InstallOptions) => {
      const { secretMade, ...access } = readAccess(cli, options)
      const wishes = { access, replace: options.replace === true, ...given({ transport: options.transport }) }
      const prepared = await prepareInstall({ etc: options.etc, sounds: options.sounds, shipped }, wishes)
      const keep = (): void => {
        if (secretMade !== undefined && options.secretFile !== undefined) keepSecret(options.secretFile, secretMade)
      }
      await carryOut(cli, prepared, { ...options, verb: 'install', keep })
    })
  examples(
    pbx.commands[0] ?? pbx,
    'dialwright pbx install --dry-run',
    'dialwright pbx install --transport 0.0.0.0:5060',
    'dialwright pbx install --secret-file pbx.secret     # the daemon runs on another machine',
  )

  examples(
    writing(
      pbx.command('uninstall').description('undo that: what was there before comes back, what has changed since stays'),
    ),
    'dialwright pbx uninstall --dry-run',
    'dialwright pbx uninstall --yes',
  ).action((options: WriteOptions) => carryOut(cli, prepareUninstall(options.etc), { ...options, verb: 'uninstall' }))
}

function writing(command: Command): Command {
  return command
    .option('--etc <dir>', "the folder of Asterisk's configuration", '/etc/asterisk')
    .option('--dry-run', 'show the difference and write nothing')
    .option('--yes', 'write without asking')
}

function bind(text: string): string {
  if (/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/.test(text)) return text
  throw new InvalidArgumentError('write it like 127.0.0.1:5060')
}

async function carryOut(
  cli: Cli,
  prepared: Prepared,
  { dryRun, yes, verb, keep }: WriteOptions & { verb: 'install' | 'uninstall'; keep?: () => void },
): Promise<void> {
  const isJson = cli.options().json === true
  const total = prepared.changes.length + prepared.sounds.count
  if (!isJson) cli.terminal.out(changeWords(prepared, verb, cli.paint))
  const write = dryRun !== true && total > 0 && (yes === true || (await agreed(cli, isJson)))
  if (write) {
    keep?.()
    const bar = createProgressBar(cli.terminal, {
      what: 'writing',
      total,
      unit: ({ done, total: all }) => `${done} of ${all ?? '?'} files`,
    })
    try {
      prepared.carryOut(() => bar.add(1))
    } finally {
      bar.end()
    }
  }
  cli.print({ written: write, ...preparedView(prepared) }, () => doneWords(prepared, { write, total, verb }))
}

/** Only whoever sits at a terminal can be asked. */
async function agreed(cli: Cli, isJson: boolean): Promise<boolean> {
  if (isJson || !cli.terminal.outIsTty || !cli.terminal.errIsTty)
    throw new InputError('not-confirmed', 'nothing was written: look at the difference (--dry-run), then say --yes')
  cli.terminal.err('Write this? [y/N] ')
  for await (const line of linesOf(cli.terminal.input())) return /^\s*y(es)?\s*$/i.test(line)
  return false
}
