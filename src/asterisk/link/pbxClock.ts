import type { InstantMs } from '../../core/ids.ts'

/** How far back an event may be dated: beyond it the two clocks, not the event, are wrong. */
const ageMaxMs = 2_000

/** Turns the PBX's times into ours. The PBX may be another machine whose clock is off by more than a call's two seconds. */
export interface PbxClock {
  /** Learns from one question: when we asked, what the PBX's clock said, when the answer came. */
  learn(asked: InstantMs, pbxAt: number, answered: InstantMs): void
  /** Our instant of an event of the PBX, never later than `now` and at most 2 s before it. NaN: `now`. */
  instantOf(pbxAt: number, now: InstantMs): InstantMs
  /** Our instant of something that the PBX did long ago. */
  ourInstantOf(pbxAt: number): InstantMs
  /** The PBX's instant of ours. */
  pbxInstantOf(at: InstantMs): number
}

/** Makes one; until it has learned, both clocks are taken for equal. */
export function createPbxClock(): PbxClock {
  let offsetMs = 0
  return {
    learn: (asked, pbxAt, answered) => {
      if (!Number.isFinite(pbxAt)) return
      // The answer was written somewhere between the two: inside that the clocks cannot be told apart.
      if (pbxAt - offsetMs < asked || pbxAt - offsetMs > answered) offsetMs = Math.round(pbxAt - (asked + answered) / 2)
    },
    instantOf: (pbxAt, now) =>
      Number.isFinite(pbxAt) ? Math.min(now, Math.max(now - ageMaxMs, pbxAt - offsetMs)) : now,
    ourInstantOf: pbxAt => pbxAt - offsetMs,
    pbxInstantOf: at => at + offsetMs,
  }
}
