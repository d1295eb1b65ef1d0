import { serveAnswers } from '../../../threads/threads.ts'
import type { WriteOperation, WriteResult } from '../../operations.ts'
import type { Identity } from '../keeping/marker.ts'
import { openWriter } from '../writer.ts'

/** What the writer's thread is started with. */
export interface WriterData {
  readonly file: string
  /** Which database it is and which run this is. */
  readonly identity: Identity
}

serveAnswers<WriterData, readonly WriteOperation[], readonly WriteResult[]>(({ file, identity }) => {
  const writer = openWriter(file, identity)
  return { answer: batch => writer.apply(batch), leftovers: writer.leftovers, close: () => writer.close() }
})
