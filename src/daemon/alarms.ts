import { dirname } from 'node:path'
import type { Config } from '../config.ts'
import type { LawFinder } from '../core/compliance/law.ts'
import { given } from '../core/given.ts'
import { createAlarmPost } from '../crm/alarmPost.ts'
import { keepAlarmsIn } from '../dialer/alarms/alarmFile.ts'
import type { Log } from '../log.ts'
import type { AlarmOptions } from '../ports/alarms.ts'
import { type Clock, dateOf } from '../ports/clock.ts'
import type { EngineReads } from '../ports/engine.ts'
import type { Store } from '../ports/store.ts'
import { startWatch, type Watch } from '../watch/watch.ts'

/** The alarms of a daemon before its engine and its API are there: they are watched when both are. */
export interface DaemonAlarms {
  readonly options: AlarmOptions
  /** Begins to watch what is beside the engine. */
  watch(parts: { readonly gateway: EngineReads; readonly wrongTokens: () => number }): void
  close(): Promise<void>
}

interface AlarmParts {
  readonly log: Log
  readonly store: Store
  readonly laws: LawFinder
  readonly clock: Clock
}

/** Puts together where alarms are kept, whom they are sent to, and what is watched. */
export function openAlarms(config: Config, { log, store, laws, clock }: AlarmParts): DaemonAlarms {
  const { thresholds, webhook } = config.alarms
  const keeper = keepAlarmsIn(`${config.store.path}-alarms`, log)
  let watching: Watch | undefined
  const named = [webhook?.url, config.api.url].filter(url => url !== undefined)
  const urls = [...config.nodes.map(({ ari }) => ari.url), ...named]
  return {
    options: {
      thresholds,
      keeper,
      ...given({ post: webhook && createAlarmPost(webhook) }),
      watched: judging => watching?.findings(judging) ?? { conditions: [], unknown: [] },
    },
    watch({ gateway, wrongTokens }) {
      watching = startWatch({
        log,
        store,
        laws,
        folder: dirname(config.store.path),
        campaigns: () => gateway.campaigns(),
        urls,
        now: () => dateOf(clock),
        wrongTokens,
      })
    },
    async close() {
      watching?.close()
      await keeper.settled()
    },
  }
}
