// A simulated month: the real dialer under all shipped rules, people of many places, and what the ledger says in the end.
import { type AuditEntry, audit, type PlainRules, type Violation } from '../../src/audit/audit.ts'
import type { VerdictFacts } from '../../src/core/compliance/facts.ts'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import type { RuleBook } from '../../src/core/compliance/rules.ts'
import type { PhoneNumber } from '../../src/core/ids.ts'
import { createPacer } from '../../src/core/pacing/index.ts'
import type { PacerFactory, PacingSnapshot } from '../../src/core/pacing/pacer.ts'
import type { Dialer } from '../../src/dialer/dialer.ts'
import { createLog } from '../../src/log.ts'
import type { NewPermission } from '../../src/ports/people.ts'
import type { Store } from '../../src/ports/store.ts'
import type { SimulatedTelephony } from '../../src/sim/world/pbx.ts'
import { createRandom } from '../../src/sim/world/random.ts'
import { createVirtualClock, type VirtualClock } from '../../src/sim/world/scheduler.ts'
import { createSimulatedTelephony } from '../../src/sim/world/telephony.ts'
import { createMemoryStore, type MemoryStore } from '../../src/store/memory/memoryStore.ts'
import { shippedRules } from './compliance.ts'
import { createOpenDialer, engineStateOf } from './engineState.ts'
import { monthCallees, staffAtWork } from './monthAgents.ts'
import {
  everybody,
  familyOf,
  hasAgreed,
  isCustomer,
  isIn,
  leadsOf,
  type MonthCampaign,
  monthCampaigns,
  monthLists,
  numberOf,
  whoIs,
} from './monthWorld.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const stepMs = 10_000
const nodeId = 'pbx'
const trunkId = 'main'

/** Monday 2026-10-26: in the month the American clocks change, France has two holidays, and every calendar a month's end. */
export const monthStartsAt = Date.UTC(2026, 9, 26)

/** A month, whole or in parts. */
export interface MonthOptions {
  readonly seed?: number
  readonly days?: number
  /** The day of the month with which it begins; default 0. */
  readonly firstDay?: number
  /** Share of the people; 1: all. */
  readonly scale?: number
  /** Operators put people on one seller's list, one seller after the other. */
  readonly perSeller?: boolean
  /** Only these campaigns. */
  readonly campaigns?: readonly string[]
  /** What goes wrong on the way to the engine: it never reaches the audit. */
  readonly bug?: Bug
}

/** A seeded bug: what the engine takes for the facts and the rules. */
export interface Bug {
  readonly facts?: (facts: VerdictFacts, now: number) => VerdictFacts
  readonly rules?: (book: RuleBook) => RuleBook
}

/** What came of it. */
export interface Month {
  readonly entries: readonly AuditEntry[]
  readonly violations: readonly Violation[]
  /** What the carrier was asked for. */
  readonly originates: readonly { readonly callId: string; readonly number: PhoneNumber; readonly at: number }[]
  /** Leads put off, by reason. */
  readonly refusals: ReadonlyMap<string, number>
  /** What must not have happened: failed commands and the log's errors. */
  readonly faults: readonly unknown[]
}

/** Virtual time that leaps over idle hours: a look at nothing every few seconds is what a month would consist of. */
interface LeapingClock extends Pick<VirtualClock, 'now' | 'wakeAt' | 'runUntil'> {
  /** Timers that were due in between fire after it. */
  leapTo(at: number): void
}

function createLeapingClock(startAt: number): LeapingClock {
  const clock = createVirtualClock(startAt)
  let leaptMs = 0
  return {
    now: () => clock.now() + leaptMs,
    wakeAt: (at, wake) => clock.wakeAt(at - leaptMs, wake),
    runUntil: until => clock.runUntil(until - leaptMs),
    leapTo(at) {
      leaptMs += Math.max(0, at - clock.now() - leaptMs)
    },
  }
}

