import type { Test } from 'tap'
import type { AgentSettings } from '../../src/core/agents/agent.ts'
import { TelephonyError } from '../../src/errors.ts'
import {
  type AgentLeg,
  aheadMaxMs,
  frameMs,
  type HeardFrame,
  type HeardMark,
  type Media,
  type MediaLeg,
  type PersonLeg,
  type SampleRate,
  type Tap,
} from '../../src/ports/media.ts'
import { answered, callUntil, connectOrder, numberOf, oneMore, type TelephonyHarness } from './telephony.ts'

/**
 * A node with media, on which an answered person is left to us: no timer of the PBX's ends the wait. One harness serves the whole
 * suite; every test uses a call of its own.
 */
export interface MediaHarness extends TelephonyHarness {
  readonly media: Media
  /** How far from its time a thing may be, milliseconds: 0 in virtual time. */
  readonly slackMs: number
}

type Assert<Holds extends true> = Holds
type Fits<A, B> = A extends B ? true : false
/** Whoever analyses voices takes a person's tap and frames; an agent's are no such thing. */
type AgentsAreNotAnalysed = [
  Assert<Fits<Tap<PersonLeg>, Tap<MediaLeg>>>,
  Assert<Fits<Tap<AgentLeg>, Tap<PersonLeg>> extends true ? false : true>,
  Assert<Fits<HeardFrame<AgentLeg>, HeardFrame<PersonLeg>> extends true ? false : true>,
  Assert<Fits<Tap<MediaLeg>, Tap<PersonLeg>> extends true ? false : true>,
]

/** What every Media must do. */
export function mediaContract(t: Test, harness: MediaHarness): void {
  taps(t, harness)
  playbacks(t, harness)
  streams(t, harness)
  recordings(t, harness)
  endings(t, harness)
}

async function personOf(harness: MediaHarness): Promise<PersonLeg> {
  return { kind: 'person', callId: await answered(harness, numberOf.answersAtOnce) }
}

async function agentOf(harness: MediaHarness, agent: AgentSettings): Promise<AgentLeg> {
  await oneMore(harness, 'agent-leg-up', agent, () => harness.agentDialsIn(agent))
  return { kind: 'agent', agentId: agent.agentId }
}

async function hangUp({ telephony, ...harness }: MediaHarness, { callId }: PersonLeg): Promise<void> {
  await telephony.hangUp(callId)
  await callUntil({ ...harness, telephony }, 'call-ended', callId)
}

/** Listens and keeps what it hears, without the samples but for their number. */
async function tapped<Leg extends MediaLeg>({ media }: MediaHarness, leg: Leg, rate: SampleRate = 8_000) {
  const frames: { readonly leg: Leg; readonly atMs: number; readonly samples: number }[] = []
  const tap = await media.tap({
    leg,
    rate,
    hear: frame => frames.push({ leg: frame.leg, atMs: frame.atMs, samples: frame.samples.length }),
  })
  return { tap, frames }
}

function near(t: Test, found: number, wanted: number, slackMs: number): void {
  t.ok(Math.abs(found - wanted) <= slackMs, `${found} is within ${slackMs} of ${wanted}`)
}

function gone(t: Test, asked: Promise<unknown>): Promise<unknown> {
  return t.rejects(asked, { code: 'leg-gone', constructor: TelephonyError })
}

const samplesOf = (lengthMs: number, rate: SampleRate = 8_000) => new Int16Array((lengthMs * rate) / 1000)

function taps(t: Test, harness: MediaHarness): void {
  const { slackMs } = harness

  t.test("an agent's tap is no person's: who analyses voices cannot be given it", async t => {
    // The types do not compile where this does not hold.
    const holds: AgentsAreNotAnalysed = [true, true, true, true]
    t.ok(holds.every(Boolean))
  })

  for (const rate of [8_000, 16_000] as const)
    t.test(`a tap at ${rate} hears frame after frame, in time and without a gap`, async t => {
      const leg = await personOf(harness)
      const { tap, frames } = await tapped(harness, leg, rate)
      await harness.elapse(1_000)
      near(t, frames.length * frameMs, 1_000, slackMs)
      t.strictSame(
        frames,
        frames.map((_, index) => ({ leg, atMs: index * frameMs, samples: (rate * frameMs) / 1000 })),
      )
      t.match(tap, { leg, rate })
      const end = await tap.stop()
      t.equal(end.cause, 'stopped')
      near(t, end.heardMs, 1_000, slackMs)
      const before = frames.length
      await harness.elapse(200)
      t.equal(frames.length, before, 'nothing is heard after the stop')
      t.strictSame(await tap.stop(), end)
      t.strictSame(await tap.ended, end)
      await hangUp(harness, leg)
    })

  t.test('two taps of one leg hear each on its own', async t => {
    const leg = await personOf(harness)
    const [one, two] = [await tapped(harness, leg), await tapped(harness, leg, 16_000)]
    await harness.elapse(400)
    await one.tap.stop()
    await harness.elapse(400)
    near(t, one.frames.length * frameMs, 400, slackMs)
    near(t, two.frames.length * frameMs, 800, slackMs)
    await hangUp(harness, leg)
  })

  t.test(
    "a tap of an agent's line and one of the person's go on through a conversation, each with its own",
    async t => {
      const agent = await agentOf(harness, harness.agents.first)
      const person = await personOf(harness)
      const [ofAgent, ofPerson] = [await tapped(harness, agent), await tapped(harness, person)]
      await harness.telephony.connect(connectOrder(person.callId, harness.agents.first))
      await callUntil(harness, 'call-connected', person.callId)
      await harness.elapse(300)
      t.ok(ofAgent.frames.length > 0 && ofAgent.frames.every(({ leg }) => leg === agent))
      t.ok(ofPerson.frames.length > 0 && ofPerson.frames.every(({ leg }) => leg === person))
      await hangUp(harness, person)
      t.match(await ofPerson.tap.ended, { cause: 'leg-gone' })
      await harness.agentHangsUp(harness.agents.first)
      t.match(await ofAgent.tap.ended, { cause: 'leg-gone' })
    },
  )
}

