import { InputError, StoreError } from '../../../errors.ts'
import type { LeavingRows } from '../../../ports/archives.ts'
import type { Waiter } from '../../../ports/waiter.ts'
import { startWorker, workerAt } from '../../../threads/threads.ts'
import type { ArchiveAnswer, ArchiveOrder } from '../workers/archiveWorker.ts'

/** What an archive's thread asks of whoever started it. */
export interface ThreadNeeds {
  readonly onProgress?: Waiter['onProgress']
  name?(numbers: readonly string[]): Promise<void>
  letGo?(rows: LeavingRows): Promise<void>
}

type End = Extract<ArchiveAnswer, { kind: 'written' | 'done' }>

/** Has an order carried out in a thread of its own. @throws StoreError, InputError as thrown there */
export function inThread(order: ArchiveOrder, needs: ThreadNeeds): Promise<End> {
  return new Promise((resolve, reject) => {
    const worker = startWorker(workerAt('../workers/archiveWorker', import.meta.url), order)
    const goOn = (work: Promise<void> | undefined) =>
      void Promise.resolve(work).then(
        () => worker.postMessage('go on'),
        error => {
          reject(error)
          void worker.terminate()
        },
      )
    worker.on('message', (answer: ArchiveAnswer) => {
      switch (answer.kind) {
        case 'progress': {
          const { kind: _, ...progress } = answer
          needs.onProgress?.(progress)
          return
        }
        case 'name':
          goOn(needs.name?.(answer.numbers))
          return
        case 'release-rows':
          goOn(needs.letGo?.(answer.rows))
          return
        case 'problem':
          reject(new (answer.isInput ? InputError : StoreError)(answer.code, answer.message))
          break
        default:
          resolve(answer)
      }
      void worker.terminate()
    })
    worker.once('error', reject)
    worker.once('exit', () => reject(new StoreError('archive-ended', 'the archive ended without a result: try again')))
  })
}
