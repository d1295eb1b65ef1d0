import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { run } from '../../src/cli/main.ts'
import { policyNames } from '../../src/sim/rivals/policies.ts'
import { createFakeTerminal, runLine, tempFolder } from './support.ts'

/** A world of a few simulated minutes. */
function tinyWorld(t: Test, change: (text: string) => string = text => text): string {
  const file = join(tempFolder(t), 'tiny.yaml')
  const shipped = readFileSync(new URL('../../scenarios/realistic-5.yaml', import.meta.url), 'utf8')
  writeFileSync(file, change(shipped.replace('realistic-5', 'tiny').replace('hours: 8', 'hours: 0.2')))
  return file
}

t.test('one JSON object on standard output, the same for the same seeds; seeds and times beside it', async t => {
  const file = tinyWorld(t)
  const line = ['simulate', '--scenario', file, '--seeds', '2', '--policy', 'predictive', 'progressive', '--json']
  const first = await runLine(line, { tty: false })
  t.equal(first.code, 0)
  const result = JSON.parse(first.out)
  t.equal(first.out, `${JSON.stringify(result)}\n`, 'one line, one object')
  t.match(result, { scenario: 'tiny', seeds: 2, policies: [{ policy: 'predictive' }, { policy: 'progressive' }] })
  for (const policy of result.policies)
    t.match(policy, {
      knobs: {},
      tuned: false,
      occupancy: { mean: Number, ci95: Number },
      abandonmentRate: { pooled: Number, max: Number },
      agentWaitSec: { mean: Number, p90: Number },
      connected: Number,
      attempts: Number,
      answeredByPerson: Number,
      connectedPerAgentHour: Number,
    })
  t.notOk('ratioToOptimum' in result.policies[0], 'nobody knows the optimum of such a world')
  t.match(JSON.parse(first.err), { seed: 1, seeds: 2, eventsPerSecond: Number, wallSec: Number })

  const again = await runLine([...line, '--threads', '1'])
  t.equal(again.out, first.out)
  const other = await runLine([...line, '--seed', '7'])
  t.not(other.out, first.out)
  t.match(other.err, /"seed":7/)
})

t.test('a table of all rules in words, those over the limit last and marked; a bar on a terminal only', async t => {
  const file = tinyWorld(t)
  const ran = await runLine(['simulate', '--scenario', file, '--seeds', '1'], { tty: true })
  t.equal(ran.code, 0)
  t.match(ran.out, /^tiny: 5 agents: .*\n0\.2 h, target 3\.0 %, 1 seed\n\nrule +occupancy/)
  const rows = ran.out.trimEnd().split('\n').slice(4)
  t.equal(rows.length, policyNames.length)
  t.match(ran.out, /Progressive +\d+\.\d % +0\.0 +0\.00 % +0\.00 %/)
  const marks = rows.map(row => / {2}over/.test(row))
  t.same(marks, [...marks].sort(), 'kept before over')
  t.ok(marks.includes(true) && marks.includes(false))
  t.match(ran.err, /tiny {2}[█░]+ +\d+ % {2}\d+ of 10 runs/)
  t.match(ran.err, /10 runs with seed 1 in .*\nover: .*\n--tune adds.*\n--html FILE draws/)
  const piped = await runLine(['simulate', '--scenario', file, '--seeds', '1', '--policy', 'progressive'])
  t.notMatch(piped.err, /█|░/)
})

t.test('a memoryless world is held against its optimum', async t => {
  const file = tinyWorld(t, () => {
    const text = readFileSync(new URL('../../scenarios/memoryless-3-p25.yaml', import.meta.url), 'utf8')
    return text.replace('hours: 60', 'hours: 0.5')
  })
  const line = ['simulate', '--scenario', file, '--seeds', '2', '--policy', 'progressive']
  const { policies } = JSON.parse((await runLine([...line, '--json'])).out)
  t.ok(policies[0].ratioToOptimum > 0.3 && policies[0].ratioToOptimum < 2, `${policies[0].ratioToOptimum}`)
  t.match((await runLine(line)).out, /of optimum/)
})

t.test(
  '--tune adds the best settings of rivals that have some, --target compares, --html writes a page whole',
  async t => {
    const file = tinyWorld(t, text => text.replace('hours: 0.2', 'hours: 0.1'))
    const page = join(tempFolder(t), 'report.html')
    const rivals = ['--policy', 'predictive', 'kappa', 'progressive']
    const line = [
      'simulate',
      '--scenario',
      file,
      '--seeds',
      '1',
      ...rivals,
      '--tune',
      '--target',
      '0.05',
      '0.1',
      '--html',
      page,
    ]
    const ran = await runLine([...line, '--json'])
    t.equal(ran.code, 0, ran.err)
    const { policies } = JSON.parse(ran.out)
    t.match(
      policies
        .slice(0, 4)
        .map((one: { policy: string; tuned: boolean; target?: number }) => [one.policy, one.tuned, one.target]),
      [
        ['predictive', false, undefined],
        ['kappa', false, undefined],
        ['progressive', false, undefined],
        ['predictive', false, 0.1],
      ],
    )
    const tuned = policies.filter((one: { tuned: boolean }) => one.tuned)
    t.match(tuned, [{ policy: 'kappa', knobs: { kappa: Number } }])
    const html = readFileSync(page, 'utf8')
    t.match(html, /^<!doctype html>/i)
    t.match(html, /"title":"tiny"/)
    t.match(html, /uPlot/)
    t.same(readdirSync(join(page, '..')), ['report.html'], 'and nothing beside it')
    const words = await runLine(line)
    t.match(words.out, /tuned: kappa/)
    t.match(words.out, /target/)
    t.match(words.err, /written to .*report\.html/)
    t.notMatch(words.err, /--tune adds/)
    t.match(
      await runLine(['simulate', '--scenario', file, '--seeds', '1', '--policy', 'ratio', '--html', join(page, 'x')]),
      {
        code: 1,
        err: /cannot write .*choose another place/,
      },
    )
  },
)

