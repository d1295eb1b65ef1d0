import { type AuditEntry, isObject, type Members, type PlainRule, type PlainRules } from './types.ts'

/** A permission that the entry names. */
export interface Relied {
  readonly basis: string
  /** Absent: the entry does not say to whom it was given. */
  readonly seller?: string
  /** It was given for another number of the person. */
  readonly otherNumber: boolean
}

/** What an originate was cleared on, as the entry states it. */
export interface Cleared {
  readonly rules: readonly string[]
  readonly lifted: readonly string[]
  readonly permissions: readonly Relied[]
  readonly zones: readonly string[]
  /** Absent: the entry does not state them. */
  readonly places?: readonly string[]
  /** Who spoke; absent: a person. */
  readonly voice?: string
  /** How many of selection and dialing a system did; absent: both. */
  readonly automation?: number
  /** Which of them. */
  readonly automates: readonly string[]
  /** How an agent came to dial; absent: pacing did, or the entry does not say it. */
  readonly mode?: string
  readonly lists: readonly { readonly list: string; readonly version: string; readonly asOf: number }[]
  readonly agentReserved: boolean
}

/** How a call ended. */
export interface Outcome {
  readonly seq: number
  readonly at: number
  readonly disposition: string
  readonly ringingAt?: number
  readonly answeredAt?: number
  readonly connectedAt?: number
  readonly sipCode?: number
  readonly counts: boolean
}

/** The agent's word. */
export interface Word {
  readonly seq: number
  readonly at: number
  readonly refusal: boolean
  readonly machine: boolean
  readonly complaint: boolean
}

/** One originate, or one call that came in, with all that came after it. */
export interface Call {
  /** `campaign`: pacing made it, `manual`: an agent; `inbound`: somebody called. */
  readonly origin: 'campaign' | 'manual' | 'inbound'
  readonly seq: number
  readonly at: number
  readonly callId: string
  readonly subject: string
  readonly person?: string
  readonly campaign: string
  readonly seller: string
  readonly purpose: string
  readonly topic: string
  readonly callerId: string
  readonly sellerPlace?: string
  readonly cleared?: Cleared
  /** The campaign's own hours and limits at that time. */
  readonly ownRules: readonly PlainRule[]
  /** The rules that the ledger named last before it. */
  readonly book?: PlainRules
  /** All that say to be its outcome; there should be one. */
  readonly outcomes: Outcome[]
  word?: Word
}

/** What the entries are about, put together. */
export interface Story {
  readonly entries: readonly AuditEntry[]
  readonly calls: readonly Call[]
  /** Outcomes of calls that were never originated. */
  readonly strays: readonly AuditEntry[]
  /** Whether the entries begin with the ledger: earlier calls are not missing. */
  readonly whole: boolean
}

/** Reads the entries one after the other. */
export function readStory(entries: readonly AuditEntry[]): Story {
  const calls = new Map<string, Call>()
  const strays: AuditEntry[] = []
  const campaigns = new Map<string, Members>()
  const books = booksByVersion(entries)
  let book: PlainRules | undefined
  for (const entry of entries) {
    const { kind, entry: members } = entry
    // The daemon wrote the book that it had loaded.
    if (kind === 'rules') book = members as unknown as PlainRules
    if (kind === 'campaign') campaigns.set(text(members.campaign), members)
    if (kind === 'originate' || kind === 'incoming') {
      const cleared = isObject(members.clearance) ? books.get(text(members.clearance.rulesVersion)) : undefined
      const call = callOf(entry, { campaign: campaigns.get(text(members.campaign)), book: cleared ?? book })
      // A call id that comes twice is two calls, and the first keeps its outcomes.
      calls.set(calls.has(call.callId) ? `${call.callId} ${entry.seq}` : call.callId, call)
    }
    const call = calls.get(text(members.callId))
    if (kind === 'outcome' && call === undefined) strays.push(entry)
    if (kind === 'outcome') call?.outcomes.push(outcomeOf(entry))
    if (kind === 'wrap-up' && call !== undefined) call.word = wordOf(entry, call.word)
  }
  return { entries, calls: [...calls.values()], strays, whole: entries[0]?.kind === 'genesis' }
}

/** A rotation takes the rules along with the calls that they cleared, and writes them once more for those that stay. */
function booksByVersion(entries: readonly AuditEntry[]): ReadonlyMap<string, PlainRules> {
  const books = entries.filter(({ kind }) => kind === 'rules').map(({ entry }) => entry)
  return new Map(books.map(book => [text(book.version), book as unknown as PlainRules]))
}

