import { type Static, Type } from 'typebox'

/** Longer is no call. */
const secondsMax = 24 * 60 * 60
/** A packet each 10 ms is as dense as sound is sent. */
const packetsMax = secondsMax * 100
const milliseconds = Type.Number({ minimum: 0, maximum: 60_000 })
const share = Type.Number({ minimum: 0, maximum: 1 })

const spread = Type.Object(
  { p50: milliseconds, p95: milliseconds, max: milliseconds },
  { additionalProperties: false, description: 'Milliseconds: half the time, 95 % of it, and never above.' },
)

/** How an agent's line was over one call, as their phone has counted it. */
export const lineSchema = Type.Object(
  {
    /** For how long it was looked at. */
    seconds: Type.Number({ minimum: 0, maximum: secondsMax }),
    /** Packets of sound that came. */
    packets: Type.Integer({ minimum: 0, maximum: packetsMax }),
    /** Share 0..1 of those that should have come. */
    lossRate: share,
    jitterMs: spread,
    /** To the PBX and back; absent: not known. */
    roundTripMs: Type.Optional(spread),
    /** Mean levels 0..1 of what came and of the microphone. */
    heard: share,
    said: share,
  },
  { additionalProperties: false },
)
/** How a line was, as it is sent. */
export type LineBody = Static<typeof lineSchema>
