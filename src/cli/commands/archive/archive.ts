import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type ArchiveView, archiveView } from '../../../api/upkeep/archives.ts'
import { makeArchive } from '../../../app/upkeep/archives.ts'
import { given } from '../../../core/given.ts'
import { type Cli, examples } from '../../cli.ts'
import { throughDaemon, underLock } from '../../daemonOrAlone.ts'
import { byteCount, elapsed, fields, localTime, plural, table } from '../../terminal/format.ts'
import { dayOrInstant } from '../../terminal/values.ts'
import { withBar } from '../../terminal/waitingBar.ts'
import { showCommand } from './archiveShow.ts'

interface ArchiveOptions {
  readonly before?: number
  readonly dryRun?: true
}

/** `archive FILE`, `archive show` */
export function archiveCommands(program: Command, cli: Cli): void {
  const archive = examples(
    program
      .command('archive')
      .argument('<file>', 'the file that is to be the archive; it must not be there yet')
      .option(
        '--before <date>',
        'only what ended before this day or instant (default: all that may leave)',
        dayOrInstant,
      )
      .option('--dry-run', 'only say what would leave')
      .description(
        'let attempts and leads go that no rule asks for any more, while dialing or not; read back before anything leaves',
      ),
    'dialwright archive /archive/2031.jsonl.gz --dry-run',
    'dialwright archive /archive/2031.jsonl.gz',
    'dialwright archive show /archive/2031.jsonl.gz +12015550123',
  ).action(async (file: string, { before, dryRun }: ArchiveOptions) => {
    const since = before === undefined ? undefined : new Date(before).toISOString()
    const body = { file: resolve(file), ...given({ before: since, dryRun }) }
    const done = await throughDaemon(
      cli,
      api => marked(body, told => api.send(archiveView, { method: 'POST', path: '/v1/archives', body: told })),
      () => alone(cli, body),
    )
    cli.print(done, () => words(done, dryRun === true))
  })
  showCommand(archive, cli)
}

type Body = Parameters<typeof makeArchive>[1]

/** Puts a mark beside the target meanwhile, by which the daemon tells that it sees the same folder; where it is not ours to write, none. */
async function marked(body: Body, send: (body: Body) => Promise<ArchiveView>): Promise<ArchiveView> {
  if (body.dryRun === true) return send(body)
  const mark = randomBytes(16).toString('hex')
  const path = `${body.file}.${mark}`
  const isPut = await writeFile(path, '', { flag: 'wx' }).then(
    () => true,
    () => false,
  )
  try {
    return await send(isPut ? { ...body, mark } : body)
  } finally {
    if (isPut) await rm(path, { force: true })
  }
}

function alone(cli: Cli, body: Body): Promise<ArchiveView> {
  return underLock(cli, store =>
    withBar(cli.terminal, onProgress => makeArchive(store, body, { at: Date.now(), waiter: { onProgress } })),
  )
}

function words(done: ArchiveView, dryRun: boolean): string {
  const { file, before, attempts, leads, campaigns, oldestAt, newestAt, bytes, left, resumed, durationMs } = done
  const ended = resumed.map(one => `ended what an earlier run had begun: ${one}\n`).join('')
  const border = `from before ${localTime(before)}`
  if (attempts + leads === 0) return `${ended}nothing ${border} may leave\n`
  const what = `${plural(attempts, 'attempt')} and ${plural(leads, 'lead')}`
  const head = dryRun
    ? `${what} ${border} would leave, ${byteCount(bytes)}\n`
    : `${file}: ${what} ${border}, ${byteCount(bytes)}, read back, in ${elapsed(durationMs)}\n`
  const rows = campaigns.map(one => [one.campaignId, String(one.attempts), String(one.leads)])
  const lines = [
    ...(oldestAt === undefined ? [] : [['oldest attempt', localTime(oldestAt)] as const]),
    ...(newestAt === undefined ? [] : [['newest attempt', localTime(newestAt)] as const]),
    ...(dryRun
      ? []
      : [['left the database', `${plural(left.attempts, 'attempt')}, ${plural(left.leads, 'lead')}`] as const]),
  ]
  return `${ended}${head}${fields(lines)}${rows.length === 0 ? '' : table(['campaign', 'attempts', 'leads'], rows)}`
}
