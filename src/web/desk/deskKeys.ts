import { useEffect } from 'preact/hooks'
import { deedOf } from '../parts/keyMap.ts'
import { focusCodes } from './keys.ts'
import type { Work } from './work.ts'

/** The keys of script, clock and preview: the next line, or the call to whom is shown; the outcome's key skips them; more time. */
export function useDeskKeys(work: Work): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const deed = deedOf(event)
      const { agent, call } = work.shown.value ?? {}
      const steps = work.papers.script.value?.steps.length ?? 0
      if (deed === 'more' && agent?.wrapUpUntil !== undefined) void work.moreTime()
      else if (deed === 'next' && work.dialing.offer.value?.verdict.allowed) void work.dialing.callOffered()
      else if (deed === 'outcome' && work.dialing.offer.value !== undefined) {
        work.dialing.skipping.value = true
        focusCodes('button')
      } else if (deed === 'next' && call !== undefined && work.form.step.value < steps)
        work.form.goTo(work.form.step.value + 1)
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [work])
}
