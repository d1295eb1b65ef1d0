import { drainBegunView } from '../api/drain.ts'
import { errorCode, OperatingError } from '../errors.ts'
import type { Cli } from './cli.ts'

const path = '/v1/drain'
const order = { finish: 'hand-over', wait: true }

/**
 * Asks the daemon that runs on this configuration to hand over; resolves when it lets go. A crash in that moment is as good.
 * @throws OperatingError it goes on: it cannot be asked, refuses, or was told to go on
 */
export async function askToHandOver(cli: Cli): Promise<void> {
  const api = cli.api('quietly')
  cli.remark(`ready: the daemon at ${api.url} is asked to hand over`)
  const ask = async (body: object) => (await api.send(drainBegunView, { method: 'POST', path, body })).end?.how
  try {
    // A version of before does not know the word, and waits a little longer.
    const how = await ask({ ...order, nextIsReady: true }).catch((error: unknown) => {
      if (errorCode(error) !== 'invalid-request') throw error
      return ask(order)
    })
    if (how !== 'cancelled') return
  } catch (error) {
    const code = errorCode(error)
    if (code === 'daemon-gone') return
    if (code !== 'daemon-not-running') throw error
    const line = `the database is in use, and no daemon answers at ${api.url}: one that is just starting or ending will in a moment`
    throw new OperatingError('in-use', `${line}; with another address in the configuration, stop that one first`)
  }
  throw new OperatingError('drain-cancelled', 'the hand-over was cancelled by somebody: the daemon in office goes on')
}
