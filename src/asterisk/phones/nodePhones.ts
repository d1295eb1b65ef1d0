import { errorCode, errorMessage } from '../../errors.ts'
import type { PhoneProvision, PhoneSetup } from '../../ports/phones.ts'
import type { AriOperations } from '../ari/operations.ts'
import type { NodeContext } from '../context.ts'
import { hasCode, telephonyError } from '../errors.ts'
import { partsOf } from './phoneParts.ts'

/** Phones that are put at a time. */
const atOnceMax = 8

/** The phones of one node that stand in none of its files: in the PBX's memory, which a restart of it empties. */
export class NodePhones implements PhoneProvision {
  readonly #context: NodeContext
  readonly #orderable: () => AriOperations
  readonly #wanted = new Map<string, PhoneSetup>()

  /** `orderable`: the operations while the PBX is up; throws `unreachable` while it is not. */
  constructor(context: NodeContext, orderable: () => AriOperations) {
    this.#context = context
    this.#orderable = orderable
  }

  want(phones: readonly PhoneSetup[]): void {
    for (const phone of phones) this.#wanted.set(phone.name, phone)
  }

  /** Whether this endpoint, `PJSIP/1001`, is one of them: it is followed from here. */
  has(endpoint: string): boolean {
    return this.#wanted.has(endpoint.replace(/^PJSIP\//, ''))
  }

  /** Whether the phone of this endpoint is a page now. */
  isPage(endpoint: string): boolean {
    return this.#wanted.get(endpoint.replace(/^PJSIP\//, ''))?.kind === 'browser'
  }

  async put(phone: PhoneSetup): Promise<void> {
    const ari = this.#orderable()
    const before = this.#wanted.get(phone.name)
    // Fields that one kind sets and the other does not name would stay.
    if (before !== undefined && before.kind !== phone.kind) await ari.removePhonePart('endpoint', phone.name)
    await this.#write(ari, phone)
    this.#wanted.set(phone.name, phone)
    await this.#follow(ari, [phone.name])
  }

  async remove(name: string): Promise<void> {
    await takeAway(this.#orderable(), name)
    this.#wanted.delete(name)
  }

  /** Puts them all again, at a link-up: a PBX that was started anew knows none. Never rejects. */
  async restore(): Promise<void> {
    const phones = [...this.#wanted.values()]
    if (phones.length === 0) return
    const put: string[] = []
    try {
      const ari = this.#context.ari()
      for (let start = 0; start < phones.length; start += atOnceMax) {
        const some = phones.slice(start, start + atOnceMax)
        put.push(...(await Promise.all(some.map(phone => this.#putAgain(ari, phone)))).flat())
      }
      await this.#follow(ari, put)
    } catch (error) {
      this.#warn(error, 'phones could not be put onto the PBX again')
    }
  }

  async #putAgain(ari: AriOperations, phone: PhoneSetup): Promise<readonly string[]> {
    try {
      await this.#write(ari, phone)
      return [phone.name]
    } catch (error) {
      if (!hasCode(error, 'phone-in-file', 'phones-unmapped', 'rejected')) throw error
      this.#warn(error, 'a phone could not be put onto the PBX again')
      return hasCode(error, 'phone-in-file') ? [phone.name] : []
    }
  }

  async #write(ari: AriOperations, phone: PhoneSetup): Promise<void> {
    const { name } = phone
    try {
      for (const [part, fields] of partsOf(phone)) await ari.putPhonePart(part, name, fields)
    } catch (error) {
      if (!hasCode(error, 'unauthorized')) throw error
      const stands = await ari.hasPhonePart('endpoint', name)
      await takeAway(ari, name)
      if (stands)
        throw telephonyError(
          'phone-in-file',
          `the phone ${name} stands in pjsip.conf of "${this.#context.nodeId}" (or a file that it includes), with a password of its own: use that, or take it out there`,
          error,
        )
      throw telephonyError(
        'phones-unmapped',
        `the PBX "${this.#context.nodeId}" keeps phones in files alone: \`dialwright pbx install\` there, then restart Asterisk; or write the phone into pjsip_agents.conf`,
        error,
      )
    }
  }

  async #follow(ari: AriOperations, names: readonly string[]): Promise<void> {
    if (names.length > 0) await ari.subscribe(names.map(name => `endpoint:PJSIP/${name}`))
  }

  #warn(error: unknown, message: string): void {
    this.#context.log.warn({ code: errorCode(error), reason: errorMessage(error) }, message)
  }
}

async function takeAway(ari: AriOperations, name: string): Promise<void> {
  for (const part of ['endpoint', 'aor', 'auth'] as const) await ari.removePhonePart(part, name)
}
