import type { Call } from '../core/calls/call.ts'
import { given } from '../core/given.ts'
import type { InstantMs } from '../core/ids.ts'
import type { Input } from '../core/inputs.ts'
import type { EngineState } from '../core/state.ts'
import type { Log } from '../log.ts'
import type { Clock } from '../ports/clock.ts'
import type { DrainEnd, DrainOrder, DrainSnapshot } from '../ports/engine.ts'

/*
 * How dialing ends in order. From the first moment on nothing is originated; what rings, waits and talks goes on.
 *
 *     dialing --begin--> draining --nothing is left to wait for, or the deadline--> drained --finish: the daemon ends, or stays
 *        ^                  |                                                          |
 *        +------cancel------+----------------------------cancel, where it stays--------+
 *
 * What is waited for: for an end, every call and every wrap-up; for a hand-over, only orders on their way to the PBX, whoever has answered
 * and is not with an agent yet (where the next daemon stands ready, only who is being joined), and until its deadline phones that ring and
 * wrap-ups: who talks stays on the PBX, and the next start takes them up. Nothing of this outlives the process. Once the process ends, of a drain that is over or because it is told to stop, nothing is taken back and nothing begun:
 * what would be dialed then is cut off a moment later.
 */

/** Whoever has answered has an agent or the message after two seconds. */
const handOverMaxMs = 2_500
/** A call that is cut off at the deadline, or withdrawn where it still rings (15 s by law), is gone after so long. */
const cutMaxMs = 20_000

/** The drain of a dialer. */
export interface Drain {
  /** Absent: the process is ending, nothing is begun. */
  begin(order: DrainOrder): DrainSnapshot | undefined
  /** Dials again. False: the process is ending, nothing is taken back. */
  cancel(): boolean
  /** The process is to end: it is drained, and from now on nobody changes that. */
  stop(): void
  snapshot(): DrainSnapshot | undefined
  /** How the drain that is under way ends; at once where none is. */
  end(): Promise<DrainEnd>
  /** The process stops: whoever waits is told how far it came. */
  close(): void
}

interface DrainParts {
  readonly clock: Clock
  readonly state: EngineState
  readonly log: Pick<Log, 'info' | 'warn'>
  submit(input: Extract<Input, { kind: 'drain' | 'call-hang-up' }>): unknown
  /** Resolves with true as soon as the state is so, with false at this instant. */
  until(holds: (state: EngineState) => boolean, at?: InstantMs): Promise<boolean>
  /** Resolves when no order is on its way to the PBX. */
  ordersSettled(): Promise<void>
  /** A drain that ends the process has come to its end. */
  over(end: { readonly handOver: boolean; readonly toNext: boolean }): void
}

interface Run {
  readonly order: DrainOrder
  readonly since: InstantMs
  readonly deadlineAt: InstantMs | undefined
  state: DrainSnapshot['state']
  cut: number
  readonly waiting: ((end: DrainEnd) => void)[]
}

/** Makes the drain of a dialer that dials. */
export function createDrain(parts: DrainParts): Drain {
  const { clock, state, log, submit } = parts
  let run: Run | undefined
  let stopping = false

  /** Whether the process ends whatever is asked. */
  function isEnding(): boolean {
    return stopping || (run?.state === 'drained' && run.order.finish !== 'stay')
  }

  async function follow(one: Run): Promise<void> {
    const isHandOver = one.order.finish === 'hand-over'
    const inTime = await parts.until(isHandOver ? isTalkAlone : isQuiet, one.deadlineAt)
    if (run !== one) return
    if (isHandOver) {
      await untilLetGo(parts, one.order.nextIsReady === true ? isNobodyJoined : isNobodyBetween)
      if (run !== one) return
    } else if (!inTime) {
      one.cut = cutOff(state, submit)
      log.warn({ cut: one.cut }, 'the deadline of the drain is here: calls are ended')
      await parts.until(({ calls }) => calls.size === 0, clock.now() + cutMaxMs)
      if (run !== one) return
    }
    one.state = 'drained'
    log.info({ cut: one.cut, calls: state.calls.size }, 'the daemon is drained')
    tellWaiting(state, one, 'drained')
    if (one.order.finish !== 'stay') parts.over({ handOver: isHandOver, toNext: one.order.nextIsReady === true })
  }

  function begin(order: DrainOrder): DrainSnapshot {
    const now = clock.now()
    const before = run
    const lastMs = order.deadlineMs ?? (order.finish === 'hand-over' ? 0 : undefined)
    const deadlineAt = lastMs === undefined ? undefined : now + lastMs
    const { waiting = [], since = now, cut = 0 } = before ?? {}
    const one: Run = { order, since, deadlineAt, state: 'draining', cut, waiting }
    run = one
    log.info({ ...order }, 'nothing more is dialed: the daemon is drained')
    submit({ kind: 'drain', on: true })
    void follow(one)
    return snapshotOf(state, one)
  }

  return {
    begin: order => (isEnding() ? undefined : begin(order)),
    cancel() {
      if (isEnding()) return false
      const before = run
      if (before === undefined) return true
      run = undefined
      log.info({}, 'the drain is cancelled: campaigns dial as they are set')
      submit({ kind: 'drain', on: false })
      tellWaiting(state, before, 'cancelled')
      return true
    },
    stop() {
      if (run === undefined) begin({ finish: 'end' })
      stopping = true
    },
    snapshot: () => run && snapshotOf(state, run),
    end() {
      const one = run
      if (one?.state === 'draining') return new Promise(resolve => one.waiting.push(resolve))
      return Promise.resolve(one === undefined ? endOf(state, 'none') : endOf(state, 'drained', one))
    },
    close() {
      if (run !== undefined) tellWaiting(state, run, 'stopped')
    },
  }
}

