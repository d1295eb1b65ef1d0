import type { NotReady, ReadyView } from '../../api/system.ts'
import type { CampaignSettings } from '../../core/campaigns/campaign.ts'
import type { InstantMs } from '../../core/ids.ts'
import { isZoneDataOld, zoneData } from '../../numbers/zoneOffsets.ts'
import type { EngineBoard, EngineReads } from '../../ports/engine.ts'
import type { Store } from '../../ports/store.ts'

/** What stands between a daemon and its calls, each in a line. Whoever asks needs no token: no paths, no names of people. */
const sentences: Readonly<Record<NotReady, string>> = {
  starting: 'the daemon restores what its last run left: it is ready in a moment',
  draining: 'the daemon is drained: nothing more is dialed until `dialwright drain --cancel`, or its next start',
  'store-unavailable': 'the store does not take what is written: see the alarms of the status',
  'clock-jumped': 'the clock cannot be trusted: see that NTP runs',
  'node-down': 'no PBX is linked: see that Asterisk runs, and what `dialwright doctor` says of AMI and ARI',
  'node-breaker': 'the PBX is slow or loses calls: it is tried again by itself',
  'trunk-failing': 'every trunk is left alone, because its carrier fails: each is tried again by itself',
  'rules-missing': 'no rules cover the place of any seller who dials: see `dialwright rules check`',
  'zone-data-old': 'the time zone data are older than 12 months: update Dialwright or Node',
}

/** Where the daemon is in its life. */
export interface Life {
  /** False while it restores. Absent: always. */
  readonly ready?: () => boolean
}

type Reads = Pick<EngineReads, 'board' | 'campaigns' | 'laws' | 'now'>

/** What keeps every call from being made now, as far as it is known without writing anything. */
export function whyNotReady(gateway: Reads, board: EngineBoard, { ready }: Life): readonly NotReady[] {
  const found: readonly (readonly [NotReady, boolean])[] = [
    ['starting', ready?.() === false],
    ['draining', board.drain !== undefined],
    ['store-unavailable', board.alarms.some(({ what, stopsDialing }) => what === 'store' && stopsDialing)],
    ['clock-jumped', board.alarms.some(({ what, stopsDialing }) => what === 'clock' && stopsDialing)],
    ...waysOut(board),
    ['rules-missing', areAllUncovered(gateway)],
    ['zone-data-old', isZoneDataOld(zoneData, gateway.now())],
  ]
  return found.flatMap(([reason, holds]) => (holds ? [reason] : []))
}

/** One PBX that is linked and well, and one trunk of it that is not left alone, are enough to dial. */
function waysOut({ nodes, trunks }: EngineBoard): readonly (readonly [NotReady, boolean])[] {
  const linked = nodes.filter(({ link }) => link === 'up')
  const well = linked.filter(({ breaker }) => breaker === undefined)
  const names = new Set(well.map(({ nodeId }) => nodeId))
  const theirs = trunks.filter(({ nodeId }) => names.has(nodeId))
  return [
    ['node-down', linked.length === 0],
    ['node-breaker', linked.length > 0 && well.length === 0],
    ['trunk-failing', theirs.length > 0 && theirs.every(({ breaker }) => breaker.state !== 'closed')],
  ]
}

/** Whether campaigns run, and no rules cover the seller of any of them. */
function areAllUncovered(gateway: Reads): boolean {
  const running = gateway.campaigns().filter(({ state }) => state === 'running')
  return running.length > 0 && running.every(({ settings }) => isUncovered(gateway, settings, gateway.now()))
}

function isUncovered({ laws }: Reads, { seller, purpose }: CampaignSettings, now: InstantMs): boolean {
  return laws.law({ seller: seller.place, purpose, person: [seller.place] }, now).uncovered.length > 0
}

/** What is not as it should be, although calls can be made: parts of what {@link whyNotReady} asks for. */
function remarksOn({ nodes, trunks }: EngineBoard): ReadyView['remarks'] {
  const remarks: ReadyView['remarks'] = []
  for (const { nodeId, link, breaker } of nodes) {
    if (link === 'down') remarks.push({ code: 'node-down', of: nodeId })
    else if (breaker !== undefined) remarks.push({ code: 'node-breaker', of: nodeId })
  }
  for (const { trunkId, breaker } of trunks)
    if (breaker.state !== 'closed') remarks.push({ code: 'trunk-failing', of: trunkId })
  return remarks
}

/** Answers whether calls can be made now. */
export type ReadyAnswer = () => Promise<ReadyView>

/** Makes the answer to whether calls can be made now; it tries the store now and then. */
export function createReadyAnswer(gateway: Reads, store: Pick<Store, 'tryWriting'>, life: Life): ReadyAnswer {
  const isWritable = createWriteProbe(store)
  return async () => {
    const writable = await isWritable()
    const board = gateway.board()
    const found = whyNotReady(gateway, board, life)
    const reasons = writable || found.includes('store-unavailable') ? found : ['store-unavailable' as const, ...found]
    return { ready: reasons.length === 0, reasons: reasons.map(said), remarks: remarksOn(board) }
  }
}

function said(code: NotReady): ReadyView['reasons'][number] {
  return { code, says: sentences[code] }
}

/** Whoever asks more often is told what the last try has shown: nobody without a token makes a disk work. */
const probeEveryMs = 5_000
/** A store that takes longer takes no attempt in time either. */
const probeMaxMs = 2_000

/** Tries to write, at most once in a while, and waits for it no longer than a moment. */
function createWriteProbe(store: Pick<Store, 'tryWriting'>): () => Promise<boolean> {
  let triedAt = Number.NEGATIVE_INFINITY
  let last = Promise.resolve(true)
  return () => {
    if (performance.now() < triedAt + probeEveryMs) return last
    triedAt = performance.now()
    const written = store.tryWriting().then(
      () => true,
      () => false,
    )
    last = inTime(written, probeMaxMs).then(answer => answer ?? false)
    return last
  }
}

/** What the work comes to, or nothing where it takes too long. */
export async function inTime<Value>(work: Promise<Value>, limitMs: number): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
