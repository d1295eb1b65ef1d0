import { useEffect } from 'preact/hooks'
import type { AgentView } from '../../api/agents/agents.ts'
import { deedOf } from '../parts/keyMap.ts'
import type { Work } from './work.ts'

/** Its key ends a call only if it comes twice within this time, milliseconds. */
const twiceMs = 1_000

/** The keys that stand on the buttons. Digits act only while the codes have focus (WCAG 2.1.4). */
export function useKeys(work: Work): void {
  useEffect(() => {
    let endedAt = Number.NEGATIVE_INFINITY
    const press = (event: KeyboardEvent): void => {
      const deed = deedOf(event)
      const { agent, call } = work.shown.value ?? {}
      const isTalking = agent?.state === 'on-call'
      const isThere = agent !== undefined && agent.state !== 'offline' && agent.state !== 'calling'
      if (deed === 'outcome' && (isTalking || agent?.state === 'wrap-up')) {
        work.choosing.value = true
        focusCodes('button')
      } else if (deed === 'hold' && isTalking) {
        void work.hold(call?.heldSince === undefined)
      } else if (deed === 'help' && isThere) {
        void work.askHelp(agent.helpSince === undefined)
      } else if (deed === 'breather' && mayBreathe(agent)) {
        void work.breathe()
      } else if (deed === 'end' && isTalking) {
        if (event.timeStamp - endedAt < twiceMs) void work.hangUp()
        endedAt = event.timeStamp
      } else if (isDigit(event) && hasCodesFocus()) {
        document.querySelector<HTMLButtonElement>(`[data-codes] [data-digit="${event.key}"]`)?.click()
      } else return
      event.preventDefault()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [work])
  const isWrapUp = work.shown.value?.agent.state === 'wrap-up'
  useEffect(() => {
    // Digits serve at once, but not Enter, which nobody has meant for the first code; whoever is writing goes on.
    if (isWrapUp && (document.activeElement ?? document.body) === document.body) focusCodes('')
  }, [isWrapUp])
}

function isDigit(event: KeyboardEvent): boolean {
  return /^\d$/.test(event.key) && !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey
}

/** A breather can be asked for whenever somebody is at work. */
export function mayBreathe(agent: AgentView | undefined): boolean {
  if (agent === undefined || agent.pending === 'breather') return false
  return ['available', 'reserved', 'on-call', 'wrap-up'].includes(agent.state)
}

/** The codes, or the first of them: at once where they are shown, so that the digit may follow as fast as somebody types. */
export function focusCodes(part: '' | 'button'): void {
  const find = () => document.querySelector<HTMLElement>(`[data-codes] ${part}`.trim())
  const shown = find()
  if (shown === null) requestAnimationFrame(() => find()?.focus())
  else shown.focus()
}

function hasCodesFocus(): boolean {
  const { activeElement } = document
  return activeElement instanceof HTMLElement && activeElement.closest('[data-codes]') !== null
}
