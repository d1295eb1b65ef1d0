// What the command line says of why somebody is not dialed, and of why a campaign does not do as its file says.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { localTime } from '../../src/cli/terminal/format.ts'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import { loadRuleBook } from '../../src/rules/ruleBook.ts'
import { importSome, someLeads } from '../contract/store.ts'
import { startRig, token } from '../http/rig.ts'
import { runLine, tempFolder, writeConfig } from './support.ts'

t.test(
  'in Germany: the mode with its reason, what would change a missing permission, and instants of here',
  async t => {
    const rig = await startRig(t, { laws: createLawFinder(loadRuleBook()) })
    const config = writeConfig(tempFolder(t), { port: Number(new URL(rig.url).port), token })
    const dw = (...line: readonly string[]) => runLine(['--config', config, ...line])
    const file = join(tempFolder(t), 'campaign.yaml')
    const settings = ['id: herbst', 'message: leider', 'seller: { id: acme, place: DE }', "hours: '09:00-10:00'"]
    writeFileSync(file, [...settings, 'pacing: { mode: predictive }', ''].join('\n'))
    const applied = await dw('campaign', 'apply', file)
    t.match(applied.out, /^campaign herbst applied: progressive, /)
    t.match(
      applied.err,
      /predictive is asked for, and DE\/abandonment lets nobody be called for whom no agent is reserved/,
    )
    t.match(JSON.parse((await dw('--json', 'campaign', 'show', 'herbst')).out), {
      modeBecause: /^predictive is asked for/,
    })

    const berlin = { number: '+493012345678', timeZones: ['Europe/Berlin'] }
    await importSome(rig.store, 'herbst', someLeads([1], berlin))
    const explained = await dw('campaign', 'explain', 'herbst')
    t.match(explained.out, /consent-missing .*when a permission comes in: `dialwright consent import`\n/)
    const { leads } = JSON.parse((await dw('--json', 'leads', 'explain', berlin.number)).out)
    const { retryAt, says } = leads[0].checks.find((one: { readonly check: string }) => one.check === 'calling-hours')
    t.match(says, `again at ${retryAt}`, 'programs get UTC')
    const words = (await dw('leads', 'explain', berlin.number)).out
    t.match(words, `again at ${localTime(retryAt)}`)
    t.match(words, /consent +no: .*when a permission comes in/)
    t.notMatch(words, /\dT\d\d:\d\d/)
  },
)

t.test('a campaign that does as its file says gives no reason', async t => {
  const rig = await startRig(t, { laws: createLawFinder(loadRuleBook()) })
  const pacing = { mode: 'predictive' }
  const { body } = await rig.call('PUT', '/v1/campaigns/spring', { id: 'spring', message: 'sorry', pacing })
  t.notOk('modeBecause' in body, JSON.stringify(body))
})