function callOf(
  { seq, at, kind, entry }: AuditEntry,
  { campaign, book }: { readonly campaign: Members | undefined; readonly book: PlainRules | undefined },
): Call {
  const { callId, subject, person, seller, purpose, topic, callerId, clearance } = entry
  const sellerPlace = isObject(clearance) ? clearance.seller : campaign?.sellerPlace
  return {
    // An originate that does not say whose it is, is a campaign's.
    origin: kind === 'incoming' ? 'inbound' : entry.origin === 'manual' ? 'manual' : 'campaign',
    seq,
    at,
    callId: text(callId),
    subject: text(subject),
    campaign: text(entry.campaign),
    seller: text(seller),
    purpose: text(purpose),
    topic: text(topic),
    callerId: text(callerId),
    ...(typeof person === 'string' ? { person } : {}),
    ...(typeof sellerPlace === 'string' ? { sellerPlace } : {}),
    ...(isObject(clearance) ? { cleared: clearedOf(clearance) } : {}),
    ...(book === undefined ? {} : { book }),
    ownRules: campaign === undefined ? [] : ownRulesOf(campaign),
    outcomes: [],
  }
}

function clearedOf(clearance: Members): Cleared {
  const objects = (value: unknown) => (Array.isArray(value) ? value.filter(isObject) : [])
  return {
    rules: texts(clearance.rules),
    lifted: texts(clearance.lifted),
    permissions: objects(clearance.permissions).map(({ basis, seller, otherNumber }) => ({
      basis: text(basis),
      ...(typeof seller === 'string' ? { seller } : {}),
      otherNumber: otherNumber === true,
    })),
    zones: objects(clearance.localTimes).map(({ zone }) => text(zone)),
    ...(typeof clearance.voice === 'string' ? { voice: clearance.voice } : {}),
    ...(Array.isArray(clearance.automation) ? { automation: clearance.automation.length } : {}),
    automates: Array.isArray(clearance.automation) ? texts(clearance.automation) : ['selection', 'dialing'],
    ...(typeof clearance.mode === 'string' ? { mode: clearance.mode } : {}),
    ...(Array.isArray(clearance.places) ? { places: texts(clearance.places) } : {}),
    lists: objects(clearance.lists).map(({ list, version, asOf }) => ({
      list: text(list),
      version: text(version),
      asOf: Number(asOf),
    })),
    agentReserved: clearance.agentReserved === true,
  }
}

/** The campaign's own hours come in two shapes: one span and its weekdays, or spans by weekday. */
function ownRulesOf({ callingHours, attemptLimits }: Members): readonly PlainRule[] {
  // The daemon wrote settings that it had checked.
  const limits = Array.isArray(attemptLimits) ? (attemptLimits as PlainRule[]) : []
  if (!isObject(callingHours)) return limits
  const { startMinute, endMinute, weekdays, days } = callingHours
  if (Array.isArray(days)) return [...limits, { ...callingHours, ruleId: 'campaign/hours', kind: 'hours' } as PlainRule]
  if (typeof startMinute !== 'number' || typeof endMinute !== 'number' || !Array.isArray(weekdays)) return limits
  const spans = [0, 1, 2, 3, 4, 5, 6].map(day => (weekdays.includes(day) ? [{ startMinute, endMinute }] : []))
  return [...limits, { ruleId: 'campaign/hours', kind: 'hours', days: spans }]
}

function outcomeOf({ seq, at, entry }: AuditEntry): Outcome {
  const { disposition, ringingAt, answeredAt, connectedAt, sipCode, counts } = entry
  return {
    seq,
    at,
    disposition: text(disposition),
    counts: counts === true,
    ...(typeof ringingAt === 'number' ? { ringingAt } : {}),
    ...(typeof answeredAt === 'number' ? { answeredAt } : {}),
    ...(typeof connectedAt === 'number' ? { connectedAt } : {}),
    ...(typeof sipCode === 'number' ? { sipCode } : {}),
  }
}

/** A later word replaces an earlier one, but a refusal or a complaint that was said stays said. */
function wordOf({ seq, at, entry }: AuditEntry, before: Word | undefined): Word {
  const refusal = entry.refusal === true || before?.refusal === true
  const complaint = entry.complaint === true || entry.code === 'complaint' || before?.complaint === true
  return { seq, at, refusal, complaint, machine: entry.machine === true }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : []
}
