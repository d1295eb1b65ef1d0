import { given } from '../../core/given.ts'
import { type CallId, databaseOfCall, databaseTag, type InstantMs } from '../../core/ids.ts'
import type { KeptCall, UnansweredCall, UnattendedCall } from '../../core/inputs.ts'
import { errorCode, errorMessage } from '../../errors.ts'
import type { AmiLink } from '../ami/link.ts'
import type { AmiMessage } from '../ami/message.ts'
import type { NodeContext } from '../context.ts'
import { hasCode } from '../errors.ts'
import type { Owner } from '../link/owner.ts'
import type { PbxClock } from '../link/pbxClock.ts'
import type { CustomerLeg } from './customers.ts'
import { keptTalk, readKept, readUnanswered, readUnattended, type TalkKept } from './recordRows.ts'

/** AstDB family of asterisk-conf's `dialwright-record`: who answered and met no agent. */
const unattendedFamily = 'dialwright-unattended'
/** AstDB family of asterisk-conf's `dialwright-ended`: every answered call, from its join or its end on. */
const callFamily = 'dialwright-call'
/** AstDB family of the dialplan's context of this name, which is pushed onto each leg: who ended unanswered while no engine heard of it. */
const unansweredFamily = 'dialwright-unanswered'
/** Deletions that may be open at once. */
const deletionsMax = 8

/** All that is on record. */
export interface RecordsRead {
  readonly unattended: readonly UnattendedCall[]
  readonly kept: readonly KeptCall[]
  readonly unanswered: readonly UnansweredCall[]
}

interface Row {
  readonly family: string
  readonly callId: CallId
}

/** What records are read by. */
interface RecordsParts {
  readonly pbxClock: Pick<PbxClock, 'ourInstantOf'>
  /** Whose calls are ours. Undefined: nobody's with a database. */
  readonly owner: Pick<Owner, 'databaseId'> | undefined
}

/** The PBX's own, durable records of people who answered. */
export class Records {
  readonly #context: NodeContext
  readonly #ami: AmiLink
  readonly #pbxClock: RecordsParts['pbxClock']
  readonly #ownTag: string | undefined
  #keepsUnanswered = false
  readonly #due: Row[] = []
  readonly #cancel = new Set<() => void>()

  constructor(context: NodeContext, ami: AmiLink, { pbxClock, owner }: RecordsParts) {
    this.#context = context
    this.#ami = ami
    this.#pbxClock = pbxClock
    this.#ownTag = owner && databaseTag(owner.databaseId)
  }

  async read(): Promise<RecordsRead> {
    const ours = (pbxAt: number): InstantMs => this.#pbxClock.ourInstantOf(pbxAt)
    const [unattended, kept, unanswered] = await Promise.all([
      this.#readFamily(unattendedFamily, (callId, value) => readUnattended(callId, value, ours)),
      this.#readFamily(callFamily, (callId, value) => readKept(callId, value, ours)),
      this.#readFamily(unansweredFamily, (callId, value) => readUnanswered(callId, value, ours)),
      this.#lookAtDialplan(),
    ])
    return { unattended, kept, unanswered }
  }

  /**
   * Whether the PBX can keep how a call ended that nobody has answered: a dialplan of before cannot, and would complain of each call.
   * As it was when the records were read.
   */
  get keepsUnanswered(): boolean {
    return this.#keepsUnanswered
  }

