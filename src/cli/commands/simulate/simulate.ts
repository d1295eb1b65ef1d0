import { type Command, InvalidArgumentError, Option } from 'commander'
import { policyNames } from '../../../sim/rivals/policies.ts'
import type { Scenario } from '../../../sim/scenarios/scenario.ts'
import type { Study } from '../../../sim/study/study.ts'
import { type Cli, examples } from '../../cli.ts'
import { checkWritable, writeWhole } from '../../files.ts'
import { percent, table } from '../../terminal/format.ts'
import { ratios, wholeNumberFrom, wholeNumbers } from '../../terminal/values.ts'
import { type SimulateOptions, tellEffort } from './effort.ts'
import { type Effort, simulating } from './simulating.ts'

const seedsDefault = 10
/** The word that asks for the list in place of a scenario. */
const listWord = 'list'

/** `simulate` and `scenarios` */
export function simulateCommands(program: Command, cli: Cli): void {
  examples(
    program.command('scenarios').description('the scenarios shipped with the product, for `simulate --scenario NAME`'),
    'dialwright scenarios',
  ).action(() => listScenarios(cli))

  examples(
    program
      .command('simulate')
      .option(
        '--scenario <name>',
        'a shipped scenario (`dialwright scenarios` lists them), or a file of your own (YAML)',
      )
      .addOption(new Option('--policy <name...>', 'which rules (default: all)').choices([...policyNames]))
      .option(
        '--seeds <count>',
        `how many runs of each rule (default: ${seedsDefault}; from history 4)`,
        wholeNumberFrom(1, 10_000),
      )
      .option('--seed <number>', 'the first seed', wholeNumberFrom(0, 2 ** 31 - 1), 1)
      .option(
        '--target <ratio...>',
        "steer to this abandonment, such as 0.02, not to the scenario's; several are compared",
        ratios,
      )
      .option('--tune', "also search each rival's best settings for this very scenario; takes long")
      .option('--html <file>', 'also write a page with charts')
      .option('--threads <count>', 'how many at once (default: one a core)', wholeNumberFrom(1, 256))
      .option('--from-history <campaign>', "your own campaign as its call records show it, with the daemon's database")
      .option('--agents <counts>', 'from history: the staffings to try, such as 8,12,16', wholeNumbers)
      .option('--days <count>', 'from history: look at the last so many days (default: all)', wholeNumberFrom(1, 3650))
      .description("run the engine's rule and its rivals in a simulated world, in seconds and without a PBX"),
    'dialwright simulate --scenario realistic-20',
    'dialwright simulate --scenario realistic-20 --policy predictive vicidial-average --tune --html report.html',
    'dialwright simulate --scenario mine.yaml --seeds 30 --json',
    'dialwright simulate --from-history spring --agents 8,12,16 --target 0.03',
  ).action((options: SimulateOptions) => simulateAction(cli, options))
}

async function simulateAction(cli: Cli, options: SimulateOptions): Promise<void> {
  const { scenario, fromHistory } = options
  if (scenario === listWord) return listScenarios(cli)
  if ((scenario === undefined) === (fromHistory === undefined))
    throw new InvalidArgumentError(
      'name --scenario or --from-history (see --help; `dialwright scenarios` lists scenarios)',
    )
  if (scenario !== undefined) return simulateScenario(cli, scenario, options)
  const { simulateHistory } = await import('./simulateHistory.ts')
  if (fromHistory !== undefined) await simulateHistory(cli, fromHistory, options)
}

async function listScenarios(cli: Cli): Promise<void> {
  const { loadScenario, shippedScenarioNames } = await import('../../../sim/scenarios/scenarioFiles.ts')
  const scenarios = shippedScenarioNames().map(loadScenario)
  const rows = scenarios.map(({ name, description, horizon, target }) => {
    const hours = horizon.hours * horizon.days
    return { name, description, hours, target }
  })
  cli.print({ scenarios: rows }, () =>
    table(
      ['scenario', 'hours', 'target', 'what'],
      rows.map(row => [row.name, row.hours, percent(row.target), row.description]),
    ),
  )
}

async function simulateScenario(cli: Cli, name: string, options: SimulateOptions): Promise<void> {
  for (const key of ['agents', 'days'] as const)
    if (options[key] !== undefined) throw new InvalidArgumentError(`--${key} goes with --from-history`)
  const { loadScenario } = await import('../../../sim/scenarios/scenarioFiles.ts')
  const { runStudy } = await import('../../../sim/study/study.ts')
  const [target, ...moreTargets] = [...new Set(options.target)]
  const loaded = loadScenario(name)
  const scenario = { ...loaded, target: target ?? loaded.target }
  refuseOverCap(scenario, [scenario.target, ...moreTargets])
  const { seed: firstSeed, seeds = seedsDefault, tune = false, html, threads } = options
  if (html !== undefined) checkWritable(html)
  const policies = [...new Set(options.policy ?? policyNames)]
  const plan = { scenario, policies, firstSeed, seeds, moreTargets, tune, report: html !== undefined }
  const done = await simulating(cli, { what: scenario.name, threads }, tools => runStudy(plan, tools))
  if (done === undefined) return
  await tell(cli, { ...done, study: done.answer, scenario, options: { ...options, seeds } })
}

function refuseOverCap({ cap, name }: Scenario, targets: readonly number[]): void {
  const over = targets.find(target => target > (cap ?? 1))
  if (over !== undefined)
    throw new InvalidArgumentError(`target ${over} is over the cap of ${name}, ${cap}: choose a lower one`)
}

interface Told {
  readonly study: Study
  readonly effort: Effort
  readonly scenario: Scenario
  readonly options: SimulateOptions & { readonly seeds: number }
}

async function tell(cli: Cli, { study, effort, scenario, options }: Told): Promise<void> {
  const { html, tune = false, seed, seeds } = options
  if (html !== undefined && study.report !== undefined) {
    const { renderReport } = await import('../../../sim/report/index.ts')
    writeWhole(html, renderReport(study.report))
  }
  const { studyRemarks, studyWords } = await import('./studyText.ts')
  cli.print(study.result, () => studyWords(scenario, study))
  tellEffort(cli, { seed, seeds, effort })
  cli.remark(studyRemarks(scenario, { tune, html: html !== undefined }))
  if (html !== undefined) cli.remark(`written to ${html}`)
}
