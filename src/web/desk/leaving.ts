import type { ReadonlySignal, Signal } from '@preact/signals'
import type { AgentShowView } from '../../api/agents/agents.ts'
import { say } from '../parts/words.ts'

interface Leaving {
  readonly shown: ReadonlySignal<AgentShowView | null | undefined>
  readonly problem: Signal<string | undefined>
  /** Asks for it; whether it was taken. */
  readonly logOut: () => Promise<boolean>
}

/** In these a person is on the line, or comes, or waits for what was promised to be written down. */
const needed: readonly string[] = ['reserved', 'on-call', 'wrap-up']
const lookEveryMs = 200
/** What was asked for comes back with the next news of the line, on a slow machine after some seconds. */
const looksForNews = 50

/** Takes the line off the list before its agent leaves the page. False: they are still needed, or have changed their mind. */
export async function goHome({ shown, problem, logOut }: Leaving): Promise<boolean> {
  const state = shown.value?.agent.state ?? 'offline'
  if (needed.includes(state)) {
    problem.value = say('desk.still-needed')
    return false
  }
  return state === 'offline' || ((await logOut()) && (await isOver(shown)))
}

/** Calls may still ring for an agent who leaves, and one be answered: until the line is off. */
async function isOver(shown: Leaving['shown']): Promise<boolean> {
  let isHeard = false
  for (let look = 0; ; look += 1) {
    const { state = 'offline', pending } = shown.value?.agent ?? {}
    if (state === 'offline') return true
    if (pending === 'logout') isHeard = true
    else if (isHeard || look > looksForNews) return false
    await new Promise(resolve => setTimeout(resolve, lookEveryMs))
  }
}
