import { ApiError } from '../../api/apiError.ts'
import type { PhonesConfig } from '../../config/phonesSection.ts'
import { given } from '../../core/given.ts'
import type { AgentId, InstantMs, NodeId } from '../../core/ids.ts'
import { errorCode, errorMessage, TelephonyError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { AgentSnapshot } from '../../ports/engine.ts'
import type { KeptPhone, PhoneKeeper, PhoneProvision, PhoneSetup } from '../../ports/phones.ts'

/** Phones whose time is over, and those of agents who are gone, are looked for this often. */
const lookEveryMs = 15_000

/** Where the phones of a PBX find it. */
export interface PhonePlace {
  readonly nodeId: NodeId
  readonly provision: PhoneProvision
  /** SIP over UDP, for telephones. */
  readonly host: string
  readonly port: number
  /** The PBX's WebSocket for SIP, `ws://127.0.0.1:8088/ws`: we go there for browsers. */
  readonly socketUrl: string
}

/** Servers by which a browser finds a way to the PBX. */
export type Ways = Pick<PhonesConfig, 'stun' | 'turn'>

/** What a book is opened with. */
export interface PhoneBookOptions {
  readonly keeper: PhoneKeeper
  readonly places: readonly PhonePlace[]
  readonly ways: Ways
  readonly log: Log
}

/** What of the house it looks at, once that stands. */
export interface PhoneHouse {
  now(): InstantMs
  agent(agentId: AgentId): AgentSnapshot | undefined
  /** Whether the browser that asked for a phone is still logged in. */
  hasSession(sessionId: string): boolean
  /** Until then nobody who is missing is gone. */
  isReady(): boolean
}

/** The phones that were made here: on disk before they are on the PBX, and on it before anybody is told of them. */
export interface PhoneBook {
  readonly ways: Ways
  place(nodeId: NodeId): PhonePlace | undefined
  phone(agentId: AgentId): KeptPhone | undefined
  /** Changes an agent's phone; changes come one after another. @throws ApiError, TelephonyError, OperatingError */
  change(agent: AgentSnapshot, make: (phone: KeptPhone) => KeptPhone): Promise<void>
  /** From now on phones whose time is over are taken away, now and again. */
  watch(house: PhoneHouse): void
  /** Looks at once: somebody has changed. */
  look(): Promise<void>
  close(): void
}

/** What the PBX is to know of it; undefined: nothing. The browser's counts before the desk's. */
export function setupOf({ name, desk, browser }: KeptPhone): PhoneSetup | undefined {
  if (browser !== undefined) return { name, kind: 'browser', digest: browser.digest }
  return desk === undefined ? undefined : { name, kind: 'desk', digest: desk.digest }
}

/** Opens the book on what was kept, before the PBXs link up. */
export function openPhoneBook(options: PhoneBookOptions): PhoneBook {
  return new Book(options)
}

class Book implements PhoneBook {
  readonly ways: Ways
  readonly #keeper: PhoneKeeper
  readonly #log: Log
  readonly #places: ReadonlyMap<NodeId, PhonePlace>
  readonly #phones: Map<AgentId, KeptPhone>
  #house: PhoneHouse | undefined
  #timer: NodeJS.Timeout | undefined
  /** Changes come one after another. */
  #last: Promise<unknown> = Promise.resolve()

  constructor({ keeper, places, ways, log }: PhoneBookOptions) {
    this.ways = ways
    this.#keeper = keeper
    this.#log = log
    this.#places = new Map(places.map(place => [place.nodeId, place]))
    this.#phones = new Map(keeper.load().map(phone => [phone.agentId, phone]))
    for (const { nodeId, provision } of places) {
      const here = [...this.#phones.values()].filter(phone => phone.nodeId === nodeId)
      provision.want(here.map(setupOf).filter(setup => setup !== undefined))
    }
  }

  place(nodeId: NodeId): PhonePlace | undefined {
    return this.#places.get(nodeId)
  }

  phone(agentId: AgentId): KeptPhone | undefined {
    return this.#phones.get(agentId)
  }

  change(agent: AgentSnapshot, make: (phone: KeptPhone) => KeptPhone): Promise<void> {
    return this.#inTurn(async () => {
      const { agentId, nodeId } = agent
      const name = phoneName(agent)
      const before = this.#phones.get(agentId)
      const moved = before !== undefined && (before.name !== name || before.nodeId !== nodeId)
      if (moved) await this.#takeAway(before)
      await this.#put(make(moved || before === undefined ? { agentId, nodeId, name } : before), before)
    })
  }

  watch(house: PhoneHouse): void {
    this.#house = house
    this.#timer = setInterval(() => void this.look(), lookEveryMs)
    this.#timer.unref()
  }

  look(): Promise<void> {
    return this.#inTurn(async () => {
      for (const phone of this.#phones.values())
        try {
          await this.#lookAt(phone)
        } catch (error) {
          // The PBX is away: at the next look.
          this.#log.debug({ agentId: phone.agentId, code: errorCode(error) }, 'a phone could not be taken away yet')
        }
    })
  }

  async #lookAt(phone: KeptPhone): Promise<void> {
    const house = this.#house
    if (house?.isReady() !== true) return
    const agent = house.agent(phone.agentId)
    const { browser, ...desk } = phone
    if (agent === undefined || agent.nodeId !== phone.nodeId || agent.endpoint !== `PJSIP/${phone.name}`)
      await this.#forget(phone)
    else if (browser !== undefined && (browser.expiresAt <= house.now() || !house.hasSession(browser.sessionId)))
      await this.#put(desk, phone)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** On disk first: a phone on the PBX that nobody knows of would be there for good. */
  async #put(phone: KeptPhone, before: KeptPhone | undefined): Promise<void> {
    const setup = setupOf(phone)
    if (setup === undefined) return this.#forget(phone)
    const provision = this.#provisionOf(phone.nodeId)
    await this.#keep(phone)
    try {
      await provision.put(setup)
    } catch (error) {
      if (before === undefined) this.#phones.delete(phone.agentId)
      else this.#phones.set(phone.agentId, before)
      await this.#save().catch(failure => this.#log.warn({ reason: errorMessage(failure) }, 'phones are not kept'))
      throw refusalOf(error)
    }
  }

  async #forget(phone: KeptPhone): Promise<void> {
    await this.#takeAway(phone)
    this.#phones.delete(phone.agentId)
    await this.#save()
  }

  async #takeAway({ nodeId, name }: KeptPhone): Promise<void> {
    // A PBX that is configured no more is nobody's to ask.
    await this.#places.get(nodeId)?.provision.remove(name)
  }

  async #keep(phone: KeptPhone): Promise<void> {
    this.#phones.set(phone.agentId, phone)
    await this.#save()
  }

  #save(): Promise<void> {
    return this.#keeper.save([...this.#phones.values()])
  }

  #provisionOf(nodeId: NodeId): PhoneProvision {
    const place = this.#places.get(nodeId)
    if (place !== undefined) return place.provision
    throw new ApiError(409, 'phones-off', `the PBX ${nodeId} takes no phones from here: they stand in its files`)
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work)
    this.#last = turn.catch(() => {})
    return turn
  }
}

/** What the PBX refuses for good is a conflict, not an outage. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof TelephonyError)) return error
  const isConflict = error.code === 'phone-in-file' || error.code === 'phones-unmapped'
  return isConflict ? new ApiError(409, error.code, error.message) : error
}

/** The name of an agent's SIP endpoint, where it can be a phone's. @throws ApiError 409 */
export function phoneName({ agentId, endpoint }: Pick<AgentSnapshot, 'agentId' | 'endpoint'>): string {
  const name = /^PJSIP\/([A-Za-z0-9][A-Za-z0-9_.-]{0,63})$/.exec(endpoint)?.[1]
  if (name !== undefined) return name
  throw new ApiError(
    409,
    'no-phone-name',
    `the line of agent ${agentId} is ${endpoint}, which can be no phone of its own: give them one like PJSIP/1001 (\`dialwright agents add ${agentId} --endpoint PJSIP/1001\`)`,
  )
}

/** A phone with the browser's part, or without it. */
export function withBrowser(phone: KeptPhone, browser: KeptPhone['browser']): KeptPhone {
  const { browser: _, ...desk } = phone
  return { ...desk, ...given({ browser }) }
}
