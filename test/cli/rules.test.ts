import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { shippedRulesFolder } from '../../src/rules/ruleFiles.ts'
import { type Ran, runLine, tempFolder, writeConfig } from './support.ts'

const section = `rules:
  folder: my-rules
  profiles: { PT: ES }
  overrides:
    - rule: US-FTC/hours
      by: Ann Example
      reason: counsel, 2026-11-02
      set: { hours: { mon-sat: '09:00-20:00', sun: none } }
    - { rule: US-WA/hours, by: Ann Example, reason: no calls there, off: true }
`
const spain = `jurisdiction: ES
name: Spain
places: [ES]
rules:
  - { id: hours, kind: hours, hours: { mon-sun: '09:00-21:00' }, source: a law, date: 2026-11-01 }
`

/** A configuration with that section of rules, and the command line over it. No daemon runs. */
function configured(t: Test, rules = section): { folder: string; dw: (...args: string[]) => Promise<Ran> } {
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: 9 })
  mkdirSync(join(folder, 'my-rules'))
  writeFileSync(join(folder, 'my-rules', 'ES.yaml'), spain)
  appendFileSync(config, rules)
  return { folder, dw: (...args) => runLine(['--config', config, 'rules', ...args]) }
}

t.test('rules list counts lines and marks overrides', async t => {
  const { dw } = configured(t)
  const { code, out, err } = await dw('list')
  t.equal(code, 0, err)
  t.match(out, /^jurisdiction +places +lines +overridden +name\n/)
  t.match(out, /\nES +ES +1 +Spain\n/)
  t.match(out, /\nUS-FTC +US +9 +1 +Federal Trade Commission/)
  t.match(out, /\nUS-WA +US-WA +0 +1 +Washington/)
  t.match(out, /\noverridden:\nUS-FTC\/hours: hours .* -> .* \(Ann Example: counsel, 2026-11-02\)\n/)
  t.match(out, /\nUS-WA\/hours: off \(Ann Example: no calls there\)\n/)
  t.match(out, /\nprofiles +PT as ES\n/)
  t.match(out, /\nversion +[0-9a-f]{12}, 36 jurisdictions, \d+ lines, 2 overrides\n$/)
  const json = JSON.parse((await dw('list', '--json')).out)
  t.match(json, {
    profiles: { PT: 'ES' },
    overrides: [{ ruleId: 'US-FTC/hours' }, { ruleId: 'US-WA/hours', change: 'off' }],
  })
})

