import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { dayMs } from '../../src/core/time.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.ts'
import { attemptOf, endOf, importSome, someCampaign, someLeads } from '../contract/store.ts'
import { shippedRules } from '../support/compliance.ts'
import { deadPort, runLine, tempFolder, writeConfig } from './support.ts'

t.test('old attempts leave from the command line, are looked at and proved there', async t => {
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: deadPort })
  const file = join(folder, 'dialwright.db')
  const run = (...args: readonly string[]) => runLine(['--config', config, ...args])
  const [archive, changed] = [join(folder, 'old.gz'), join(folder, 'changed.gz')]

  t.match(await run('archive', archive), { code: 1, err: /there is no database/ })
  const store = await openSqliteStore({ file })
  await store.saveCampaign(someCampaign('spring'))
  const [lead] = await importSome(store, 'spring', someLeads([1]))
  if (lead === undefined) return
  const attempt = attemptOf(lead, 'call-1', Date.now() - 2_000 * dayMs)
  await store.beginAttempt(attempt)
  await store.endAttempt(endOf(attempt, { leadRetryAt: null }))
  await store.recordWrapUp({ callId: 'call-1', code: 'sale', refusal: false, note: 'tea\u001b[2J' })
  await store.close()
  t.match(await run('archive', archive), { code: 1, err: /the ledger names no rules yet; start the daemon/ })
  const ruled = await openSqliteStore({ file })
  await ruled.recordRules(shippedRules, Date.now())
  await ruled.close()
  t.match(await run('doctor'), { out: /no rule asks for attempts from before .* and the oldest is of/ })
  t.match(await run('archive', archive, '--before', '2099-01-01'), { code: 1, err: /demands 1827 days, so only what/ })
  t.match(await run('archive', archive, '--before', 'soon'), { code: 2, err: /write a day/ })
  t.match(await run('archive', archive, '--dry-run'), {
    code: 0,
    out: /1 attempt and 0 leads from before .* would leave/,
  })
  t.match(JSON.parse((await run('archive', archive, '--json')).out), { attempts: 1, left: { attempts: 1, leads: 0 } })
  t.match(await run('archive', archive), { code: 1, err: /exists already: an archive overwrites nothing/ })
  t.match(await run('archive', join(folder, 'new.gz')), { code: 0, out: /nothing from before .* may leave/ })
  t.match(await run('doctor'), { out: /^(?!.*no rule asks for attempts)/s })

  t.match(await run('archive', 'show', archive), { code: 0, out: /spring +1 +0/ })
  const found = await run('archive', 'show', archive, lead.number)
  t.match(found, { code: 0, out: /call-1 +spring +\+1201555\d{4} +busy/ })
  t.notOk(found.out.includes('\u001b'), 'foreign text steers no terminal')
  t.match(JSON.parse((await run('archive', 'show', archive, 'call-1', '--json')).out).attempts, [{ callId: 'call-1' }])
  t.match(await run('archive', 'show', archive, 'call-2'), { code: 1, err: /no call call-2/ })
  t.match(await run('archive', 'show', archive, '+1'), { code: 1, err: /is no number/ })
  t.match(await run('archive', 'show', config, 'call-1'), { code: 1, err: /damaged or cut off/ })

  t.match(await run('ledger', 'verify', '--archive', archive), { code: 0, out: /1 attempt as their entries say/ })
  const text = gunzipSync(readFileSync(archive)).toString().replace('"busy"', '"failed"')
  writeFileSync(changed, gzipSync(text))
  t.match(await run('ledger', 'verify', '--archive', changed), { code: 1, out: /another disposition/ })

  const erasing = await openSqliteStore({ file })
  await erasing.erasePerson({ number: lead.number, at: Date.now(), by: 'test' })
  await erasing.close()
  t.match(await run('archive', 'show', archive, lead.number), { code: 1, err: /nothing ties this number/ })
  t.match(await run('archive', 'show', archive, 'call-1'), { code: 0, out: /erased/ })
  t.match(await run('ledger', 'verify', '--archive', archive), { code: 0, out: /as the ledger names them/ })
})
