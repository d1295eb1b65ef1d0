import { useEffect } from 'preact/hooks'
import { focusCodes } from './keys.ts'
import type { Work } from './work.ts'

/** The keys of script, clock and preview: F3 the next line, or the call to whom is shown; F8 skips them; F10 more time. */
export function useDeskKeys(work: Work): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
      const { agent, call } = work.shown.value ?? {}
      const steps = work.papers.script.value?.steps.length ?? 0
      if (event.key === 'F10' && agent?.wrapUpUntil !== undefined) void work.moreTime()
      else if (event.key === 'F3' && work.dialing.offer.value?.verdict.allowed) void work.dialing.callOffered()
      else if (event.key === 'F8' && work.dialing.offer.value !== undefined) {
        work.dialing.skipping.value = true
        focusCodes()
      } else if (event.key === 'F3' && call !== undefined && work.form.step.value < steps)
        work.form.goTo(work.form.step.value + 1)
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [work])
}
