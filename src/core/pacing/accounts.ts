import type { AbandonmentWindow, CountedSpan } from './pacer.ts'
import { BudgetWindow } from './window.ts'

/** The accounts of the law's windows, by their names: of one campaign, or of all campaigns of one owner. */
export class BudgetAccounts {
  readonly #windows = new Map<string, BudgetWindow>()

  /** The account of a window; undefined before its first use. */
  get(name: string): BudgetWindow | undefined {
    return this.#windows.get(name)
  }

  /** Counts one person's call in every window; they have been rolled to this instant. */
  settle(abandoned: boolean, now: number): void {
    for (const window of this.#windows.values()) window.settle(abandoned, now)
  }

  /** A settled call was a machine's. */
  uncount(): void {
    for (const window of this.#windows.values()) window.uncount()
  }

  /** Makes the accounts those that are wanted, and moves them to the instant. */
  roll(wanted: readonly AbandonmentWindow[], now: number): void {
    for (const window of wanted) {
      const account = this.#windows.get(window.name) ?? new BudgetWindow()
      this.#windows.set(window.name, account)
      account.roll(window, now)
    }
    if (this.#windows.size === wanted.length) return
    for (const name of this.#windows.keys()) if (!wanted.some(one => one.name === name)) this.#windows.delete(name)
  }

  /** Takes the store's word for what they hold. The spans come in the order of time. */
  count(spans: readonly CountedSpan[], wanted: readonly AbandonmentWindow[], now: number): void {
    for (const window of wanted) {
      const account = this.#windows.get(window.name) ?? new BudgetWindow()
      this.#windows.set(window.name, account)
      account.count(spans, window, now)
    }
  }

  /** As plain JSON. */
  memory() {
    return [...this.#windows].map(([name, window]) => ({ name, ...window.memory() }))
  }

  /** Takes up what a memory tells of; what is malformed is ignored. */
  restore(memory: unknown): void {
    if (!Array.isArray(memory)) return
    for (const saved of memory as readonly unknown[]) {
      if (typeof saved !== 'object' || saved === null) continue
      const { name }: { readonly name?: unknown } = saved
      if (typeof name === 'string') this.#windows.set(name, BudgetWindow.restored(saved))
    }
  }
}
