import { isIPv6 } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { Clock } from '../ports/clock.ts'

/** So many wrong tokens of an address are answered at once: a person has mistyped, a program has an old file. */
const freeMax = 5
const firstDelayMs = 250
const delayMaxMs = 5_000
/** An address that has sent nothing wrong for this long is as good as new. */
const forgetMs = 15 * 60_000
/** Addresses that are remembered; beyond it the one that has been quiet longest is forgotten. */
const addressesMax = 10_000
/** Answers that are held back at a time. Whoever sends more in the meantime is told so at once. */
const heldOfAddressMax = 8
const heldMax = 256

/** What becomes of the answer to a wrong token. `held-back`: wait for it; `too-many`: it is not worth waiting. */
export type WrongTokenAnswer =
  | { readonly kind: 'held-back'; readonly until: Promise<void>; readonly delayMs: number; readonly wrong: number }
  | { readonly kind: 'too-many'; readonly delayMs: number; readonly wrong: number }

/** Slows guessing down, address by address. Whoever has the right token never comes here. */
export interface WrongTokens {
  /** Counts one more wrong token of an address. */
  count(address: string): WrongTokenAnswer
  /** Addresses that are remembered now. */
  readonly size: number
  /** The most wrong tokens that one address has sent, of those that are remembered and have sent one within a quarter of an hour. */
  most(): number
  /** Holds nothing back any more. */
  close(): void
}

interface Sender {
  wrong: number
  at: number
  held: number
}

const systemClock: Clock = {
  now: () => performance.now(),
  wakeAt(at, wake) {
    const timer = setTimeout(wake, Math.max(0, at - performance.now()))
    return () => clearTimeout(timer)
  },
}

/** Remembers who has sent wrong tokens. */
export function createWrongTokens(clock: Clock = systemClock): WrongTokens {
  const senders = new Map<string, Sender>()
  const waking = new Set<() => void>()
  let closed = false

  function senderOf(address: string, now: number): Sender {
    const network = networkOf(address)
    const known = senders.get(network)
    const sender = known !== undefined && now - known.at < forgetMs ? known : { wrong: 0, at: now, held: 0 }
    // The last place is the newest one's.
    senders.delete(network)
    senders.set(network, sender)
    const [oldest] = senders.keys()
    if (senders.size > addressesMax && oldest !== undefined) senders.delete(oldest)
    return sender
  }

  function hold(sender: Sender, until: number): Promise<void> {
    sender.held += 1
    return new Promise(resolve => {
      const wake = (): void => {
        cancel()
        waking.delete(wake)
        sender.held -= 1
        resolve()
      }
      const cancel = clock.wakeAt(until, wake)
      waking.add(wake)
    })
  }

  return {
    count(address) {
      const now = clock.now()
      const sender = senderOf(address, now)
      sender.wrong += 1
      sender.at = now
      const { wrong } = sender
      const delayMs = delayOf(wrong)
      if (delayMs === 0 || closed) return { kind: 'held-back', until: Promise.resolve(), delayMs, wrong }
      if (sender.held >= heldOfAddressMax || waking.size >= heldMax) return { kind: 'too-many', delayMs, wrong }
      return { kind: 'held-back', until: hold(sender, now + delayMs), delayMs, wrong }
    },
    get size() {
      return senders.size
    },
    most() {
      const now = clock.now()
      const recent = [...senders.values()].filter(({ at }) => now - at < forgetMs)
      return recent.reduce((most, { wrong }) => Math.max(most, wrong), 0)
    },
    close() {
      closed = true
      for (const wake of [...waking]) wake()
    },
  }
}

/** Doubles from wrong token to wrong token, up to the longest. */
function delayOf(wrong: number): number {
  return wrong <= freeMax ? 0 : Math.min(delayMaxMs, firstDelayMs * 2 ** Math.min(wrong - freeMax - 1, 20))
}

/** An IPv6 sender has a whole /64 to send from. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const front = head.split(':').filter(Boolean)
  const back = (tail ?? '').split(':').filter(Boolean)
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length)
  const groups = [...front, ...Array.from({ length: zeros }, () => '0'), ...back]
  return groups
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')
}
