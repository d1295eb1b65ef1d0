import type { AgentFileChange } from '../core/agents/agentFile.ts'
import type { DayCaps } from '../core/campaigns/campaign.ts'
import { createEngineState } from '../core/engine.ts'
import type { InstantMs } from '../core/ids.ts'
import type { EngineState } from '../core/state.ts'
import { errorMessage, StoreError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { EngineGateway } from '../ports/engine.ts'
import { createDays } from './days.ts'
import { EngineLoop } from './loop.ts'
import type { DialerOptions } from './options.ts'
import { startProgressSaver } from './progress.ts'
import { restore, takeInAgents } from './recovery.ts'

/** What the last calls have to say is written within a moment, or not at all. */
const writingMs = 700

/** What of a configuration may change while calls are made: from the next decision on it holds; calls on their way are not touched. */
export interface LiveSettings {
  /** Those that there are, each with what holds from now on. */
  readonly trunks: DialerOptions['trunks']
  readonly respectLine: { readonly callsMax: number }
  readonly dayCaps: DayCaps
}

/** The running engine: inbox, step, effects, and waiting for the next deadline or input. */
export interface Dialer {
  readonly gateway: EngineGateway
  /** A drain that is to end the process has come to its end. */
  readonly drained: Promise<DrainedForGood>
  /** Restores what a previous run left, then links up and dials. Gives what the configuration file has changed of the agents. */
  start(): Promise<readonly AgentFileChange[]>
  /** Other settings while calls are made. */
  reconfigure(settings: LiveSettings): Promise<void>
  /** Agents follow the configuration file. Gives what that has changed. */
  takeInAgents(file: DialerOptions['agents']): Promise<readonly AgentFileChange[]>
  /**
   * Originates nothing more, waits up to `graceMs` for calls that ring or talk, then lets go, whatever the store does. `handOver`: the
   * PBXs keep for the next run what is not heard here any more. Idempotent.
   * @throws StoreError `not-written`: it has not taken everything in time
   */
  stop(options: StopOptions): Promise<void>
}

/** `handOver`: the PBX keeps calls for the next start; `toNext`: which stands ready, and has asked for it. */
interface DrainedForGood {
  readonly handOver: boolean
  readonly toNext: boolean
}

interface StopOptions {
  readonly graceMs: number
  readonly handOver?: boolean
}

/** Makes the loop that joins the deterministic engine to its ports. The same in simulation and production. */
export function createDialer(options: DialerOptions): Dialer {
  return assembleDialer(options).dialer
}

/** A dialer, and the state of its engine, live: for tests alone. */
export function assembleDialer(options: DialerOptions): { readonly dialer: Dialer; readonly state: EngineState } {
  const { store, clock, log } = options
  const state = createEngineState(options.callIdPrefix, options.createPacer, options.laws)
  const saver = startProgressSaver({ state, store, clock, log })
  const loop = new EngineLoop(state, options, {
    saveProgress: saver.save,
    drained: end => tellDrained(end),
    dateStepped: () =>
      void days
        .start()
        .catch(error => log.error({ error: errorMessage(error) }, 'what was used up of the day was not counted')),
  })
  const days = createDays(options, options.dayLimits, input => loop.submit(input))
  let tellDrained = (_: DrainedForGood): void => {}
  const drained = new Promise<DrainedForGood>(resolve => {
    tellDrained = resolve
  })
  let stopping: Promise<void> | undefined

  async function stop({ graceMs, handOver = false }: StopOptions): Promise<void> {
    const until = clock.now() + graceMs
    // A store that does not answer holds nobody up.
    const saved = saver.close()
    days.close()
    // What stops now is no alarm.
    loop.alarms.close()
    // Campaigns stay as they are: the next start goes on with them.
    loop.drainToStop()
    await loop.drained(until)
    if (handOver) await handOverTo(options.telephonies)
    loop.close()
    const written = Promise.all([saved, loop.runner.settled()])
    if (await isInTime(written, { clock, until: until + writingMs })) return
    const records = loop.runner.unwritten()
    throw new StoreError(
      'not-written',
      `the time to stop is over, and the store has not taken everything (${records} records of calls wait): the next start closes what is open`,
    )
  }

  const dialer: Dialer = {
    gateway: gatewayOf(loop),
    drained,
    async start() {
      await days.start()
      const agentChanges = await restore(options, input => loop.submit(input))
      loop.runner.obstacles.start()
      loop.alarms.start()
      for (const telephony of options.telephonies) telephony.start(event => void loop.submit(event))
      return agentChanges
    },
    async reconfigure({ trunks, respectLine, dayCaps }) {
      loop.submit({ kind: 'trunks', trunks })
      loop.submit({ kind: 'respect-line', ...respectLine })
      await days.setCaps(dayCaps)
    },
    takeInAgents: file => takeInAgents({ options, submit: input => loop.submit(input) }, file),
    stop(how) {
      stopping ??= stop(how)
      return stopping
    },
  }
  return { dialer, state }
}

/** A PBX that cannot be told keeps nothing; nobody waits for it. */
async function handOverTo(telephonies: DialerOptions['telephonies']): Promise<void> {
  await Promise.allSettled(telephonies.map(telephony => telephony.handOver?.()))
}

/** Whether the work is done before the time is over. */
function isInTime(work: Promise<unknown>, { clock, until }: { clock: Clock; until: InstantMs }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const cancel = clock.wakeAt(until, () => resolve(false))
    work.then(() => resolve(true), reject).finally(cancel)
  })
}

/** The gateway's methods and no others: the loop has more, and holds what changes. */
function gatewayOf(loop: EngineGateway): EngineGateway {
  return Object.freeze<EngineGateway>({
    command: asked => loop.command(asked),
    refuse: refusal => loop.refuse(refusal),
    drain: order => loop.drain(order),
    cancelDrain: () => loop.cancelDrain(),
    drainEnd: () => loop.drainEnd(),
    draining: () => loop.draining(),
    release: release => loop.release(release),
    subscribe: listener => loop.subscribe(listener),
    now: () => loop.now(),
    laws: loop.laws,
    board: () => loop.board(),
    counts: () => loop.counts(),
    alarmDesk: loop.alarmDesk,
    campaigns: () => loop.campaigns(),
    campaign: campaignId => loop.campaign(campaignId),
    agents: () => loop.agents(),
    agent: agentId => loop.agent(agentId),
    call: callId => loop.call(callId),
    callCount: () => loop.callCount(),
    isInFlight: number => loop.isInFlight(number),
    decisions: (campaignId, limit) => loop.decisions(campaignId, limit),
    lastRecord: campaignId => loop.lastRecord(campaignId),
  })
}
