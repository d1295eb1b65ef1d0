import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import t from 'tap'
import { renderReport } from '../../src/sim/report/index.ts'
import { remarksOn } from '../../src/sim/report/judge.ts'
import { tableOf } from '../../src/sim/report/table.ts'
import { viewOf } from '../../src/sim/report/view.ts'
import type { PolicyResult, ReportData } from '../../src/sim/study/results.ts'

const space = '\u00a0'

function result(policy: PolicyResult['policy'], changes: Partial<PolicyResult>): PolicyResult {
  return {
    policy,
    knobs: {},
    tuned: false,
    occupancy: { mean: 0.6, ci95: 0.003 },
    abandonmentRate: { pooled: 0, max: 0 },
    agentWaitSec: { mean: 20.04, p90: 51.2 },
    connected: 4000,
    attempts: 20_000,
    answeredByPerson: 4100,
    connectedPerAgentHour: 16,
    ...changes,
  }
}

const ours = result('predictive', {
  occupancy: { mean: 0.886, ci95: 0.003 },
  abandonmentRate: { pooled: 0.0267, max: 0.0299 },
  connectedPerAgentHour: 22.7,
})
const shipped = result('vicidial-average', { knobs: { maxLevel: 3 }, occupancy: { mean: 0.64, ci95: 0.004 } })
const tunedKappa = result('kappa', {
  tuned: true,
  knobs: { kappa: 2.4 },
  occupancy: { mean: 0.879, ci95: 0.003 },
  abandonmentRate: { pooled: 0.0288, max: 0.034 },
  connectedPerAgentHour: 22.5,
})
const tunedRatio = result('ratio', {
  tuned: true,
  knobs: { linesPerAgent: 2.25 },
  occupancy: { mean: 0.8, ci95: 0.004 },
})
const overCap = result('issabel', {
  occupancy: { mean: 0.95, ci95: 0.002 },
  abandonmentRate: { pooled: 0.12, max: 0.15 },
  connectedPerAgentHour: 24,
})

function run(policy: PolicyResult['policy'], tuned: boolean, level: number): ReportData['runs'][number] {
  const steps = Array.from({ length: 60 }, (_, index) => index)
  const available = steps.map(step => (step * level) % 5)
  return {
    policy,
    tuned,
    timeline: {
      hours: steps.map(step => step / 10),
      available,
      onCall: available.map(count => 17 - count),
      wrapUp: steps.map(() => 2),
      paused: steps.map(() => 1),
      inFlight: steps.map(step => 6 + ((step * level) % 7)),
      abandonmentRate: steps.map(step => Math.min(0.028, step * 0.001)),
    },
    waits: { upToSec: [1, 2, 5, 10, 30, null], counts: [40, 30, 80 * level, 60, 20, 3] },
  }
}

function data(changes: Partial<ReportData> = {}): ReportData {
  return {
    scenario: 'detection-20',
    description: 'Twenty agents.',
    seeds: 30,
    firstSeed: 1,
    agents: 20,
    target: 0.027,
    cap: 0.03,
    policies: [overCap, shipped, tunedKappa, ours],
    frontier: [
      { policy: 'predictive', knobs: { target: 0.03 }, occupancy: 0.89, abandonmentRate: 0.03 },
      { policy: 'predictive', knobs: { target: 0.01 }, occupancy: 0.85, abandonmentRate: 0.01 },
      { policy: 'kappa', knobs: { kappa: 1 }, occupancy: 0.71, abandonmentRate: 0.002 },
      { policy: 'kappa', knobs: { kappa: 4 }, occupancy: 0.93, abandonmentRate: 0.2 },
      { policy: 'optimum', knobs: {}, occupancy: 0.86, abandonmentRate: 0.01 },
      { policy: 'optimum', knobs: {}, occupancy: 0.9, abandonmentRate: 0.03 },
    ],
    runs: [run('vicidial-average', false, 1), run('predictive', false, 3)],
    ...changes,
  }
}

function words(changes: Partial<ReportData>): readonly string[] {
  return remarksOn(data(changes)).map(({ kind, text }) => `${kind}: ${text.replaceAll(space, ' ')}`)
}

