import { useEffect } from 'preact/hooks'
import type { Asked } from '../parts/asking.ts'

/** So often is what may change by itself asked for again, milliseconds. */
const everyMs = 10_000

/** Asks again now and then, for as long as it is shown. */
export function useEvery({ again }: Pick<Asked<unknown>, 'again'>): void {
  useEffect(() => {
    const timer = setInterval(again, everyMs)
    return () => clearInterval(timer)
  }, [])
}
