import { drainBegunView } from '../api/upkeep/drain.ts'
import { errorCode, OperatingError } from '../errors.ts'
import type { Cli } from './cli.ts'

const path = '/v1/drain'
const order = { finish: 'hand-over', wait: true }

/** It has died, or ends: whether it lets go is seen at the database's lock, which is waited for. */
const gone: ReadonlySet<string> = new Set(['daemon-gone', 'daemon-not-running'])

/**
 * Asks the daemon that runs on this configuration to hand over; resolves when it lets go, or cannot be reached.
 * @throws OperatingError it goes on: it refuses, or was told to go on
 */
export async function askToHandOver(cli: Cli): Promise<void> {
  const api = cli.api('quietly')
  cli.remark(`ready: the daemon at ${api.url} is asked to hand over`)
  const ask = async (body: object) => (await api.send(drainBegunView, { method: 'POST', path, body })).end?.how
  // A version of before does not know the word, and waits a little longer.
  const how = await ask({ ...order, nextIsReady: true })
    .catch((error: unknown) => {
      if (errorCode(error) !== 'invalid-request') throw error
      return ask(order)
    })
    .catch((error: unknown) => {
      if (!gone.has(errorCode(error))) throw error
      cli.remark(`no daemon answers at ${api.url} any more: the database is waited for`)
      return undefined
    })
  if (how === 'cancelled')
    throw new OperatingError('drain-cancelled', 'the hand-over was cancelled by somebody: the daemon in office goes on')
}