t.test('the table puts what failed last, whatever its occupancy, and says why', async t => {
  const { rows, columns } = tableOf(data())
  t.same(
    rows.map(row => [row.label, row.settings, row.failure.replaceAll(space, ' ')]),
    [
      ['Dialwright predictive', 'no knob to set', ''],
      ['Fixed kappa', `kappa${space}2.4`, ''],
      ['VICIdial average', `as shipped: max level${space}3`, ''],
      ['Issabel', 'no knob to set', '12.00 % abandoned; the cap is 3 %'],
    ],
  )
  t.equal(columns.length, rows[0]?.cells.length)
  t.same(
    rows[1]?.cells.map(({ text }) => text.replaceAll(space, ' ')),
    ['87.9 % ± 0.3', '2.88 %', '3.40 %', '20.0 s', '51.2 s', '22.5'],
  )
  t.same(
    rows.map(row => row.cells.map(({ mark }) => mark ?? '')),
    [
      ['', '', '', '', '', ''],
      ['', '', 'caution', '', '', ''],
      ['', '', '', '', '', ''],
      ['', 'failed', 'caution', '', '', ''],
    ],
  )
  const known = tableOf(data({ policies: [{ ...ours, ratioToOptimum: 0.985 }, shipped] }))
  t.equal(known.columns[1]?.label, 'of optimum')
  t.same(
    known.rows.map(row => row.cells[1]?.text),
    [`98.5${space}%`, '–'],
  )
})

t.test('a limit is the cap, or a twentieth above the target where no law sets one', async t => {
  const at = (pooled: number) => ({ ...ours, abandonmentRate: { pooled, max: 0.2 } })
  const failures = (changes: Partial<ReportData>) =>
    tableOf(data(changes)).rows.map(({ failure }) => failure.replaceAll(space, ' '))
  const { cap: _, ...withoutCap } = data({ target: 0.03 })
  t.same(failures({ policies: [at(0.03)] }), [''])
  t.same(failures({ policies: [at(0.030_01)] }), ['3.001 % abandoned; the cap is 3 %'])
  t.same(
    tableOf({ ...withoutCap, policies: [at(0.0315), at(0.032)] }).rows.map(({ failure }) =>
      failure.replaceAll(space, ' '),
    ),
    ['', '3.20 % abandoned; 3.15 % is the most for a target of 3 %'],
  )
})

t.test('the words say where a tuned rule comes near, where it wins, and who failed', async t => {
  t.same(words({}), [
    'ours: Dialwright predictive kept agents busy 88.6 % of their time at 2.67 % abandonment: 22.7 conversations per agent-hour, with no knob to set.',
    'rival: The best other rule with the settings it ships with, VICIdial average, reached 64.0 % at 0.00 % abandonment, 16.0 conversations per agent-hour: 24.6 points of occupancy less.',
    'near: Perfectly tuned, Fixed kappa comes within 1 point of ours: 87.9 % at 2.88 % abandonment, 22.5 conversations per agent-hour, 0.7 points of occupancy less. Its settings were found by a search in this very scenario; no operator could know them.',
    'failed: FAILED by abandoning more than the limit, whatever their occupancy: Issabel (12.00 %).',
  ])
  const better = { ...tunedKappa, occupancy: { mean: 0.889, ci95: 0.003 } }
  t.match(
    words({ policies: [better, ours] })[1],
    /^near: Perfectly tuned, Fixed kappa beats ours: 88\.9 %.* 0\.3 points of occupancy more\. The confidence intervals overlap\./,
  )
  t.match(
    words({ policies: [ours, tunedRatio] })[1],
    /^rival: Perfectly tuned, the best of the others, Fixed ratio, reached 80\.0 %.* 8\.6 points/,
  )
  const talkative = { ...tunedKappa, connectedPerAgentHour: 23.1 }
  t.match(
    words({ policies: [ours, talkative] }).at(-1),
    /^near: More conversations per agent-hour than ours \(22\.7\).* Fixed kappa \(23\.1\)\.$/,
  )
})

