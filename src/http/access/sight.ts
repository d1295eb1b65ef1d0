import { allEyes, type Eyes } from '../../app/live/topics.ts'
import { concernsCampaign, isBound, type Principal } from '../../core/access/principal.ts'
import type { EngineEvent } from '../../core/effects.ts'
import { given } from '../../core/given.ts'
import { maskNumber } from '../../log.ts'

type Group = Readonly<Record<string, unknown>>

/** What somebody is shown of an answer or a stream: what is theirs, with numbers as they may see them. */
export interface Sight {
  answer(answer: unknown): unknown
  event(event: EngineEvent): boolean
  /** The same for what is followed: all who see the same have the same eyes. */
  readonly eyes: Eyes
  /** Who looks; absent: whoever has the token of the configuration, from whom there may be many programs. */
  readonly name?: string
}

/** What the eyes of a principal see; `campaignOfAgent`: for what tells of an agent and names no campaign. */
export function sightOf(principal: Principal, campaignOfAgent: (agentId: string) => string | undefined): Sight {
  const seesNumbers = principal.rights.has('see-numbers')
  const bound = isBound(principal)
  const answer = (whole: unknown): unknown => {
    const narrowed = bound ? withoutTotals(leaveOut(whole, principal), principal) : whole
    return seesNumbers ? narrowed : maskAll(narrowed)
  }
  return {
    answer,
    eyes: seesNumbers && !bound ? allEyes : eyesOf(principal, answer),
    ...given({ name: principal.via === 'local' ? undefined : principal.name }),
    event(event) {
      if (!bound) return true
      const told: Group = { ...event }
      const { campaignId, agentId } = told
      if (principal.agentId !== undefined) return agentId === principal.agentId
      if (typeof campaignId === 'string') return concernsCampaign(principal, campaignId)
      return typeof agentId !== 'string' || concernsCampaign(principal, campaignOfAgent(agentId))
    },
  }
}

/** What a topic is read with is shared by all who may see the same of it. */
const sharedEyes = new Map<string, Eyes>()
const sharedMax = 1_000

function eyesOf({ campaigns, agentId, rights }: Principal, answer: Eyes['answer']): Eyes {
  const key = JSON.stringify([campaigns && [...campaigns].sort(), agentId, rights.has('see-numbers')])
  const known = sharedEyes.get(key)
  if (known !== undefined) return known
  if (sharedEyes.size >= sharedMax) sharedEyes.clear()
  const eyes = { answer }
  sharedEyes.set(key, eyes)
  return eyes
}

function isGroup(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The answer without the entries of its lists that are of other campaigns, or other lines. */
function leaveOut(value: unknown, principal: Principal): unknown {
  if (Array.isArray(value))
    return value.filter(entry => !isGroup(entry) || isTheirs(entry, principal)).map(entry => leaveOut(entry, principal))
  if (!isGroup(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, leaveOut(member, principal)]))
}

function isTheirs(entry: Group, principal: Principal): boolean {
  const { campaignId, agentId, lead, what, subject, law, callId } = entry
  if (isGroup(lead) && !isTheirs(lead, principal)) return false
  if (principal.agentId !== undefined)
    return callId === undefined && agentId === undefined ? campaignId === undefined : agentId === principal.agentId
  if (typeof campaignId === 'string') return concernsCampaign(principal, campaignId)
  if (what === 'campaign' && typeof subject === 'string') return concernsCampaign(principal, subject)
  // A row of the regulator's table that is no campaign's sums up all of a seller's.
  return law === undefined
}

/** The board's sums are over all campaigns: those of one's own are put in their place. */
function withoutTotals(answer: unknown, { campaigns }: Principal): unknown {
  if (campaigns === undefined || !isGroup(answer)) return answer
  const { campaigns: own, agents, calls, occupancy } = answer
  if (!Array.isArray(own) || !isGroup(agents) || !isGroup(calls) || typeof occupancy !== 'number') return answer
  const sums = (key: string, of: Group) =>
    Object.fromEntries(Object.keys(of).map(state => [state, total(own.map(one => one[key]?.[state]))]))
  const working = own.map(({ agents: { offline = 0, ...others } }) => total(Object.values(others)))
  const all = total(working)
  const busy = total(own.map((one, index) => one.occupancy * (working[index] ?? 0)))
  return {
    ...answer,
    agents: sums('agents', agents),
    calls: sums('calls', calls),
    occupancy: all === 0 ? 0 : busy / all,
  }
}

function total(values: readonly unknown[]): number {
  return values.reduce<number>((sum, value) => sum + (typeof value === 'number' ? value : 0), 0)
}

/** Our own numbers are nobody's secret. */
const ownNumbers: ReadonlySet<string> = new Set(['callerId', 'callerIds', 'dialString'])
/** What people have written may hold a number in any form. */
const written: ReadonlySet<string> = new Set(['data', 'note', 'how', 'lead', 'detail', 'form'])

/** Masks numbers wherever they stand: by E.164 everywhere, by any seven digits in a row in what people have written. */
function maskAll(value: unknown, isWritten = false): unknown {
  if (typeof value === 'string') return masked(value, isWritten)
  if (Array.isArray(value)) return value.map(one => maskAll(one, isWritten))
  if (!isGroup(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      ownNumbers.has(key) ? member : maskAll(member, (isWritten || written.has(key)) && !key.endsWith('At')),
    ]),
  )
}

/** What is said to somebody who may not see numbers as they are: none is in it, however it is written. */
export function maskedText(text: string): string {
  const parts = text.split(days)
  return parts.map((part, index) => (index % 2 === 1 ? part : masked(part, true))).join('')
}

/** Days and instants are no numbers. */
const days = /(\b\d{4}-\d\d-\d\d(?!\d)(?:T[\d:.]+)?)/

function masked(text: string, isWritten: boolean): string {
  const whole = text.replaceAll(/\+[1-9]\d{6,14}/g, maskNumber)
  return isWritten ? whole.replaceAll(/\d(?:[ ()./-]{0,2}\d){6,14}/g, maskNumber) : whole
}