interface World {
  readonly clock: LeapingClock
  readonly store: Store
  readonly kept: MemoryStore
  readonly telephony: SimulatedTelephony
  readonly campaigns: readonly MonthCampaign[]
  readonly people: readonly PhoneNumber[]
  readonly options: Required<Omit<MonthOptions, 'campaigns'>>
  readonly originates: Month['originates'][number][]
  readonly faults: unknown[]
  runs: number
}

/** Lives through the month. */
export async function liveMonth(options: MonthOptions = {}): Promise<Month> {
  const refusals = new Map<string, number>()
  const world = createWorld(options, refusals)
  const { kept, campaigns } = world
  const { days, firstDay } = world.options
  await prepare(world)
  let run = await startRun(world)
  for (const { settings } of campaigns)
    await ask(world, run.dialer, { kind: 'campaign-start', campaignId: settings.campaignId })
  for (let day = firstDay; day < firstDay + days; day += 1) {
    await morning(world, run.dialer, day)
    const wishes = wishesOf(world, day)
    const restartsAt = monthStartsAt + day * dayMs + 15 * hourMs
    if (day === firstDay + Math.floor(days / 2)) {
      await pass(world, run.dialer, { wishes, until: restartsAt })
      await untilCalling(world, run.dialer)
      run = await restart(world, run)
    }
    await pass(world, run.dialer, { wishes, until: monthStartsAt + (day + 1) * dayMs })
  }
  await endRun(world, run)
  const entries = await entriesOf(kept)
  const violations = audit(entries, plainRules(shippedRules))
  return { entries, violations, refusals, originates: world.originates, faults: world.faults }
}

/** The rules as anybody can read them. */
export function plainRules(book: RuleBook): PlainRules {
  return JSON.parse(JSON.stringify(book))
}

function createWorld(asked: MonthOptions, refusals: Map<string, number>): World {
  const options = { seed: 1, days: 30, firstDay: 0, scale: 1, perSeller: false, bug: {}, ...asked }
  const clock = createLeapingClock(monthStartsAt + options.firstDay * dayMs - hourMs)
  const kept = createMemoryStore()
  const originates: World['originates'] = []
  const callees = monthCallees(createRandom(options.seed, 1))
  const telephony = createSimulatedTelephony({
    ...{ nodeId, clock, connectDelayMs: 90 },
    callees: {
      plan(order, now) {
        const { callId, number } = order.attempt
        originates.push({ callId, number, at: now })
        return callees.plan(order, now)
      },
    },
  })
  const store: Store = {
    ...kept,
    async facts(query) {
      const facts = await kept.facts(query)
      return options.bug.facts?.(facts, query.now) ?? facts
    },
    async deferLead(leadId, until, reason) {
      refusals.set(reason, (refusals.get(reason) ?? 0) + 1)
      await kept.deferLead(leadId, until, reason)
    },
  }
  const campaigns = monthCampaigns.filter(({ settings }) => asked.campaigns?.includes(settings.campaignId) ?? true)
  const people = everybody(options.scale)
  return { ...{ clock, store, kept, telephony, campaigns, people, options, originates }, faults: [], runs: 0 }
}

interface Run {
  readonly dialer: Dialer
  readonly leave: () => void
}

async function startRun(world: World): Promise<Run> {
  const { clock, store, telephony, options, campaigns, faults } = world
  world.runs += 1
  const agents = campaigns.flatMap(({ settings: { campaignId }, agents }) =>
    Array.from({ length: agents }, (_, index) => {
      const agentId = `${campaignId}-${index + 1}`
      return { agentId, name: agentId, endpoint: `PJSIP/${agentId}`, nodeId, campaignId }
    }),
  )
  const log = createLog({ level: 'silent' })
  log.error = (...said: unknown[]) => void faults.push(said)
  const dialer = createOpenDialer({
    ...{ clock, telephonies: [telephony], store, log, agents, callIdPrefix: `run${world.runs}` },
    trunks: [
      {
        ...{ trunkId, nodeId, channelsMax: 200, callsPerSecondMax: 20 },
        dialString: 'PJSIP/{number}@sim',
        stripPlus: false,
      },
    ],
    checkInvariants: true,
    createPacer: unhurried,
    laws: createLawFinder(options.bug.rules?.(shippedRules) ?? shippedRules),
  })
  await inTime(world, dialer.start())
  const random = createRandom(options.seed, 10 + world.runs)
  const leave = staffAtWork({ gateway: dialer.gateway, clock, telephony, random, onFault: error => faults.push(error) })
  await clock.runUntil(clock.now() + 1_000)
  for (const { agentId } of agents) {
    if (engineStateOf(dialer).agents.get(agentId)?.phase.state === 'offline')
      await ask(world, dialer, { kind: 'agent-login', agentId })
  }
  return { dialer, leave }
}

