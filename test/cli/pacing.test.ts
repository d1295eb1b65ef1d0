import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { dialingRig, token } from '../http/rig.ts'
import { type Ran, runLine, tempFolder, writeConfig } from './support.ts'

t.test('pacing set takes every setting, show shows it, and wrong ones are one line', async t => {
  const rig = await dialingRig(t)
  const config = writeConfig(tempFolder(t), { port: Number(new URL(rig.url).port), token })
  const dw = (line: string): Promise<Ran> => runLine(['--config', config, 'pacing', ...line.split(' ')])
  const set = await dw(
    'set spring --mode predictive --intensity 0.5 --abandonment-windows 24h,life --ring-timeout 20s --ring-withdrawal on --agent-gap 5s --occupancy-max 0.85',
  )
  t.equal(set.code, 0, set.err)
  t.match(
    (await dw('show spring')).out,
    /windows +24h, life\nintensity +0\.5\n[\s\S]*ring timeout +20s\nring withdrawal +on\nagent gap +5s\noccupancy at most +85\.0 %/,
  )
  const campaign = rig.dialer.gateway.campaign('spring')
  t.match(campaign?.settings, {
    ringTimeoutMs: 20_000,
    pacing: {
      ...{ mode: 'predictive', intensity: 0.5, ringWithdrawal: true, agentGapMs: 5_000, occupancyMax: 0.85 },
      abandonmentWindows: [{ name: '24h', lengthMs: 86_400_000 }, { name: 'life' }],
    },
  })
  for (const [line, says] of [
    ['set spring --ring-timeout 5s', /ringTimeout/],
    ['set spring --occupancy-max 0.1', /occupancyMax/],
    ['set spring --intensity 2', /ratio from 0 to 1/],
    ['set spring --ring-withdrawal maybe', /on or off/],
    ['set spring --abandonment-windows soon', /duration such as/],
  ] as const) {
    const ran = await dw(line)
    t.not(ran.code, 0, line)
    t.match(ran.err, says)
    t.equal(ran.err.trim().split('\n').length, 1, ran.err)
  }
})

t.test('a decision of the daemon is worked out again from its record, and a changed record is found out', async t => {
  const rig = await dialingRig(t)
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: Number(new URL(rig.url).port), token })
  const record = await runLine(['--config', config, 'pacing', 'record', 'spring'])
  t.equal(record.code, 0, record.err)
  const file = join(folder, 'decision.json')
  writeFileSync(file, record.out)
  const again = await runLine(['pacing', 'recompute', file])
  t.match(again, { code: 0, out: /equal +yes, to the last digit/ }, again.err)
  const changed = JSON.parse(readFileSync(file, 'utf8'))
  changed.decision.originate += 1
  writeFileSync(file, JSON.stringify(changed))
  t.match(await runLine(['pacing', 'recompute', file]), { code: 1, out: /equal +no: originate/ })
  writeFileSync(file, '{}')
  t.match(await runLine(['pacing', 'recompute', file]), { code: 1, err: /is no decision record/ })
})
