import type { FigureSpread, LineFigures } from '../../core/calls/lineFigures.ts'
import { given } from '../../core/given.ts'
import type { LineCounts } from './quality.ts'

/** What has been seen of the line in one call. */
export interface CallLine {
  readonly callId: string
  looks: number
  packets: number
  lost: number
  heard: number
  said: number
  readonly jitterMs: number[]
  readonly roundTripMs: number[]
}

/** Looks beyond these, two hours of them, count in the sums alone. */
const spreadLooksMax = 7_200

/** Nothing has been seen yet. */
export function newCallLine(callId: string): CallLine {
  return { callId, looks: 0, packets: 0, lost: 0, heard: 0, said: 0, jitterMs: [], roundTripMs: [] }
}

/** Adds what has come between two looks of one connection. */
export function addLook(line: CallLine, before: LineCounts, now: LineCounts): void {
  line.looks += 1
  line.packets += Math.max(0, now.received - before.received)
  line.lost += Math.max(0, now.lost - before.lost)
  line.heard += now.heard
  line.said += now.said
  if (line.looks > spreadLooksMax) return
  line.jitterMs.push(now.jitterMs)
  if (now.roundTripMs !== undefined) line.roundTripMs.push(now.roundTripMs)
}

/** Sums the call up; undefined: it was too short to see anything. `everyMs`: between two looks. */
export function figuresOf(line: CallLine, everyMs: number): LineFigures | undefined {
  const { looks, packets, lost, heard, said } = line
  const jitterMs = spreadOf(line.jitterMs)
  if (looks === 0 || jitterMs === undefined) return undefined
  return {
    seconds: Math.round((looks * everyMs) / 1_000),
    packets,
    lossRate: packets + lost === 0 ? 0 : rounded(lost / (packets + lost), 4),
    jitterMs,
    ...given({ roundTripMs: spreadOf(line.roundTripMs) }),
    heard: rounded(heard / looks, 4),
    said: rounded(said / looks, 4),
  }
}

/** Nearest rank. */
function spreadOf(values: readonly number[]): FigureSpread | undefined {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => rounded(sorted[Math.ceil(share * sorted.length) - 1] ?? 0, 1)
  return { p50: at(0.5), p95: at(0.95), max: at(1) }
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
