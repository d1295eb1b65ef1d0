import { hasWithdrawn } from '../core/compliance/consent.ts'
import type { DoNotCallKind } from '../core/compliance/doNotCall.ts'
import { hasPerSellerLists } from '../core/compliance/law.ts'
import { given } from '../core/given.ts'
import type { CallId, CampaignId, InstantMs, PhoneNumber } from '../core/ids.ts'
import type { Input } from '../core/inputs.ts'
import type { EngineState } from '../core/state.ts'
import { companyList, deceasedList, retiredList, sellerList, wrongPersonList } from '../ports/bulkLists.ts'
import { type Clock, dateOf } from '../ports/clock.ts'
import type { DoNotCallEntry } from '../ports/doNotCall.ts'
import type { ErasureReport } from '../ports/people.ts'
import type { AgentSays, RefusalAnswer, RefusalBy, RefusalWay } from '../ports/refusals.ts'
import type { RefusalStore } from './shell.ts'

/** What a no means that came by this way. */
interface Meaning<Way extends RefusalWay> {
  /** The list that the number goes to, with the source that stands there; absent: none. */
  readonly lists?: Pick<DoNotCallEntry, 'list' | 'source'>
  /** What is written that is no entry of a list. */
  readonly writes?: (door: DoorOptions, refusal: RefusalBy<Way>) => Promise<RefusalAnswer<Way>>
  /** Who leaves the hoppers and the ringing lines. */
  readonly binds: (door: DoorOptions, refusal: RefusalBy<Way>) => Iterable<Bound> | AsyncIterable<Bound>
  /** An order that has not left for the PBX yet does not leave. */
  readonly stopsOrders: boolean
  /**
   * `first`: nothing else happens until it is on disk. `begun`: the engine's step cannot wait; the write is on its way, and the
   * gate waits for it before the next originate. `between`: off the lines before, so that no order leaves meanwhile, and after,
   * because a refill may have been under way; nothing at all while one of the numbers is being called.
   */
  readonly disk: 'first' | 'begun' | 'between'
}

/**
 * Every way beside the others; where one is to mean something else, this is the place. A person who refuses refuses with every number,
 * known now or later (16 CFR 310.4(b)(1)(iii)(A)): one entry is written, and the gate asks for those of all the person's numbers.
 * It is every seller's, unless the operator has signed for lists per seller: then what is said in a call is said to the seller of that
 * call. Whomever it binds, all lines of the person are freed at once: a call that another seller may make is made again.
 */
const meanings: { readonly [Way in RefusalWay]: Meaning<Way> } = {
  // The engine's `agent` follows from the same word (core/agents/wrapUp.ts).
  'wrap-up': { lists: company('agent'), binds: numbersOfPerson, stopsOrders: true, disk: 'first' },
  agent: { lists: company('agent'), binds: numbersOfPerson, stopsOrders: true, disk: 'begun' },
  'opt-out-key': { lists: company('opt-out-key'), binds: numbersOfPerson, stopsOrders: true, disk: 'begun' },
  carrier: { lists: company('network'), binds: numbersOfPerson, stopsOrders: true, disk: 'begun' },
  // Nobody's word; it shares the door because the number is not to be called either.
  'dead-number': {
    lists: { list: retiredList, source: 'network' },
    binds: itsNumber,
    stopsOrders: false,
    disk: 'begun',
  },
  operator: { lists: company('operator'), binds: numbersOfPerson, stopsOrders: true, disk: 'first' },
  'operator-prefix': { writes: addPrefix, binds: whoHasPrefix, stopsOrders: true, disk: 'first' },
  withdrawal: { writes: withdraw, binds: numbersOfPerson, stopsOrders: true, disk: 'first' },
  erasure: { writes: erase, binds: numbersOfPerson, stopsOrders: true, disk: 'between' },
  // Of these three the import has written what there is to write.
  'permission-import': { binds: whoHasWithdrawn, stopsOrders: true, disk: 'first' },
  'list-import': { binds: whoIsListed, stopsOrders: true, disk: 'first' },
  'move-in': { binds: whoIsListed, stopsOrders: true, disk: 'first' },
}

/** What an agent says that is another word than a refusal, and whom it binds instead. */
const words: { readonly [Word in NonNullable<AgentSays['says']>]: Pick<Meaning<'agent'>, 'lists' | 'binds'> } = {
  // Whoever answers is a stranger to us; the person may still be called elsewhere.
  'wrong-person': { lists: { list: wrongPersonList, source: 'agent' }, binds: itsNumber },
  // Nobody is called about the dead, by whatever number.
  deceased: { lists: { list: deceasedList, source: 'agent' }, binds: numbersOfPerson },
}

function company(source: DoNotCallEntry['source']): Pick<DoNotCallEntry, 'list' | 'source'> {
  return { list: companyList, source }
}