/** What a pacer has learned is kept every 5 s; a month can do with less. */
const savesApart = 60

/** The product's pacers, who look only now and then while there is nothing to dial. */
const unhurried: PacerFactory = (settings, memory) => {
  const pacer = createPacer(settings, memory)
  const decide = pacer.decide.bind(pacer)
  const memorize = pacer.memory.bind(pacer)
  let [saves, kept] = [0, pacer.memory()]
  return Object.assign(pacer, {
    memory() {
      saves += 1
      if (saves % savesApart === 0) kept = memorize()
      return kept
    },
    decide: (snapshot: PacingSnapshot, now: number) => {
      const decision = decide(snapshot, now)
      return snapshot.limits.leads > 0 ? decision : { ...decision, againInMs: stepMs }
    },
  })
}

/** The daemon dies in the middle of the day's work and comes back a minute later. */
async function restart(world: World, { dialer, leave }: Run): Promise<Run> {
  const { clock, telephony } = world
  leave()
  telephony.breakLink()
  await inTime(world, dialer.stop({ graceMs: 0 }))
  await clock.runUntil(clock.now() + minuteMs)
  return startRun(world)
}

async function endRun(world: World, { dialer, leave }: Run): Promise<void> {
  await inTime(world, dialer.stop({ graceMs: hourMs }))
  leave()
  await world.telephony.close()
}

/** Lets virtual time pass until something is done. */
async function inTime<T>({ clock }: World, doing: Promise<T>): Promise<T> {
  let done = false
  const finished = doing.finally(() => {
    done = true
  })
  finished.catch(() => {})
  for (let turns = 0; turns < 10_000; turns += 1) {
    await clock.runUntil(clock.now())
    if (done) break
    await clock.runUntil(clock.now() + 1_000)
  }
  return finished
}

type Asked = Parameters<Dialer['gateway']['command']>[0]

async function ask(world: World, dialer: Dialer, asked: Asked): Promise<void> {
  await inTime(world, dialer.gateway.command(asked))
}

/** Before the first day: campaigns, lists, permissions, own hours. */
async function prepare(world: World): Promise<void> {
  const { kept, campaigns, clock, people } = world
  await kept.recordRules(shippedRules, clock.now())
  for (const { settings } of campaigns) await kept.saveCampaign(settings)
  for (const { list } of monthLists) {
    // Australia's comes late, the American one is old already.
    if (list === 'dnc-us') await install(world, list, monthStartsAt - 21 * dayMs)
    else if (list !== 'dnc-au') await install(world, list, monthStartsAt - dayMs)
  }
  for (const number of people) {
    const { home, index } = whoIs(number)
    if (hasAgreed(number)) await kept.addPermission(permission(number, 'written', 60))
    if (isCustomer(index)) await kept.addPermission(permission(number, 'purchase', 100))
    // Fern may call most of them there; the others have told acme, which is of no use to fern.
    if (home === 'berlin' || home === 'paris')
      await kept.addPermission({ ...permission(number, 'express', 30), seller: index % 4 === 1 ? 'acme' : 'fern' })
    if (index % 3 !== 1 || home === 'berlin') continue
    const expires = index % 4 === 0 ? { expiresAt: monthStartsAt + 9 * dayMs } : {}
    await kept.addPermission({ ...permission(number, 'express', 10), topics: ['care'], ...expires })
  }
  for (const number of people.filter(one => whoIs(one).index % 17 === 8)) {
    await kept.setPersonHours({ number, days: ownHours, how: 'asked for it', recordedAt: clock.now() })
  }
}

