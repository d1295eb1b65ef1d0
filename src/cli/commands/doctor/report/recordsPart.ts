import type { CampaignSettings } from '../../../../core/campaigns/campaign.ts'
import { dayMs } from '../../../../core/time.ts'
import { OperatingError } from '../../../../errors.ts'
import type { CallRecord } from '../../../../ports/attempts.ts'
import { type HistoryReader, openHistory } from '../../../../store/sqlite/history.ts'
import type { Words } from './configPart.ts'
import { instantOf, type Plain } from './plain.ts'

/** Of each campaign so many of its newest calls are counted. */
const callsMax = 2_000

/** What the database holds, counted; whether a daemon runs or not. Undefined: it cannot be read. */
export function recordsPart(file: string, words: Words, now: number): Plain {
  try {
    const history = openHistory(file)
    try {
      return countsOf(history, words, now)
    } finally {
      history.close()
    }
  } catch (error) {
    if (!(error instanceof OperatingError)) throw error
    return undefined
  }
}

function countsOf(history: HistoryReader, words: Words, now: number): Plain {
  const { prover } = words
  return {
    agents: history.agents().length,
    lists: history.doNotCallLists().map(({ kind, place, asOf, numbers }) => ({
      kind: prover.word(kind),
      place: prover.word(place),
      days: Math.floor((now - asOf) / dayMs),
      numbers,
    })),
    campaigns: history.campaigns().map(({ settings, counters }) => {
      const { campaignId } = settings
      const { attempts, answered, answeredByPerson, connected, abandoned, doNotCallBlocked } = counters
      const { total, dialable, finished } = history.leadCounts(campaignId)
      return {
        campaign: words.names.of('campaign', campaignId),
        settings: settingsPart(settings, words),
        counters: { attempts, answered, answeredByPerson, connected, abandoned, doNotCallBlocked },
        leads: { total, dialable, finished },
        newestCalls: endsOf(history.calls({ campaignId, limit: callsMax }), words),
      }
    }),
  }
}

function settingsPart(settings: CampaignSettings, { prover, names }: Words): Plain {
  const { pacing, retry, callingHours } = settings
  return {
    place: prover.word(settings.seller.place),
    purpose: prover.word(settings.purpose),
    consent: prover.word(settings.consent),
    countries: settings.countries?.map(country => prover.word(country)),
    mode: prover.word(pacing.mode),
    abandonmentTarget: pacing.abandonmentTarget,
    abandonmentRateMax: pacing.abandonmentRateMax,
    dialLevelMax: pacing.dialLevelMax,
    trunks: settings.trunkIds.map(trunkId => names.of('trunk', trunkId)),
    callerIds: settings.callerIds.length,
    ringTimeoutMs: settings.ringTimeoutMs,
    waitMaxMs: settings.waitMaxMs,
    wrapUpTimeoutMs: settings.wrapUpTimeoutMs,
    wrapUpCodes: Object.keys(settings.wrapUpCodes).length,
    maxCallMs: settings.maxCallMs,
    attemptsMax: retry.attemptsMax,
    hours: {
      startMinute: callingHours.startMinute,
      endMinute: callingHours.endMinute,
      weekdays: [...callingHours.weekdays],
    },
    attemptLimits: settings.attemptLimits.length,
    listMix: settings.listMix.length,
    filter: settings.filter !== undefined,
    webhook: settings.webhookUrl !== undefined,
    ownWho: settings.respectLine?.whoSound !== undefined,
    dayCaps: settings.dayCaps && { attemptsMax: settings.dayCaps.attemptsMax, minutesMax: settings.dayCaps.minutesMax },
    shortCallRateMax: settings.shortCallRateMax,
  }
}

/** Calls by trunk, end and SIP code, the most first, and when the newest was. */
function endsOf(calls: Iterable<CallRecord>, { prover, names }: Words): Plain {
  const counts = new Map<string, { readonly call: CallRecord; calls: number }>()
  let newest: number | undefined
  for (const call of calls) {
    newest ??= call.originatedAt
    const key = [call.trunkId, call.end?.disposition, call.end?.sipCode].join(' ')
    const count = counts.get(key) ?? { call, calls: 0 }
    count.calls += 1
    counts.set(key, count)
  }
  const ends = [...counts.values()]
    .sort((one, other) => other.calls - one.calls)
    .map(({ call: { trunkId, end }, calls }) => ({
      trunk: names.of('trunk', trunkId),
      disposition: prover.word(end?.disposition),
      sipCode: end?.sipCode,
      calls,
    }))
  return { newestAt: newest === undefined ? undefined : instantOf(newest), ends }
}
