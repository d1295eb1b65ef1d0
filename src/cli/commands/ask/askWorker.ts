import { serveAnswers } from '../../../threads/threads.ts'
import { type Answers, type AskerData, answerLines, askerOf, type CaseDefaults } from './askAnswers.ts'
import type { FileLine } from './caseLines.ts'

/** What a thread that answers cases is started with. */
export interface AskWorkerData {
  readonly asker: AskerData
  readonly defaults: CaseDefaults | undefined
}

serveAnswers<AskWorkerData, readonly FileLine[], Answers>(({ asker: data, defaults }) => {
  const asker = askerOf(data)
  return { answer: lines => answerLines(asker, lines, defaults), close: () => {} }
})
