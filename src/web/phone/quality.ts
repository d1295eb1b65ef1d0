import { type LineLight, lineLight } from '../../core/calls/lineFigures.ts'

/** How a line is, from what was counted over a time. */
export interface LineQuality {
  readonly light: LineLight
  /** 0..1, of what came. */
  readonly lossRatio: number
  readonly jitterMs: number
  /** To the PBX and back; undefined: not known yet. */
  readonly roundTripMs: number | undefined
  /** 0..1, of what came and of the microphone. */
  readonly heard: number
  readonly said: number
}

/** What of a connection's figures is looked at. */
export interface LineCounts {
  readonly received: number
  readonly lost: number
  readonly jitterMs: number
  readonly roundTripMs: number | undefined
  readonly heard: number
  readonly said: number
  /** How the sound goes, `host udp`; undefined: no way is chosen yet. */
  readonly path: string | undefined
}

/** What a line test has found out. */
export interface LineTest {
  readonly quality: LineQuality
  readonly path: string | undefined
  readonly verdict: LineLight | 'no-microphone-sound' | 'no-echo'
}

/** Quieter than this, of 0..1, is a microphone that is off: people in a silent room are some ten times as loud. */
const quietLevel = 0.001

/** Sums up what was counted while the PBX sent back what was said; undefined: nothing was. */
export function verdictOf(looks: readonly LineCounts[]): LineTest | undefined {
  const [first] = looks
  const last = looks.at(-1)
  if (first === undefined || last === undefined) return undefined
  const loudest = (of: 'said' | 'heard'): number => Math.max(...looks.map(look => look[of]))
  const quality = { ...qualityOf(first, last), said: loudest('said'), heard: loudest('heard') }
  const { light, said, heard } = quality
  const verdict =
    said < quietLevel ? 'no-microphone-sound' : light !== 'silent' && heard < quietLevel ? 'no-echo' : light
  return { quality, path: last.path, verdict }
}

/** Reads WebRTC's statistics (W3C webrtc-stats). */
export function countsOf(report: Iterable<readonly [string, Readonly<Record<string, unknown>>]>): LineCounts {
  let counts: LineCounts = {
    received: 0,
    lost: 0,
    jitterMs: 0,
    roundTripMs: undefined,
    heard: 0,
    said: 0,
    path: undefined,
  }
  let pathOf: unknown
  const candidates = new Map<unknown, string>()
  for (const [id, entry] of report) {
    const figure = (key: string): number => (typeof entry[key] === 'number' ? Number(entry[key]) : 0)
    if (entry.type === 'inbound-rtp')
      counts = {
        ...counts,
        received: figure('packetsReceived'),
        lost: figure('packetsLost'),
        jitterMs: figure('jitter') * 1000,
        heard: figure('audioLevel'),
      }
    else if (entry.type === 'media-source') counts = { ...counts, said: figure('audioLevel') }
    else if (entry.type === 'local-candidate') candidates.set(id, `${entry.candidateType} ${entry.protocol}`)
    else if (entry.type === 'candidate-pair' && entry.nominated === true) {
      pathOf = entry.localCandidateId
      if ('currentRoundTripTime' in entry) counts = { ...counts, roundTripMs: figure('currentRoundTripTime') * 1000 }
    }
  }
  return { ...counts, path: candidates.get(pathOf) }
}

/** The line between two looks. */
export function qualityOf(before: LineCounts, now: LineCounts): LineQuality {
  const received = now.received - before.received
  const lost = Math.max(0, now.lost - before.lost)
  const lossRatio = received + lost === 0 ? 0 : lost / (received + lost)
  const { jitterMs, roundTripMs, heard, said } = now
  const light = lineLight({ packets: received, lossRate: lossRatio, jitterMs, roundTripMs })
  return { light, lossRatio, jitterMs, roundTripMs, heard, said }
}
