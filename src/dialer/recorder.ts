import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { LawFinder } from '../core/compliance/law.ts'
import type { Effect } from '../core/effects.ts'
import { createEngineState, takeStep } from '../core/engine.ts'
import type { InstantMs } from '../core/ids.ts'
import type { Input, PbxInventory } from '../core/inputs.ts'

/** One line of a flight recording: what entered the engine, and when. */
export interface RecordedInput {
  readonly now: InstantMs
  readonly input: Input
}

/** The flight recorder: an append-only file of inputs with their times, so that a production day can be replayed. */
export interface Recorder {
  record(input: Input, now: InstantMs): void
  close(): Promise<void>
}

/**
 * Opens a recording for one run of the engine; only its owner may read it, for it holds numbers. A disk that cannot take
 * it ends the recording, is told once, and never the dialing.
 */
export function openRecorder(file: string, callIdPrefix: string, failed: (error: Error) => void = () => {}): Recorder {
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 })
  stream.once('error', failed)
  stream.on('error', () => {})
  stream.write(`${JSON.stringify({ callIdPrefix })}\n`)
  return {
    record(input, now) {
      stream.write(`${JSON.stringify({ now, input })}\n`)
    },
    async close() {
      if (stream.closed) return
      stream.end()
      await once(stream, 'close')
    },
  }
}

/** Runs recorded inputs through the engine again. The same inputs under the same laws give the same effects, step by step. */
export function replay(
  callIdPrefix: string,
  inputs: Iterable<RecordedInput>,
  laws?: LawFinder,
): readonly (readonly Effect[])[] {
  const state = createEngineState(callIdPrefix, undefined, laws)
  const steps: (readonly Effect[])[] = []
  for (const { input, now } of inputs) steps.push(takeStep(state, ofToday(input), now))
  return steps
}

/** An input as an older version recorded it: its attempts were all a campaign's and did not say so, its inventory was a picture. */
function ofToday(input: Input & { readonly picture?: PbxInventory }): Input {
  if (input.kind === 'recovered')
    return { ...input, open: input.open.map(attempt => Object.assign({ origin: 'campaign' }, attempt)) }
  if (input.kind === 'node-up' && input.picture !== undefined) return { ...input, inventory: input.picture }
  return input
}
