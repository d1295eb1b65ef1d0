import { type Signal, signal } from '@preact/signals'
import type { CampaignAppliedView, CampaignCheckView, CampaignView } from '../../api/campaigns.ts'
import { ask, Refusal } from '../parts/api.ts'

/** A document as somebody edits it: it may be wrong. */
export type Doc = Readonly<Record<string, unknown>>

/** Typing rests for so long before the daemon is asked what it means, milliseconds. */
const restMs = 400
const kept = (campaignId: string): string => `dialwright.draft.${campaignId}`

/** A campaign's settings while they are edited. What no field shows stays as it is. */
export interface Draft {
  readonly campaignId: string
  readonly doc: Signal<Doc>
  /** Whether it differs from what the daemon has. */
  readonly isChanged: Signal<boolean>
  /** What the daemon says of it; undefined: it has not been asked, or has not answered yet. */
  readonly found: Signal<CampaignCheckView | undefined>
  /** Counts how often the whole was replaced: fields begin anew. */
  readonly version: Signal<number>
  get(path: string): unknown
  /** Undefined: the key is taken out. */
  set(path: string, value: unknown): void
  /** What is wrong at a path or beneath it. */
  problemAt(path: string): string | undefined
  /** As the daemon has it. */
  reset(): void
  /** Asks the daemon now. @throws Refusal */
  check(): Promise<CampaignCheckView>
  /** @throws Refusal */
  apply(mayChangeAll: boolean): Promise<void>
}

/** Begins with what the daemon has, or with what was typed here before a reload. */
export function createDraft(campaign: CampaignView['campaign']): Draft {
  const campaignId = campaign.id
  let base: Doc = { ...campaign }
  const doc = signal<Doc>(readKept(campaignId) ?? base)
  const found = signal<CampaignCheckView | undefined>(undefined)
  const version = signal(0)
  const isChanged = signal(!alike(doc.value, base))
  const path = `/v1/campaigns/${encodeURIComponent(campaignId)}`
  let timer: ReturnType<typeof setTimeout> | undefined

  const check = async (): Promise<CampaignCheckView> => {
    clearTimeout(timer)
    const asked = doc.value
    const answer = await ask<CampaignCheckView>('POST', `${path}/check`, asked)
    if (doc.value === asked) found.value = answer
    return answer
  }
  const checkSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      check().catch((error: unknown) => {
        // Whoever saves is told.
        if (!(error instanceof Refusal)) throw error
      })
    }, restMs)
  }
  const take = (next: Doc): void => {
    doc.value = next
    isChanged.value = !alike(next, base)
    if (isChanged.value) sessionStorage.setItem(kept(campaignId), JSON.stringify(next))
    else sessionStorage.removeItem(kept(campaignId))
    if (isChanged.value) checkSoon()
    else found.value = undefined
  }
  const replace = (next: Doc): void => {
    base = next
    clearTimeout(timer)
    take(next)
    found.value = undefined
    version.value += 1
  }
  if (isChanged.value) checkSoon()
  return {
    campaignId,
    doc,
    isChanged,
    found,
    version,
    get: at => valueAt(doc.value, at.split('.')),
    set: (at, value) => take(withValue(doc.value, at.split('.'), value)),
    problemAt: at => found.value?.problems.find(problem => isAt(problem.path, at))?.says,
    reset: () => replace(base),
    check,
    async apply(mayChangeAll) {
      if (mayChangeAll) replace({ ...(await ask<CampaignAppliedView>('PUT', path, doc.value)).campaign })
      else {
        const { pacing, ringTimeout } = doc.value
        await ask('PATCH', `${path}/pacing`, { ...(pacing as Doc), ringTimeout })
        replace({ ...(await ask<CampaignView>('GET', path)).campaign })
      }
    },
  }
}

function readKept(campaignId: string): Doc | undefined {
  const text = sessionStorage.getItem(kept(campaignId))
  if (text === null) return undefined
  const value: unknown = JSON.parse(text)
  return isGroup(value) ? value : undefined
}

function isAt(problem: string, path: string): boolean {
  return problem === path || problem.startsWith(`${path}.`) || problem.startsWith(`${path}[`)
}

function isGroup(value: unknown): value is Doc {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at a path; undefined: there is none. */
export function valueAt(doc: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isGroup(at) && Object.hasOwn(at, key) ? at[key] : undefined), doc)
}

/** A document with another value at a path; undefined takes the key out, and with its last key a group. */
export function withValue(doc: Doc, path: readonly string[], value: unknown): Doc {
  const [key, ...rest] = path
  if (key === undefined) return doc
  const inside = rest.length === 0 ? value : withValue(groupAt(doc, key), rest, value)
  const isGone = inside === undefined || (rest.length > 0 && Object.keys(inside as Doc).length === 0)
  if (!isGone) return { ...doc, [key]: inside }
  const { [key]: _, ...others } = doc
  return others
}

function groupAt(doc: Doc, key: string): Doc {
  const value = Object.hasOwn(doc, key) ? doc[key] : undefined
  return isGroup(value) ? value : {}
}

function alike(one: Doc, other: Doc): boolean {
  return written(one) === written(other)
}

/** With its keys in order: a key that is taken out and put back is no change. */
function written(value: unknown): string {
  return JSON.stringify(value, (_key, inside: unknown) =>
    isGroup(inside) ? Object.fromEntries(Object.entries(inside).sort(([a], [b]) => (a < b ? -1 : 1))) : inside,
  )
}
