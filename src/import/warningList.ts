/** Warnings of an import, counted by what they say. */
export interface WarningList {
  add(warning: { readonly line: number; readonly reason: string; readonly value: string }): void
  /** One line each: how often, and the first place. */
  report(): readonly string[]
}

/** No warnings yet. */
export function createWarningList(): WarningList {
  const byReason = new Map<string, { count: number; readonly line: number; readonly value: string }>()
  return {
    add({ line, reason, value }) {
      const known = byReason.get(reason)
      if (known === undefined) byReason.set(reason, { count: 1, line, value })
      else known.count += 1
    },
    report: () =>
      [...byReason].map(([reason, { count, line, value }]) => {
        const where = count === 1 ? `in line ${line}` : `in ${count} rows, first in line ${line}`
        return `${reason} (${where}: "${value}")`
      }),
  }
}
