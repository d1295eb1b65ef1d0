import type { AnsweringThread } from '../../../threads/threads.ts'
import type { WriteOperation, WriteResult } from '../../operations.ts'
import type { StoreWatcher } from '../keeping/storeWatch.ts'
import type { ScanQuestion } from '../scans.ts'
import type { LogTidier } from './logTidier.ts'

/** The threads between which a `Writing` keeps order. */
export interface WritingThreads {
  readonly writer: AnsweringThread<readonly WriteOperation[], readonly WriteResult[]>
  readonly reader: AnsweringThread<ScanQuestion, unknown>
  readonly tidier: LogTidier
  readonly watcher: StoreWatcher
}

/**
 * The way of a batch to the writer. What begins something new is refused at once while the store is in trouble; what must not be
 * lost is written into the reserve when the disk is full.
 */
export function createSender({
  writer,
  tidier,
  watcher,
}: Pick<WritingThreads, 'writer' | 'tidier' | 'watcher'>): (
  batch: readonly WriteOperation[],
) => Promise<readonly WriteResult[]> {
  async function ask(batch: readonly WriteOperation[]): Promise<readonly WriteResult[]> {
    if (batch.length === 0) return []
    const end = watcher.sent()
    try {
      const results = await writer.ask(batch)
      // One that finds room in the reserve is no failure.
      const isFull = results.some(isFor('disk-full')) && watcher.giveReserve()
      end(isFull ? undefined : results)
      return isFull ? await again(batch, results) : results
    } catch (error) {
      end([
        { ok: false, code: 'writer-gone', message: 'the database writer has ended unexpectedly: restart the daemon' },
      ])
      throw error
    }
  }

  async function again(
    batch: readonly WriteOperation[],
    results: readonly WriteResult[],
  ): Promise<readonly WriteResult[]> {
    const tried = batch.filter((operation, index) => isFor('disk-full')(results[index]) && !watcher.refuses(operation))
    const retried = await ask(tried)
    const answers = new Map(tried.map((operation, index) => [operation, retried[index]]))
    return results.map((result, index) => {
      const [operation] = batch.slice(index, index + 1)
      return (operation && answers.get(operation)) ?? result
    })
  }

  return async batch => {
    const refusals = batch.map(operation => watcher.refuses(operation))
    const results = [...(await ask(batch.filter((_, index) => refusals[index] === undefined)))]
    // A log whose name has gone is found by nobody: what it holds is moved before it is acknowledged.
    if (watcher.trouble()?.code === 'log-gone') await tidier.move()
    else tidier.look()
    return refusals.flatMap((refusal): WriteResult[] =>
      refusal === undefined ? results.splice(0, 1) : [{ ok: false, code: refusal.code, message: refusal.says }],
    )
  }
}

function isFor(code: string): (result: WriteResult | undefined) => boolean {
  return result => result !== undefined && !result.ok && result.code === code
}
