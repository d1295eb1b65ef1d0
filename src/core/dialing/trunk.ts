import type { InstantMs, NodeId, PhoneNumber, TrunkId } from '../ids.ts'
import { type Breaker, createBreaker } from './breaker.ts'

/** A way out, as configured. */
export interface TrunkSettings {
  readonly trunkId: TrunkId
  readonly nodeId: NodeId
  /** PBX endpoint, with `{number}` for the called number: `PJSIP/{number}@trunk-main`. */
  readonly dialString: string
  /** The carrier wants the number without its plus sign. */
  readonly stripPlus: boolean
  readonly channelsMax: number
  readonly callsPerSecondMax: number
  /** From the answer on no call lasts longer, whoever began it; absent: as long as its campaign lets it. */
  readonly maxCallMs?: number
}

/** A trunk's use. */
export interface Trunk {
  /** Replaced whole while calls are made. */
  settings: TrunkSettings
  channelsInUse: number
  /** Calls that may be originated now; refilled by time, see `refillTokens`. */
  tokens: number
  refilledAt: InstantMs
  /** Lengths of the last answered calls, for the share of short ones; newest last. */
  readonly answeredCallsMs: number[]
  /** Whether its carrier does its work. */
  readonly breaker: Breaker
  /** When its calls are looked at for one that has lasted too long; absent: none has been answered. */
  longestCallAt?: InstantMs | undefined
}

/** Limits of an order that leaves for the PBX. */
export interface OriginateRoute {
  readonly trunkId: TrunkId
  readonly nodeId: NodeId
  /** Dial string with the number in it, ready for the PBX. */
  readonly endpoint: string
  readonly callerId: PhoneNumber
}

/** A trunk nobody uses yet, with a full allowance. */
export function createTrunk(settings: TrunkSettings, now: InstantMs): Trunk {
  const breaker = createBreaker(now)
  return { settings, channelsInUse: 0, tokens: burstMax(settings), refilledAt: now, answeredCallsMs: [], breaker }
}

/** Originates that a second may see: whole calls, at least one. Below one a second it is the rate that holds them apart. */
export function perSecondMax({ callsPerSecondMax }: TrunkSettings): number {
  return Math.max(1, Math.floor(callsPerSecondMax))
}

/**
 * What is to hold for each second is held for a little more: the carrier counts what reaches it, and two calls that leave us a
 * second apart may arrive closer together.
 */
export const secondOnTheWireMs = 1_080

/** Calls that may leave at once: a tenth of a second's worth, at least one. */
function burstMax(settings: TrunkSettings): number {
  return Math.max(1, Math.floor(perSecondMax(settings) / 10))
}

/**
 * Tokens a second. No second, both its ends included, ever sees more than `callsPerSecondMax` originates, which are burst + rate
 * at most: carriers answer 503 to a burst although the average is right. Where the burst is one call, calls that are held apart
 * by more than a second's part of the limit do it.
 */
function tokensPerSecond(settings: TrunkSettings): number {
  const perSecond = Math.min(settings.callsPerSecondMax, perSecondMax(settings))
  return perSecond < 10 ? (perSecond * 1000) / secondOnTheWireMs : perSecond - burstMax(settings)
}

/** Adds the tokens that time has brought. */
export function refillTokens(trunk: Trunk, now: InstantMs): void {
  const elapsedMs = Math.max(0, now - trunk.refilledAt)
  trunk.tokens = Math.min(burstMax(trunk.settings), trunk.tokens + (elapsedMs / 1000) * tokensPerSecond(trunk.settings))
  trunk.refilledAt = now
}

/** When the next whole token is there. */
export function nextTokenAt(trunk: Trunk): InstantMs {
  if (trunk.tokens >= 1) return trunk.refilledAt
  return trunk.refilledAt + Math.ceil(((1 - trunk.tokens) * 1000) / tokensPerSecond(trunk.settings))
}

const shortCallMs = 6_000
const shortCallsKept = 500
const shortCallsMin = 50

/** Remembers an answered call's length for the share of short ones. */
export function recordAnsweredCall(trunk: Trunk, lengthMs: number): void {
  trunk.answeredCallsMs.push(lengthMs)
  if (trunk.answeredCallsMs.length > shortCallsKept) trunk.answeredCallsMs.shift()
}

/**
 * Share 0..1 of answered calls of 6 s or less among the last 500, or fewer where they are asked for; 0 until there are 50.
 * Carriers fine it above about .15.
 */
export function shortCallRate(trunk: Trunk, callsMax = shortCallsKept): number {
  const calls = trunk.answeredCallsMs.slice(-callsMax)
  if (calls.length < shortCallsMin) return 0
  return calls.filter(isShortCall).length / calls.length
}

/** Whether an answered call of this length is among those that carriers fine. */
export function isShortCall(lengthMs: number): boolean {
  return lengthMs <= shortCallMs
}

/** The dial string with the number in it. */
export function dialEndpoint(settings: TrunkSettings, number: PhoneNumber): string {
  return settings.dialString.replace('{number}', settings.stripPlus ? number.slice(1) : number)
}
