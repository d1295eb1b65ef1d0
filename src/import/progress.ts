import type { ImportRequest } from '../ports/importing/importReports.ts'

/** Progress is told no more often than this. */
const progressEveryMs = 200

/** Tells an import's asker how far it is, now and then. */
export function createProgress({ onProgress }: ImportRequest): {
  bytes(bytes: number): void
  rows(rows: number): void
} {
  const done = { bytes: 0, rows: 0 }
  let toldAt = Number.NEGATIVE_INFINITY
  function tell(): void {
    if (performance.now() < toldAt + progressEveryMs) return
    toldAt = performance.now()
    onProgress?.({ ...done })
  }
  return {
    bytes(bytes) {
      done.bytes = bytes
      tell()
    },
    rows(rows) {
      done.rows = rows
      tell()
    },
  }
}
