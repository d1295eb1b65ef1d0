import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask, Refusal } from './api.ts'

/** What was asked for: not there yet, there, or refused. What was there before stays while it is asked for again. */
export interface Asked<Answer> {
  readonly answer: Signal<Answer | undefined>
  readonly refused: Signal<Refusal | undefined>
  /** Asks once more. */
  again(): void
}

/** Asks for a path when a page needs it, and again when the path changes. Undefined: nothing is asked for yet. */
export function useAsked<Answer>(path: string | undefined): Asked<Answer> {
  const answer = useSignal<Answer | undefined>(undefined)
  const refused = useSignal<Refusal | undefined>(undefined)
  const count = useSignal(0)
  useEffect(() => {
    if (path === undefined) return
    let isWanted = true
    const take = async (): Promise<void> => {
      try {
        const got = await ask<Answer>('GET', path)
        if (!isWanted) return
        answer.value = got
        refused.value = undefined
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        if (isWanted) refused.value = error
      }
    }
    void take()
    return () => {
      isWanted = false
    }
  }, [path, count.value])
  return { answer, refused, again: () => (count.value += 1) }
}

/** One deed at a time: while it goes on, and why it was refused. */
export interface Deed {
  readonly isBusy: Signal<boolean>
  readonly refused: Signal<Refusal | undefined>
  /** Does it, unless something goes on already. True: it is done. */
  run(work: () => Promise<unknown>): Promise<boolean>
}

/** For a form or a button. */
export function useDeed(): Deed {
  const isBusy = useSignal(false)
  const refused = useSignal<Refusal | undefined>(undefined)
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    if (isBusy.value) return false
    isBusy.value = true
    refused.value = undefined
    try {
      await work()
      return true
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refused.value = error
      return false
    } finally {
      isBusy.value = false
    }
  }
  return { isBusy, refused, run }
}
