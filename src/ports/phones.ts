import type { AgentId, InstantMs, NodeId } from '../core/ids.ts'

/** What a phone is: one that people put on a desk (or any program that speaks SIP), or a page in a browser. */
export type PhoneKind = 'desk' | 'browser'

/** An agent's phone as a PBX is to know it. */
export interface PhoneSetup {
  /** The name of its SIP endpoint, which is its user name too: letters, digits and `_.-`. */
  readonly name: string
  readonly kind: PhoneKind
  /** MD5 of `name:realm:password` in hex (RFC 7616 section 3.4.2, A1): the password itself is kept nowhere. */
  readonly digest: string
}

/** In which realm phones prove their passwords. */
export const phoneRealm = 'dialwright'

/** Phones that stand in no file of a PBX: it is told of them over its link. */
export interface PhoneProvision {
  /** These are put at every link-up, in whatever order; told once, before the first. */
  want(phones: readonly PhoneSetup[]): void
  /**
   * Puts a phone, or another password or kind of one, now and at every link-up from now on; the old password holds no more.
   * @throws TelephonyError `phone-in-file` the PBX's files have one of this name; `phones-unmapped` it keeps phones in files alone;
   *   `unreachable` and what else a link has
   */
  put(phone: PhoneSetup): Promise<void>
  /** Takes a phone away; a call of it goes on. One that is not there is no error. @throws TelephonyError `unreachable`: it is there still */
  remove(name: string): Promise<void>
}

/** The phone that is kept for an agent: the browser's counts while it lasts, the desk's rests behind it. */
export interface KeptPhone {
  readonly agentId: AgentId
  readonly nodeId: NodeId
  readonly name: string
  readonly desk?: { readonly digest: string; readonly madeAt: InstantMs; readonly by: string }
  readonly browser?: { readonly digest: string; readonly expiresAt: InstantMs; readonly sessionId: string }
}

/** Keeps phones over a restart. */
export interface PhoneKeeper {
  /** Empty: nothing was kept, or it cannot be read. */
  load(): readonly KeptPhone[]
  /** All of them, in the place of those before. Resolves when they are on disk. @throws OperatingError */
  save(phones: readonly KeptPhone[]): Promise<void>
}
