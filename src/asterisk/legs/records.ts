import { given } from '../../core/given.ts'
import type { CallId } from '../../core/ids.ts'
import type { UnattendedCall } from '../../core/inputs.ts'
import { errorCode, errorMessage } from '../../errors.ts'
import type { AmiLink } from '../ami/link.ts'
import type { AmiMessage } from '../ami/message.ts'
import type { NodeContext } from '../context.ts'
import { hasCode } from '../errors.ts'
import type { CustomerLeg } from './customers.ts'

/** AstDB family of asterisk-conf's `dialwright-record`. */
const family = 'dialwright-unattended'
const reasons: ReadonlySet<string> = new Set<UnattendedCall['reason']>([
  'app-gone',
  'app-late',
  'app-decided',
  'hung-up',
])
/** Deletions that may be open at once. */
const deletionsMax = 8

/** The PBX's own, durable records of people who answered and met no agent. */
export class Records {
  readonly #context: NodeContext
  readonly #ami: AmiLink
  readonly #due: CallId[] = []
  readonly #cancel = new Set<() => void>()

  constructor(context: NodeContext, ami: AmiLink) {
    this.#context = context
    this.#ami = ami
  }

  async read(): Promise<readonly UnattendedCall[]> {
    const entries = await this.#ami.list({ Action: 'DBGetTree', Family: family })
    return entries.flatMap(entry => readRecord(entry))
  }

  /**
   * Writes the record that the PBX cannot: a channel on which ARI has once set a variable may not write AstDB from its
   * dialplan any more ("Dangerous function DB write blocked", Asterisk 22.10).
   */
  async write(record: Pick<UnattendedCall, 'callId' | 'reason' | 'answeredAt' | 'sipCallId'>): Promise<void> {
    const { callId, reason, answeredAt, sipCallId = '' } = record
    const value = `${reason},${Math.floor(answeredAt / 1000)},0,${sipCallId}`
    await this.#ami.action({ Action: 'DBPut', Family: family, Key: callId, Val: value })
  }

  /** Deletes; one that is not there is deleted. Rejects when any could not be, so that it is told again. */
  async forget(callIds: readonly CallId[]): Promise<void> {
    for (let start = 0; start < callIds.length; start += deletionsMax)
      await Promise.all(callIds.slice(start, start + deletionsMax).map(callId => this.#delete(callId)))
  }

  async #delete(callId: CallId): Promise<void> {
    try {
      await this.#ami.action({ Action: 'DBDel', Family: family, Key: callId })
    } catch (error) {
      if (!hasCode(error, 'rejected')) throw error
    }
  }

  /**
   * The engine saw this call from answer to end, so its record is not news. Deleted a little later, when the engine has
   * surely written the end: were we to die in between, the record is what the next run knows of the call.
   */
  forgetLater(callId: CallId): void {
    const { clock, timing, log } = this.#context
    this.#due.push(callId)
    if (this.#due.length > 1) return
    const cancel = clock.wakeAt(clock.now() + timing.recordKeptMs, () => {
      this.#cancel.delete(cancel)
      this.forget(this.#due.splice(0)).catch(error =>
        log.debug({ code: errorCode(error), reason: errorMessage(error) }, 'records are kept until the next resync'),
      )
    })
    this.#cancel.add(cancel)
  }

  close(): void {
    for (const cancel of this.#cancel) cancel()
  }
}

/** Key `/dialwright-unattended/<call>`, value `<reason>,<epoch seconds>,<0|1>,<SIP Call-ID>`. */
function readRecord(entry: AmiMessage): readonly UnattendedCall[] {
  const callId = entry.key?.slice(entry.key.lastIndexOf('/') + 1)
  const [reason = '', answered = '', optedOut = '', ...sip] = (entry.val ?? '').split(',')
  if (!callId || !isReason(reason)) return []
  const sipCallId = sip.join(',')
  return [
    {
      callId,
      reason,
      answeredAt: Number(answered) * 1000,
      optedOut: optedOut === '1',
      ...(sipCallId === '' ? {} : { sipCallId }),
    },
  ]
}

function isReason(word: string): word is UnattendedCall['reason'] {
  return reasons.has(word)
}

/** What a durable record tells of a call. */
export function recordOf(call: CustomerLeg, now: number) {
  const { callId, answeredAt = now, sipCallId } = call
  return { callId, answeredAt, ...given({ sipCallId }) }
}
