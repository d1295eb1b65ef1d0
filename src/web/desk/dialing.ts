import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { AgentShowView } from '../../api/agents/agents.ts'
import type { DialBody, LookedUpView, LookUpBody, OfferedView } from '../../api/agents/dialing.ts'
import { ask, Refusal } from '../parts/api.ts'
import { say } from '../parts/words.ts'

/** What an agent does who dials by themselves. What the daemon refuses stands in `problem` of their work. */
export interface Dialing {
  /** The lead that they are shown; undefined: none, or it has not come yet. */
  readonly offer: ReadonlySignal<OfferedView | undefined>
  /** The reasons are shown, and digits choose among them. */
  readonly skipping: Signal<boolean>
  /** A lead of the campaign that the agent would call by hand. */
  readonly wanted: Signal<number | undefined>
  callOffered(): Promise<void>
  skipOffered(skipReason: string): Promise<void>
  /** What the gate says of somebody; undefined: it could not be asked. */
  lookUp(whom: LookUpBody): Promise<LookedUpView | undefined>
  /** Calls them; whether it is on its way. */
  dial(body: DialBody): Promise<boolean>
}

/** The dialing of one agent. */
export function createDialing(
  path: string,
  {
    shown,
    problem,
  }: { readonly shown: ReadonlySignal<AgentShowView | null | undefined>; readonly problem: Signal<string | undefined> },
): Dialing {
  const read = signal<OfferedView | undefined>(undefined)
  const skipping = signal(false)
  const offered = computed(() => shown.value?.agent.offer)
  const leadId = computed(() => offered.value?.leadId)
  const offer = computed(() => (read.value?.leadId === leadId.value ? read.value : undefined))
  effect(() => {
    skipping.value = false
    if (leadId.value !== undefined) void look()
  })

  async function look(): Promise<void> {
    const answer = await asked<{ readonly offer?: OfferedView }>('GET', `${path}/offer`)
    if (answer?.offer !== undefined) read.value = answer.offer
  }

  async function asked<Answer>(method: string, where: string, body?: unknown): Promise<Answer | undefined> {
    problem.value = undefined
    try {
      return await ask<Answer>(method, where, body)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      problem.value = error.status === 0 ? say('desk.unreachable') : error.message
      return undefined
    }
  }

  return {
    offer,
    skipping,
    wanted: signal<number | undefined>(undefined),
    async callOffered() {
      if (leadId.value !== undefined) await asked('POST', `${path}/offer/call`, { leadId: leadId.value })
    },
    async skipOffered(skipReason) {
      if (leadId.value !== undefined) await asked('POST', `${path}/offer/skip`, { leadId: leadId.value, skipReason })
    },
    lookUp: whom => asked('POST', `${path}/dial/look`, whom),
    dial: async body => (await asked('POST', `${path}/dial`, body)) !== undefined,
  }
}
