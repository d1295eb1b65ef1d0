// `rules ask --cases`: a file of cases through the compiled command line, as an auditor runs it.
import { spawn } from 'node:child_process'
import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { SetupFailure } from '../lib/failure.js'
import { round } from './facts.js'

/** A year of instants, a minute apart at least, in an order that no memory of one day helps with. */
const MINUTES = 365 * 24 * 60
const NUMBERS = ['+1212555', '+1305555', '+1405555', '+1213555', '+1206555', '+1312555', '+1604555', '+1907555']
const ADDRESSES = [
  undefined,
  undefined,
  'US-FL 33101',
  'US-CA 90001',
  { country: 'US', region: 'TX', postcode: '73301' },
]

/** @param {number} index */
function caseAt(index) {
  const at = Date.UTC(2026, 0, 1) + ((index * 104_729) % MINUTES) * 60_000
  const address = ADDRESSES[index % ADDRESSES.length]
  return JSON.stringify({
    id: index,
    number: `${NUMBERS[index % NUMBERS.length]}${1000 + ((index * 7) % 9000)}`,
    at: new Date(at).toISOString(),
    purpose: index % 3 === 0 ? 'debt' : 'sales',
    ...(address !== undefined && { address }),
    ...(index % 4 === 0 && { attempts: [new Date(at - 5 * 3_600_000).toISOString()] }),
    ...(index % 7 === 0 && { permissions: [{ basis: 'written', given: '2025-11-01' }] }),
  })
}

/**
 * Cases a second of the whole program, the start taken off by a file of one case.
 * @param {{ folder: string, cases: number, say: (text: string) => void }} run
 */
export async function benchAsk(run) {
  const file = join(run.folder, 'cases.jsonl')
  const one = join(run.folder, 'case.jsonl')
  writeFileSync(file, `${Array.from({ length: run.cases }, (_, index) => caseAt(index)).join('\n')}\n`)
  writeFileSync(one, `${caseAt(0)}\n`)
  const startSeconds = await answer(one, run.folder)
  const runs = [await answer(file, run.folder), await answer(file, run.folder), await answer(file, run.folder)]
  return {
    cases: run.cases,
    startSeconds: round(startSeconds),
    casesPerSecond: runs.map(seconds => Math.round(run.cases / (seconds - startSeconds))),
  }
}

/**
 * Seconds that the program takes for a file.
 * @param {string} file
 * @param {string} folder
 */
async function answer(file, folder) {
  const program = fileURLToPath(new URL('../../bin/dialwright.js', import.meta.url))
  const startedAt = performance.now()
  const asked = spawn(process.execPath, [program, 'rules', 'ask', '--cases', file], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise(resolve => asked.on('close', resolve))
  await finished(asked.stdout.pipe(createWriteStream(join(folder, 'answers.jsonl'))))
  const code = await ended
  if (code !== 0) throw new SetupFailure('bench', `rules ask ended with ${code}.`, 1)
  return (performance.now() - startedAt) / 1000
}