t.test('ours is judged like the others', async t => {
  const failed = { ...ours, abandonmentRate: { pooled: 0.031, max: 0.05 } }
  t.same(words({ policies: [failed, shipped] }), [
    'failed: Dialwright predictive FAILED here: 3.10 % abandoned; the cap is 3 %.',
    'rival: The best rule that kept the limit, VICIdial average with the settings it ships with, reached 64.0 %.',
  ])
  const unlucky = { ...ours, abandonmentRate: { pooled: 0.0267, max: 0.0312 } }
  t.match(words({ policies: [unlucky] })[1], /^near: In its worst seed it abandoned 3\.12 %, over the cap of 3 %/)
})

t.test('lines run in the order of abandonment, ours first and the optimum last', async t => {
  const { frontier, runs } = viewOf(data())
  t.same(
    frontier.lines.map(({ label, points, results }) => [
      label,
      points.map(({ x }) => x),
      results.map(one => one.failed),
    ]),
    [
      ['Dialwright predictive', [0.01, 0.03], [false]],
      ['Issabel', [], [true]],
      ['VICIdial average', [], [false]],
      ['Fixed kappa', [0.002, 0.2], [false]],
      ['Optimum', [0.01, 0.03], []],
    ],
  )
  t.same(
    runs.map(({ label }) => label),
    ['VICIdial average, as shipped', 'Dialwright predictive'],
  )
})

