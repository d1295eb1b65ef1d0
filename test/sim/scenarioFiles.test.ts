import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { loadScenario, shippedScenarioNames } from '../../src/sim/scenarios/scenarioFiles.ts'

const root = new URL('../../', import.meta.url)

t.test('every shipped scenario is right, bears the name of its file and says what it is', async t => {
  const names = shippedScenarioNames()
  t.ok(names.length >= 40, `${names.length} scenarios`)
  for (const name of names) {
    const scenario = loadScenario(name)
    t.equal(scenario.name, name)
    t.match(scenario.description, /^\d+ agents[:,] \S/, name)
    t.ok(scenario.description.startsWith(`${scenario.agents.start} agents`), `${name} tells its agents`)
  }
  t.ok(names.indexOf('realistic-5') < names.indexOf('realistic-10'), 'in the order of the numbers')
})

t.test('a file that is none, no YAML or no scenario is refused in one line', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'dialwright-scenario-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'mine.yaml')
  const good = readFileSync(new URL('scenarios/realistic-5.yaml', root), 'utf8')
  t.throws(() => loadScenario('realistic-6'), {
    code: 'no-scenario',
    message: /no file realistic-6.*dialwright scenarios/,
  })
  t.throws(() => loadScenario(folder), { code: 'no-scenario', message: /is a directory/ })
  const bomb =
    'a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c]\n'
  for (const [text, says] of [
    ['{ name: [', /mine\.yaml:1: not valid YAML/],
    [bomb, /mine\.yaml: not valid YAML/],
    ['', /mine\.yaml: must hold keys/],
    [good.replace('ringTimeoutSec', 'ringTimeout'), /mine\.yaml: ringTimeout: unknown key; known here are/],
    [good.replace('person: 0.25', 'person: 1.25'), /mine\.yaml: outcomes\.person: is 1\.25, must be at most 1/],
    [good.replace('mean: 120', 'mean: -1'), /mine\.yaml: times\.talk\.mean: is -1, must be at least 0/],
    [`${good}# ${'x'.repeat(1_100_000)}`, /larger than 1 MiB/],
  ] as const) {
    writeFileSync(file, text)
    t.throws(() => loadScenario(file), { code: 'bad-scenario', message: says })
  }
  writeFileSync(file, good)
  t.equal(loadScenario(file).name, 'realistic-5')
})
