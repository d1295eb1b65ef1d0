import { readFileSync } from 'node:fs'
import t from 'tap'
import { findings, pageOf } from '../../src/cli/commands/doctor/findings.ts'
import { runLine } from './support.ts'

const page = readFileSync(new URL('../../docs/TROUBLESHOOTING.md', import.meta.url), 'utf8')
const codes = Object.entries(findings)

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')
}

const sections = new Map(
  page.split(/^#### /m).flatMap((part, at) => {
    const [heading = '', ...lines] = part.split('\n')
    return at === 0 ? [] : [[heading, lines.join('\n').split(/^#/m)[0] ?? ''] as const]
  }),
)

t.test('every finding has its section, every section its finding, with the same words', async t => {
  t.same([...sections.keys()].sort(), codes.map(([code]) => code).sort())
  for (const [code, { result, means, remedy }] of codes) {
    const section = sections.get(code) ?? ''
    t.ok(section.includes(`${result === 'fail' ? 'Fails' : 'Warns'}. ${means}`), `${code}: what it means`)
    t.ok(section.includes(`Do: ${remedy}`), `${code}: what to do`)
  }
})

t.test('every finding says what it means in a sentence, and something to do', async t => {
  for (const [code, { means, remedy }] of codes) {
    t.match(code, /^[a-z]+(-[a-z]+)+$/)
    t.match(means, /^[A-Z].{20,}[A-Za-z)0-9]\.$/, code)
    t.match(remedy, /^[a-z`].{5,}[^.]$/, code)
  }
})

t.test('every link inside of the page leads somewhere', async t => {
  const anchors = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)))
  const broken = [...page.matchAll(/\]\(#([^)]+)\)/g)].flatMap(([, to = '']) => (anchors.has(to) ? [] : [to]))
  t.same(broken, [])
})

t.test('doctor CODE says what a code means and what to do, and checks nothing', async t => {
  for (const line of [
    ['doctor', 'copies-missing'],
    ['doctor', '--explain', 'Copies-Missing'],
  ]) {
    const ran = await runLine(line)
    t.match(ran, { code: 0, err: '' })
    t.match(
      ran.out,
      /^copies-missing\nThe PBX sends no copies .*\n-> hep\.conf .*\ndocs\/TROUBLESHOOTING\.md#copies-missing\n$/,
    )
  }
  t.same(JSON.parse((await runLine(['--json', 'doctor', 'agents-none'])).out), {
    code: 'agents-none',
    ...findings['agents-none'],
    page: pageOf('agents-none'),
  })
  t.match(await runLine(['doctor', 'copies-mising']), {
    code: 1,
    err: /no code copies-mising: did you mean copies-missing/,
  })
  t.match(await runLine(['doctor', '--log', 'x']), { code: 1, err: /add --report FILE/ })
})
