import { type Command, InvalidArgumentError } from 'commander'
import { type DrainEndView, drainBegunView, drainShowView } from '../../api/upkeep/drain.ts'
import { doneView } from '../../api/views.ts'
import { given } from '../../core/given.ts'
import { errorCode, OperatingError } from '../../errors.ts'
import { type Cli, examples } from '../cli.ts'
import { plural } from '../terminal/format.ts'
import { duration } from '../terminal/values.ts'

/** Somebody was cut off at the deadline. */
const cutExitCode = 3
/** A daemon whose calls are settled closes within two seconds, or is ended. */
const goneMaxMs = 10_000
const lookEveryMs = 100

interface DrainOptions {
  readonly deadline?: number
  readonly stay?: true
  readonly handOver?: true
  readonly cancel?: true
}

const begunWords = {
  end: 'nothing more is dialed; calls and wrap-ups are waited for. Ctrl-C leaves the drain going',
  stay: 'nothing more is dialed; calls and wrap-ups are waited for. Ctrl-C leaves the drain going',
  'hand-over': 'nothing more is dialed; those who talk or ring are left to the PBX for the next start',
}
/** A daemon that waits tells the end. */
const nothingTold: DrainEndView = { how: 'stopped', cut: 0, left: 0, talks: 0 }

/** `drain`: dialing ends in order. */
export function drainCommand(program: Command, cli: Cli): void {
  examples(
    program
      .command('drain')
      .option(
        '--deadline <time>',
        'end what still goes on after so long (default: nobody is cut off); with --hand-over: wait so long for phones that ring and for wrap-ups',
        duration,
      )
      .option('--stay', 'the daemon stays, drained, until it is cancelled or stopped')
      .option('--hand-over', 'end at once: those who talk or ring stay on the PBX, and the next start takes them up')
      .option('--cancel', 'dial again as the campaigns are set')
      .description(
        'nothing more is dialed, talks finish, agents hear so, then the daemon ends. Exit code 0: nobody was cut off, 3: somebody was',
      ),
    'dialwright drain',
    'dialwright drain --deadline 10m',
    'dialwright drain --stay',
    'dialwright drain --hand-over',
    'dialwright drain --hand-over --deadline 20s',
    'dialwright drain --cancel',
  ).action(async (options: DrainOptions) => {
    const asked = [options.stay, options.handOver, options.cancel].filter(one => one !== undefined)
    if (asked.length > 1 || (options.cancel && options.deadline !== undefined))
      throw new InvalidArgumentError(
        '--stay, --hand-over and --cancel exclude one another, and --cancel has no deadline',
      )
    if (options.cancel) await cancel(cli)
    else await drain(cli, options)
  })
}

async function cancel(cli: Cli): Promise<void> {
  const answer = await cli.api().send(doneView, { method: 'DELETE', path: '/v1/drain' })
  cli.print(answer, () => 'the drain is cancelled: campaigns dial as they are set\n')
}

async function drain(cli: Cli, { deadline, stay, handOver }: DrainOptions): Promise<void> {
  const finish = stay ? 'stay' : handOver ? 'hand-over' : 'end'
  const body = { finish, wait: true, ...given({ deadline: deadline === undefined ? undefined : `${deadline}ms` }) }
  cli.remark(begunWords[finish])
  const end = await untilEnded(cli, body)
  if (end === 'left-alone') return
  if (end.how === 'cancelled') throw new OperatingError('drain-cancelled', 'the drain was cancelled by somebody else')
  if (finish !== 'stay') await untilGone(cli)
  cli.print(end, () => endWords(end))
  if (end.cut > 0) cli.setExitCode(cutExitCode)
}

/** Ctrl-C leaves the drain going. */
async function untilEnded(cli: Cli, body: object): Promise<DrainEndView | 'left-alone'> {
  let leave = (): void => {}
  const left = new Promise<'left-alone'>(resolve => {
    leave = cli.terminal.onStop(() => {
      cli.remark('the drain goes on without you: `dialwright drain --cancel` takes it back')
      resolve('left-alone')
    })
  })
  try {
    const ended = cli
      .api()
      .send(drainBegunView, { method: 'POST', path: '/v1/drain', body })
      .then(({ end = nothingTold }) => end)
    const end = await Promise.race([ended, left])
    // The request would hold the process until the drain has ended.
    if (end === 'left-alone') setImmediate(() => process.exit())
    return end
  } finally {
    leave()
  }
}

/** Until the daemon does not answer any more. */
async function untilGone(cli: Cli): Promise<void> {
  for (const until = Date.now() + goneMaxMs; Date.now() < until; ) {
    const answer = await cli
      .api('quietly')
      .get(drainShowView, '/v1/drain')
      .catch((error: unknown) => errorCode(error))
    if (answer === 'daemon-not-running') return
    await new Promise(resolve => setTimeout(resolve, lookEveryMs))
  }
  throw new OperatingError('not-closed', 'the daemon is drained and still answers: see its log')
}

function endWords({ how, finish, cut, left, talks }: DrainEndView): string {
  if (how === 'stopped') return `the daemon was stopped meanwhile: ${plural(left, 'call')} left to the PBX\n`
  if (finish === 'hand-over')
    return `handed over: ${plural(talks, 'talk')} and ${plural(left - talks, 'other call')} go on on the PBX; the next start takes them up\n`
  const whom = cut === 0 ? 'nobody was cut off' : `${plural(cut, 'call')} cut off at the deadline`
  const rest = left === 0 ? '' : `, ${plural(left, 'call')} left to the PBX`
  return `drained: ${whom}${rest}${finish === 'stay' ? '; `dialwright drain --cancel` dials again' : ''}\n`
}
