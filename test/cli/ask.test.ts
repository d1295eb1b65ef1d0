import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { AskView } from '../../src/api/rules/ask.ts'
import { createAsker } from '../../src/app/ask/ask.ts'
import { createAskPool } from '../../src/cli/commands/ask/askPool.ts'
import { lineBytesMax } from '../../src/cli/commands/ask/caseLines.ts'
import { run } from '../../src/cli/main.ts'
import { decideVerdict } from '../../src/core/compliance/verdict.ts'
import { calendarYears } from '../../src/rules/calendar.ts'
import { ruleWords } from '../../src/rules/ruleText.ts'
import { factsOf } from '../../src/store/decisions/facts.ts'
import { shippedRules } from '../support/compliance.ts'
import { createFakeTerminal, type Ran, runLine, tempFolder, writeConfig } from './support.ts'

const newYork = '+12125550100'
/** The latest departure, set-up and ring of a call together: 37 s before nine it may still be answered in time. */
const lastMinute = '2026-11-25T20:59-05:00'

function ask(...args: string[]): Promise<Ran> {
  return runLine(['rules', 'ask', ...args])
}

function askCases(...cases: readonly (object | string)[]): Promise<Ran> {
  const input = cases.map(one => `${typeof one === 'string' ? one : JSON.stringify(one)}\n`).join('')
  return runLine(['rules', 'ask', '--cases', '-'], { input })
}