/** Orders have reached the PBX, and nobody is left half-way; or that takes too long. */
async function untilLetGo({ clock, until, ordersSettled }: DrainParts, holds: (state: EngineState) => boolean) {
  const at = clock.now() + handOverMaxMs
  let cancel = (): void => {}
  const late = new Promise<void>(resolve => {
    cancel = clock.wakeAt(at, resolve)
  })
  await Promise.race([ordersSettled(), late])
  cancel()
  await until(holds, at)
}

function tellWaiting(state: EngineState, one: Run, how: DrainEnd['how']): void {
  const end = endOf(state, how, one)
  for (const tell of one.waiting.splice(0)) tell(end)
}

function endOf(state: EngineState, how: DrainEnd['how'], one?: Run): DrainEnd {
  const { calls, talks } = countsOf(state)
  return { how, cut: one?.cut ?? 0, left: calls, talks, ...given({ finish: one?.order.finish }) }
}

function snapshotOf(engine: EngineState, { order, since, deadlineAt, cut, state }: Run): DrainSnapshot {
  return { state, finish: order.finish, since, cut, ...countsOf(engine), ...given({ deadlineAt }) }
}

/** Nobody is on the line, and nobody writes up whom they talked with. */
function isQuiet(state: EngineState): boolean {
  return state.calls.size === 0 && isNobodyWriting(state)
}

function isNobodyWriting({ agents }: EngineState): boolean {
  for (const { phase } of agents.values()) if (phase.state === 'wrap-up') return false
  return true
}

/** Nobody can answer while no daemon is there, and no wrap-up is lost. */
function isTalkAlone(state: EngineState): boolean {
  if (!isNobodyBetween(state) || !isNobodyWriting(state)) return false
  for (const { phase } of state.calls.values())
    if (phase.state === 'ringing' || phase.state === 'originating') return false
  return true
}

/** Nobody is between two hands: whoever has answered is with an agent or hears the message. */
function isNobodyBetween({ calls }: EngineState): boolean {
  for (const call of calls.values()) if (isBetween(call)) return false
  return true
}

function isBetween(call: Call): boolean {
  const { state } = call.phase
  return isBeingJoined(call) || state === 'waiting' || state === 'screening'
}

/** What was begun with two legs is done. */
function isNobodyJoined({ calls }: EngineState): boolean {
  for (const call of calls.values()) if (isBeingJoined(call)) return false
  return true
}

function isBeingJoined({ phase }: Call): boolean {
  return phase.state === 'connected' && phase.connectedAt === undefined
}

function isTalk({ phase }: Call): boolean {
  return phase.state === 'connected'
}

/** Ends what goes on; gives how many people were in the middle of something. Whoever rings is let go as soon as the law lets them. */
function cutOff({ calls }: EngineState, submit: DrainParts['submit']): number {
  let cut = 0
  for (const call of [...calls.values()]) {
    if (isTalk(call) || call.phase.state === 'informing') cut += 1
    submit({ kind: 'call-hang-up', callId: call.callId })
  }
  return cut
}

function countsOf({ calls, agents }: EngineState): Pick<DrainSnapshot, 'calls' | 'talks' | 'wrapUps'> {
  let talks = 0
  let wrapUps = 0
  for (const call of calls.values()) if (isTalk(call)) talks += 1
  for (const { phase } of agents.values()) if (phase.state === 'wrap-up') wrapUps += 1
  return { calls: calls.size, talks, wrapUps }
}