t.test('the page refers to nothing outside itself', async t => {
  const html = renderReport(data({ description: '$& <!-- STYLE --> \u2028' }))
  const outside = [...html.matchAll(/(?:src|href)\s*=\s*["']?([^"'\s>]+)|@import ["']|url\(/g)].map(([found]) => found)
  t.same(outside, ['href="data:,'])
  t.match(html, /Copyright \(c\) \d+ Leon Sorokin/, 'with the license of what it copies')
  t.notMatch(html, /\u2028|<!-- [A-Z]+ -->/)
})

t.test('in a browser', async t => {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium' })
  t.teardown(() => browser.close())
  const folder = t.testdir({})
  const open = async (report: ReportData, options: Parameters<Browser['newPage']>[0] = {}) => {
    const file = join(folder, 'report.html')
    writeFileSync(file, renderReport(report))
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options })
    const trouble: string[] = []
    page.on('console', message => trouble.push(message.text()))
    page.on('pageerror', error => trouble.push(String(error)))
    page.on('request', request => {
      if (request.url() !== pathToFileURL(file).href) trouble.push(request.url())
    })
    await page.goto(pathToFileURL(file).href)
    return { page, trouble }
  }

  await t.test('the page draws its charts and asks for nothing', async t => {
    const { page, trouble } = await open(data())
    const colours = await coloursDrawn(page)
    t.same(Object.keys(colours), ['frontier', 'agents', 'calls', 'abandonment', 'waits'])
    for (const [name, count] of Object.entries(colours)) t.ok(count > 10, `${name} has ${count} colours`)
    t.same(trouble, [])
  })

  await t.test('the table has a row a rule, and marks what failed', async t => {
    const { page } = await open(data())
    const rows = await page.locator('#table tbody tr:not(.separator)').allInnerTexts()
    t.equal(rows.length, 4)
    t.match(rows[0]?.replaceAll(space, ' '), /Dialwright predictive\s+no knob to set\s+88\.6 % ± 0\.3\s+2\.67 %/)
    t.same(await page.locator('tr:has(.badge.failed) .rule').allInnerTexts(), ['Issabel\nFAILED'])
    t.equal(await page.locator('tbody.failed td.failed').innerText(), `12.00${space}%`)
    t.same(await page.locator('#facts dd').allInnerTexts(), ['20', `2.7${space}%`, `3${space}%`, '30 (1 to 30)'])
  })

  await t.test('a name is text, whatever it holds', async t => {
    const scenario = '</script><b>x</b><img src=x onerror=alert(1)>'
    const { page, trouble } = await open(data({ scenario, description: '<!--<script>' }))
    t.equal(await page.locator('#title').innerText(), scenario)
    t.equal(await page.locator('#description').innerText(), '<!--<script>')
    t.equal(await page.title(), `${scenario}: Dialwright simulation`)
    t.equal(await page.locator('b, img').count(), 0)
    t.same(trouble, [])
  })

  await t.test('another run, a wider range and a hidden rule draw anew', async t => {
    const { page, trouble } = await open(data())
    t.equal(await page.locator('#run option:checked').innerText(), 'Dialwright predictive')
    const before = await pictures(page)
    await page.selectOption('#run', { label: 'VICIdial average, as shipped' })
    await page.locator('#frontier-range').click()
    const after = await pictures(page)
    for (const [name, picture] of Object.entries(before)) if (name !== 'abandonment') t.not(after[name], picture, name)
    await page.locator('#frontier-legend button', { hasText: 'Fixed kappa' }).click()
    t.not((await pictures(page)).frontier, after.frontier)
    t.same(trouble, [])
  })

  await t.test('the pointer learns what a point is', async t => {
    const { page } = await open(data())
    await page.locator('#frontier').scrollIntoViewIfNeeded()
    const box = await page.locator('#frontier .u-over').boundingBox()
    t.ok(box)
    for (let down = 0; down < 40 && !(await page.locator('.tip').isVisible()); down += 1) {
      await page.mouse.move((box?.x ?? 0) + 40, (box?.y ?? 0) + down * 10)
    }
    t.match(await page.locator('.tip').innerText(), /busy at .* abandonment/)
  })

  await t.test('a bar says how many waits it stands for', async t => {
    const { page, trouble } = await open(data())
    await page.locator('#waits').scrollIntoViewIfNeeded()
    const width = (await page.locator('#waits .u-over').boundingBox())?.width ?? 0
    const words = async (bar: number) => {
      await page.locator('#waits .u-over').hover({ position: { x: (width * (bar + 0.5)) / 6, y: 100 } })
      return (await page.locator('#waits-legend .moment').innerText()).replaceAll(space, ' ')
    }
    t.equal(await words(2), '2 to 5 s: 240 waits')
    t.equal(await words(5), 'over 30 s: 3 waits')
    t.same(trouble, [])
  })

  await t.test('it fits a phone, and follows light and dark', async t => {
    const { page, trouble } = await open(data(), { viewport: { width: 400, height: 800 }, colorScheme: 'light' })
    t.equal(await page.evaluate('document.documentElement.scrollWidth'), 400)
    const light = await pictures(page)
    await page.emulateMedia({ colorScheme: 'dark' })
    await untilTrue(page, 'getComputedStyle(document.body).backgroundColor === "rgb(18, 22, 28)"')
    const dark = await pictures(page)
    for (const [name, picture] of Object.entries(light)) t.not(dark[name], picture, name)
    await page.setViewportSize({ width: 900, height: 800 })
    await untilTrue(page, 'document.querySelector("#waits canvas").clientWidth > 700')
    t.same(trouble, [])
  })

  await t.test('without results there is a page that says so little', async t => {
    const { page, trouble } = await open(data({ policies: [], frontier: [], runs: [] }))
    t.equal(await page.locator('section:visible').count(), 0)
    t.same(trouble, [])
  })
})

/** Waits frame by frame: the page's own policy forbids what playwright's waiting would evaluate inside it. */
async function untilTrue(page: Page, expression: string): Promise<void> {
  while (!(await page.evaluate(expression)))
    await page.evaluate('new Promise(resolve => requestAnimationFrame(resolve))')
}

/** How many colours each chart's canvas has. */
function coloursDrawn(page: Page): Promise<Readonly<Record<string, number>>> {
  return ofCharts(
    page,
    'new Set(new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size',
  )
}

/** Each chart's canvas as an image. */
function pictures(page: Page): Promise<Readonly<Record<string, string>>> {
  return ofCharts(page, 'canvas.toDataURL()')
}

function ofCharts<T>(page: Page, expression: string): Promise<Readonly<Record<string, T>>> {
  const charts = '[...document.querySelectorAll(".chart")]'
  // uPlot draws at the end of the turn in which it was asked to.
  return page.evaluate(
    `new Promise(requestAnimationFrame).then(() => Object.fromEntries(${charts}.map(chart => {
      const canvas = chart.querySelector('canvas')
      return [chart.id, ${expression}]
    })))`,
  )
}
