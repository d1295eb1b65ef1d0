import { hasWithdrawn } from '../core/compliance/consent.ts'
import type { DoNotCallKind } from '../core/compliance/doNotCall.ts'
import { given } from '../core/given.ts'
import type { CallId, InstantMs, PhoneNumber } from '../core/ids.ts'
import type { Input } from '../core/inputs.ts'
import type { EngineState } from '../core/state.ts'
import { companyList, retiredList } from '../ports/bulkLists.ts'
import type { Clock } from '../ports/clock.ts'
import type { DoNotCallEntry } from '../ports/doNotCall.ts'
import type { ErasureReport } from '../ports/people.ts'
import type { RefusalAnswer, RefusalBy, RefusalWay } from '../ports/refusals.ts'
import type { RefusalStore } from './shell.ts'

/** What a no means that came by this way. */
interface Meaning<Way extends RefusalWay> {
  /** The list that the number goes to, with the source that stands there; absent: none. */
  readonly lists?: Pick<DoNotCallEntry, 'list' | 'source'>
  /** The person's other numbers go there as well: a person has refused (16 CFR 310.4(b)(1)(iii)(A)). */
  readonly listsPerson?: true
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

/** Every way beside the others. They differ more than they should: where one is to mean something else, this is the place. */
const meanings: { readonly [Way in RefusalWay]: Meaning<Way> } = {
  // The engine's `agent` follows from the same word (core/agents/wrapUp.ts), and lists the person's other numbers.
  'wrap-up': { lists: company('agent'), binds: itsNumber, stopsOrders: true, disk: 'first' },
  agent: { lists: company('agent'), listsPerson: true, binds: itsNumber, stopsOrders: true, disk: 'begun' },
  'opt-out-key': {
    lists: company('opt-out-key'),
    listsPerson: true,
    binds: itsNumber,
    stopsOrders: true,
    disk: 'begun',
  },
  carrier: { lists: company('network'), binds: itsNumber, stopsOrders: true, disk: 'begun' },
  // Nobody's word; it shares the door because the number is not to be called either.
  'dead-number': {
    lists: { list: retiredList, source: 'network' },
    binds: itsNumber,
    stopsOrders: false,
    disk: 'begun',
  },
  operator: { lists: company('operator'), binds: itsNumber, stopsOrders: true, disk: 'first' },
  'operator-prefix': { writes: addPrefix, binds: inFlightWithPrefix, stopsOrders: true, disk: 'first' },
  withdrawal: { writes: withdraw, binds: numbersOfPerson, stopsOrders: true, disk: 'first' },
  erasure: { writes: erase, binds: numbersOfPerson, stopsOrders: true, disk: 'between' },
  // Of these three the import has written what there is to write.
  'permission-import': { binds: whoHasWithdrawn, stopsOrders: true, disk: 'first' },
  'list-import': { binds: whoIsListed, stopsOrders: true, disk: 'first' },
  'move-in': { binds: whoIsListed, stopsOrders: true, disk: 'first' },
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

/** A number that is called no more; `topic`: only about it. */
interface Bound {
  readonly number: PhoneNumber
  readonly topic?: string
}

/** Makes the door of a dialer. */
export function createRefusalDoor(door: DoorOptions): RefusalDoor {
  return {
    async refuse<Way extends RefusalWay>(refusal: RefusalBy<Way>) {
      // The table pairs each way with its refusal and its answer; TypeScript cannot carry that pairing through an index.
      const meaning = meanings[refusal.way] as unknown as Meaning<Way>
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
  const entry = lists && 'number' in refusal ? entryOf(refusal, lists, door.clock.now()) : undefined
  if (disk === 'begun' && entry !== undefined && 'callId' in refusal) {
    begin(door, meaning, { entry, callId: refusal.callId })
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

/** In a step of the engine: everything but the disk happens before the step is over. */
function begin(
  door: DoorOptions,
  meaning: Pick<Meaning<RefusalWay>, 'listsPerson' | 'stopsOrders'>,
  { entry, callId }: { readonly entry: DoNotCallEntry; readonly callId: CallId },
): void {
  const { store, writer } = door
  writer.keep(callId, () => store.addDoNotCall(entry))
  takeOff(door, meaning, { number: entry.number })
  if (!meaning.listsPerson) return
  writer.keep(callId, async () => {
    for (const number of await store.numbersOfPerson(entry.number)) {
      if (number === entry.number) continue
      await store.addDoNotCall({ ...entry, number })
      takeOff(door, meaning, { number })
    }
  })
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
  await door.store.addDoNotCallPrefix({ prefix, source: 'operator', at: door.clock.now(), ...given({ note }) })
}

function withdraw(door: DoorOptions, { number, topic, how }: RefusalBy<'withdrawal'>): Promise<number> {
  return door.store.withdrawPermission({ number, at: door.clock.now(), how, ...given({ topic }) })
}

function erase({ store, clock }: DoorOptions, { number, by }: RefusalBy<'erasure'>): Promise<ErasureReport> {
  return store.erasePerson({ number, at: clock.now(), by })
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

function inFlightWithPrefix({ state }: DoorOptions, { prefix }: RefusalBy<'operator-prefix'>): readonly Bound[] {
  return [...state.numbersInFlight].filter(number => number.startsWith(prefix)).map(number => ({ number }))
}

/** Our own channel. */
const callChannel = 'call'

/** Whoever is about to be called, or rings, and has taken back the permission for it. */
async function* whoHasWithdrawn({ store, clock, state }: DoorOptions): AsyncGenerator<Bound> {
  for (const { number, topic } of beingCalled(state)) {
    if (topic === undefined) continue
    const permissions = await store.permissionsOf(number)
    if (hasWithdrawn(permissions, { topic, channel: callChannel }, clock.now())) yield { number, topic }
  }
}

/** Lists that bind whatever the campaign. What a nation, a state or one campaign lists, the gate weighs before each originate. */
const bindAlways: ReadonlySet<DoNotCallKind> = new Set(['company', 'other'])

/** Whoever is about to be called, or rings, and stands on a list that binds always. */
async function* whoIsListed({ store, state }: DoorOptions): AsyncGenerator<Bound> {
  for (const number of new Set(beingCalled(state).map(({ number }) => number))) {
    const hits = await store.doNotCallHits(number)
    if (hits.some(({ kind }) => bindAlways.has(kind))) yield { number }
  }
}

/** Everybody in a hopper or in a call, with the topic that they are called about. */
function beingCalled({ campaigns, calls }: EngineState): readonly Bound[] {
  const found: Bound[] = []
  for (const { hopper, settings } of campaigns.values())
    for (const { number } of hopper.leads) found.push({ number, topic: settings.topic })
  for (const { number, campaignId } of calls.values())
    if (number !== undefined) found.push({ number, ...given({ topic: campaigns.get(campaignId)?.settings.topic }) })
  return found
}
