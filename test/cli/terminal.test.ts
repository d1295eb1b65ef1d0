import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { csvLine } from '../../src/app/csv.ts'
import { renderBoard } from '../../src/cli/terminal/board.ts'
import { fields, table } from '../../src/cli/terminal/format.ts'
import { createPaint } from '../../src/cli/terminal/paint.ts'
import { createProgressBar } from '../../src/cli/terminal/progressBar.ts'
import { createScreen } from '../../src/cli/terminal/screen.ts'
import { createWaitingBar } from '../../src/cli/terminal/waitingBar.ts'
import { displayWidth, fitting } from '../../src/cli/terminal/width.ts'
import { printable, printableLines } from '../../src/core/printable.ts'
import { createFakeTerminal, deadPort, runLine, tempFolder, writeConfig } from './support.ts'

/** Whatever a terminal would obey. */
const obeyed = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/u
const attacks: readonly string[] = [
  '\u001b[2J',
  '\u001b]0;owned\u0007',
  '\u009b31m',
  '\u009d0;owned\u009c',
  '\u0000',
  '\b\b\b',
  '\u007f',
  '\r',
  '\u202eelpmaxE\u202c',
  '\u2066x\u2069',
  '\u200fabc',
  '\u2028',
  '\ufeff',
  '\u001b[31m',
]

t.test('foreign text steers nothing, and of JSON it makes the same JSON', async t => {
  for (const [index, attack] of attacks.entries()) {
    t.equal(obeyed.test(printable(`a${attack}b`)), false, `attack ${index}`)
    t.equal(obeyed.test(printableLines(`a${attack}b`)), false, `attack ${index}`)
    t.ok(JSON.parse(printable(JSON.stringify(attack))) === attack, `attack ${index}`)
  }
  t.equal(printable('a\nb\tc'), 'a\\u000ab\\u0009c')
  t.equal(printableLines('a\nb\tc\r'), 'a\nb\tc\\u000d')
  t.equal(printable('Zoë Müller, 王, İstanbul, 👩‍👧, می‌خواهم'), 'Zoë Müller, 王, İstanbul, 👩‍👧, می‌خواهم')
  t.equal(printable('202\u200d5550193\u200c'), '202\\u200d5550193\\u200c', 'a joiner that joins nothing is shown')
})

t.test('nothing goes through the door that steers, but for our own colours', async t => {
  for (const tty of [false, true]) {
    const terminal = createFakeTerminal({ tty, colour: tty })
    const screen = createScreen(terminal)
    const paint = createPaint(tty)
    for (const attack of attacks) {
      screen.out(`${paint('red', `x${attack}`)}\n`)
      screen.err(`x${attack}\n`)
    }
    screen.out(
      table(
        ['name'],
        attacks.map(attack => [attack]),
      ),
    )
    const esc = String.fromCharCode(27)
    const ours = new RegExp(`^${esc}\\[31m(.*)${esc}\\[0m$`, 'gm')
    t.notMatch(terminal.written.out.replace(ours, '$1'), obeyed)
    t.notMatch(terminal.written.err, obeyed)
    t.equal(terminal.written.out.match(ours)?.length ?? 0, tty ? attacks.length : 0)
  }
})

t.test('an export is what it is in a file, and harmless on a terminal', async t => {
  t.equal(csvLine(['a\u001b[2J\u009bb\u0000', 'x\ty', '\u0007=1']), 'a[2Jb,"x\ty",\'=1\r\n', 'a cell keeps no control')
  const csv = 'note\r\n"a\u202eb"\r\n'
  for (const [tty, wanted] of [
    [false, csv],
    [true, 'note\n"a\\u202eb"\n'],
  ] as const) {
    const terminal = createFakeTerminal({ tty })
    createScreen(terminal).data(csv)
    t.equal(terminal.written.out, wanted)
  }
})

t.test('tables stay tables whatever stands in them', async t => {
  t.equal(
    table(
      ['name', 'calls'],
      [
        ['Ann', 1],
        ['two\nlines', 12],
        ['王小明', 3],
        ['e\u0301te\u0301', 4],
        ['👓', 5],
      ],
    ),
    `name            calls
Ann                 1
two\\u000alines     12
王小明              3
e\u0301te\u0301                 4
👓                  5
`,
  )
  t.equal(fields([['note', 'a\nb\u001b']]), 'note  a\\u000ab\\u001b\n')
  t.equal(table(['a', 'b'], []), 'a  b\n')
  t.same(['abc', '王小', 'e\u0301', 'ﾊﾛ', '한국', ''].map(displayWidth), [3, 4, 1, 2, 4, 0])
  t.equal(fitting('王小明', 5), '王小')
  t.equal(fitting('ae\u0301i', 2), 'ae\u0301')
})

t.test('the board takes names as they come', async t => {
  const breaker = { state: 'open', says: 'refused: \u001b[2J503\nno' } as const
  const status = {
    at: '2026-01-01T15:00:05.000Z',
    nodes: [{ nodeId: 'pbx1', link: 'up', breaker }],
    trunks: [],
    campaigns: [],
    alarms: [{ what: 'store', says: '王王王王王王王王王王王王王王王王王王王王王王王王', stopsDialing: true }],
    // The board looks at these alone.
  } as unknown as Parameters<typeof renderBoard>[0]
  const board = renderBoard(status, { width: 60, colour: false, timeZone: 'UTC' })
  t.notMatch(board, obeyed)
  for (const line of board.split('\n')) t.ok(displayWidth(line) <= 60, line)
  t.match(board, /…$/m)
})

t.test('a file name on a bar, and one in an error, steer nothing', async t => {
  const terminal = createFakeTerminal({ tty: true })
  const bar = createProgressBar(createScreen(terminal), { what: 'a\u001b]0;x\u0007.csv', total: 10 })
  bar.add(5)
  t.match(terminal.written.err, 'a\\u001b]0;x\\u0007.csv')
  t.notMatch(terminal.written.err.slice('\r\u001b[K'.length), obeyed)
  const folder = tempFolder(t)
  const config = writeConfig(folder, { port: deadPort })
  const strange = join(folder, 'b\u001b[2Jc\n.csv')
  const ran = await runLine(['--config', config, 'leads', 'import', strange, '--campaign', 'x', '--without-origin'])
  t.match(ran, { code: 1, err: /cannot read/ })
  t.notMatch(ran.err, obeyed)
  t.equal(ran.err.split('\n').length, 2, 'one line')
  writeFileSync(join(folder, 'odd.yaml'), 'api: "\\e[2J\\x9b2J"\n')
  const bad = await runLine(['--config', join(folder, 'odd.yaml'), 'campaign', 'list'])
  t.equal(bad.code, 1)
  t.notMatch(bad.err, obeyed)
  t.notMatch((await runLine(['leads', '\u001b[2J', '\u202e'])).err, obeyed, 'a wrong command line')
})

t.test('while the daemon is at work a terminal shows how far it is, and anything else shows nothing', async t => {
  for (const tty of [true, false]) {
    const terminal = createFakeTerminal({ tty })
    const bar = createWaitingBar(createScreen(terminal))
    bar.working({})
    bar.working({ what: 'leads', done: 500, total: 1000 })
    bar.end()
    bar.end()
    const { err } = terminal.written
    t.equal(terminal.written.out, '')
    if (tty)
      t.match(err, /the daemon is at work {2}\d.*the daemon is at work {2}█{12}░{12} +50 % {2}500 of 1000 leads/s)
    else t.equal(err, '')
    t.equal(err.endsWith('\r\u001b[K'), tty, 'and takes it away')
  }
})
