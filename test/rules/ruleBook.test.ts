import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createLawFinder } from '../../src/core/compliance/law.ts'
import type { LawQuestion, Place, Rule, RuleBook } from '../../src/core/compliance/rules.ts'
import { ConfigError } from '../../src/errors.ts'
import { loadRuleBook, type RuleBookOptions } from '../../src/rules/ruleBook.ts'
import { shippedRulesFolder } from '../../src/rules/ruleFiles.ts'
import { ruleWords } from '../../src/rules/ruleText.ts'
import { dayBegins, spanMs } from '../../src/rules/units.ts'
import { historyMax } from '../../src/store/decisions/facts.ts'

const dayMs = 86_400_000
const shipped = loadRuleBook()

function folderOf(t: Test, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-rules-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'holidays'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

const lineTail = 'source: a law, date: 2026-11-01'
const spain = `jurisdiction: ES
name: Spain
places: [ES]
zone: Europe/Madrid
rules:
  - { id: hours, kind: hours, hours: { mon-fri: '09:00-21:00', sat-sun: none }, ${lineTail} }
  - { id: attempts, kind: attempts, max: 3, window: day, per: person, across: all, ${lineTail} }
`

function problemOf(load: () => unknown): string {
  try {
    load()
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'no problem'
}

function ruleOf(book: RuleBook, ruleId: string): Rule | undefined {
  return book.jurisdictions.flatMap(({ rules }) => rules).find(rule => rule.ruleId === ruleId)
}

const override = { by: 'Ann', reason: 'counsel, 2026-11-02', where: 'dialwright.yaml:9' }

t.test('a number of attempts is one that the gate can see reached', async t => {
  const request = { ...override, rule: 'DE/attempts-week', set: { max: historyMax + 1 } }
  t.match(
    problemOf(() => loadRuleBook({ overrides: [request] })),
    /set\.max/,
  )
})

t.test("an operator's own files join the shipped ones", async t => {
  const folder = folderOf(t, {
    'ES.yaml': spain,
    'holidays/ES.yaml': `places: [ES]\nsource: BOE\ndate: 2026-11-01\nholidays: [{ name: Epiphany, on: 01-06 }]\n`,
    'README.md': 'not a rule file',
  })
  const book = loadRuleBook({ folder })
  t.match(ruleOf(book, 'ES/attempts'), { kind: 'attempts', max: 3, window: { kind: 'day' } })
  t.equal(book.jurisdictions.length, shipped.jurisdictions.length + 1)
  t.equal(book.holidays.ES?.length, 21)
  t.not(book.version, shipped.version)
})

t.test('what is wrong in a file is one line with its place and what to write', async t => {
  const change = (from: string, to: string): string => {
    t.ok(spain.includes(from), from)
    return spain.replace(from, to)
  }
  const table: readonly (readonly [text: string, message: RegExp])[] = [
    [change('max: 3', 'maxi: 3'), /ES\.yaml:7: rules\[1\]\.maxi is an unknown key: did you mean "max"\?/],
    [change('places: [ES]', 'place: [ES]'), /ES\.yaml:3: place is an unknown key: did you mean "places"\?/],
    [change('kind: attempts', 'kind: attempt'), /:7: rules\[1\]\.kind must be one of hours, attempts, rest/],
    [change('max: 3, ', ''), /:7: rules\[1\]\.max is missing: write a whole number from 1 to 100/],
    [change('max: 3', 'max: 0'), /:7: rules\[1\]\.max must be a whole number from 1 to 100, not 0/],
    [change('window: day', 'window: week'), /:7: rules\[1\]\.window must be rolling 24h .*, day or life, not "week"/],
    [change('window: day', 'window: rolling 24'), /:7: rules\[1\]\.window must be rolling 24h/],
    [change('id: attempts', 'id: hours'), /:7: rules\[1\]\.id is ES\/hours for the second time: ids are unique/],
    [change('[ES]', '[EX]'), /:3: places\[0\] names EX, which is no place: write a country like US/],
    [change('[ES]', '[ES-MD]'), /:3: places\[0\] names ES-MD, which is no place/],
    [change('[ES]', '[ES, ES]'), /:3: places\[1\] names ES for the second time/],
    [change('Europe/Madrid', 'Europe/Madird'), /:4: zone is Europe\/Madird, which is no time zone/],
    [
      change('jurisdiction: ES', 'jurisdiction: PT'),
      /:1: jurisdiction is PT in a file of another name: call it PT\.yaml/,
    ],
    [spain.replace('2026-11-01', '2026-02-30'), /:6: rules\[0\]\.date is 2026-02-30, which is no day/],
    [spain.replace('2026-11-01', '1.11.2026'), /:6: rules\[0\]\.date must be a day like 2026-08-11, not "1\.11\.2026"/],
    [
      change('sat-sun: none', 'sat: none'),
      /:6: rules\[0\]\.hours does not say when sun is: add it, with hours or none/,
    ],
    [change('sat-sun', 'fri-sun'), /:6: rules\[0\]\.hours names fri twice/],
    [
      change('09:00-21:00', '21:00-09:00'),
      /:6: rules\[0\]\.hours has 21:00-09:00 for mon-fri: spans end after they begin/,
    ],
    [change("'09:00-21:00'", "['14:00-20:00', '10:00-13:00']"), /spans end after they begin and follow each other/],
    [change('mon-fri', 'weekdays'), /:6: rules\[0\]\.hours/],
    [change("'09:00-21:00'", '9am-9pm'), /:6: rules\[0\]\.hours\.mon-fri must be hours like '08:00-21:00'/],
    [
      change('max: 3', 'from: 2027-01-01, until: 2026-01-01, max: 3'),
      /until is 2026-01-01, not after from \(2027-01-01\)/,
    ],
    [
      change('zone: Europe/Madrid\n', '').replace('max: 3', 'from: 2027-01-01, max: 3'),
      /from needs .* add zone: to the file/,
    ],
    [change('max: 3', 'purposes: [sale], max: 3'), /:7: rules\[1\]\.purposes\[0\] must be one of sales, service/],
    ['rules: [', /ES\.yaml:1: not valid YAML/],
    ['[]', /ES\.yaml:? ?.*the file must be a group of keys, not \[\]/],
    ['', /the file must be a group of keys, not null/],
    [change('[ES]', '*nobody'), /ES\.yaml: not valid YAML: Unresolved alias/],
  ]
  for (const [text, message] of table) {
    const folder = folderOf(t, { 'ES.yaml': text })
    const said = problemOf(() => loadRuleBook({ folder }))
    t.match(said, message)
    t.notMatch(said, /\n/, 'one line')
  }
})

t.test('units are asked for and held', async t => {
  const line = (keys: string): string => spain.replace(/ {2}- \{ id: attempts.*/, `  - { id: x, ${keys}, ${lineTail} }`)
  const table: readonly (readonly [keys: string, message: RegExp])[] = [
    ['kind: ring, min: 15', /:7: rules\[1\]\.min must be a duration with its unit, like 15s, 72h or 31d, not 15/],
    ['kind: ring, min: 40s, max: 15s', /rules\[1\]\.max is 15s, less than min \(40s\)/],
    ['kind: retention, of: records, for: 5 years', /rules\[1\]\.for must be years, months and days, like 5y/],
    [
      'kind: abandonment, max: 3, window: life',
      /rules\[1\]\.max must be a ratio from 0 to 1, like 0\.03 for 3 %, not 3/,
    ],
    ['kind: abandonment, max: 3%, window: life', /rules\[1\]\.max must be a ratio from 0 to 1/],
    ['kind: abandonment, max: 0.03, target: 0.04, window: life', /target is 0\.04, above max \(0\.03\)/],
    ['kind: do-not-call-list, place: XX, ageMax: 31d', /rules\[1\]\.place names XX, which is no place/],
    ['kind: caller-identity, forbiddenPrefixes: [+336]', /must be the beginning of a number in quotes, like '\+336'/],
    [
      'kind: rest, after: abandonment, for: 72h, unless: asked, per: person, across: all',
      /unless must be agent-reserved/,
    ],
    ['kind: consent, basis: silence', /basis must be one of written, express/],
  ]
  for (const [keys, message] of table) {
    const folder = folderOf(t, { 'ES.yaml': line(keys) })
    t.match(
      problemOf(() => loadRuleBook({ folder })),
      message,
      keys,
    )
  }
})

t.test('holidays that cannot be are refused with their line', async t => {
  const file = (holidays: string): Readonly<Record<string, string>> => ({
    'holidays/ES.yaml': `places: [ES]\nsource: BOE\ndate: 2026-11-01\nholidays:\n${holidays}`,
  })
  const table: readonly (readonly [holidays: string, message: RegExp])[] = [
    ['  - { name: a, on: 02-30 }\n', /ES\.yaml:5: holidays\[0\]\.on is 02-30: write 12-25, .*easter-2/],
    ['  - { name: a, on: 01-01 }\n  - { name: a, on: 01-02 }\n', /:6: holidays\[1\]\.name is a for the second time/],
    ['  - { name: a, on: 01-01, observe: next-weekday }\n', /:5: .*observe is an unknown key: did you mean "observed"/],
    ['  - { name: a, on: 01-01, observed: monday }\n', /observed must be one of next-weekday, nearest-weekday/],
  ]
  for (const [holidays, message] of table)
    t.match(
      problemOf(() => loadRuleBook({ folder: folderOf(t, file(holidays)) })),
      message,
    )
})

t.test('a folder that cannot be read and a jurisdiction that exists are refused', async t => {
  t.match(
    problemOf(() => loadRuleBook({ folder: '/nowhere/rules' })),
    /in \/nowhere\/rules: there is no such folder/,
  )
  const folder = folderOf(t, { 'DE.yaml': spain.replace('ES', 'DE').replace('[ES]', '[DE]') })
  t.match(
    problemOf(() => loadRuleBook({ folder })),
    /DE\.yaml: jurisdiction is DE, which is already in .*DE\.yaml: change/,
  )
})

t.test('an override changes one rule, is recorded, and gives another version', async t => {
  const overrides = [
    { ...override, rule: 'DE/attempts-day', set: { max: 2 } },
    { ...override, rule: 'UK-Ofcom/abandonment', set: { target: 0.01, max: 0.02 } },
    { ...override, rule: 'AU/caller-identity', off: true as const },
  ]
  const book = loadRuleBook({ overrides })
  t.match(ruleOf(book, 'DE/attempts-day'), { max: 2, window: { kind: 'day' }, source: 'industry code (CCV/DDV)' })
  t.match(ruleOf(book, 'UK-Ofcom/abandonment'), { rateMax: 0.02, target: 0.01 })
  t.equal(ruleOf(book, 'AU/caller-identity'), undefined)
  const { by, reason } = override
  t.strictSame(book.overrides, [
    { ruleId: 'DE/attempts-day', by, reason, change: 'max 3 -> 2' },
    { ruleId: 'UK-Ofcom/abandonment', by, reason, change: 'target 0 -> 0.01, max 0.03 -> 0.02' },
    { ruleId: 'AU/caller-identity', by, reason, change: 'off' },
  ])
  t.match(book.version, /^[0-9a-f]{12}$/)
  t.not(book.version, shipped.version)
  t.equal(ruleOf(shipped, 'DE/attempts-day')?.kind, 'attempts', 'the shipped ones are untouched')
})

t.test('an override that does not fit is refused whole', async t => {
  const table: readonly (readonly [options: RuleBookOptions, message: RegExp])[] = [
    [
      { overrides: [{ ...override, rule: 'US-FTC/hour', off: true }] },
      /^dialwright\.yaml:9: rules\.overrides, US-FTC\/hour: rule: there is no rule US-FTC\/hour: did you mean US-FTC\/hours,/,
    ],
    [{ overrides: [{ ...override, rule: 'UK/rest', off: true }] }, /did you mean UK-Ofcom\/rest,/],
    [
      { overrides: [{ ...override, rule: 'QQ/zzz', off: true }] },
      /there is no rule QQ\/zzz: see `dialwright rules list`/,
    ],
    [{ overrides: [{ ...override, rule: 'DE/ring' }] }, /changes nothing: add off: true, or set:/],
    [{ overrides: [{ ...override, rule: 'DE/ring', off: true, set: { min: '15s' } }] }, /has off and set: keep one/],
    [
      { overrides: [{ ...override, rule: 'DE/ring', set: { mix: '15s' } }] },
      /set\.mix is an unknown key: did you mean "min"\?/,
    ],
    [{ overrides: [{ ...override, rule: 'DE/ring', set: { min: 15 } }] }, /set\.min must be a duration with its unit/],
    [{ overrides: [{ ...override, rule: 'DE/ring', set: { max: '10s' } }] }, /set\.max is 10s, less than min \(15s\)/],
    [{ overrides: [{ ...override, rule: 'DE/ring', set: { kind: 'duty' } }] }, /set\.kind: cannot be changed/],
    [{ overrides: [{ ...override, rule: 'DE/ring', set: { from: '2027-01-01' } }] }, /set\.from needs/],
    [
      {
        overrides: [
          { ...override, rule: 'DE/ring', off: true },
          { ...override, rule: 'DE/ring', set: { min: '20s' } },
        ],
      },
      /overridden for the second time/,
    ],
  ]
  for (const [options, message] of table)
    t.match(
      problemOf(() => loadRuleBook(options)),
      message,
    )
})

t.test('profiles cover places, and only with rules that there are', async t => {
  const finder = createLawFinder(loadRuleBook({ profiles: { ES: 'FR', GG: 'GB' } }))
  const now = Date.UTC(2026, 10, 25, 12)
  const law = finder.law({ seller: 'FR', purpose: 'sales', person: ['ES'] }, now)
  t.strictSame(law.uncovered, [])
  t.ok(law.hours.some(({ ruleId }) => ruleId === 'FR/hours'))
  t.ok(law.holidays.has(Date.UTC(2026, 6, 14) / dayMs), "the profile's holidays too")
  const plain = createLawFinder(shipped).law({ seller: 'FR', purpose: 'sales', person: ['ES'] }, now)
  t.strictSame(plain.uncovered, ['ES'], 'a duty of the Union is no permission to call')

  const wrong = (profiles: Readonly<Record<Place, Place>>): string =>
    problemOf(() => loadRuleBook({ profiles, profilesWhere: 'dialwright.yaml:4' }))
  t.match(
    wrong({ ES: 'PT' }),
    /^dialwright\.yaml:4: rules\.profiles\.ES names PT, which no rules with hours cover: use one of AU, CA,/,
  )
  t.match(wrong({ ES: 'XX' }), /names XX, which is no place/)
  t.match(wrong({ XX: 'FR' }), /names XX, which is no place/)
  t.match(wrong({ PT: 'ES', ES: 'FR' }), /rules\.profiles\.PT names ES, which has a profile itself: write FR/)
  t.match(wrong({ FR: 'FR' }), /names itself/)
  t.not(loadRuleBook({ profiles: { ES: 'FR' } }).version, shipped.version)
})

t.test('a rule holds from the midnight of its place, and until it', async t => {
  const finder = createLawFinder(shipped)
  const question: LawQuestion = { seller: 'FR', purpose: 'sales', person: ['FR'] }
  const midnight = Date.UTC(2026, 7, 10, 22)
  const names = (now: number): readonly string[] => {
    const { consent, lists } = finder.law(question, now)
    return [...consent, ...lists].map(({ ruleId }) => ruleId)
  }
  t.strictSame(names(midnight - 1), ['FR/bloctel'])
  t.strictSame(names(midnight), ['FR/consent'], 'though the day in UTC is the same')
  t.strictSame(names(midnight - 1), ['FR/bloctel'], 'and back again')
  t.equal(finder.law(question, midnight), finder.law(question, midnight + 1000), 'remembered')

  t.equal(dayBegins('2026-08-11', 'Europe/Paris'), midnight)
  t.equal(dayBegins('2026-03-29', 'Europe/Paris'), Date.UTC(2026, 2, 28, 23), 'the day on which the clocks change')
  t.equal(dayBegins('2026-10-25', 'Europe/Paris'), Date.UTC(2026, 9, 24, 22))
  t.equal(dayBegins('2026-11-01', 'America/New_York'), Date.UTC(2026, 10, 1, 4))
  t.equal(dayBegins('2026-04-05', 'Australia/Sydney'), Date.UTC(2026, 3, 4, 13))
  t.equal(dayBegins('2026-02-29', 'Europe/Paris'), undefined)
})

t.test("the law of a call is the union of the seller's and the person's, by purpose", async t => {
  const finder = createLawFinder(shipped)
  const now = Date.UTC(2026, 10, 25, 12)
  const hours = (question: LawQuestion): readonly string[] =>
    finder.law(question, now).hours.map(({ ruleId }) => ruleId)
  t.strictSame(hours({ seller: 'US', purpose: 'sales', person: ['US-FL'] }), [
    'US-FCC/hours',
    'US-FL/hours',
    'US-FTC/hours',
  ])
  t.strictSame(hours({ seller: 'US', purpose: 'debt', person: ['US-FL'] }), ['US-RegF/hours'])
  t.strictSame(hours({ seller: 'US', purpose: 'survey', person: ['US-TX'] }), ['US-FCC/hours-not-sales'])
  t.strictSame(hours({ seller: 'DE', purpose: 'sales', person: ['CA-ON'] }), ['CA-CRTC/hours', 'DE/hours'])
  for (const purpose of ['sales', 'service', 'debt', 'survey', 'public'] as const) {
    for (const place of ['US-FL', 'US', 'GB', 'CA-QC', 'AU-WA', 'FR', 'RE', 'DE', 'CN'])
      t.ok(hours({ seller: 'XX', purpose, person: [place] }).length > 0, `${purpose} in ${place} has hours`)
  }
  t.strictSame(finder.law({ seller: 'US', purpose: 'sales', person: ['JM'] }, now).uncovered, ['JM'])
})

t.test('the version is the same for the same rules and another after any change of a word', async t => {
  t.equal(loadRuleBook().version, shipped.version)
  const shippedFolder = folderOf(t, {})
  cpSync(shippedRulesFolder, shippedFolder, { recursive: true })
  t.equal(loadRuleBook({ shippedFolder }).version, shipped.version, 'wherever they stand')
  writeFileSync(join(shippedFolder, 'ES.yaml'), spain)
  const one = loadRuleBook({ shippedFolder }).version
  writeFileSync(join(shippedFolder, 'ES.yaml'), spain.replace('a law', 'another law'))
  const other = loadRuleBook({ shippedFolder }).version
  t.equal(new Set([shipped.version, one, other]).size, 3)
  const why = (reason: string): string =>
    loadRuleBook({ overrides: [{ ...override, reason, rule: 'DE/ring', set: { min: '15s' } }] }).version
  t.not(why('a'), why('b'))
})

t.test('months are as short as a calendar makes them where they permit, years as long where they keep', async t => {
  t.equal(spanMs('3mo', 'shortest'), 89 * dayMs)
  t.equal(spanMs('18mo', 'shortest'), 546 * dayMs)
  t.equal(spanMs('1y', 'shortest'), 365 * dayMs)
  t.equal(spanMs('1y', 'longest'), 366 * dayMs)
  t.equal(spanMs('3y31d', 'longest'), (3 * 365 + 1 + 31) * dayMs)
  t.equal(spanMs('30d', 'shortest'), 30 * dayMs)
})

t.test('every rule can be said in words', async t => {
  const says = (ruleId: string): string => {
    const rule = ruleOf(shipped, ruleId)
    return rule === undefined ? '' : ruleWords(rule)
  }
  t.equal(says('US-FL/attempts'), 'at most 3 attempts in 24h, per person on the same topic')
  t.equal(
    says('FR/hours'),
    'mon-fri 10:00-13:00 and 14:00-20:00, sat-sun none, not on holidays; yields to written permission, express consent',
  )
  t.equal(says('FR/consent'), 'only with consent given beforehand (from 2026-08-11)')
  t.equal(says('FR/bloctel'), 'nobody on the list of FR, which is at most 30d old (until 2026-08-11)')
  t.equal(
    says('UK-Ofcom/rest'),
    'no call for 72h after an abandoned call unless an agent is reserved for it, per number',
  )
  t.equal(
    says('UK-Ofcom/abandonment'),
    'abandon at most 3 % of calls answered by a person (rolling 24h), steer to 0 %; who hangs up first is not counted (from 2017-03-01)',
  )
  t.match(says('US-FTC/do-not-call'), /at most 31d old; yields to written permission, a purchase of the last 546d, an/)
  for (const { ruleId } of shipped.jurisdictions.flatMap(({ rules }) => rules)) t.ok(says(ruleId).length > 10, ruleId)
})