function answersOf({ out }: Ran): AskView[] {
  return out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

t.test('one call is answered with the verdict, the places and every line of law', async t => {
  const yes = await ask(newYork, '--at', '2026-11-25T12:00-05:00')
  t.equal(yes.code, 0, yes.err)
  t.match(yes.out, /\nverdict +may be called\n/)
  t.match(yes.out, /\nUS-NY +number +only its country's: nobody has read its own\n/)
  t.match(yes.out, /\nAmerica\/New_York +number +2026-11-25T12:00-05:00\n/)
  t.match(
    yes.out,
    /\nUS-FTC\/hours +satisfied +US-NY US +mon-sun 08:00-21:00 +16 CFR 310\.4\(c\) \(read \d{4}-\d\d-\d\d\)\n/,
  )
  t.match(yes.out, /\nUS-FTC\/ring +stands /)
  t.match(yes.out, /\nunread +nobody has read the law of US-NY: only its country's lines were asked\n/)
  t.match(yes.out, /\nassumed +the lists that the law wants are at hand, of today\n/)
  t.notOk(yes.out.includes('\u001b'), 'no colours where none are shown')
  const no = await ask(newYork, '--at', '2026-11-25T21:00-05:00')
  t.equal(no.code, 0, 'a no is an answer')
  t.match(no.out, /\nverdict +may not be called\nbecause +is outside the calling hours .*US-F[CT]C\/hours\)\n/)
  t.match(no.out, /\nagain at +2026-11-26T13:00:00\.000Z\n +2026-11-26T08:00-05:00 America\/New_York\n/)
  t.match(no.out, /\nrule .*\nUS-FCC\/hours +refuses /, 'what refuses comes first')
  const coloured = await runLine(['rules', 'ask', newYork, '--at', lastMinute], { tty: true, colour: true })
  t.ok(coloured.out.includes('\u001b[32msatisfied\u001b[0m'))
})

t.test('options say what a case says', async t => {
  const table: readonly (readonly [says: string, args: readonly string[], found: object])[] = [
    [
      'the last answer in time',
      ['--at', '2026-11-25T20:59:22-05:00'],
      { allowed: true, latestAnswerAt: '2026-11-26T01:59:59.000Z' },
    ],
    ['and a second later', ['--at', '2026-11-25T20:59:23-05:00'], { reason: 'outside-calling-hours' }],
    ['a shorter ring', ['--at', '2026-11-25T20:59:23-05:00', '--ring-timeout', '20s'], { allowed: true }],
    ['a zone by name', ['--at', '2026-11-25T21:30[America/New_York]'], { reason: 'outside-calling-hours' }],
    [
      'an address with another clock',
      ['--at', '2026-11-25T10:30-05:00', '--address', 'US-CA 90001'],
      {
        reason: 'outside-calling-hours',
        places: [
          { place: 'US-NY', by: ['number'] },
          { place: 'US-CA', by: ['address'] },
        ],
      },
    ],
    [
      'a stated zone',
      ['--at', '2026-11-25T10:30-05:00', '--zone', 'America/Los_Angeles'],
      { reason: 'outside-calling-hours', zones: [{ zone: 'America/Los_Angeles', by: ['stated'] }] },
    ],
    [
      'a seller abroad',
      ['--at', '2026-11-28T12:00-05:00', '--seller', 'FR', '--purpose', 'survey'],
      { allowed: true, seller: 'FR', purpose: 'survey' },
    ],
    ['a list', ['--at', lastMinute, '--listed', 'national:US'], { reason: 'do-not-call', rule: 'US' }],
    [
      'a list, lifted',
      ['--at', '2026-11-25T12:00-05:00', '--listed', 'national:US', '--permission', 'written=2026-01-01'],
      { allowed: true },
    ],
    [
      'the company list',
      ['--at', lastMinute, '--listed', 'company', '--permission', 'written=2026-01-01'],
      { reason: 'do-not-call' },
    ],
    [
      'attempts',
      [
        '--purpose',
        'debt',
        '--at',
        '2026-11-25T12:00-05:00',
        '--attempt',
        ...[1, 2, 3, 4, 5, 6, 7].map(hour => `2026-11-25T0${hour}:00-05:00`),
      ],
      { reason: 'attempts-limit', rule: 'US-RegF/attempts', retryAt: { utc: '2026-12-02T06:00:00.000Z' } },
    ],
    [
      'own hours',
      ['--at', '2026-11-25T12:00-05:00', '--own-hours', 'mon-fri=17:00-20:00'],
      { reason: 'outside-own-hours', rule: 'person/hours' },
    ],
    ['more as JSON', ['--at', lastMinute, '--person', '{"lists":[]}'], { reason: 'list-missing' }],
    ['a number that costs', ['+19005550100', '--at', lastMinute], { reason: 'invalid-number', says: /premium/ }],
  ]
  for (const [says, args, found] of table) {
    const number = args[0]?.startsWith('+') ? [] : [newYork]
    const ran = await ask(...number, ...args, '--json')
    t.equal(ran.code, 0, `${says}: ${ran.err}`)
    t.match(JSON.parse(ran.out), found, says)
  }
})

t.test('a wrong question is one line and a usage error', async t => {
  const table: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [[], /^error: name one number, or a file with --cases\.\n/],
    [[newYork, '--cases', 'x'], /^error: name one number/],
    [[newYork, '--at', '2026-11-25T20:59'], /at: "2026-11-25T20:59" does not say whose clock it is: add Z/],
    [[newYork, '--at', '1999-11-25T20:59Z'], /lies in a year whose holidays are unknown: use 2020 to 2040/],
    [[newYork, '--at', 'soon'], /at: "soon" is no instant: write one like/],
    [[newYork, '--address', 'Main Street'], /address: "Main Street" is none: write 'US-FL 33101'/],
    [[newYork, '--address', 'CA 90001'], /may be a state or a country: write US-CA 90001/],
    [[newYork, '--zone', 'UTC'], /zones\[0\]: "UTC" is no zone with people/],
    [[newYork, '--seller', 'XX'], /seller\.place is XX, which is no place/],
    [[newYork, '--seller', 'florida'], /seller must be a place like US or US-FL/],
    [[newYork, '--permission', 'yes'], /write one of written, express/],
    [[newYork, '--permission', 'express=soon'], /permissions\[0\]\.given: "soon" is no instant/],
    [[newYork, '--listed', 'red'], /write one of national, state/],
    [[newYork, '--ring-timeout', '14s'], /ringTimeout must be at least 15s/],
    [[newYork, '--at', '2026-11-25T12:00Z', '--attempt', '2026-11-25T12:01Z'], /attempts\[0\]\.at lies after at/],
    [[newYork, '--person', '{'], /is no JSON object/],
    [[newYork, '--person', '{"permision":[]}'], /permision is an unknown key: did you mean "permissions"\?/],
  ]
  for (const [args, message] of table) {
    const ran = await ask(...args)
    t.match(ran.err, message)
    t.match(ran.err, /^[^\n]*\n$/, 'one line')
    t.match(ran, { code: 2, out: '' }, args.join(' '))
  }
})

t.test('cases are answered line by line and in order, the wrong ones with an error', async t => {
  const ran = await askCases(
    { id: 'a', number: newYork, at: '2026-11-25T12:00-05:00' },
    '',
    '{"number": "+12125550100"',
    { id: 7, number: newYork, at: '2026-11-25T22:00-05:00', adress: 'US-FL' },
    '[1]',
    { id: 'b', number: newYork, at: '2026-11-25T22:00-05:00' },
  )
  t.equal(ran.code, 1)
  t.match(ran.err, /^error: 3 lines of 5 could not be read \(line 3 is the first\): their answers say why\n$/)
  t.match(answersOf(ran), [
    { line: 1, id: 'a', allowed: true },
    { line: 3, error: { code: 'bad-json' } },
    { line: 4, id: 7, error: { code: 'bad-case', message: /^adress is an unknown key: did you mean "address"\?$/ } },
    { line: 5, error: { message: /no JSON object/ } },
    { line: 6, id: 'b', allowed: false, reason: 'outside-calling-hours' },
  ])
  const good = await askCases({ number: newYork, at: lastMinute })
  t.match(good, { code: 0, err: '' })
  t.match(await ask('--cases', '/nowhere/x.jsonl'), { code: 1, err: /^error: there is no file \/nowhere\/x\.jsonl/ })
})

t.test('a program may ask and read in turn: nobody waits for the end of the cases', { timeout: 60_000 }, async t => {
  const terminal = createFakeTerminal()
  const first = terminal.shows(/"id":"first"/)
  async function* input(): AsyncGenerator<Uint8Array> {
    yield caseBytes({ id: 'first' })
    await first
    yield caseBytes({ id: 'second' })
  }
  t.equal(await run(['rules', 'ask', '--cases', '-'], { ...terminal, input }), 0)
  t.match(answersOf({ code: 0, ...terminal.written }), [{ id: 'first' }, { id: 'second' }])
})

t.test('threads answer as one does, in the order of the lines', { timeout: 120_000 }, async t => {
  const pieces = Array.from({ length: 90 }, (_, piece) =>
    Array.from({ length: 60 }, (_, index) => {
      const line = piece * 60 + index + 1
      // A piece that takes longer must not be overtaken.
      const attempts = piece % 2 === 0 ? Array.from({ length: 20 }, () => '2026-11-01T12:00Z') : []
      return { line, bytes: line % 97 === 0 ? new Uint8Array([0xfc]) : caseBytes({ id: line, attempts }) }
    }),
  )
  const data = { asker: { book: shippedRules, defaultCountry: 'US' }, defaults: { purpose: 'debt' } }
  const [alone, many] = [createAskPool(data, 1), createAskPool(data, 2)]
  t.teardown(() => many.close())
  const expected = await Promise.all(pieces.map(lines => alone.answer(lines)))
  t.strictSame(await Promise.all(pieces.map(lines => many.answer(lines))), expected)
  t.ok(many.isThreaded() && !alone.isThreaded())
  const file = join(tempFolder(t), 'cases.jsonl')
  const text = pieces.flat().map(({ bytes }) => Buffer.from(bytes))
  writeFileSync(file, Buffer.concat(text.flatMap(each => (each.at(-1) === 0x0a ? [each] : [each, Buffer.from('\n')]))))
  const ran = await ask('--cases', file, '--purpose', 'debt')
  t.equal(ran.out, expected.map(({ text }) => text).join(''))
  t.match(ran.err, /^error: 55 lines of 5400 could not be read \(line 97 is the first\)/)
})

function caseBytes(more: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ number: newYork, at: lastMinute, ...more })}\n`)
}

t.test('what is not UTF-8, without end or written to steer a terminal does no harm', async t => {
  const file = join(tempFolder(t), 'cases.jsonl')
  const good = JSON.stringify({ id: '\u001b[2J\u009b\u202e', number: newYork, at: lastMinute })
  const bad = Buffer.concat([Buffer.from('{"id":"M'), Buffer.from([0xfc]), Buffer.from('ller"}\n')])
  writeFileSync(file, bad)
  appendFileSync(file, `${'x'.repeat(lineBytesMax + 1)}\r\n${good}\r\n${good}`)
  const ran = await ask('--cases', file)
  for (const steering of ['\u001b', '\u009b', '\u202e']) t.notOk(ran.out.includes(steering))
  t.match(answersOf(ran), [
    { line: 1, error: { code: 'not-utf-8' } },
    { line: 2, error: { message: /longer than 1 MiB/ } },
    { line: 3, id: '\u001b[2J\u009b\u202e', allowed: true },
    { line: 4, allowed: true },
  ])
  const steering = await ask(newYork, '--at', '\u001b[2J')
  t.notOk(steering.err.includes('\u001b'))
})

t.test('options are the defaults of cases, and a bar shows only beside a file of answers', async t => {
  const file = join(tempFolder(t), 'cases.jsonl')
  const at = '2026-11-25T12:00-05:00'
  writeFileSync(
    file,
    `${JSON.stringify({ number: newYork, at })}\n${JSON.stringify({ number: newYork, at, purpose: 'debt' })}\n`,
  )
  const ran = await ask('--cases', file, '--purpose', 'survey', '--seller', 'GB')
  t.match(answersOf(ran), [
    { purpose: 'survey', seller: 'GB' },
    { purpose: 'debt', seller: 'GB' },
  ])
  const onScreen = await runLine(['rules', 'ask', '--cases', file], { tty: true })
  t.equal(onScreen.err, '')
})

t.test('the configuration changes rules, and a campaign adds its own', async t => {
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: 9 })
  const overrides = `rules:
  profiles: { IT: FR }
  overrides:
    - { rule: US-FTC/hours, by: Ann Example, reason: counsel, set: { hours: { mon-sun: '10:00-11:00' } } }
    - { rule: US-FCC/hours, by: Ann Example, reason: moot, off: true }
