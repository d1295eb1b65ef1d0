import type { CallLine } from './meter.ts'

const keptLine = 'dialwright.line'

/** Keeps it over a reload of the page. */
export function keepCallLine(line: CallLine): void {
  sessionStorage.setItem(keptLine, JSON.stringify(line))
}

/** What the page had before it was loaded anew, once. */
export function keptCallLine(): CallLine | undefined {
  const kept = sessionStorage.getItem(keptLine)
  sessionStorage.removeItem(keptLine)
  // Nobody but keepCallLine writes there.
  return kept === null ? undefined : (JSON.parse(kept) as CallLine)
}