/** The one door for a no. */
export interface RefusalDoor {
  /** Resolves when it is on disk and nobody it binds is rung any more; where the disk is not waited for, at once. */
  refuse<Way extends RefusalWay>(refusal: RefusalBy<Way>): Promise<RefusalAnswer<Way>>
}

interface DoorOptions {
  readonly store: RefusalStore
  readonly clock: Clock
  readonly state: EngineState
  /** Keeps what must not be lost, in its order by key. */
  readonly writer: { keep(key: string, write: () => Promise<void>): void }
  /** Orders that have not left for the PBX yet. */
  readonly originator: { block(bound: Bound): void }
  submit(input: Input): void
}

/** A number that is called no more; `topic`: only about it, `campaignId`: only by it. */
interface Bound {
  readonly number: PhoneNumber
  readonly topic?: string
  readonly campaignId?: CampaignId
}

/** Makes the door of a dialer. */
export function createRefusalDoor(door: DoorOptions): RefusalDoor {
  return {
    async refuse<Way extends RefusalWay>(refusal: RefusalBy<Way>) {
      const said = 'says' in refusal && refusal.says !== undefined ? words[refusal.says] : undefined
      // The table pairs each way with its refusal and its answer; TypeScript cannot carry that pairing through an index.
      const meaning = { ...meanings[refusal.way], ...said } as unknown as Meaning<Way>
      return (await carryOut(door, refusal, meaning)) as RefusalAnswer<Way>
    },
  }
}

async function carryOut<Way extends RefusalWay>(
  door: DoorOptions,
  refusal: RefusalBy<Way>,
  meaning: Meaning<Way>,
): Promise<RefusalAnswer<Way> | undefined> {
  const { lists, writes, binds, disk } = meaning
  const where = lists && { ...lists, list: listFor(door, refusal, lists.list) }
  const entry = where && 'number' in refusal ? entryOf(refusal, where, dateOf(door.clock)) : undefined
  if (disk === 'begun' && entry !== undefined && 'callId' in refusal) {
    begin(door, meaning, { refusal, entry, callId: refusal.callId })
    return undefined
  }
  const before = disk === 'between' ? await all(binds(door, refusal)) : []
  for (const call of door.state.calls.values())
    if (before.some(({ number }) => number === call.number)) return undefined
  for (const bound of before) takeOff(door, meaning, bound)
  if (entry !== undefined) await door.store.addDoNotCall(entry)
  const answer = await writes?.(door, refusal)
  for await (const bound of disk === 'between' ? before : binds(door, refusal)) takeOff(door, meaning, bound)
  return answer
}

/** In a step of the engine: all that needs no look at the disk happens before the step is over. */
function begin<Way extends RefusalWay>(
  door: DoorOptions,
  meaning: Pick<Meaning<Way>, 'binds' | 'stopsOrders'>,
  { refusal, entry, callId }: { refusal: RefusalBy<Way>; entry: DoNotCallEntry; callId: CallId },
): void {
  // A key of its own: a record of the call that cannot be written must not keep the no from being tried.
  const key = `refusal ${callId}`
  door.writer.keep(key, () => door.store.addDoNotCall(entry))
  takeOff(door, meaning, { number: entry.number })
  door.writer.keep(key, async () => {
    for await (const bound of meaning.binds(door, refusal)) {
      if (bound.number !== entry.number) takeOff(door, meaning, bound)
    }
  })
}

/** On which list: a refusal that is one seller's goes to theirs. Where nobody can tell whose it is, it is everybody's. */
function listFor({ state }: DoorOptions, refusal: RefusalBy<RefusalWay>, list: string): string {
  if (list !== companyList || !hasPerSellerLists(state.laws.book)) return list
  const seller = refusal.way === 'operator' ? refusal.seller : sellerOfCall(state, refusal)
  return seller === undefined ? list : sellerList(seller)
}

function sellerOfCall(
  { calls, recentCalls, campaigns }: EngineState,
  refusal: RefusalBy<RefusalWay>,
): string | undefined {
  const { way } = refusal
  if (way !== 'wrap-up' && way !== 'agent' && way !== 'opt-out-key') return undefined
  if (refusal.everybody === true) return undefined
  const call = way === 'wrap-up' ? refusal : (calls.get(refusal.callId) ?? recentCalls.get(refusal.callId)?.call)
  return call && campaigns.get(call.campaignId)?.settings.seller.sellerId
}

function entryOf(
  refusal: { readonly number: PhoneNumber; readonly callId?: CallId; readonly note?: string },
  lists: Pick<DoNotCallEntry, 'list' | 'source'>,
  at: InstantMs,
): DoNotCallEntry {
  const { number, callId, note } = refusal
  return { number, ...lists, at, ...given({ note: callId === undefined ? note : `call ${callId}` }) }
}

