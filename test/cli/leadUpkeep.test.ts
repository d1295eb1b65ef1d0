import t, { type Test } from 'tap'
import type { LeadRecord } from '../../src/ports/leads.ts'
import { attemptOf, endOf, importSome, someLeads } from '../contract/store.ts'
import { type Rig, startAt, startRig, token } from '../http/rig.ts'
import { type Ran, runLine, tempFolder, writeConfig } from './support.ts'

const dayMs = 86_400_000

/** A daemon in this process with a campaign, and command lines that steer it. */
async function steered(t: Test): Promise<{ readonly rig: Rig; readonly dw: (...args: string[]) => Promise<Ran> }> {
  const rig = await startRig(t)
  await rig.call('PUT', '/v1/campaigns/spring', {
    id: 'spring',
    message: 'sorry',
    lists: [{ list: 'leads', share: 1 }],
  })
  const config = writeConfig(tempFolder(t), { port: Number(new URL(rig.url).port), token })
  return { rig, dw: (...args) => runLine(['--config', config, ...args]) }
}

async function called({ store }: Rig, lead: LeadRecord | undefined, more: NonNullable<Parameters<typeof endOf>[1]>) {
  if (lead === undefined) return
  const attempt = attemptOf(lead, `c-${lead.leadId}-${more.endedAt ?? 0}`, more.answeredAt ?? startAt - dayMs)
  await store.beginAttempt(attempt)
  await store.endAttempt(endOf(attempt, { leadRetryAt: null, ...more }))
}

t.test('leads lists and recycle: what there is, what would be called again, and what is too broad', async t => {
  const { rig, dw } = await steered(t)
  const leads = await importSome(rig.store, 'spring', someLeads([0, 0, 0]))
  await called(rig, leads[0], { disposition: 'busy' })
  await called(rig, leads[1], { disposition: 'no-answer' })
  await rig.store.addDoNotCall({ number: leads[1]?.number ?? '', list: 'company', source: 'operator', at: startAt })
  const lists = await dw('leads', 'lists', '--campaign', 'spring')
  t.match(lists, { code: 0, out: /leads +3 +1 +2 +2 +100\.0 %/ })
  const recycle = (...more: string[]) => dw('leads', 'recycle', '--campaign', 'spring', ...more)
  t.match(await recycle(), { code: 2, err: /^error: say which leads: --last busy,no-answer or --list NAME/ })
  t.match(await recycle('--dry-run'), { code: 2, err: /^error: say which leads[^\n]*\n$/ })
  for (const limit of ['-1', '0', '1001', 'ten'])
    t.match(await dw('leads', 'list', '--campaign', 'spring', '--limit', limit), {
      code: 2,
      err: /write a whole number from 1 to 1000\.\n$/,
    })
  t.match(await recycle('--last', 'busy,lost'), { code: 2, err: /"lost" is not one of connected, abandoned/ })
  t.match(await recycle('--list', 'warm'), { code: 1, err: /no list "warm": there is leads\n$/ })
  const stays = /1 lead left as finished: refused, on do-not-call, dead, or being called\n$/
  const dry = await recycle('--last', 'busy,no-answer', '--dry-run')
  t.match(dry.out, /^1 lead would be called again\n/)
  t.match(dry.out, stays)
  t.match((await recycle('--last', 'busy,no-answer')).out, /^1 lead will be called again\n/)
  t.match(await rig.store.lead(leads[0]?.leadId ?? 0), { state: 'retry', dialableAt: 0 })
  const json = await dw('leads', 'recycle', '--campaign', 'spring', '--list', 'leads', '--json')
  t.strictSame(JSON.parse(json.out), { recycled: 0, barred: 1, exhausted: 0 })
})

t.test('dnc proposals and accept: worn out numbers with what wore them out', async t => {
  const { rig, dw } = await steered(t)
  t.match(await dw('dnc', 'proposals'), { code: 0, out: 'no number is worn out\n' })
  const [worn, fresh] = await importSome(rig.store, 'spring', someLeads([0, 0]))
  for (const days of [1, 2, 3]) {
    const at = startAt - days * dayMs
    await called(rig, worn, {
      disposition: 'connected',
      answeredAt: at,
      connectedAt: at,
      endedAt: at + 3_000,
      leadRetryAt: 0,
    })
  }
  await rig.store.deferLead(worn?.leadId ?? 0, startAt + dayMs, 'fatigue-limit')
  const number = worn?.number ?? ''
  const escaped = number.replace('+', '\\+')
  t.match(
    (await dw('dnc', 'proposals', '--campaign', 'spring')).out,
    new RegExp(`${escaped} +spring +1\\d\\.\\d+ of 12 +hungUpWithin5s 3, attempt 3`),
  )
  t.match(await dw('dnc', 'accept', number, fresh?.number ?? ''), {
    code: 1,
    err: /is not proposed: `dialwright dnc add` puts/,
  })
  t.match(await dw('dnc', 'accept', number), { code: 0, out: `${number} is on the company's list\n` })
  t.match((await dw('dnc', 'check', number)).out, /company \(operator, .*fatigue: 1\d\.\d+ of 12 points/)
  t.match((await dw('leads', 'explain', number)).out, /fatigue: 1\d\.\d+ of 12 points \(hungUpWithin5s 3, attempt 3\)/)
})
