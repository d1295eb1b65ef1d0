import type { NodeId } from '../../core/ids.ts'
import type { TelephonyError } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { AriOperations } from '../ari/operations.ts'
import { telephonyError } from '../errors.ts'
import { callIdOfChannel } from '../legs/names.ts'
import { type ClaimFacts, type ClaimVerdict, judgeClaim } from './claimVerdict.ts'
import { hasEnded, isSameOwner, type Owner, readOwner, writeOwner } from './owner.ts'
import type { Timing } from './timing.ts'

const ownerVariable = 'DIALWRIGHT_OWNER'
/** Epoch seconds, read by the dialplan's watchdog too. */
export const beatVariable = 'DIALWRIGHT_ALIVE'
/** Epoch seconds: for some seconds from then on the dialplan waits for the next daemon. */
const handedOverVariable = 'DIALWRIGHT_HANDED_OVER'

/** What a claim is made with. */
export interface ClaimParts {
  readonly nodeId: NodeId
  readonly owner: Owner
  readonly clock: Clock
  readonly timing: Timing
}

type Ari = Pick<AriOperations, 'global' | 'setGlobal' | 'hasApplication' | 'channels' | 'ping'>

/**
 * That one daemon alone drives the PBX. Its name stands in a global of the PBX and its heart-beat beside it; before the claim
 * holds nothing is opened, listed or ended there: to another daemon's database our resync would be a massacre.
 *
 *     nobody, or somebody dead --name written, still ours after a moment--> ours --heart-beat finds another name--> theirs
 */
export class Claim {
  readonly #parts: ClaimParts
  /** What was read last, and since when it reads so. */
  #seen: { readonly name: string; readonly beat: string; readonly since: number } | undefined
  /** The others have given a sign of life while we looked, or their calls must end first. */
  #cannotBeWaitedFor = false
  #isHeld = false
  /** The PBX holds people for us, and keeps what it would tell. */
  #isAwaited = false
  /** A heart-beat that is under way must not take back the last word. */
  #hasLeft = false

  constructor(parts: ClaimParts) {
    this.#parts = parts
  }

  /** After a refusal: whether a short wait cannot help, because the others live for certain or their calls go on. */
  get cannotBeWaitedFor(): boolean {
    return this.#cannotBeWaitedFor
  }

  /**
   * Looks once, and takes the PBX where it may be taken.
   * @throws TelephonyError `claimed`: somebody else drives it, or did a moment ago, or their calls go on
   */
  async take(ari: Ari): Promise<void> {
    const { timing } = this.#parts
    const facts = await this.#look(ari)
    const verdict = judgeClaim(facts, timing)
    this.#isHeld = verdict === 'ours' || verdict === 'free'
    if (verdict === 'ours') await ari.setGlobal(ownerVariable, this.#name('here'))
    else if (verdict === 'free') await this.#write(ari)
    else throw this.#refusal(facts, verdict)
    this.#seen = undefined
  }

  /** With the heart-beat: whether the PBX is still ours. A reload that cleared its globals is made good. */
  async isStillOurs(ari: Ari): Promise<boolean> {
    const name = await ari.global(ownerVariable)
    if (this.#hasLeft) return true
    const named = readOwner(name)
    this.#isHeld = named === undefined || isSameOwner(named, this.#parts.owner)
    if (this.#isHeld && name !== this.#name('here')) await ari.setGlobal(ownerVariable, this.#name('here'))
    // We are here: the first heart-beat comes when the inventory has been taken.
    if (this.#isHeld && this.#isAwaited) await ari.setGlobal(handedOverVariable, '')
    this.#isAwaited = false
    return this.#isHeld
  }

  /** The next one comes in a moment: whoever answers when nobody is there waits for it, and ends of calls that ring are kept for it. */
  async handOver(ari: Ari): Promise<void> {
    if (this.#isHeld) await ari.setGlobal(handedOverVariable, String(Math.floor((await ari.ping()) / 1000)))
  }

  /** Says that nobody drives the PBX any more, so that the next one need not wait. `handOver`: the next one comes in a moment. */
  async leave(ari: Ari, handOver: boolean): Promise<void> {
    if (!this.#isHeld) return
    // Those ten seconds begin when nobody is there.
    if (handOver) await this.handOver(ari)
    this.#isHeld = false
    this.#hasLeft = true
    if ((await ari.global(ownerVariable)) === this.#name('here')) await ari.setGlobal(ownerVariable, this.#name('left'))
  }

  async #look(ari: Ari): Promise<ClaimFacts> {
    const { owner, clock } = this.#parts
    const name = await ari.global(ownerVariable)
    const beat = await ari.global(beatVariable)
    const now = clock.now()
    const isUnchanged = this.#seen?.name === name && this.#seen.beat === beat
    const since = isUnchanged && this.#seen !== undefined ? this.#seen.since : now
    this.#cannotBeWaitedFor = this.#seen !== undefined && !isUnchanged
    this.#seen = { name, beat, since }
    const named = readOwner(name)
    const isOurs = named !== undefined && isSameOwner(named, owner)
    const handedOver = named === undefined ? '' : await ari.global(handedOverVariable)
    this.#isAwaited = isOurs && handedOver !== ''
    const pbxNow = await ari.ping()
    const ageOf = (seconds: string) => (/^\d+$/.test(seconds) ? pbxNow - Number(seconds) * 1000 : undefined)
    return {
      mine: owner,
      named,
      hasEnded: named !== undefined && hasEnded(named.process),
      handedOverAgeMs: ageOf(handedOver),
      beatAgeMs: ageOf(beat),
      unchangedMs: now - since,
      hasApplication: named === undefined && (await ari.hasApplication()),
      calls: named === undefined || isOurs ? 0 : await countCalls(ari),
    }
  }

  /** Two that find it free in the same moment: the one who wrote last has it, and both see that. */
  async #write(ari: Ari): Promise<void> {
    const { clock, timing } = this.#parts
    // First the heart-beat: a new name beside an old one would look dead.
    await ari.setGlobal(beatVariable, String(Math.floor((await ari.ping()) / 1000)))
    await ari.setGlobal(ownerVariable, this.#name('here'))
    await new Promise<void>(resolve => void clock.wakeAt(clock.now() + timing.claimSettleMs, resolve))
    if ((await ari.global(ownerVariable)) === this.#name('here')) return
    this.#isHeld = false
    throw this.#refusal(await this.#look(ari), 'lives')
  }

  #name(state: 'here' | 'left'): string {
    return writeOwner({ ...this.#parts.owner, state })
  }

  #refusal({ mine, named, calls }: ClaimFacts, verdict: ClaimVerdict): TelephonyError {
    const { nodeId } = this.#parts
    if (verdict === 'calls-left') {
      this.#cannotBeWaitedFor = true
      const line = `${calls} of its calls still go on on PBX "${nodeId}"; nobody but its own database may end them`
      return telephonyError(
        'claimed',
        `the Dialwright daemon on ${named?.host} is gone, but ${line}: start that one again, or wait until they have ended`,
      )
    }
    const who =
      named === undefined || named.databaseId === '-'
        ? 'an older Dialwright, or another program under its name'
        : `another Dialwright daemon, on ${named.host} with ${named.databaseId === mine.databaseId ? 'a copy of this database' : 'another database'}`
    return telephonyError(
      'claimed',
      `PBX "${nodeId}" is driven by ${who}: stop that one first, or give this one a PBX of its own; nothing was touched there`,
    )
  }
}

async function countCalls(ari: Ari): Promise<number> {
  return (await ari.channels()).filter(({ id }) => callIdOfChannel(id) !== undefined).length
}