function playbacks(t: Test, harness: MediaHarness): void {
  const { media, slackMs } = harness

  t.test('a playback takes as long as its sound, and tells how much was played when it is stopped', async t => {
    const leg = await personOf(harness)
    const sound = { kind: 'samples', rate: 16_000, samples: samplesOf(800, 16_000) } as const
    const whole = await media.play({ leg, sound })
    let over = false
    void whole.ended.then(() => {
      over = true
    })
    await harness.elapse(700)
    t.notOk(over)
    await harness.elapse(100 + slackMs)
    t.match(await whole.ended, { cause: 'done', playedMs: 800 })
    t.match(await whole.stop(), { cause: 'done' }, 'over is over')
    const half = await media.play({ leg, sound })
    await harness.elapse(400)
    const end = await half.stop()
    t.equal(end.cause, 'stopped')
    near(t, end.playedMs, 400, slackMs)
    t.strictSame(await half.stop(), end)
    await hangUp(harness, leg)
  })

  t.test('an agent to whom something is played is given a call at once, and the person is ended at once', async t => {
    const agent = await agentOf(harness, harness.agents.first)
    const person = await personOf(harness)
    const long = { kind: 'samples', rate: 8_000, samples: samplesOf(20_000) } as const
    const [toAgent, toPerson] = [
      await media.play({ leg: agent, sound: long }),
      await media.play({ leg: person, sound: long }),
    ]
    await harness.telephony.connect(connectOrder(person.callId, harness.agents.first))
    const joined = await callUntil(harness, 'call-connected', person.callId)
    const answer = await callUntil(harness, 'call-answered', person.callId)
    t.ok(joined.at - answer.at < 1_000, 'not behind the playback')
    await hangUp(harness, person)
    t.match(await toPerson.ended, { cause: 'leg-gone' })
    t.match(await toAgent.stop(), { cause: 'stopped' })
    await harness.agentHangsUp(harness.agents.first)
  })
}

/** A stream with everything that it hears. */
async function streaming({ media }: MediaHarness, leg: PersonLeg) {
  const marks: HeardMark[] = []
  const heard = { frames: 0 }
  const stream = await media.stream({
    leg,
    rate: 8_000,
    hear(what) {
      if (what.kind === 'mark') marks.push(what)
      else heard.frames += 1
    },
  })
  return { stream, marks, heard }
}

function streams(t: Test, harness: MediaHarness): void {
  const { slackMs } = harness

  t.test('a mark is told when what was said before it has been heard, and not earlier', async t => {
    const leg = await personOf(harness)
    const { stream, marks, heard } = await streaming(harness, leg)
    await stream.say(samplesOf(500))
    stream.mark('one')
    await stream.say(samplesOf(500))
    stream.mark('two')
    await harness.elapse(400)
    t.strictSame(marks, [])
    await harness.elapse(100 + slackMs)
    t.strictSame(marks, [{ kind: 'mark', name: 'one', saidMs: 500 }])
    await harness.elapse(500)
    t.match(marks[1], { name: 'two', saidMs: 1_000 })
    near(t, heard.frames * frameMs, 1_000 + slackMs, slackMs)
    t.match(await stream.stop(), { cause: 'stopped' })
    await hangUp(harness, leg)
  })

  t.test('whoever waits for what is said never is further ahead of the ear than it may be', async t => {
    const leg = await personOf(harness)
    const { stream } = await streaming(harness, leg)
    let taken = false
    await stream.say(samplesOf(aheadMaxMs))
    void stream.say(samplesOf(1_000)).then(() => {
      taken = true
    })
    await harness.elapse(900)
    t.notOk(taken)
    await harness.elapse(100 + slackMs)
    t.ok(taken)
    await stream.stop()
    await hangUp(harness, leg)
  })

  t.test('a flush silences: its marks never come, nobody waits on, and the next is said at once', async t => {
    const leg = await personOf(harness)
    const { stream, marks } = await streaming(harness, leg)
    let taken = false
    void stream.say(samplesOf(6_000)).then(() => {
      taken = true
    })
    stream.mark('never')
    await harness.elapse(1_000)
    const { saidMs } = await stream.flush()
    near(t, saidMs, 1_000, slackMs)
    await harness.elapse(slackMs)
    t.ok(taken)
    await stream.say(samplesOf(200))
    stream.mark('after')
    await harness.elapse(200 + slackMs)
    t.equal(marks[0]?.name, 'after')
    near(t, marks[0]?.saidMs ?? 0, 1_200, slackMs)
    await harness.elapse(6_000)
    t.equal(marks.length, 1)
    await stream.stop()
    await hangUp(harness, leg)
  })
}

