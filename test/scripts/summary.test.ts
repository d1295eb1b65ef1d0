import t from 'tap'
import { printSummary, summarise } from '../../scripts/demo/summary.js'

const counters = { attempts: 0, answered: 0, answeredByPerson: 0, connected: 0, abandoned: 0, doNotCallBlocked: 0 }
const failed = { callId: 'a', number: '+12025550100', disposition: 'failed', originatedAt: '2026-01-13T15:00:00.000Z' }
const stray = { sipCallId: 's', calledNumber: '12025550100', finalCode: 200 }

function summaryOf(
  calls: readonly (typeof failed & { sipCallId?: string })[],
  carrierCalls: readonly (typeof stray)[],
) {
  const carrier = { invites: carrierCalls.length, answered: 0, bySipCode: {}, calls: carrierCalls }
  // Of the carrier's statistics the summary reads these alone.
  return summarise({
    calls,
    carrier,
    imported: { invalid: 0 },
    before: counters,
    after: counters,
    occupancy: 0,
  } as never)
}

async function printed(summary: ReturnType<typeof summaryOf>, columns: number): Promise<string> {
  const written: string[] = []
  // Of a terminal it uses these alone.
  const out = { isTTY: true, columns, write: (text: string) => written.push(text) }
  await printSummary(summary, out as never)
  return written.join('')
}

t.test('a failed attempt that the carrier never saw was not sent; one that it saw otherwise is a mismatch', async t => {
  t.match(summaryOf([failed], []), { neverSent: 1, mismatches: 0 })
  t.match(summaryOf([failed], [stray]), { neverSent: 1, mismatches: 1 }, 'it left after all')
  t.match(summaryOf([{ ...failed, sipCallId: 's' }], [stray]), { neverSent: 0, mismatches: 1 })
  t.match(summaryOf([{ ...failed, disposition: 'connected' }], []), { neverSent: 0, mismatches: 1 })
})

t.test('no line of the summary is wider than the terminal, and none breaks in a word', async t => {
  const text = await printed(summaryOf([failed], []), 80)
  for (const line of text.split('\n')) t.ok(line.length <= 80, line)
  t.match(
    text.replace(/\n {23}/g, ' '),
    /never sent +1 of the failed: the PBX had too much to do to send them in time\n/,
  )
  t.match(text, /\n {2}mismatches +0: every attempt agrees with the carrier\n/)
})