t.test('rules show lists what holds at a place, with who has changed it', async t => {
  const { dw } = configured(t)
  const florida = await dw('show', 'US-FL', '--purpose', 'sales')
  t.equal(florida.code, 0, florida.err)
  t.match(florida.out, /^rule +says +purposes +source +read +overridden by\n/)
  t.match(
    florida.out,
    /\nUS-FL\/attempts +at most 3 attempts in 24h, per person on the same topic +sales +Fla\. Stat\./,
  )
  t.match(florida.out, /\nUS-FTC\/hours +mon-sat 09:00-20:00, sun none +sales .*Ann Example: hours /)
  t.notMatch(florida.out, /RegF|US-WA/)
  const washington = await dw('show', 'US-WA')
  t.match(washington.out, /\nUS-WA\/hours +off +Ann Example: no calls there\n/)
  t.match(washington.out, /\nUS-RegF\/attempts /)
  t.match((await dw('show', 'US-RegF')).out, /\nUS-RegF\/rest +no call for 7d \(whole days.* after a conversation/)
  t.match((await dw('show', 'PT')).out, /\nES\/hours +mon-sun 09:00-21:00 /, 'by its profile')
  const pair = JSON.parse((await dw('show', 'US-FL', '--seller', 'FR', '--purpose', 'sales', '--json')).out)
  const ids = pair.lines.map(({ ruleId }: { ruleId: string }) => ruleId)
  t.ok(ids.includes('US-FL/hours') && ids.includes('FR/hours'))
  t.match(
    pair.lines.find(({ ruleId }: { ruleId: string }) => ruleId === 'FR/attempts'),
    { max: 4, says: /4 attempts/ },
  )
})

t.test('rules show keeps to a day, and says where nothing permits a call', async t => {
  const { dw } = configured(t)
  const before = await dw('show', 'FR', '--at', '2026-08-10', '--purpose', 'sales')
  t.ok(before.out.includes('FR/bloctel') && !before.out.includes('FR/consent '), before.out)
  const after = await dw('show', 'FR', '--at', '2026-08-11', '--purpose', 'sales')
  t.ok(!after.out.includes('FR/bloctel') && after.out.includes('FR/consent '))
  t.match((await dw('show', 'IT')).out, /no line gives hours: a person there is not called until a profile/)
})

t.test('a wrong question is one line', async t => {
  const { dw } = configured(t)
  const table: readonly (readonly [args: readonly string[], message: RegExp, code: number])[] = [
    [['show', 'XX'], /^error: XX is no place: write one like US or US-FL, or a jurisdiction: AU, CA-CRTC, /, 1],
    [['show', 'US', '--seller', 'XX'], /^error: seller XX is no place/, 1],
    [['show', 'US', '--at', '2026-02-30'], /^error: at: 2026-02-30 is no day: write one like 2026-08-11\n$/, 1],
    [['show', 'US', '--at', 'today'], /^error: at: today is no day/, 1],
    [['show', 'US', '--purpose', 'sale'], /Allowed choices are sales, service/, 2],
    [['check', '/nowhere/x.yaml'], /^error: there is no file \/nowhere\/x\.yaml\n$/, 1],
  ]
  for (const [args, message, code] of table) {
    const ran = await dw(...args)
    t.match(ran.err, message)
    t.match(ran.err, /^[^\n]*\n$/)
    t.equal(ran.code, code)
  }
})

t.test('a wrong override stops every command with the file and its line', async t => {
  const wrong = (line: string): Promise<Ran> => configured(t, `rules:\n  overrides:\n    - ${line}\n`).dw('list')
  const table: readonly (readonly [line: string, message: RegExp])[] = [
    [
      '{ rule: US-FTC/hour, by: A, reason: b, off: true }',
      /dialwright\.yaml:6: .*no rule US-FTC\/hour: did you mean US-FTC\/hours,/,
    ],
    [
      '{ rule: US-FTC/hours, reason: b, off: true }',
      /dialwright\.yaml:6: rules\.overrides\[0\]\.by is missing: write text/,
    ],
    ["{ rule: US-FTC/hours, by: ' ', reason: b, off: true }", /\.by must be text/],
    ['{ rule: US-FTC/hours, by: A, off: true }', /rules\.overrides\[0\]\.reason is missing/],
    ['{ rule: US-FTC/hours, by: A, reason: b, off: false }', /off must be true \(to keep the rule, remove the key\)/],
    ['{ rule: US-FTC/hours, by: A, reason: b, sett: {} }', /sett is an unknown key: did you mean "set"\?/],
    ['{ rule: hours, by: A, reason: b, off: true }', /rule must be the name of a rule like US-FTC\/hours/],
  ]
  for (const [line, message] of table) {
    const ran = await wrong(line)
    t.match(ran.err, message)
    t.equal(ran.code, 1)
    t.equal(ran.out, '', 'nothing is shown of rules that are not in force')
  }
})

t.test('rules check says what is right, and names the line of what is not', async t => {
  const { dw, folder } = configured(t)
  t.match((await dw('check')).out, /^36 jurisdictions, \d+ lines, 2 overrides: right\n$/)
  const shipped = await dw('check', shippedRulesFolder)
  t.equal(shipped.code, 0)
  t.match(shipped.out, /US-FTC\.yaml: right, 9 lines\n/)
  t.match(shipped.out, /holidays\/FR\.yaml: right, 231 holidays\n/)
  const bad = join(folder, 'PT.yaml')
  writeFileSync(bad, spain.replaceAll('ES', 'PT').replace('hours, hours', 'hours, hour'))
  const found = await dw('check', bad, join(folder, 'my-rules', 'ES.yaml'))
  t.equal(found.code, 1)
  t.match(found.out, /PT\.yaml:5: rules\[0\]\.hour is an unknown key: did you mean "hours"\?\n/)
  t.match(found.out, /ES\.yaml: right, 1 line\n/, 'the others are looked at too')
  const json = await dw('check', bad, '--json')
  t.match(JSON.parse(json.out), { files: [{ right: false, says: /PT\.yaml:5/ }] })
  t.equal(json.code, 1)
})

t.test('every command of rules shows how it is used', async t => {
  for (const name of ['list', 'show', 'check']) {
    const { code, out } = await runLine(['rules', name, '--help'])
    t.equal(code, 0)
    t.match(out, new RegExp(`Examples:\n {2}\\$ dialwright rules ${name}`))
  }
})
