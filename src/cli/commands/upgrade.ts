import type { Command } from 'commander'
import { type UpgradeView, upgradeView } from '../../api/upkeep/upgrade.ts'
import { errorCode, OperatingError } from '../../errors.ts'
import { type Cli, examples } from '../cli.ts'

const path = '/v1/upgrade'
const lookEveryMs = 200
/** As long as a unit waits for a start: a large database is brought to a new version meanwhile. */
const silentMaxMs = 300_000

/** `upgrade`: the daemon that runs starts the installed version, which takes over from it. */
export function upgradeCommand(program: Command, cli: Cli): void {
  examples(
    program
      .command('upgrade')
      .description(
        'the daemon that runs starts the version that is installed now, which makes ready beside it and takes over: talks and ringing phones go on. Under systemd it becomes the main process of the unit',
      ),
    'npm install --global ./dialwright-VERSION-linux-x64-node24.tgz && dialwright upgrade',
  ).action(async () => {
    const from = await begin(cli)
    const next = from.next?.pid
    cli.remark(`version ${cli.version} is started beside ${from.version} (process ${next} beside ${from.pid})`)
    const to = await untilTakenOver(cli, from)
    const taken = { from: { pid: from.pid, version: from.version }, to: { pid: to.pid, version: to.version } }
    cli.print(taken, () => `version ${to.version} (process ${to.pid}) has taken over: talks go on\n`)
  })
}

async function begin(cli: Cli): Promise<UpgradeView> {
  try {
    return await cli.api().send(upgradeView, { method: 'POST', path })
  } catch (error) {
    if (errorCode(error) !== 'unknown-route') throw error
    throw new OperatingError(
      'unknown-route',
      'the daemon that runs is of a version before this command: `systemctl restart dialwright`, or `dialwright serve --take-over`',
    )
  }
}

/** Until somebody else answers. Between the two nobody does. @throws OperatingError the next one has ended, or nobody answers any more */
async function untilTakenOver(cli: Cli, from: UpgradeView): Promise<UpgradeView> {
  const api = cli.api('quietly')
  let heardAt = Date.now()
  while (Date.now() - heardAt < silentMaxMs) {
    const answer = await api.get(upgradeView, path).catch(() => undefined)
    if (answer !== undefined) heardAt = Date.now()
    if (answer !== undefined && answer.pid !== from.pid) return answer
    if (answer?.next?.state === 'ended')
      throw new OperatingError(
        'next-ended',
        `version ${from.version} goes on: the next daemon has ended before it took over; the log says why (journalctl -u dialwright)`,
      )
    await new Promise(resolve => setTimeout(resolve, lookEveryMs))
  }
  throw new OperatingError('daemon-gone', 'no daemon answers any more: the log says why (journalctl -u dialwright)')
}
