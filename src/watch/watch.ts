import { statfs } from 'node:fs/promises'
import type { Condition, Findings } from '../core/alarms/alarm.ts'
import type { Judging } from '../core/alarms/conditions.ts'
import type { AlarmCode } from '../core/alarms/kinds.ts'
import {
  type CertificateSeen,
  certificateConditions,
  dataConditions,
  diskConditions,
  guessConditions,
  listConditions,
  type WantedList,
} from '../core/alarms/upkeep.ts'
import { type LawFinder, listsAtSeller } from '../core/compliance/law.ts'
import type { InstantMs } from '../core/ids.ts'
import { hourMs, minuteMs } from '../core/time.ts'
import { errorCode } from '../errors.ts'
import type { Log } from '../log.ts'
import { zoneData } from '../numbers/zoneOffsets.ts'
import type { CampaignSnapshot } from '../ports/engine.ts'
import type { Store } from '../ports/store.ts'
import { headProblem, type SeenHead, tailProblem } from '../store/ledger/tail.ts'
import { certificateAt, tlsAddresses } from './certificates.ts'

/** What is looked at beside the engine, each at its own pace. */
export interface Watch {
  /** What was found at the last looks, judged now. What has not been looked at yet is unknown. */
  findings(judging: Judging): Findings
  close(): void
}

/** What is watched. */
export interface WatchParts {
  readonly log: Pick<Log, 'debug'>
  readonly store: Pick<Store, 'doNotCallLists' | 'ledgerHead' | 'ledgerEntries'>
  /** The folder of the database. */
  readonly folder: string
  readonly laws: LawFinder
  readonly campaigns: () => readonly Pick<CampaignSnapshot, 'settings' | 'state'>[]
  /** Addresses that the configuration names; those of campaigns are looked up. */
  readonly urls: readonly string[]
  /** The date. */
  readonly now: () => InstantMs
  /** The most wrong tokens that one address has sent to the API of late. */
  readonly wrongTokens: () => number
}

/** Something that is looked at now and then. */
interface Looked<Seen> {
  seen: Seen | undefined
  readonly codes: readonly AlarmCode[]
}

const diskEveryMs = 10_000
const listsEveryMs = minuteMs
const ledgerEveryMs = 5 * minuteMs
/** So many of the newest entries: some milliseconds of hashing. */
const tailEntries = 200
const certificatesEveryMs = 6 * hourMs

/** Begins to watch. */
export function startWatch(parts: WatchParts): Watch {
  const { log, laws, now, wrongTokens } = parts
  const timers: NodeJS.Timeout[] = []

  /** Looks at once and again and again; one look at a time. What cannot be looked at is as it was. */
  function every<Seen>(everyMs: number, codes: readonly AlarmCode[], look: () => Promise<Seen>): Looked<Seen> {
    const looked: Looked<Seen> = { seen: undefined, codes }
    let looking = false
    const again = (): void => {
      if (looking) return
      looking = true
      look()
        .then(
          seen => {
            looked.seen = seen
          },
          error => log.debug({ codes, code: errorCode(error) }, 'what is watched could not be looked at'),
        )
        .finally(() => {
          looking = false
        })
    }
    again()
    const timer = setInterval(again, everyMs)
    timer.unref()
    timers.push(timer)
    return looked
  }

  const disk = every(diskEveryMs, ['disk-low'], () => freeBytes(parts.folder))
  const lists = every(listsEveryMs, ['list-missing', 'list-too-old', 'list-ageing'], () => parts.store.doNotCallLists())
  const ledger = every(ledgerEveryMs, ['ledger-broken'], createTailLook(parts.store))
  const certificates = every(certificatesEveryMs, ['certificate-bad', 'certificate-expiring'], () =>
    certificatesOf([...parts.urls, ...webhooksOf(parts)]),
  )
  const data = {
    zonesAt: Date.parse(zoneData.published),
    rulesAt: Math.max(...laws.book.jurisdictions.flatMap(({ rules }) => rules.map(({ date }) => Date.parse(date)))),
  }
  return {
    findings(judging) {
      const found: Condition[] = [...guessConditions(wrongTokens()), ...dataConditions(data, now())]
      if (disk.seen !== undefined) found.push(...diskConditions(disk.seen, judging))
      if (lists.seen !== undefined) found.push(...listConditions(wantedLists(parts), lists.seen, now()))
      if (certificates.seen !== undefined) found.push(...certificateConditions(certificates.seen, now(), judging))
      if (typeof ledger.seen === 'string') found.push({ code: 'ledger-broken', says: ledger.seen })
      const unseen = [disk, lists, ledger, certificates].filter(({ seen }) => seen === undefined)
      return { conditions: found, unknown: unseen.flatMap(({ codes }) => codes.map(code => ({ code }))) }
    },
    close() {
      for (const timer of timers) clearInterval(timer)
    },
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** Looks at the ledger's newest entries: what is wrong with them, or `null`. A head that was seen is held against the next look. */
function createTailLook(store: WatchParts['store']): () => Promise<string | null> {
  let seen: SeenHead | undefined
  return async () => {
    const head = await store.ledgerHead()
    const entries = await store.ledgerEntries(Math.max(0, head.seq - tailEntries), tailEntries)
    const [same] = seen === undefined ? [] : await store.ledgerEntries(seen.seq - 1, 1)
    const problem = tailProblem(entries) ?? (seen && headProblem(seen, { head, same }))
    if (problem === undefined) seen = { seq: head.seq, hash: head.hash }
    return problem ?? null
  }
}

/** Lists of the sellers' own places that the law wants of campaigns that run. */
function wantedLists({ laws, campaigns, now }: WatchParts): readonly WantedList[] {
  return campaigns()
    .filter(({ state }) => state === 'running')
    .flatMap(({ settings: { campaignId, seller, purpose } }) =>
      listsAtSeller(laws, { place: seller.place, purpose }, now()).map(rule => ({ campaignId, rule })),
    )
}

function webhooksOf({ campaigns }: WatchParts): readonly string[] {
  return campaigns().flatMap(({ settings: { webhookUrl } }) => (webhookUrl === undefined ? [] : [webhookUrl]))
}

async function certificatesOf(urls: readonly string[]): Promise<readonly CertificateSeen[]> {
  const seen = await Promise.all(tlsAddresses(urls).map(certificateAt))
  return seen.filter(certificate => certificate !== undefined)
}
