/** Every wait of the adapter, in milliseconds. Tests shorten them; an operator never needs to. */
export interface Timing {
  /** Limit of one request or action. */
  readonly requestTimeoutMs: number
  /** Limit of connecting a link, log-in included. */
  readonly connectTimeoutMs: number
  /** First and longest wait before a link is tried again. Each wait doubles. */
  readonly reconnectMinMs: number
  readonly reconnectMaxMs: number
  /** How often a quiet link is asked whether it lives, and how long it may take to answer. */
  readonly pingEveryMs: number
  readonly pingTimeoutMs: number
  /** How often the heart-beat is written that the PBX's watchdog reads; it calls us dead after 15 s. */
  readonly heartbeatEveryMs: number
  /** Whoever drives the PBX is dead without a heart-beat for so long: longer than the watchdog of the PBX waits for none. */
  readonly ownerDeadAfterMs: number
  /** So long we look for another's heart-beat ourselves, whatever the PBX's clock says: longer than from one to the next. */
  readonly ownerWatchedMs: number
  /** How long a claim on a PBX must stand before it holds: the way of another's request to the PBX. */
  readonly claimSettleMs: number
  /** How often a start looks again whether the PBX's last driver is dead. */
  readonly claimRetryMs: number
  /** How often an idle agent's RTP counter is read. */
  readonly mediaPollEveryMs: number
  /** When after a connect the agent's RTP counter is read, and how long after that once more where it is in doubt. */
  readonly mediaCheckAfterMs: number
  /** How long after a call's end its durable record on the PBX is deleted: the engine has written the end by then. */
  readonly recordKeptMs: number
  /** How long the carrier's answer to a CANCEL is waited for before the call counts as unanswered. */
  readonly finalAnswerMs: number
  /** A call that was answered as it was given up and has not reached us after this hears the message of the PBX. */
  readonly strayAnswerMs: number
}

/** What production runs with. */
export const defaultTiming: Timing = {
  requestTimeoutMs: 5_000,
  connectTimeoutMs: 10_000,
  reconnectMinMs: 200,
  reconnectMaxMs: 5_000,
  pingEveryMs: 5_000,
  pingTimeoutMs: 4_000,
  heartbeatEveryMs: 5_000,
  ownerDeadAfterMs: 15_000,
  ownerWatchedMs: 6_000,
  claimSettleMs: 300,
  claimRetryMs: 500,
  mediaPollEveryMs: 2_000,
  mediaCheckAfterMs: 200,
  recordKeptMs: 5_000,
  finalAnswerMs: 4_000,
  strayAnswerMs: 500,
}

/** The longest factor by which {@link reconnectDelayMs} doubles, so that the exponent cannot overflow. */
const doublingsMax = 20

/**
 * How long to wait before the next try: doubles from the first wait up to the longest, for ever, each between half and
 * the whole of that, so that the links of many nodes do not come back in step. `chance` is 0..1.
 */
export function reconnectDelayMs(
  failures: number,
  timing: Pick<Timing, 'reconnectMinMs' | 'reconnectMaxMs'>,
  chance = Math.random(),
): number {
  const doubled = timing.reconnectMinMs * 2 ** Math.min(Math.max(failures - 1, 0), doublingsMax)
  return Math.round(Math.min(doubled, timing.reconnectMaxMs) * (0.5 + chance / 2))
}
