// Old attempts leave a living daemon, in the midst of a campaign.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { ArchiveView } from '../../src/api/upkeep/archives.ts'
import type { CallView, Status } from '../../src/api/views.ts'
import { dayMs } from '../../src/core/time.ts'
import { type MovedCall, packMoved } from '../../src/ports/importing/packedMoved.ts'
import { readArchive } from '../../src/store/archive/readArchive.ts'
import { shippedRules } from '../support/compliance.ts'
import { startSimulatedDaemon } from '../support/simulatedDaemon.ts'

// On a busy machine.
t.setTimeout(120_000)

const old = 1_000

function oldCalls(): readonly MovedCall[] {
  const end = { disposition: 'busy', wrapUpCode: 'NA', refusal: false, countsAsAttempt: true } as const
  return Array.from({ length: old }, (_, index) => {
    const endedAt = Date.now() - 2_000 * dayMs + index
    const number = `+1212555${String(1_000 + index)}`
    return { callId: `old-${index}`, number, ...end, originatedAt: endedAt - 1_000, endedAt }
  })
}

t.test('old attempts leave while calls are made, and no call is lost', async t => {
  const act = { kind: 'answers', by: 'person', afterMs: 200, detectionMs: 0, talkMs: 60 } as const
  const plan = () => ({ ringingAfterMs: 20, act })
  const { ask, until, agentIds, store } = await startSimulatedDaemon(t, { agents: 3, trunkIds: ['main'], plan })
  await store.recordRules(shippedRules, Date.now())
  await ask('PUT', '/v1/campaigns/spring', {
    ...{ id: 'spring', message: 'sorry', ringTimeout: 15, wrapUp: { timeout: '1s' }, trunks: ['main'] },
    ...{ hours: '00:00-24:00', weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
    pacing: { mode: 'progressive', abandonmentRateMax: 0.03 },
  })
  const all = oldCalls()
  for (let from = 0; from < old; from += 100)
    await store.moveIn('spring', packMoved({ kind: 'calls', calls: all.slice(from, from + 100) }))
  const numbers = Array.from({ length: 60 }, (_, index) => `+12025550${100 + index}`)
  await ask('POST', '/v1/campaigns/spring/leads/import?withoutOrigin=true', `phone\n${numbers.join('\n')}\n`)
  const isUp = async () => ((await ask('GET', '/v1/status')) as Status).nodes[0]?.link === 'up' || undefined
  await until(isUp)
  for (const id of agentIds) await ask('POST', `/v1/agents/${id}/login`, { campaign: 'spring' })
  await ask('POST', '/v1/campaigns/spring/start')
  const calls = async () => ((await ask('GET', '/v1/calls?limit=1000')) as { calls: CallView[] }).calls
  const ended = async () => (await calls()).filter(({ callId, endedAt }) => endedAt && callId.startsWith('m1')).length
  await until(async () => (await ended()) > 3 || undefined)
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-archive-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const [file, mark] = [join(folder, 'old.gz'), 'a'.repeat(32)]
  writeFileSync(`${file}.${mark}`, '')
  const before = await ended()
  const done = (await ask('POST', '/v1/archives', { file, mark })) as ArchiveView
  t.match(done, { attempts: old, left: { attempts: old, leads: 0 } })
  await until(async () => (await ended()) > before + 3 || undefined)
  await ask('POST', '/v1/campaigns/spring/stop')
  let archived = 0
  for await (const { kind } of readArchive(file)) if (kind === 'row') archived += 1
  t.equal(archived, old)
  t.notOk(
    (await calls()).some(({ callId }) => callId.startsWith('old')),
    'they are there and no longer here',
  )
})
