import t from 'tap'
import { dialingRig, token } from '../http/rig.ts'
import { pastRecords, writePast } from '../support/pastWorld.ts'
import { type Ran, runLine, tempFolder, writeConfig } from './support.ts'

t.test('pacing set --what-if shows what to expect and sets nothing', async t => {
  const rig = await dialingRig(t)
  const config = writeConfig(tempFolder(t), { port: Number(new URL(rig.url).port), token })
  const dw = (line: string): Promise<Ran> =>
    runLine(['--config', config, 'pacing', 'set', 'spring', ...line.split(' ')])
  const pacing = () => rig.dialer.gateway.campaign('spring')?.settings.pacing
  const before = { ...pacing() }

  const short = await dw('--mode ratio --ratio 3 --what-if')
  t.equal(short.code, 0, short.err)
  t.match(
    short.out,
    /^1 agent, 4 simulated runs of 4 h .*\nassuming scenario realistic-5, because the history is too short: \d attempts/,
  )
  t.match(short.out, / +now +changed\nmode +progressive +ratio 3\n/)
  t.match(short.out, /\noccupancy +\d+\.\d % \+\/- \d+\.\d +\d+\.\d % \+\/- \d+\.\d\n/)
  t.match(short.out, /\nabandonment +0\.00 % +[1-9]\d?\.\d\d %\n[\s\S]*conversations an hour +\d+ +\d+\n$/)
  t.match(short.err, /8 runs with seeds 1 to 4 in .*\nnothing was changed/)

  await writePast(rig.store, pastRecords(400))
  const own = await dw('--mode predictive --abandonment-target 0.03 --what-if --agents 2 --json')
  t.equal(own.code, 0, own.err)
  const found = JSON.parse(own.out)
  t.match(found, {
    ...{ campaign: 'spring', applied: false, agents: 2, basis: { kind: 'history' } },
    present: { pacing: { mode: 'progressive' }, occupancy: { mean: Number }, abandonmentRate: { pooled: 0 } },
    changed: { pacing: { mode: 'predictive', abandonmentTarget: 0.03 }, connectedPerHour: Number },
  })
  t.ok(found.changed.occupancy.mean > found.present.occupancy.mean)
  t.same(pacing(), before, 'and all is as it was')

  for (const [code, line, says] of [
    [2, '--what-if', /nothing to set/],
    [2, '--mode ratio --agents 5', /--agents goes with --what-if/],
    [1, '--ratio 99 --what-if', /campaign spring: pacing: ratio must be/],
    [1, '--abandonment-target 0.05 --what-if', /abandonmentTarget must not be above abandonmentRateMax \(0\.03\)/],
  ] as const) {
    const ran = await dw(line)
    t.equal(ran.code, code, ran.err)
    t.match(ran.err, says)
  }
})