const evening = [{ startMinute: 17 * 60, endMinute: 19 * 60 + 30 }]
/** Hours that some people have asked for. */
export const ownHours = [[], evening, evening, [], evening, evening, []]

function permission(number: PhoneNumber, basis: NewPermission['basis'], daysAgo: number): NewPermission {
  const givenAt = monthStartsAt - daysAgo * dayMs
  return { number, basis, topics: [], channels: ['call'], givenAt, how: 'test', recordedAt: givenAt, seller: 'acme' }
}

async function install(world: World, name: string, asOf: number): Promise<void> {
  const { kept, people, clock } = world
  const found = monthLists.find(({ list }) => list === name)
  if (found === undefined) throw new RangeError(`no list ${name}`)
  const { holds, ...version } = found
  const numbers = people.filter(number => holds(whoIs(number).home, whoIs(number).index))
  const dates = { importedAt: clock.now(), asOf }
  kept.replaceBulkList(
    { ...version, ...dates, source: 'test', version: `${name}-${asOf}`, numbers: numbers.length },
    { numbers, prefixes: [] },
  )
}

const importDays = [0, 6, 13, 20]
/** The American list is 32 days old on the 11th day, which is a day too old, and comes anew on the 12th. */
const arrivals: Readonly<Record<number, readonly string[]>> = {
  2: ['dnc-au'],
  12: ['dnc-us'],
  18: ['tps', 'dnc-ca', 'florida'],
}

/** What comes in before the day's work. */
async function morning(world: World, dialer: Dialer, day: number): Promise<void> {
  const { kept, campaigns, options } = world
  for (const list of arrivals[day] ?? []) await install(world, list, monthStartsAt + day * dayMs - 2 * hourMs)
  const part = importDays.indexOf(day - options.firstDay)
  if (part < 0) return
  for (const campaign of campaigns) {
    const { campaignId } = campaign.settings
    const importId = `${campaignId}-${day}`
    const leads = leadsOf(campaign, { part, parts: importDays.length, scale: options.scale })
    await kept.importLeads(importId, campaignId, leads)
    const summary = { source: 'test', rows: leads.length, imported: leads.length, duplicates: 0, invalid: 0 }
    await kept.activateImport(importId, summary)
    await ask(world, dialer, { kind: 'leads-changed', campaignId })
  }
}

interface PlannedWish {
  readonly at: number
  readonly act: (dialer: Dialer) => Promise<unknown>
}

/** What people ask for in the course of a day, at any time of it; the soonest first. */
function wishesOf(world: World, day: number): PlannedWish[] {
  const { people, options } = world
  const random = createRandom(options.seed, 1_000 + day)
  const optOuts = options.perSeller ? [wish.optOutOfAcme, wish.optOutOfFern] : [wish.optOut, wish.optOut]
  const kinds = [...optOuts, wish.withdraw, wish.withdrawCare, wish.permit, wish.optIn]
  const count = Math.ceil(people.length / 70) * kinds.length
  const planned = Array.from({ length: count }, (_, index): PlannedWish => {
    const at = Math.round(monthStartsAt + (day + random.uniform()) * dayMs)
    const act = kinds[index % kinds.length] ?? wish.optOut
    const number = people[Math.floor(random.uniform() * people.length)] ?? numberOf('newYork', 0)
    const lot = random.uniform()
    return { at, act: dialer => act(world, dialer, lot < 0.5 ? (inFlight(dialer, lot * 2) ?? number) : number) }
  })
  return planned.sort((one, other) => one.at - other.at)
}

/** Half of those who ask are being called at this moment, for a seller whose law bears that an answer meets the message. */
function inFlight(dialer: Dialer, lot: number): PhoneNumber | undefined {
  const { calls, campaigns } = engineStateOf(dialer)
  const borne = [...calls.values()].filter(
    ({ campaignId, number = '' }) =>
      isIn(whoIs(number).home, 'US') && campaigns.get(campaignId)?.settings.seller.sellerId === 'acme',
  )
  return borne[Math.floor(lot * borne.length)]?.number
}

