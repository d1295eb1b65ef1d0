import type { ImportReport } from '../ports/importing/importReports.ts'

/** So many problems are named; the rest is counted. */
const problemsMax = 100

type Problem = ImportReport['problems'][number]

/** The first problems of an import, and how many there were. */
export interface ProblemList {
  add(problem: Problem): void
  count(): number
  report(): Pick<ImportReport, 'problems' | 'problemsLeftOut'>
}

/** No problems yet. */
export function createProblemList(): ProblemList {
  const problems: Problem[] = []
  let count = 0
  return {
    add(problem) {
      count += 1
      if (problems.length < problemsMax) problems.push(problem)
    },
    count: () => count,
    report() {
      const inOrder = [...problems].sort((a, b) => a.line - b.line)
      return { problems: inOrder, problemsLeftOut: count - problems.length }
    },
  }
}