t.test('Ctrl-C ends it with exit code 130 and no answer', async t => {
  const terminal = createFakeTerminal({ tty: true })
  const page = join(tempFolder(t), 'never.html')
  const running = run(['simulate', '--scenario', tinyWorld(t), '--seeds', '9', '--html', page], terminal)
  await terminal.shows(/of \d+ runs/)
  terminal.signal('SIGINT')
  t.equal(await running, 130)
  t.equal(terminal.written.out, '')
  t.notOk(existsSync(page))
  t.ok(terminal.written.err.endsWith('\r\u001b[K'), 'the bar is gone')
})

t.test('shipped scenarios are listed and found by name', async t => {
  const listed = await runLine(['scenarios'])
  t.match(listed.out, /^scenario +hours +target +what\n[\s\S]*\nrealistic-20 +8 +3\.0 % +20 agents: /)
  t.equal((await runLine(['simulate', '--scenario', 'list'])).out, listed.out)
  t.match(JSON.parse((await runLine(['scenarios', '--json'])).out), {
    scenarios: [{ name: 'breaks-20', target: 0.03 }],
  })
  t.match((await runLine(['simulate', '--help'])).out, /Examples:\n {2}\$ dialwright simulate --scenario realistic-20/)
})

t.test('what is wrong is one line: exit code 2 for the command line, 1 for a file', async t => {
  const file = tinyWorld(t)
  const capped = tinyWorld(t, text => `${text}cap: 0.03\n`)
  const wrong = (change: (text: string) => string): string => tinyWorld(t, change)
  for (const [code, args, says] of [
    [2, [], /name --scenario or --from-history/],
    [2, ['--scenario', file, '--from-history', 'spring'], /name --scenario or --from-history/],
    [2, ['--scenario', file, '--policy', 'fastest'], /Allowed choices are progressive, ratio, kappa, .*predictive/],
    [2, ['--scenario', file, '--seeds', '0'], /write a whole number from 1 to 10000/],
    [2, ['--scenario', file, '--threads', 'many'], /write a whole number/],
    [2, ['--scenario', file, '--target', '3'], /write a ratio from 0 to 1/],
    [2, ['--scenario', capped, '--target', '0.05'], /target 0\.05 is over the cap of tiny, 0\.03/],
    [2, ['--scenario', file, '--agents', '5'], /--agents goes with --from-history/],
    [2, ['--scenario', file, '--agents', '5,x'], /such as 8,12,16/],
    [1, ['--scenario', 'nowhere.yaml'], /there is no file nowhere\.yaml and no shipped scenario of that name/],
    [1, ['--scenario', wrong(() => 'name: [')], /tiny\.yaml:1: not valid YAML/],
    [1, ['--scenario', wrong(text => `${text}speed: 9\n`)], /tiny\.yaml: speed: unknown key; known here are/],
    [
      1,
      ['--scenario', wrong(text => text.replace('start: 5', 'start: -5'))],
      /agents\.start: is -5, must be at least 0/,
    ],
  ] as const) {
    const ran = await runLine(['simulate', ...args])
    t.equal(ran.code, code, args.join(' '))
    t.match(ran.err, says)
    t.equal(ran.err.trimEnd().split('\n').length, 1, ran.err)
    t.equal(ran.out, '')
  }
})

t.test('worlds with nobody in them give zeros, not nonsense', async t => {
  for (const change of [
    (text: string) => text.replace('start: 5', 'start: 0'),
    (text: string) => text.replace('person: 0.25', 'person: 0'),
  ]) {
    const line = ['simulate', '--scenario', tinyWorld(t, change), '--seeds', '1', '--policy', 'predictive', 'issabel']
    const ran = await runLine([...line, '--json'])
    t.equal(ran.code, 0)
    t.notMatch(ran.out, /null|NaN/)
    t.match(JSON.parse(ran.out), { policies: [{ connected: 0, abandonmentRate: { pooled: 0 } }, { connected: 0 }] })
    const page = join(tempFolder(t), 'none.html')
    t.equal((await runLine([...line, '--html', page])).code, 0)
    t.ok(existsSync(page))
  }
})
