import { type NotReady, notReady } from '../../api/system.ts'
import type { LineLight } from '../../core/calls/lineFigures.ts'
import { given } from '../../core/given.ts'
import type { CampaignId } from '../../core/ids.ts'
import type { DurationCounts } from '../../core/tally.ts'
import type { PacingReason } from '../../core/vocabulary.ts'
import { zoneData } from '../../numbers/zoneOffsets.ts'
import { isOwnList } from '../../ports/bulkLists.ts'
import type { CampaignCounts, CampaignFigures, EngineBoard, RunCounts } from '../../ports/engine.ts'
import type { LedgerHead } from '../../ports/ledger.ts'
import type { NodeLatency } from '../../ports/measures.ts'
import type { Store } from '../../ports/store.ts'
import type { StoreLoad } from '../../ports/storeWatch.ts'
import type { AppContext } from '../context.ts'
import { inTime, type Life, whyNotReady } from './ready.ts'
import { seriesNames } from './seriesNames.ts'
import { wantedLists } from './wantedLists.ts'

/**
 * Everything that a monitoring system is told, plain. Ids are names of series already: see {@link seriesNames}. Campaigns are those at
 * work, or that have done anything in this run.
 */
export interface Metrics {
  readonly version: string
  readonly rulesVersion: string
  readonly zoneData: typeof zoneData
  readonly board: EngineBoard
  readonly runCounts: RunCounts
  /** Each reason that can keep every call from being made, and whether it does. */
  readonly stopped: readonly { readonly reason: NotReady; readonly holds: boolean }[]
  /** Running campaigns whose last decision dialed nobody, and why. */
  readonly held: readonly { readonly campaignId: CampaignId; readonly reason: PacingReason }[]
  readonly lists: readonly ListFigures[]
  /** Absent: the store could not tell in time. */
  readonly ledgerHead: LedgerHead | undefined
  readonly storeLoad: StoreLoad | undefined
  readonly pbxs: readonly NodeLatency[]
  /** Calls of which the agent's phone has told how the line was. */
  readonly lines: Readonly<Record<LineLight, number>>
  readonly eventLoop: DurationCounts | undefined
  /** What is left out because the store could not tell in time. */
  readonly missing: readonly ('ledger' | 'lists')[]
}

/** An imported do-not-call list, or one that the law of a running campaign wants and nobody has imported. */
export interface ListFigures {
  readonly list: string
  readonly kind: string
  /** The day of its content; absent: there is none. */
  readonly asOf?: number
  readonly numbers: number
  /** How old the law of running campaigns lets it be; absent: no law asks for it. */
  readonly ageMaxMs?: number
}

/** Who scrapes waits a few seconds; a store that hangs must not hide everything else. */
const storeMaxMs = 1_000

type Asked = Pick<AppContext, 'gateway' | 'store' | 'measures' | 'lines'> & Life & { readonly version: string }

/** Gathers it, at the moment of the asking, from what is at hand. */
export async function gatherMetrics(context: Asked): Promise<Metrics> {
  const { gateway, store, measures } = context
  const [states, ledgerHead] = await Promise.all([
    inTime(store.doNotCallLists(), storeMaxMs).catch(() => undefined),
    inTime(store.ledgerHead(), storeMaxMs).catch(() => undefined),
  ])
  const board = gateway.board()
  const reasons = new Set(whyNotReady(gateway, board, context))
  const named = namesOf(board)
  const counts = gateway.counts()
  const active = new Set(counts.campaigns.map(({ campaignId }) => campaignId))
  const campaigns = board.campaigns.filter(one => isAtWork(one) || active.has(one.campaignId))
  return {
    version: context.version,
    rulesVersion: gateway.laws.book.version,
    zoneData,
    board: boardUnder(named, board, campaigns),
    runCounts: countsUnder(named, counts),
    stopped: notReady.map(reason => ({ reason, holds: reasons.has(reason) })),
    held: campaigns.flatMap(one => heldBy(gateway, one)).map(one => underCampaign(named, one)),
    lists: states === undefined ? [] : listFigures(context, states),
    ledgerHead,
    storeLoad: store.load?.(),
    pbxs: (measures?.pbxs() ?? []).map(one => ({ ...one, nodeId: named.node(one.nodeId) })),
    lines: context.lines.counts(),
    eventLoop: measures?.eventLoop(),
    missing: [...(states === undefined ? (['lists'] as const) : []), ...(ledgerHead ? [] : (['ledger'] as const))],
  }
}

