import type { EngineState } from '../core/state.ts'
import { errorMessage } from '../errors.ts'
import type { Log } from '../log.ts'
import type { CampaignStore } from '../ports/campaigns.ts'
import type { Clock } from '../ports/clock.ts'

const saveEveryMs = 5_000

/** Writes campaigns' progress down. */
export interface ProgressSaver {
  /** Now: a start, pause or stop is on disk when it resolves. */
  save(): Promise<void>
  /** Saves a last time and stops. */
  close(): Promise<void>
}

/** Writes down every few seconds whether each campaign runs and what its pacer has learned, so that a restart does not start blind. */
export function startProgressSaver(options: {
  readonly state: Pick<EngineState, 'campaigns'>
  readonly store: Pick<CampaignStore, 'saveCampaignProgress'>
  readonly clock: Clock
  readonly log: Pick<Log, 'warn'>
}): ProgressSaver {
  const { state, store, clock, log } = options
  let cancel = clock.wakeAt(clock.now() + saveEveryMs, tick)

  async function save(): Promise<void> {
    // As they are now, all of them, and in one commit.
    const saving = [...state.campaigns.values()].map(({ settings, state: runState, pacer }) => {
      const running = runState === 'running'
      return store.saveCampaignProgress({ campaignId: settings.campaignId, running, memory: pacer.memory() })
    })
    await Promise.all(saving)
  }

  function tick(): void {
    save().catch(error => log.warn({ error: errorMessage(error) }, 'campaign progress was not saved'))
    cancel = clock.wakeAt(clock.now() + saveEveryMs, tick)
  }

  return {
    save,
    async close() {
      cancel()
      await save().catch(error => log.warn({ error: errorMessage(error) }, 'campaign progress was not saved'))
    },
  }
}
