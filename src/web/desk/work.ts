import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { AgentShowView } from '../../api/agents.ts'
import { given } from '../../core/given.ts'
import { ask, Refusal } from '../parts/api.ts'
import { forgetNotes, forgetOldNotes, keepNotes, keptNotes } from '../parts/keptNotes.ts'
import { say } from '../parts/words.ts'

/** What an agent can do at their desk. Each asks the daemon; what it refuses stands in `problem` until the next deed. */
export interface Work {
  readonly problem: Signal<string | undefined>
  /** The codes are shown, and digits choose among them. */
  readonly choosing: Signal<boolean>
  /** What was typed of this call; kept over a reload. */
  readonly notes: Signal<string>
  logIn(): Promise<void>
  logOut(): Promise<void>
  pause(reason: string): Promise<void>
  resume(): Promise<void>
  hangUp(): Promise<void>
  /** Two minutes without calls, after abuse. */
  breathe(): Promise<void>
  /** Raises the hand, or lowers it. */
  askHelp(raised: boolean): Promise<void>
  /** Puts the person on hold, or takes them back. */
  hold(on: boolean): Promise<void>
  /** Rings somebody to whom the person may be given; `blind`: they are, as soon as it answers. */
  transfer(targetId: string, blind: boolean): Promise<void>
  /** Leaves the person with them, or takes the person back. */
  endTransfer(how: 'complete' | 'return'): Promise<void>
  /** Presses keys on the person's line. */
  sendDigits(digits: string): Promise<void>
  /** `callbackAt`: when the person is called back, for the code that needs it. */
  wrapUp(word: { readonly code?: string; readonly callbackAt?: string; readonly refusal?: true }): Promise<void>
  /** Takes up the notes of a call. */
  turnTo(callId: string | undefined): void
  write(text: string): void
  /** The call shown, and what may be said of it. */
  readonly shown: ReadonlySignal<AgentShowView | null | undefined>
}

/** The desk of one agent. */
export function createWork(agentId: string, shown: ReadonlySignal<AgentShowView | null | undefined>): Work {
  const problem = signal<string | undefined>(undefined)
  const choosing = signal(false)
  const notes = signal('')
  let noted: string | undefined
  const path = `/v1/agents/${encodeURIComponent(agentId)}`

  const done = async (method: string, where: string, body?: unknown): Promise<boolean> => {
    problem.value = undefined
    try {
      await ask(method, where, body)
      return true
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      problem.value = error.status === 0 ? say('desk.unreachable') : error.message
      return false
    }
  }
  const callPath = (): string => `/v1/calls/${encodeURIComponent(shown.value?.call?.callId ?? '')}`
  return {
    problem,
    choosing,
    notes,
    shown,
    logIn: async () => void (await done('POST', `${path}/login`)),
    logOut: async () => void (await done('POST', `${path}/logout`)),
    pause: async pauseReason => void (await done('POST', `${path}/pause`, { pauseReason })),
    resume: async () => void (await done('POST', `${path}/resume`)),
    hangUp: async () => void (await done('POST', `${callPath()}/hang-up`)),
    breathe: async () => void (await done('POST', `${path}/breather`)),
    askHelp: async raised => void (await done(raised ? 'PUT' : 'DELETE', `${path}/help`)),
    hold: async on => void (await done('POST', `${callPath()}/${on ? 'hold' : 'unhold'}`)),
    transfer: async (targetId, blind) => void (await done('POST', `${callPath()}/transfer`, { targetId, blind })),
    endTransfer: async how => void (await done('POST', `${callPath()}/transfer/${how}`)),
    sendDigits: async digits => void (await done('POST', `${callPath()}/digits`, { digits })),
    async wrapUp({ code, callbackAt, refusal }) {
      const note = notes.value.trim()
      const said = given({ note: note === '' ? undefined : note, callbackAt, refusal })
      const word = { wrapUpCode: code ?? 'refused', ...said }
      const callId = shown.value?.call?.callId
      if (!(await done('POST', `${callPath()}/wrap-up`, word))) return
      choosing.value = false
      if (callId !== undefined) forgetNotes(callId)
    },
    turnTo(callId) {
      if (callId === noted) return
      noted = callId
      choosing.value = false
      notes.value = callId === undefined ? '' : keptNotes(callId)
      forgetOldNotes()
    },
    write(text) {
      notes.value = text
      if (noted !== undefined) keepNotes(noted, text)
    },
  }
}