  async #lookAtDialplan(): Promise<void> {
    try {
      await this.#ami.list({ Action: 'ShowDialPlan', Context: unansweredFamily })
      this.#keepsUnanswered = true
    } catch (error) {
      if (!hasCode(error, 'rejected')) throw error
      this.#keepsUnanswered = false
    }
  }

  /** Rows that nobody can read are of no use to anybody: they go, but for those of another database's calls. */
  async #readFamily<Read>(
    family: string,
    read: (callId: CallId, value: string) => Read | undefined,
  ): Promise<readonly Read[]> {
    const unreadable: Row[] = []
    const rows = (await this.#ami.list({ Action: 'DBGetTree', Family: family })).flatMap(entry => {
      const callId = callIdOf(entry, family)
      const row = read(callId, entry.val ?? '')
      if (row === undefined && [undefined, this.#ownTag].includes(databaseOfCall(callId)))
        unreadable.push({ family, callId })
      return row === undefined ? [] : [row]
    })
    if (unreadable.length > 0) {
      this.#context.log.warn(
        { family, rows: unreadable.length },
        "records of the PBX's that cannot be read are deleted",
      )
      this.#inBackground(this.#deleteAll(unreadable))
    }
    return rows
  }

  /**
   * Writes the record that the PBX cannot: a channel on which ARI has once set a variable may not write AstDB from its
   * dialplan any more ("Dangerous function DB write blocked", Asterisk 22.10).
   */
  async write(record: Pick<UnattendedCall, 'callId' | 'reason' | 'answeredAt' | 'sipCallId'>): Promise<void> {
    const { callId, reason, answeredAt, sipCallId = '' } = record
    const value = `${reason},${Math.floor(answeredAt / 1000)},0,${sipCallId}`
    await this.#put({ family: unattendedFamily, callId }, value)
  }

  /** Two talk: the PBX keeps it from now on, so that it outlives the engine and the PBX itself. */
  async joined(callId: CallId, talk: TalkKept, sipCallId = ''): Promise<void> {
    await this.#put({ family: callFamily, callId }, `${keptTalk(talk)},,,${sipCallId}`)
  }

  async #put({ family, callId }: Row, value: string): Promise<void> {
    await this.#ami.action({ Action: 'DBPut', Family: family, Key: callId, Val: value })
  }

  /** They met nobody after all, or somebody again: what was said of them before is wrong. */
  async forgetUnattended(callId: CallId): Promise<void> {
    await this.#delete({ family: unattendedFamily, callId })
  }

  /** Deletes; one that is not there is deleted. Rejects when any could not be, so that it is told again. */
  async forget(callIds: readonly CallId[]): Promise<void> {
    await this.#deleteAll(callIds.flatMap(callId => [...bothRows(callId), { family: unansweredFamily, callId }]))
  }

  async #deleteAll(rows: readonly Row[]): Promise<void> {
    for (let start = 0; start < rows.length; start += deletionsMax)
      await Promise.all(rows.slice(start, start + deletionsMax).map(row => this.#delete(row)))
  }

  async #delete({ family, callId }: Row): Promise<void> {
    try {
      await this.#ami.action({ Action: 'DBDel', Family: family, Key: callId })
    } catch (error) {
      if (!hasCode(error, 'rejected')) throw error
    }
  }

  /**
   * The end is on disk, so what the PBX keeps is news to nobody. Deleted a little later, many at a time. Whoever talked met an
   * agent, and is not on the other record.
   */
  forgetLater(callId: CallId, talked: boolean): void {
    const { clock, timing } = this.#context
    this.#due.push(...(talked ? [{ family: callFamily, callId }] : bothRows(callId)))
    if (this.#cancel.size > 0) return
    const cancel = clock.wakeAt(clock.now() + timing.recordKeptMs, () => {
      this.#cancel.delete(cancel)
      this.#inBackground(this.#deleteAll(this.#due.splice(0)))
    })
    this.#cancel.add(cancel)
  }

  #inBackground(deleted: Promise<void>): void {
    const { log } = this.#context
    deleted.catch(error =>
      log.debug({ code: errorCode(error), reason: errorMessage(error) }, 'records are kept until the next resync'),
    )
  }

  close(): void {
    for (const cancel of this.#cancel) cancel()
  }
}

function bothRows(callId: CallId): readonly Row[] {
  return [unattendedFamily, callFamily].map(family => ({ family, callId }))
}

/** Key `/<family>/<call>`. */
function callIdOf({ key = '' }: AmiMessage, family: string): CallId {
  return key.slice(family.length + 2)
}

/** What a durable record tells of a call. */
export function recordOf(call: CustomerLeg, now: number) {
  const { callId, answeredAt = now, sipCallId } = call
  return { callId, answeredAt, ...given({ sipCallId }) }
}
