import type { PromptLanguage, RespectLine } from '../campaigns/campaign.ts'
import { given } from '../given.ts'
import type { CampaignId, InstantMs, NodeId, PhoneNumber } from '../ids.ts'
import type { IncomingLeg, ShellAnswer, TelephonyEvent } from '../inputs.ts'
import type { Campaign, EngineState } from '../state.ts'
import { moveCall, pushCallDeadline, reject, type Step } from '../step.ts'
import type { Call, InboundCall, LineScript } from './call.ts'
import { hangUp } from './hangUp.ts'
import { hold } from './hold.ts'
import { recordIncoming } from './incoming.ts'

/*
 * The respect line: whoever calls a number back that a campaign shows hears who has called, for whom and why, where the number
 * came from, and can end it. At any hour, by keys, from recorded prompts, without an agent.
 *
 *     call-incoming --> ringing --caller-traced--> informing: message --prompt-ended--> nothing
 *        |  number not ours, line full                ^  ^                                | 10 s without a key
 *        v                                            |  +------ 3, or the first silence --+
 *     turned away                                     |       2 or 4, or silence again, or enough of it
 *                                                     |                                   v
 *                                   a node is back ---+                              last words --prompt-ended--> we hang up
 *
 * A key counts at once, whatever is being said. What is said is what the campaign's prompts say to everybody: the number that a call
 * shows can be anybody's, so nothing is read to it that is about a person. Such a call counts as no attempt and no abandonment,
 * and agents and pacing know nothing of it.
 */

/** Calls on the line at a time, unless the configuration says another number: a flood of them must not take the channels from dialing. */
export const defaultLineMax = 10
/** Nor may they ever have more of a trunk than this. */
const trunkShareMax = 0.25
const silenceMs = 10_000
/** Silence has the message said again once; the key as often as this in all. */
const roundsBySilence = 2
const roundsMax = 5
/** The PBX ends a call that hears nothing new for so long; we do so a little before. Longer than any message in a few languages. */
const sayMaxMs = 180_000
const overdueMs = 170_000

const refusalKey = '2'
/** Never again from anybody: where lists are kept per seller it is more than 2, elsewhere the same. */
const everybodyKey = '4'
const againKey = '3'

type EventOf<Kind extends TelephonyEvent['kind']> = Extract<TelephonyEvent, { kind: Kind }>
type Traced = Extract<ShellAnswer, { kind: 'caller-traced' }>
type Prompt = 'who' | 'source' | 'keys' | 'unknown' | 'withheld' | 'several' | 'refused' | 'goodbye'

/** Somebody calls us. A call that is known already (an inventory and an event may both tell of it) is told once. */
export function onIncoming(step: Step, event: EventOf<'call-incoming'>): void {
  takeIn(step, event)
}

/** What is known of a call that has just come in, or was found waiting on a node that is back. */
export interface Incoming extends IncomingLeg {
  readonly callId: string
  readonly nodeId: NodeId
  readonly sipCallId?: string
  readonly at: InstantMs
}

/** Takes a call onto the line, or turns it away. */
export function takeIn(step: Step, incoming: Incoming): void {
  const { callId, nodeId, trunkId, number, called, sipCallId, at } = incoming
  if (step.state.calls.has(callId)) return
  const [campaign] = whoShow(step.state, called)
  if (campaign === undefined || isFull(step.state, trunkId)) {
    step.effects.push({ kind: 'turn-away', callId, nodeId, why: campaign === undefined ? 'not-ours' : 'busy' })
    return
  }
  const { campaignId } = campaign.settings
  const call: InboundCall = {
    origin: 'inbound',
    callId,
    campaignId,
    nodeId,
    trunkId,
    callerId: called,
    originatedAt: at,
    phase: { state: 'ringing', ringingAt: at },
    ...given({ number, sipCallId }),
  }
  hold(step, call)
  traceCaller(step, call)
}