/** Out of the hoppers and off the ringing lines. */
function takeOff(
  { originator, submit }: DoorOptions,
  { stopsOrders }: Pick<Meaning<RefusalWay>, 'stopsOrders'>,
  bound: Bound,
): void {
  if (stopsOrders) originator.block(bound)
  submit({ kind: 'number-blocked', ...bound })
}

async function all<Item>(items: Iterable<Item> | AsyncIterable<Item>): Promise<readonly Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

async function addPrefix(door: DoorOptions, { prefix, note }: RefusalBy<'operator-prefix'>): Promise<undefined> {
  await door.store.addDoNotCallPrefix({ prefix, source: 'operator', at: dateOf(door.clock), ...given({ note }) })
}

function withdraw(door: DoorOptions, { number, topic, how }: RefusalBy<'withdrawal'>): Promise<number> {
  return door.store.withdrawPermission({ number, at: dateOf(door.clock), how, ...given({ topic }) })
}

function erase({ store, clock }: DoorOptions, { number, by }: RefusalBy<'erasure'>): Promise<ErasureReport> {
  return store.erasePerson({ number, at: dateOf(clock), by })
}

function itsNumber(_door: DoorOptions, { number }: { readonly number: PhoneNumber }): readonly Bound[] {
  return [{ number }]
}

async function* numbersOfPerson(
  { store }: DoorOptions,
  { number, topic }: { readonly number: PhoneNumber; readonly topic?: string },
): AsyncGenerator<Bound> {
  for (const one of await store.numbersOfPerson(number)) yield { number: one, ...given({ topic }) }
}

function whoHasPrefix({ state }: DoorOptions, { prefix }: RefusalBy<'operator-prefix'>): readonly Bound[] {
  const numbers = new Set(beingCalled(state).map(({ number }) => number))
  return [...numbers].filter(number => number.startsWith(prefix)).map(number => ({ number }))
}

/** Our own channel. */
const callChannel = 'call'

/** Whoever is about to be called, or rings, and has taken back the permission for it. */
async function* whoHasWithdrawn({ store, clock, state }: DoorOptions): AsyncGenerator<Bound> {
  for (const { number, topic, seller } of beingCalled(state)) {
    if (topic === undefined) continue
    const known = await store.permissionsOf(number)
    const permissions = known.map(one => ({ ...one, otherNumber: one.number !== number }))
    const about = { topic, channel: callChannel, ...given({ seller }) }
    if (hasWithdrawn(permissions, about, dateOf(clock))) yield { number, topic }
  }
}

/** Lists that bind whatever the campaign. What a nation or a state lists, the gate weighs before each originate. */
const bindAlways: ReadonlySet<DoNotCallKind> = new Set(['company', 'other', 'deceased'])

/** Whoever is about to be called, or rings, and stands on a list that binds always, or binds the campaign that calls. */
async function* whoIsListed({ store, state }: DoorOptions): AsyncGenerator<Bound> {
  const callersOf = new Map<PhoneNumber, Set<CampaignId>>()
  for (const { number, campaignId } of beingCalled(state))
    callersOf.set(number, (callersOf.get(number) ?? new Set()).add(campaignId))
  for (const [number, callers] of callersOf) {
    const hits = await store.doNotCallHits(number)
    if (hits.some(({ kind }) => bindAlways.has(kind))) {
      yield { number }
      continue
    }
    const ofCampaigns = new Set(hits.filter(({ kind }) => kind === 'campaign').map(({ campaignId }) => campaignId))
    // What was said to another seller the gate has weighed; no import changes it.
    const sellers = new Set(hits.filter(({ kind }) => kind === 'seller').map(({ seller }) => seller))
    for (const campaignId of callers) {
      const own = state.campaigns.get(campaignId)?.settings.seller.sellerId
      if (ofCampaigns.has(campaignId) || (own !== undefined && sellers.has(own))) yield { number, campaignId }
    }
  }
}

/** Somebody in a hopper or in a call, and for which campaign; of one that is known, for whom and about what. */
interface Called {
  readonly number: PhoneNumber
  readonly campaignId: CampaignId
  readonly topic?: string
  readonly seller?: string
}

/** Everybody in a hopper or in a call. */
function beingCalled({ campaigns, calls }: EngineState): readonly Called[] {
  const found: Called[] = []
  for (const [campaignId, { hopper, settings }] of campaigns) {
    const about = { campaignId, topic: settings.topic, seller: settings.seller.sellerId }
    for (const { number } of hopper.leads) found.push({ number, ...about })
  }
  for (const { number, campaignId } of calls.values()) {
    const { topic, seller } = campaigns.get(campaignId)?.settings ?? {}
    if (number !== undefined) found.push({ number, campaignId, ...given({ topic, seller: seller?.sellerId }) })
  }
  return found
}
