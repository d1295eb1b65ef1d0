import { serveAnswers } from '../../../threads/threads.ts'
import type { WriteOperation, WriteResult } from '../../operations.ts'
import { openWriter } from '../writer.ts'

/** What the writer's thread is started with. */
export interface WriterData {
  readonly file: string
}

serveAnswers<WriterData, readonly WriteOperation[], readonly WriteResult[]>(({ file }) => {
  const writer = openWriter(file)
  return { answer: batch => writer.apply(batch), leftovers: writer.leftovers, close: () => writer.close() }
})
