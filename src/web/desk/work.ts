import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { AgentShowView } from '../../api/agents/agents.ts'
import type { FormAnswers } from '../../core/campaigns/script.ts'
import { given } from '../../core/given.ts'
import { ask, Refusal } from '../parts/api.ts'
import { forgetNotes, forgetOldNotes, keepNotes, keptNotes } from '../parts/keptNotes.ts'
import { say } from '../parts/words.ts'
import { createDialing, type Dialing } from './dialing.ts'
import { createForm, type Form, soundAnswers } from './form.ts'
import { goHome } from './leaving.ts'
import { createPapers, type Papers } from './papers.ts'

/** What an agent can do at their desk. Each asks the daemon; what it refuses stands in `problem` until the next deed. */
export interface Work {
  readonly problem: Signal<string | undefined>
  /** The codes are shown, and digits choose among them. */
  readonly choosing: Signal<boolean>
  /** What was typed of this call; kept over a reload. */
  readonly notes: Signal<string>
  /** The script's form of this call. */
  readonly form: Form
  readonly papers: Papers
  readonly dialing: Dialing
  /** What the place beside the notes shows. */
  readonly beside: Signal<'history' | 'call-back'>
  logIn(): Promise<void>
  logOut(): Promise<void>
  /** Takes the line off the list before its agent leaves the page; false: they are still needed, which `problem` says. */
  goHome(): Promise<boolean>
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
  wrapUp(word: WrapUpWord): Promise<void>
  /** The wrap-up is to last longer. */
  moreTime(): Promise<void>
  /** Hours of the person on the line; null: any. Whether they are kept. */
  sayHours(days: Readonly<Record<string, readonly string[]>> | null): Promise<boolean>
  /** Whether the person on the line wants calls about it. */
  sayTopic(topic: string, wanted: boolean): Promise<void>
  /** Takes up the notes of a call. */
  turnTo(callId: string | undefined): void
  write(text: string): void
  /** The call shown, and what may be said of it. */
  readonly shown: ReadonlySignal<AgentShowView | null | undefined>
}

/** What came of a call. */
interface WrapUpWord {
  readonly code?: string
  readonly callbackAt?: string
  /** The agent makes the call-back themselves. */
  readonly callbackOwn?: boolean
  readonly refusal?: true
}

/** The desk of one agent. */
export function createWork(agentId: string, shown: ReadonlySignal<AgentShowView | null | undefined>): Work {
  const problem = signal<string | undefined>(undefined)
  const choosing = signal(false)
  const notes = signal('')
  const form = createForm()
  const papers = createPapers(agentId, shown)
  const beside = signal<'history' | 'call-back'>('history')
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
    form,
    papers,
    dialing: createDialing(path, { shown, problem }),
    beside,
    shown,
    ...deedsOf({ path, done, callPath }),
    goHome: () => goHome({ shown, problem, logOut: () => done('POST', `${path}/logout`) }),
    async wrapUp({ code, callbackAt, callbackOwn, refusal }) {
      const note = notes.value.trim()
      const filled = answersOf({ papers, form }, refusal === true)
      const said = given({ note: note === '' ? undefined : note, form: filled, callbackAt, callbackOwn, refusal })
      const word = { wrapUpCode: code ?? 'refused', ...said }
      const callId = shown.value?.call?.callId
      if (!(await done('POST', `${callPath()}/wrap-up`, word))) return
      choosing.value = false
      if (callId !== undefined) {
        forgetNotes(callId)
        form.forget(callId)
      }
      if (callbackAt !== undefined) papers.lookAtPromises()
    },
    async moreTime() {
      const wrapUpUntil = shown.value?.agent.wrapUpUntil
      if (wrapUpUntil !== undefined) await done('POST', `${path}/more-time`, { wrapUpUntil })
    },
    ...wishesOf({ papers, done, callPath }),
    turnTo(callId) {
      if (callId === noted) return
      noted = callId
      choosing.value = false
      beside.value = 'history'
      form.turnTo(callId)
      notes.value = callId === undefined ? '' : keptNotes(callId)
      forgetOldNotes()
    },
    write(text) {
      notes.value = text
      if (noted !== undefined) keepNotes(noted, text)
    },
  }
}

interface Doing {
  readonly path: string
  readonly callPath: () => string
  readonly done: (method: string, where: string, body?: unknown) => Promise<boolean>
}

/** What the agent does at their line and with the call, each a request of its own. */
function deedsOf({ path, done, callPath }: Doing): Pick<Work, Deed> {
  return {
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
    sendDigits: inTurn(async (where, digits) => void (await done('POST', `${where}/digits`, { digits })), callPath),
  }
}

/**
 * Each key is sent when the one before is, to the call in which it was pressed: two requests at once may overtake each other, and a machine
 * would hear another number.
 */
function inTurn(
  send: (where: string, digits: string) => Promise<void>,
  callPath: () => string,
): (digits: string) => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return digits => {
    const where = callPath()
    const next = (): Promise<void> => send(where, digits)
    last = last.then(next, next)
    return last
  }
}

type Deed =
  | 'logIn'
  | 'logOut'
  | 'pause'
  | 'resume'
  | 'hangUp'
  | 'breathe'
  | 'askHelp'
  | 'hold'
  | 'transfer'
  | 'endTransfer'
  | 'sendDigits'

/** What goes with the outcome; undefined: nothing was answered. A refusal does not wait for a field to be put right. */
function answersOf({ papers, form }: Pick<Work, 'papers' | 'form'>, isRefusal: boolean): FormAnswers | undefined {
  const answers = isRefusal ? soundAnswers(papers.script.value, form.answers.value) : form.answers.value
  return Object.keys(answers).length === 0 ? undefined : answers
}

interface Wishing extends Omit<Doing, 'path'> {
  readonly papers: Papers
}

/** What the person on the line says of calls to them. */
function wishesOf({ papers, done, callPath }: Wishing): Pick<Work, 'sayHours' | 'sayTopic'> {
  return {
    async sayHours(days) {
      const isKept = days
        ? await done('PUT', `${callPath()}/hours`, { days })
        : await done('DELETE', `${callPath()}/hours`)
      papers.lookAtPerson()
      return isKept
    },
    async sayTopic(topic, wanted) {
      await done('PUT', `${callPath()}/topics`, { topic, wanted })
      papers.lookAtPerson()
    },
  }
}
