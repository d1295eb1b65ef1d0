import { ApiError, obeyed } from '../api/apiError.ts'
import type { WrapUpBody } from '../api/calls.ts'
import {
  type AgentWord,
  complaintCode,
  deceasedCode,
  type EndingWord,
  isRefusal,
  machineCode,
  refusedCode,
  timeoutCode,
  wordObstacle,
  wordsOf,
  wrongPersonCode,
} from '../core/agents/wrapUp.ts'
import { type AnswerProblem, type FormAnswers, formProblems, givenAnswers } from '../core/campaigns/script.ts'
import { given } from '../core/given.ts'
import { isE164 } from '../numbers/e164.ts'
import type { CallRecord } from '../ports/attempts.ts'
import type { CallSnapshot, CommandAnswer } from '../ports/engine.ts'
import { type AppContext, instantMs } from './context.ts'
import { checkCallBack } from './desk/callBack.ts'

/** A conversation that somebody has a word on. */
interface Talk extends Pick<CallSnapshot, 'callId' | 'campaignId' | 'leadId' | 'number'> {
  /** The engine has forgotten it: it ended before the daemon was started, or long ago. Absent: the engine knows it. */
  readonly record?: CallRecord
}

/** Takes the agent's word on a conversation. A refusal, a wrong person and a death are on their lists before this resolves. */
export async function wrapUp(context: AppContext, callId: string, body: WrapUpBody): Promise<void> {
  const { gateway } = context
  const { wrapUpCode: code, note, callbackAt, callbackOwn = false } = body
  const refusal = isRefusal({ code, refusal: body.refusal ?? false })
  const talk = await findTalk(context, callId)
  const ending = wordsOf({ code, refusal })
  const everybody = given({ everybody: body.everybody === true ? (true as const) : undefined })
  await keepEnding(context, { ...talk, ...everybody }, ending)
  checkCode(context, talk, code)
  if (body.everybody === true && !ending.includes('refusal')) {
    const message = `everybody says how far a refusal goes, and "${code}" is none: add refusal: true, or leave everybody out`
    throw new ApiError(422, 'contradiction', message)
  }
  if (callbackAt !== undefined && ending.length > 0) {
    const message = `"${code}" ends the calls to this person or number, which is written down; callbackAt promises another: leave it out`
    throw new ApiError(422, 'contradiction', message)
  }
  const callback = callbackAt !== undefined && { callbackAt: callbackMs(callbackAt, gateway.now()), callbackOwn }
  const form = readForm(context, talk, body)
  const { leadId } = talk
  if (callback !== false && leadId !== undefined)
    await checkCallBack(context, { ...talk, leadId }, { at: callback.callbackAt, own: callbackOwn })
  const word = { code, refusal, ...given({ note, form }), ...everybody, ...callback }
  const { record } = talk
  obeyed(
    record === undefined
      ? await gateway.command({ kind: 'wrap-up', callId, ...word })
      : await writeLate(context, record, word),
  )
}

/** In the engine, else in the records: an agent who writes while the daemon is replaced is heard all the same. */
async function findTalk({ gateway, store }: AppContext, callId: string): Promise<Talk> {
  const call = gateway.call(callId)
  if (call !== undefined) return call
  const record = await store.call(callId)
  if (record === undefined) throw unknownTalk(callId)
  if (record.number !== undefined && !isE164(record.number)) throw erasedTalk(callId)
  return { callId, campaignId: record.campaignId, ...given({ leadId: record.leadId, number: record.number }), record }
}

/** What ends calls counts whatever else becomes of the wrap-up, so it is written first. */
async function keepEnding(
  { gateway }: AppContext,
  { number, callId, campaignId, everybody }: Talk & { readonly everybody?: true },
  ending: readonly EndingWord[],
): Promise<void> {
  if (number === undefined) return
  for (const word of ending) {
    const says = word === 'refusal' ? undefined : word
    await gateway.refuse({ way: 'wrap-up', number, callId, campaignId, ...given({ says, everybody }) })
  }
}

