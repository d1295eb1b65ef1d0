import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { AgentShowView } from '../../api/agents/agents.ts'
import type { DayView, DeskPersonView, DeskView, PromiseView } from '../../api/agents/desk.ts'
import type { Script } from '../../core/campaigns/script.ts'
import { ask, Refusal } from '../parts/api.ts'

/** What lies on the desk beside the call itself; undefined: it has not come yet. */
export interface Papers {
  readonly desk: ReadonlySignal<DeskView | undefined>
  /** The person on the line now. */
  readonly person: ReadonlySignal<DeskPersonView | undefined>
  /** What is said and asked in the campaign. */
  readonly script: ReadonlySignal<Script | undefined>
  readonly promises: ReadonlySignal<readonly PromiseView[] | undefined>
  readonly day: ReadonlySignal<DayView | undefined>
  /** The person has said something: what is known of them is read anew. */
  lookAtPerson(): void
  lookAtPromises(): void
}

/** What no event tells is asked for this often, milliseconds. */
const lookEveryMs = 30_000

/** Papers of one agent's desk. */
export function createPapers(agentId: string, shown: ReadonlySignal<AgentShowView | null | undefined>): Papers {
  const path = `/v1/agents/${encodeURIComponent(agentId)}`
  const desk = signal<DeskView | undefined>(undefined)
  const promises = signal<readonly PromiseView[] | undefined>(undefined)
  const day = signal<DayView | undefined>(undefined)
  const callId = computed(() => shown.value?.call?.callId)
  const place = computed(() => `${callId.value} ${shown.value?.agent.campaignId}`)
  const lookAtPerson = createLook<DeskView>(`${path}/desk`, answer => (desk.value = answer))
  const lookAtPromises = createLook<{ readonly callBacks: readonly PromiseView[] }>(
    `${path}/call-backs`,
    ({ callBacks }) => (promises.value = callBacks),
  )
  const lookAtDay = (): void => {
    const midnight = new Date()
    midnight.setHours(0, 0, 0, 0)
    createLook<DayView>(`${path}/day?since=${midnight.toISOString()}`, answer => (day.value = answer))()
  }
  effect(() => {
    // Each call is looked up once, and the campaign when it is another.
    if (place.value !== '' && shown.value !== undefined && shown.value !== null) lookAtPerson()
  })
  lookAtPromises()
  lookAtDay()
  setInterval(() => {
    // A campaign's mode may have changed.
    if (callId.value === undefined && shown.value) lookAtPerson()
    lookAtPromises()
    lookAtDay()
  }, lookEveryMs)
  return {
    desk,
    person: computed(() => (desk.value?.person?.callId === callId.value ? desk.value?.person : undefined)),
    script: computed(() => {
      const { script } = desk.value?.campaign ?? {}
      return script && { steps: script.steps ?? [], form: script.form ?? [] }
    }),
    promises,
    day,
    lookAtPerson,
    lookAtPromises,
  }
}

/** Asks, and gives the answer on unless it was asked again meanwhile. What could not be read stays as it was. */
function createLook<Answer>(path: string, take: (answer: Answer) => void): () => void {
  let asked = 0
  return () => {
    asked += 1
    const mine = asked
    ask<Answer>('GET', path).then(
      answer => {
        if (mine === asked) take(answer)
      },
      error => {
        if (!(error instanceof Refusal)) throw error
      },
    )
  }
}

/** Call-backs whose time has come. */
export function dueOf(promises: Papers['promises'], now: number): readonly PromiseView[] {
  return (promises.value ?? []).filter(({ at }) => Date.parse(at) <= now)
}