/** Asks who has called this person; without a number there is nobody to ask for. */
export function traceCaller(step: Step, call: InboundCall): void {
  const { callId, number, callerId } = call
  if (number === undefined) onTraced(step, { kind: 'caller-traced', callId, called: 'unsure' })
  else step.effects.push({ kind: 'trace-caller', callId, number, called: callerId })
}

/** The campaigns that show a number, or name it as the one that ends their calls; by id. */
function whoShow({ campaigns }: EngineState, called: PhoneNumber): readonly Campaign[] {
  return [...campaigns.values()]
    .filter(({ settings }) => settings.callerIds.includes(called) || settings.optOutNumber === called)
    .toSorted((a, b) => (a.settings.campaignId < b.settings.campaignId ? -1 : 1))
}

function isFull({ callers, calls, trunks, respectLineMax }: EngineState, trunkId: string): boolean {
  if (callers.size >= respectLineMax) return true
  const trunk = trunks.get(trunkId)
  if (trunk === undefined) return false
  let onTrunk = 0
  for (const callId of callers.keys()) if (calls.get(callId)?.trunkId === trunkId) onTrunk += 1
  return onTrunk >= Math.max(1, Math.floor(trunk.settings.channelsMax * trunkShareMax))
}

/** It is known whose call it was: the person is told. Who has hung up meanwhile is not. */
export function onTraced(step: Step, answer: Traced): void {
  const waiting = step.state.calls.get(answer.callId)
  if (waiting?.origin !== 'inbound' || waiting.phase.state !== 'ringing') return
  const campaigns = concerned(step.state, waiting, answer.campaignId)
  const call = ofCampaign(step, waiting, campaigns)
  call.line = scriptOf(call, campaigns, answer)
  recordIncoming(step, call)
  tell(step, call, 1)
}

/** The campaign that has called them last by this number; else all that show it. */
function concerned(state: EngineState, call: InboundCall, campaignId: CampaignId | undefined): readonly Campaign[] {
  const last = campaignId === undefined ? undefined : state.campaigns.get(campaignId)
  return last === undefined ? whoShow(state, call.callerId) : [last]
}

/** The call under the campaign that it concerns; one that is written stays with the one it was written for. */
function ofCampaign({ state }: Step, call: InboundCall, [campaign]: readonly Campaign[]): InboundCall {
  if (call.onRecord || campaign === undefined || campaign.settings.campaignId === call.campaignId) return call
  const moved: InboundCall = { ...call, campaignId: campaign.settings.campaignId }
  state.calls.set(call.callId, moved)
  return moved
}

const shipped: RespectLine = { language: 'en' }

function scriptOf(call: InboundCall, campaigns: readonly Campaign[], { called }: Pick<Traced, 'called'>): LineScript {
  const lines = campaigns.map(({ settings }) => settings.respectLine ?? shipped)
  const languages = [...new Set((lines.length === 0 ? [shipped] : lines).map(({ language }) => language))]
  const [line = shipped, ...others] = lines
  const isUnknown = called === 'no'
  const message = languages.flatMap(language => [
    ...(others.length > 0 ? [promptSound(language, 'several')] : whoCalls(line, { isUnknown })),
    ...(isUnknown ? [promptSound(language, 'unknown')] : []),
    promptSound(language, call.number === undefined ? 'withheld' : 'keys'),
  ])
  const sellers = new Set(campaigns.map(({ settings }) => settings.seller.sellerId))
  return { message, languages, ofOneSeller: sellers.size === 1 }
}

/** Where their number came from is said to those whom we have called, or may have. */
function whoCalls({ language, whoSound, sourceSound }: RespectLine, { isUnknown }: { isUnknown: boolean }) {
  const who = whoSound ?? promptSound(language, 'who')
  return isUnknown ? [who] : [who, sourceSound ?? promptSound(language, 'source')]
}

/** The name of a shipped prompt. */
function promptSound(language: PromptLanguage, prompt: Prompt): string {
  return `dialwright/respect/${language}/${prompt}`
}

/** Says the message from its beginning. */
function tell(step: Step, call: InboundCall, round: number): void {
  hear(step, call, { hears: 'message', round, sounds: call.line?.message ?? [] })
}