/**
 * Writes the word on a conversation of which only the record is left, under the rule of the others: the timer's word can be replaced.
 * Nobody's wrap-up is closed by it, and `machine` sends no lead back to the list: its tries were counted long ago.
 */
async function writeLate({ store, gateway }: AppContext, record: CallRecord, word: AgentWord): Promise<CommandAnswer> {
  const { callId, campaignId, origin, leadId, end } = record
  if (end?.connectedAt === undefined) throw unknownTalk(callId)
  const obstacle = wordObstacle({ callId, hasLead: leadId !== undefined }, word)
  if (obstacle !== undefined) return { accepted: false, ...obstacle }
  if (record.wrapUp !== undefined && record.wrapUp.code !== timeoutCode)
    return { accepted: false, code: 'already-wrapped-up', message: `call ${callId} has its wrap-up already` }
  const { code, refusal, note, form, callbackAt, callbackOwn } = word
  const callbackAgentId = callbackAt !== undefined && callbackOwn === true ? end.agentId : undefined
  const back = given({ callbackAt, callbackAgentId, leadRetryAt: callbackAt })
  await store.recordWrapUp({ callId, code, refusal, at: gateway.now(), ...given({ note, form }), ...back })
  const { answeredAt } = end
  // It is on disk: whatever the engine says, the next start counts it so.
  if (code === machineCode && origin === 'campaign' && answeredAt !== undefined)
    await gateway.command({ kind: 'late-machine', campaignId, answeredAt })
  return { accepted: true }
}

function unknownTalk(callId: string): ApiError {
  return new ApiError(404, 'unknown-call', `no conversation ${callId} waits for a wrap-up`)
}

/** Whoever was erased has no number that a refusal could name, and no note about them is to be readable again. */
function erasedTalk(callId: string): ApiError {
  const message = `the person of call ${callId} was erased: nothing is written about them; who refuses anew is put on do-not-call by their number`
  return new ApiError(409, 'person-erased', message)
}

/** A wrap-up code is one of the campaign's, or one of those that every campaign knows. */
function checkCode({ gateway }: AppContext, { campaignId }: Talk, code: string): void {
  const own = Object.values(gateway.campaign(campaignId)?.settings.wrapUpCodes ?? {})
  const known = [...new Set([...own, machineCode, refusedCode, complaintCode, wrongPersonCode, deceasedCode])]
  if (known.includes(code)) return
  throw new ApiError(
    422,
    'unknown-wrap-up-code',
    `"${code}" is no wrap-up code of ${campaignId}: use one of ${known.join(', ')}`,
  )
}

const problemSentences: Readonly<Record<AnswerProblem, string>> = {
  'not-a-number': 'is no number: write digits, like 12 or 12.5',
  'too-small': 'is less than the script permits',
  'too-large': 'is more than the script permits',
  'not-a-date': 'is no day: write it like 2026-01-31',
  'no-choice': 'is none of the choices',
  'too-long': 'is too long',
  'not-asked': "is not asked for by the campaign's script",
  missing: 'has no answer, and the code needs one',
}

/** What the form was filled in with. @throws ApiError 422 `form-wrong`, naming every field that is */
function readForm({ gateway }: AppContext, talk: Talk, body: WrapUpBody): FormAnswers | undefined {
  const script = gateway.campaign(talk.campaignId)?.settings.script ?? { steps: [], form: [] }
  const { form = {}, wrapUpCode } = body
  const problems = [...formProblems(script, form, wrapUpCode)].map(([name, one]) => `${name} ${problemSentences[one]}`)
  if (problems.length === 0) return givenAnswers(form)
  throw new ApiError(422, 'form-wrong', `the form of call ${talk.callId}: ${problems.join('; ')}`)
}

function callbackMs(written: string, now: number): number {
  const at = instantMs(written, 'callbackAt')
  if (at > now) return at
  throw new ApiError(422, 'callback-in-the-past', `callbackAt ${written} has passed: name a later time`)
}