function isAtWork({ state, calls }: CampaignFigures): boolean {
  return state !== 'stopped' || Object.values(calls).some(count => count > 0)
}

function heldBy(gateway: Asked['gateway'], { campaignId, state }: CampaignFigures) {
  const [last] = state === 'running' ? gateway.decisions(campaignId, 1) : []
  return last === undefined || last.decision.originate > 0 ? [] : [{ campaignId, reason: last.decision.reason }]
}

interface Names {
  readonly campaign: (id: string) => string
  readonly trunk: (id: string) => string
  readonly node: (id: string) => string
}

/** A trunk's place is its place in the configuration, a campaign's is when it was first applied. */
function namesOf({ campaigns, trunks, nodes }: EngineBoard): Names {
  const orGone = (ids: readonly string[]) => {
    const nameOf = seriesNames(ids)
    return (id: string) => nameOf(id) ?? '(gone)'
  }
  return {
    campaign: orGone(campaigns.map(({ campaignId }) => campaignId)),
    trunk: orGone(trunks.map(({ trunkId }) => trunkId)),
    node: orGone(nodes.map(({ nodeId }) => nodeId)),
  }
}

function underCampaign<Row extends { readonly campaignId: CampaignId }>({ campaign }: Names, row: Row): Row {
  return { ...row, campaignId: campaign(row.campaignId) }
}

function boardUnder(named: Names, board: EngineBoard, campaigns: EngineBoard['campaigns']): EngineBoard {
  const { nodes, trunks } = board
  return {
    ...board,
    nodes: nodes.map(one => ({ ...one, nodeId: named.node(one.nodeId) })),
    trunks: trunks.map(one => ({ ...one, trunkId: named.trunk(one.trunkId), nodeId: named.node(one.nodeId) })),
    campaigns: campaigns.map(one => underCampaign(named, one)),
  }
}

/** Calls of an earlier run may have gone over trunks that are no more: they are one series together. */
function countsUnder(named: Names, { trunkCalls, campaigns, recordsWaiting }: RunCounts): RunCounts {
  const together = new Map<string, RunCounts['trunkCalls'][number]>()
  for (const one of trunkCalls) {
    const trunkId = named.trunk(one.trunkId)
    const key = `${trunkId} ${one.disposition}`
    together.set(key, { ...one, trunkId, calls: one.calls + (together.get(key)?.calls ?? 0) })
  }
  const known = campaigns.filter(({ campaignId }) => named.campaign(campaignId) !== '(gone)')
  const renamed = known.map((one): CampaignCounts => underCampaign(named, one))
  return { recordsWaiting, trunkCalls: [...together.values()], campaigns: renamed }
}

function listFigures({ gateway }: Asked, states: Awaited<ReturnType<Store['doNotCallLists']>>): readonly ListFigures[] {
  const imported = states.filter(({ name }) => !isOwnList(name)).sort((one, other) => (one.name < other.name ? -1 : 1))
  const nameOf = seriesNames(imported.map(({ name }) => name))
  const wanted = wantedLists(gateway)
  const there = imported.map(({ name, kind, place, asOf, numbers }): ListFigures => {
    const ageMaxMs = place === undefined ? undefined : wanted.get(place)
    return { list: nameOf(name) ?? name, kind, asOf, numbers, ...given({ ageMaxMs }) }
  })
  const places = new Set(imported.map(({ place }) => place))
  const lacking = [...wanted].filter(([place]) => !places.has(place))
  const kindOf = (place: string) => (place.includes('-') ? 'state' : 'national')
  return [
    ...there,
    ...lacking.map(([place, ageMaxMs]) => ({ list: `(${place})`, kind: kindOf(place), numbers: 0, ageMaxMs })),
  ]
}