/** Lets the day go on, wishes at their time; where nothing can happen, time leaps. */
async function pass(
  world: World,
  dialer: Dialer,
  { wishes, until }: { readonly wishes: PlannedWish[]; readonly until: number },
): Promise<void> {
  const { clock } = world
  while (clock.now() < until) {
    const end = Math.min(until, wishes[0]?.at ?? until)
    const nextAt = nothingBefore(dialer)
    if (nextAt > clock.now() + stepMs) clock.leapTo(Math.min(end, nextAt))
    await clock.runUntil(Math.min(end, clock.now() + stepMs))
    for (let due = wishes[0]; due !== undefined && due.at <= clock.now(); due = wishes[0]) {
      wishes.shift()
      await inTime(world, due.act(dialer))
    }
  }
}

/** Until somebody is called for acme, and nobody for fern: one call that a crash abandons is too many under British law. */
async function untilCalling({ clock }: World, dialer: Dialer): Promise<void> {
  const { calls, campaigns } = engineStateOf(dialer)
  for (let turns = 0; turns < 20_000; turns += 1) {
    const sellers = [...calls.values()].map(({ campaignId }) => campaigns.get(campaignId)?.settings.seller.sellerId)
    if (sellers.length >= 3 && !sellers.includes('fern')) return
    await clock.runUntil(clock.now() + 1_000)
  }
}

/** Nobody is called and no lead is due before this. */
function nothingBefore(dialer: Dialer): number {
  const { calls, campaigns, agents } = engineStateOf(dialer)
  const hoppers = [...campaigns.values()].map(({ hopper }) => hopper)
  const busy = [...agents.values()].some(({ phase }) => phase.state !== 'available')
  if (calls.size > 0 || busy || hoppers.some(({ leads, refilling }) => leads.length > 0 || refilling)) return 0
  return Math.min(...hoppers.map(({ emptyUntil }) => emptyUntil))
}

type Wish = (world: World, dialer: Dialer, number: PhoneNumber) => Promise<unknown>

/** As the API does it: through the engine's one door where somebody says no. */
const wish = {
  async optOut(_world, dialer, number) {
    await dialer.gateway.refuse({ way: 'operator', number })
  },
  async optOutOfAcme({ kept, clock }, _dialer, number) {
    await kept.addDoNotCall({ number, list: 'seller:acme', source: 'operator', at: clock.now() })
  },
  async optOutOfFern({ kept, clock }, _dialer, number) {
    await kept.addDoNotCall({ number, list: 'seller:fern', source: 'operator', at: clock.now() })
  },
  async optIn({ kept }, _dialer, number) {
    await kept.removeDoNotCall(number)
  },
  async withdraw(_world, dialer, number) {
    await dialer.gateway.refuse({ way: 'withdrawal', number, how: 'api' })
  },
  async withdrawCare(_world, dialer, number) {
    await dialer.gateway.refuse({ way: 'withdrawal', number, topic: 'care', how: 'api' })
  },
  async permit({ kept, clock }, _dialer, number) {
    const now = clock.now()
    // For each of their telephones, and to everybody: an express word is about one number and one seller.
    for (const one of familyOf(number)) {
      for (const seller of ['acme', 'fern'])
        await kept.addPermission({ ...permission(one, 'express', 0), givenAt: now, recordedAt: now, seller })
    }
  },
} satisfies Readonly<Record<string, Wish>>

async function entriesOf(store: Store): Promise<readonly AuditEntry[]> {
  const all: AuditEntry[] = []
  for (;;) {
    const some = await store.ledgerEntries(all.at(-1)?.seq ?? 0, 1_000)
    if (some.length === 0) return all
    all.push(...some.map(({ seq, at, kind, entry }) => ({ seq, at, kind, entry: JSON.parse(entry) })))
  }
}