interface Hearing {
  readonly hears: 'message' | 'last-words'
  readonly round: number
  readonly sounds: readonly string[]
  readonly afterWrites?: true
}

function hear(step: Step, call: InboundCall, { hears, round, sounds, afterWrites }: Hearing): void {
  const { phase, callId, nodeId } = call
  if (phase.state !== 'ringing' && phase.state !== 'informing') return
  const answeredAt = phase.state === 'informing' ? phase.answeredAt : step.now
  const said = phase.state === 'informing' ? phase.said + 1 : 1
  const next = { state: 'informing', ringingAt: phase.ringingAt, answeredAt, hears, round, said } as const
  if (!moveCall(step, call, next)) return
  const order = { callId, said, sounds, maxMs: sayMaxMs }
  step.effects.push({ kind: 'say', order, nodeId, ...given({ afterWrites }) })
  pushCallDeadline(step, call, { what: 'overdue', at: step.now + overdueMs })
}

/** The last words, in all languages of the message; then we hang up. */
function close(step: Step, call: InboundCall, what: { readonly says: Prompt; readonly afterWrites?: true }): void {
  const { says, afterWrites } = what
  const sounds = (call.line?.languages ?? []).map(language => promptSound(language, says))
  const round = call.phase.state === 'informing' ? call.phase.round : 1
  hear(step, call, { hears: 'last-words', round, sounds, ...given({ afterWrites }) })
}

/** A key: it counts at once, whatever is being said, until the last words have begun. */
export function onCallKey(step: Step, { callId, key }: EventOf<'call-key'>): void {
  const call = step.state.calls.get(callId)
  if (call === undefined) reject(step, 'unknown-call', `no call ${callId} is in progress`)
  if (!isListening(call)) return
  if (key === refusalKey || key === everybodyKey) refuse(step, call, key === everybodyKey)
  else if (key === againKey) again(step, call, roundsMax)
}

function isListening(call: Call | undefined): call is InboundCall {
  return call?.origin === 'inbound' && call.phase.state === 'informing' && call.phase.hears !== 'last-words'
}

/**
 * Never again: the same effect as a key in a campaign's message. It is confirmed when it is on disk. Where nobody can tell of which
 * seller's calls it is said, it is said of all.
 */
function refuse(step: Step, call: InboundCall, ofEverybody: boolean): void {
  const { number, callId, line } = call
  if (number === undefined) {
    close(step, call, { says: 'withheld' })
    return
  }
  const everybody = ofEverybody || line?.ofOneSeller !== true ? ({ everybody: true } as const) : undefined
  step.effects.push({ kind: 'opt-out', number, by: 'opt-out-key', callId, ...everybody })
  close(step, call, { says: 'refused', afterWrites: true })
}

function again(step: Step, call: InboundCall, roundsAtMost: number): void {
  if (call.phase.state !== 'informing') return
  const { round } = call.phase
  if (round < roundsAtMost) tell(step, call, round + 1)
  else close(step, call, { says: 'goodbye' })
}

/** All has been said: the person has some seconds for a key, or has heard the last words. */
export function onPromptEnded(step: Step, { callId, said }: EventOf<'prompt-ended'>): void {
  const call = step.state.calls.get(callId)
  // What another order has replaced is of no interest.
  if (call?.origin !== 'inbound' || call.phase.state !== 'informing' || call.phase.said !== said) return
  if (call.phase.hears === 'last-words') hangUp(step, call)
  else if (call.phase.hears === 'message' && moveCall(step, call, { ...call.phase, hears: 'nothing' }))
    pushCallDeadline(step, call, { what: 'silent', at: step.now + silenceMs })
}

/** No key has come. */
export function onSilence(step: Step, call: Call): void {
  if (isListening(call)) again(step, call, roundsBySilence)
}

/** A link that was broken may have lost a key: the message begins again, so that nobody takes a lost one for heard. */
export function resume(step: Step, call: InboundCall): void {
  if (isListening(call) && call.phase.state === 'informing') tell(step, call, call.phase.round)
  else hangUp(step, call)
}
