import assert from 'node:assert/strict'
import type { Event } from './events.ts'
import { createNormaliser } from './normal.ts'
import { Play } from './play.ts'
import { everyRead, quickReads, startOf } from './reads.ts'
import type { Side } from './side.ts'

/** One run of events on a store. */
export interface Run {
  /** Differs between runs on the same stores; 0 to 700. */
  readonly run: number
  readonly events: readonly Event[]
  /** The census starts a thread each time. */
  readonly census?: boolean
}

/** There are leads to begin with: of one person, of nobody in particular, with their origin and without. */
const beginning: readonly Event[] = [
  { kind: 'apply', campaign: 0, sellerId: 'acme', purpose: 'sales', topic: 'spring' },
  {
    kind: 'import',
    campaign: 0,
    how: 'activate',
    list: 'leads',
    at: 0,
    rows: [0, 1, 2, 3, 4].map(number => ({
      number,
      priority: number % 2,
      person: number < 2 ? 'jane' : undefined,
      origin: number === 3 ? 'a form' : undefined,
      past: undefined,
    })),
  },
  {
    kind: 'import',
    campaign: 0,
    how: 'activate',
    list: 'fresh',
    at: 1,
    rows: [{ number: 5, priority: 0, person: undefined, origin: 'a fair', past: 'finished' }],
  },
  { kind: 'begin', campaign: 0, lead: 0, at: 1 },
  {
    kind: 'end',
    call: 0,
    disposition: 'connected',
    detail: undefined,
    ringingAt: 1,
    answeredAt: 2,
    messageAt: undefined,
    retryAt: 3,
    counts: true,
  },
]

/** Plays a run on a store; gives each answer, short reads after each step, and every read at the end. */
export async function told(side: Side, { run, events, census = false }: Run): Promise<readonly unknown[]> {
  const normal = createNormaliser()
  const play = new Play(side, run)
  const start = await startOf(play)
  const answers: unknown[] = []
  for (const event of [...beginning, ...events])
    answers.push(normal({ event: event.kind, answer: await play.answerTo(event), reads: await quickReads(play) }))
  answers.push(normal(await everyRead(play, { start, census })))
  return answers
}

/** Plays the same run on both stores, and fails at the first thing that they do not say alike. */
export async function assertSame(one: Side, other: Side, run: Run): Promise<void> {
  const [ofOne, ofOther] = [await told(one, run), await told(other, run)]
  for (const [step, answer] of ofOne.entries())
    assert.deepEqual(answer, ofOther[step], `step ${step} of ${ofOne.length - 1}`)
}