function recordings(t: Test, harness: MediaHarness): void {
  const { media, slackMs } = harness

  t.test('a recording is as long as it took, its pause included and named', async t => {
    const leg = await personOf(harness)
    const recording = await media.record({ leg, name: `contract-${leg.callId}` })
    await harness.elapse(400)
    await recording.pause()
    await recording.pause()
    await harness.elapse(300)
    await recording.resume()
    await recording.resume()
    await harness.elapse(500)
    const end = await recording.stop()
    t.match(end, { cause: 'stopped', name: `contract-${leg.callId}` })
    near(t, end.lengthMs, 1_200, slackMs)
    t.equal(end.pauses.length, 1)
    near(t, end.pauses[0]?.fromMs ?? 0, 400, slackMs)
    near(t, end.pauses[0]?.untilMs ?? 0, 700, slackMs)
    t.strictSame(await recording.stop(), end)
    await hangUp(harness, leg)
  })

  t.test('a recording that its call ends in a pause is as long as the call', async t => {
    const leg = await personOf(harness)
    const recording = await media.record({ leg, name: `contract-${leg.callId}` })
    await harness.elapse(300)
    await recording.pause()
    await harness.elapse(300)
    await hangUp(harness, leg)
    const end = await recording.ended
    t.equal(end.cause, 'leg-gone')
    t.ok(end.lengthMs >= 600 - slackMs)
    t.equal(end.pauses[0]?.untilMs, end.lengthMs)
    await recording.resume()
    t.strictSame(await recording.stop(), end)
  })
}

function endings(t: Test, harness: MediaHarness): void {
  const { media } = harness
  const sound = { kind: 'samples', rate: 8_000, samples: samplesOf(60_000) } as const

  t.test('with its leg ends all that runs on it, once, and who waits to be heard goes on', async t => {
    const leg = await personOf(harness)
    const { tap, frames } = await tapped(harness, leg)
    const { stream, marks } = await streaming(harness, leg)
    const playback = await media.play({ leg, sound })
    const recording = await media.record({ leg, name: `contract-${leg.callId}` })
    const said = stream.say(samplesOf(60_000))
    stream.mark('never')
    await harness.elapse(200)
    await hangUp(harness, leg)
    for (const one of [tap, stream, playback, recording]) t.match(await one.ended, { cause: 'leg-gone' })
    await said
    const before = frames.length
    await harness.elapse(500)
    t.equal(frames.length, before)
    t.strictSame(marks, [])
    await stream.say(samplesOf(60_000))
    t.match(await tap.stop(), { cause: 'leg-gone' })
  })

  t.test('a leg that is not there, not yet or no more has nothing to hear', async t => {
    const asks = (leg: PersonLeg) => [
      media.tap({ leg, rate: 8_000, hear() {} }),
      media.stream({ leg, rate: 8_000, hear() {} }),
      media.play({ leg, sound }),
      media.record({ leg, name: 'contract-none' }),
    ]
    for (const asked of asks({ kind: 'person', callId: 'never-existed' })) await gone(t, asked)
    const order = harness.order(numberOf.neverAnswers)
    const { callId } = order.attempt
    await harness.telephony.originate(order)
    await callUntil(harness, 'call-ringing', callId)
    for (const asked of asks({ kind: 'person', callId })) await gone(t, asked)
    await hangUp(harness, { kind: 'person', callId })
    for (const asked of asks({ kind: 'person', callId })) await gone(t, asked)
    const absent: AgentLeg = { kind: 'agent', agentId: harness.agents.absent.agentId }
    await gone(t, media.tap({ leg: absent, rate: 8_000, hear() {} }))
    await gone(t, media.play({ leg: absent, sound }))
  })

  t.test('nothing here ends a leg: the call lives on when all has been stopped', async t => {
    const leg = await personOf(harness)
    const { tap } = await tapped(harness, leg)
    const { stream } = await streaming(harness, leg)
    const playback = await media.play({ leg, sound })
    await media.close()
    await media.close()
    for (const one of [tap, stream, playback]) t.match(await one.ended, { cause: 'stopped' })
    await harness.elapse(300)
    t.notOk(harness.events.some(event => event.kind === 'call-ended' && event.callId === leg.callId))
    await hangUp(harness, leg)
  })
}
