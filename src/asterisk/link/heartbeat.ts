import { errorCode } from '../../errors.ts'
import type { NodeContext } from '../context.ts'
import { beatVariable, type Claim } from './claim.ts'
import type { PbxClock } from './pbxClock.ts'

/** Whose the PBX is, and what to do when it is ours no more. */
export interface Claimed {
  readonly claim: Claim
  lostClaim(): void
}

/** Says to the PBX that somebody cares for the calls: its watchdog ends orphans when this stops, and others may take it. */
export class Heartbeat {
  readonly #context: NodeContext
  readonly #pbxClock: PbxClock
  readonly #claimed: Claimed
  #cancelTimer = () => {}

  constructor(context: NodeContext, pbxClock: PbxClock, claimed: Claimed) {
    this.#context = context
    this.#pbxClock = pbxClock
    this.#claimed = claimed
  }

  start(): void {
    this.stop()
    this.#beat()
  }

  stop(): void {
    this.#cancelTimer()
  }

  #beat(): void {
    const { clock, timing } = this.#context
    const now = clock.now()
    this.#cancelTimer = clock.wakeAt(now + timing.heartbeatEveryMs, () => this.#beat())
    // In the PBX's own time: its watchdog compares it with its own clock.
    const seconds = Math.floor(this.#pbxClock.pbxInstantOf(now) / 1000)
    this.#write(String(seconds)).catch(error => this.#context.log.debug({ code: errorCode(error) }, 'no heart-beat'))
  }

  async #write(value: string): Promise<void> {
    const { clock } = this.#context
    const ari = this.#context.ari()
    if (!(await this.#claimed.claim.isStillOurs(ari))) return this.#claimed.lostClaim()
    await ari.setGlobal(beatVariable, value)
    const asked = clock.now()
    this.#pbxClock.learn(asked, await ari.ping(), clock.now())
  }
}
