/** How a line sounds, from its figures. `silent`: nothing came at all. */
export const lineLights = ['good', 'fair', 'poor', 'silent'] as const
/** How a line sounds. */
export type LineLight = (typeof lineLights)[number]

/** What a figure was over a call, milliseconds: half the time not above `p50`, 95 % of it not above `p95`. */
export interface FigureSpread {
  readonly p50: number
  readonly p95: number
  readonly max: number
}

/** How an agent's line was over one call, as their phone has counted it. */
export interface LineFigures {
  /** For how long it was looked at, seconds. */
  readonly seconds: number
  /** Packets of sound that came. */
  readonly packets: number
  /** Share 0..1 of those that should have come. */
  readonly lossRate: number
  readonly jitterMs: FigureSpread
  /** To the PBX and back; absent: not known. */
  readonly roundTripMs?: FigureSpread
  /** Mean levels 0..1 of what came and of the microphone. */
  readonly heard: number
  readonly said: number
}

/** Speech that loses more is no longer good (ITU-T G.1010, table I.1). */
const lossMax = 0.03
/** ITU-T Y.1541, class 0: the network's share of jitter for speech. */
const jitterMaxMs = 50
/** ITU-T G.114: 150 ms one way go unnoticed, 400 ms are the limit; there and back. */
const roundTripFairMs = 300
const roundTripMaxMs = 800

/** How a line sounds that had this. Nothing at all that came is silence, whatever else is well. `roundTripMs` absent: not known. */
export function lineLight(line: {
  readonly packets: number
  readonly lossRate: number
  readonly jitterMs: number
  readonly roundTripMs?: number | undefined
}): LineLight {
  const { packets, lossRate, jitterMs, roundTripMs = 0 } = line
  if (packets === 0) return 'silent'
  if (lossRate > lossMax || jitterMs > jitterMaxMs || roundTripMs > roundTripMaxMs) return 'poor'
  return lossRate > lossMax / 3 || jitterMs > jitterMaxMs / 2 || roundTripMs > roundTripFairMs ? 'fair' : 'good'
}

/** How a line sounded over a call: what it was at its worst for a twentieth of the time. */
export function lightOfCall({ packets, lossRate, jitterMs, roundTripMs }: LineFigures): LineLight {
  return lineLight({ packets, lossRate, jitterMs: jitterMs.p95, roundTripMs: roundTripMs?.p95 })
}
