import { basename, join } from 'node:path'
import type { Database } from 'better-sqlite3'
import type { FileStore } from '../../ports/files.ts'
import type { LedgerRotation } from '../../ports/ledger.ts'
import { startAnswering, workerAt } from '../../threads/threads.ts'
import type { DroppedSegment, Rotation } from '../ledger/rotation.ts'
import { removeSegment, segmentFolder } from '../ledger/segments.ts'
import { type LedgerLookups, prepareLedgerLookups } from './queries/ledgerReads.ts'
import { retentionProblem } from './retention.ts'
import type { SegmentData, SegmentOrder } from './workers/segmentWorker.ts'
import type { Writing } from './writing/writing.ts'

/** Moves old entries of the ledger to files; one request after the other: two would write the same segment. */
export function ledgerRotation(
  { database, file }: { readonly database: Database; readonly file: string },
  writes: Writing,
): FileStore['rotateLedger'] {
  const lookups = prepareLedgerLookups(database)
  let rotating: Promise<unknown> = Promise.resolve()
  return async request => {
    const turn = rotating.then(() => rotateAndDrop({ lookups, file, writes }, request))
    rotating = turn.catch(() => {})
    return turn
  }
}

interface Rotating {
  readonly lookups: LedgerLookups
  readonly file: string
  readonly writes: Writing
}

type RotationRequest = Parameters<FileStore['rotateLedger']>[0]

async function rotateAndDrop(parts: Rotating, request: RotationRequest): Promise<LedgerRotation> {
  await parts.writes.settled()
  const { dropBefore, at } = request
  const problem = dropBefore === undefined ? undefined : retentionProblem(parts.lookups, { dropBefore, at })
  if (problem !== undefined) throw problem
  await resume(parts)
  // The head stays, and what the rotation itself writes: there is always something to go on from.
  const upToSeq = (parts.lookups.head()?.seq ?? 0) - 1
  const order = { before: Math.min(request.before, at), upToSeq, at }
  const moved: LedgerRotation['moved'][number][] = []
  while (moved.length < (request.segmentsMax ?? Number.POSITIVE_INFINITY)) {
    const rotation = await writeSegment(parts, order)
    if (rotation === undefined) break
    await moveOut(parts, rotation)
    const { fromSeq, toSeq, hash, file } = rotation
    moved.push({ file: join(segmentFolder(parts.file), file), fromSeq, toSeq, hash })
  }
  const dropped = dropBefore === undefined ? [] : await dropSegments(parts, { dropBefore, at })
  return { moved, dropped }
}

/** A crash may have stopped the last rotation after its segment was written and named. */
async function resume(parts: Rotating): Promise<void> {
  const last = parts.lookups.ofKind('rotation').at(-1)
  if (last === undefined) return
  // The writer has written it, with these members.
  const rotation: Omit<Rotation, 'at'> = JSON.parse(last.entry)
  if (rotation.toSeq > (parts.lookups.first()?.seq ?? 0)) await moveOut(parts, { ...rotation, at: last.at })
}

async function moveOut({ writes }: Rotating, rotation: Rotation): Promise<void> {
  while ((await writes.write({ kind: 'rotate-ledger', rotation })) === 'more');
}

/** Writes what is old enough to a file and reads it back, in a thread of its own. */
async function writeSegment({ file }: Rotating, order: SegmentOrder): Promise<Rotation | undefined> {
  const data = { file } satisfies SegmentData
  const thread = await startAnswering<SegmentOrder, Rotation | undefined>(
    workerAt('./workers/segmentWorker', import.meta.url),
    data,
  )
  try {
    return await thread.ask(order)
  } finally {
    await thread.close()
  }
}

/** First the ledger says that a segment goes, then it goes: a crash in between leaves a file too many, never one too few. */
async function dropSegments(
  { lookups, file, writes }: Rotating,
  { dropBefore, at }: { readonly dropBefore: number; readonly at: number },
): Promise<readonly string[]> {
  const gone = new Set(lookups.ofKind('dropped').map(({ entry }) => String(JSON.parse(entry).file)))
  const dropped: string[] = []
  for (const { entry } of lookups.ofKind('rotation')) {
    const { file: name, fromSeq, toSeq, hash, lastAt }: DroppedSegment = JSON.parse(entry)
    if (gone.has(name)) removeSegment(file, basename(name))
    if (gone.has(name) || lastAt >= dropBefore) continue
    await writes.write({ kind: 'ledger-dropped', segment: { file: name, fromSeq, toSeq, hash, lastAt }, at })
    removeSegment(file, basename(name))
    dropped.push(name)
  }
  return dropped
}