seller: { id: acme, place: US-NY }
`
  writeFileSync(config, `${readFileSync(config, 'utf8')}${overrides}`)
  const campaign = join(folder, 'spring.yaml')
  writeFileSync(campaign, "id: spring\nmessage: hello\nhours: '12:00-13:00'\nconsent: required\n")
  const dw = async (...args: string[]): Promise<AskView> => {
    const ran = await runLine(['--config', config, '--json', 'rules', 'ask', newYork, '--at', ...args])
    t.equal(ran.code, 0, ran.err)
    return JSON.parse(ran.out)
  }
  const shut = await dw('2026-11-25T12:30-05:00')
  t.match(shut, { allowed: false, rule: 'US-FTC/hours', seller: 'US-NY' })
  t.match(shut.off, [{ rule: 'US-FCC/hours', by: 'Ann Example', reason: 'moot' }])
  t.match(
    shut.lines.find(({ rule }) => rule === 'US-FTC/hours'),
    { override: { by: 'Ann Example', change: /10:00/ } },
  )
  const own = await dw('2026-11-25T10:30-05:00', '--campaign', campaign)
  t.match(own, { reason: 'consent-missing', rule: 'campaign/consent' })
  t.match(
    own.refusals.map(({ check, rule }) => [check, rule]),
    [
      ['consent', 'campaign/consent'],
      ['calling-hours', 'campaign/hours'],
    ],
  )
})

t.test('the answer is the verdict of the gate on the facts that a case makes', async t => {
  const asker = createAsker({
    book: shippedRules,
    factsOf,
    wordsOf: ruleWords,
    years: calendarYears,
    defaultCountry: 'US',
  })
  const reasons = new Set<string>()
  for (let round = 0; round < 400; round += 1) {
    const at = new Date(Date.UTC(2026, 0, 1) + round * 21.9 * 3_600_000).toISOString()
    const before = new Date(Date.parse(at) - (round % 9) * 3_600_000).toISOString()
    const asked = {
      number:
        ['+12125550100', '+13055550100', '+442079460123', '+33140123456', '+390612345678', 'hello'][round % 6] ?? '',
      at,
      purpose: (['sales', 'debt', 'survey'] as const)[round % 3] ?? 'sales',
      seller: ['US', 'GB', 'DE'][round % 5] ?? 'US-FL',
      attempts: Array.from({ length: round % 8 }, () => before),
      ...(round % 7 === 0 && { permissions: [{ basis: 'express' as const, given: '2025-01-01' }] }),
      ...(round % 11 === 0 && { doNotCall: [{ kind: 'national' as const, place: 'US' }] }),
    }
    const { facts, rules, now } = asker.call(asked)
    const verdict = decideVerdict(facts, rules, now)
    const { allowed, reason, retryAt } = asker.ask(asked)
    const gate = verdict.allowed ? {} : { reason: verdict.reason, retryAt: verdict.retryAt }
    const told = { reason, retryAt: retryAt === undefined ? undefined : Date.parse(retryAt.utc) }
    if (allowed !== verdict.allowed || told.reason !== gate.reason || told.retryAt !== gate.retryAt)
      t.same(told, gate, JSON.stringify(asked))
    reasons.add(reason ?? 'allowed')
  }
  t.ok(reasons.size >= 6, [...reasons].join(' '))
})

t.test('help shows how it is used', async t => {
  const { code, out } = await ask('--help')
  t.equal(code, 0)
  t.match(out, /Examples:\n {2}\$ dialwright rules ask '\+12125550100' --at /)
})

t.test('lists per seller are signed for by overrides, and each line says whom a refusal binds', async t => {
  const config = writeConfig(tempFolder(t), { port: 9 })
  const signs = (rule: string) => `    - { rule: ${rule}, by: Ann Lee, reason: two clients, set: { binds: seller } }\n`
  const base = { at: '2026-11-25T12:00-05:00', seller: { id: 'acme', place: 'US' }, purpose: 'sales' }
  const cases = ['acme', 'fern'].map(seller => ({
    ...{ ...base, number: newYork, doNotCall: [{ kind: 'seller', seller }] },
  }))
  const input = [...cases, { ...cases[1], purpose: 'debt' }].map(one => `${JSON.stringify(one)}\n`).join('')
  const answers = async () =>
    answersOf(await runLine(['--config', config, 'rules', 'ask', '--cases', '-'], { input })).map(one => {
      const lines = one.lines.filter(({ rule }) => rule.endsWith('/refusal')).map(({ answer }) => answer)
      return [one.reason ?? 'allowed', ...lines].join(' ')
    })
  const unsigned = ['do-not-call satisfied satisfied', 'do-not-call refuses refuses', 'do-not-call']
  t.same(await answers(), unsigned)
  appendFileSync(config, `rules:\n  overrides:\n${signs('US-FTC/refusal')}`)
  t.match((await answers())[1], /^do-not-call (satisfied refuses|refuses satisfied)$/, 'one of two laws')
  appendFileSync(config, signs('US-FCC/refusal'))
  t.same(await answers(), [unsigned[0], 'allowed satisfied satisfied', 'do-not-call'], 'no line is about debts')
  const options = [newYork, '--at', base.at, '--purpose', 'sales', '--listed', 'seller:fern']
  t.match((await ask(...options)).out, /\nbecause +.*\n/)
  t.match(await askCases({ ...cases[0], doNotCall: [{ kind: 'company', seller: 'fern' }] }), {
    code: 1,
    out: /doNotCall\[0\]\.seller: only what kind: seller lists was said to one/,
  })
})
