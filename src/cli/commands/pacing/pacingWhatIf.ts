import type { Static } from 'typebox'
import { campaignView, type pacingView } from '../../../api/campaigns.ts'
import type { CampaignStatus } from '../../../api/views.ts'
import { pacingSchema } from '../../../config/campaignFile.ts'
import { durationMs } from '../../../config/durations.ts'
import { pathText, problemsOf } from '../../../config/problems.ts'
import type { PacingSettings } from '../../../core/pacing/pacer.ts'
import { InputError } from '../../../errors.ts'
import type { Scenario } from '../../../sim/scenarios/scenario.ts'
import type { Circumstances, Forecast } from '../../../sim/study/forecast.ts'
import type { Cli } from '../../cli.ts'
import { apiPath } from '../../client.ts'
import { type Cell, percent, plural, table } from '../../terminal/format.ts'
import { tellEffort } from '../simulate/effort.ts'
import { type OwnHistory, readOwnHistory } from '../simulate/ownHistory.ts'
import { type Simulating, simulating } from '../simulate/simulating.ts'

/** A few runs of a few hours: an operator waits for it. */
const seeds = 4
const hours = 4
const firstSeed = 1
/** Where nobody is logged in and nobody says how many. */
const agentsAssumed = 10
/** The worlds that stand in for a history that is too short, by their number of agents. */
const assumptions: readonly number[] = [5, 10, 20, 50, 100]

/** What is asked: a change of the pacing, and for how many agents. */
interface WhatIf {
  readonly campaignId: string
  readonly changes: Static<typeof pacingView>
  /** Absent: those who are logged in. */
  readonly agents?: number | undefined
}

type Basis =
  | { readonly kind: 'history'; readonly attempts: number }
  | { readonly kind: 'assumption'; readonly scenario: string; readonly because: string }

interface WhatIfResult {
  readonly campaign: string
  readonly applied: false
  readonly agents: number
  readonly basis: Basis
  readonly present: Forecast & { readonly pacing: PacingSettings }
  readonly changed: Forecast & { readonly pacing: PacingSettings }
}

/** `pacing set --what-if`: what the simulator expects of the present and of the new setting. Changes nothing. */
export async function showWhatIf(cli: Cli, { campaignId, changes: asked, agents: named }: WhatIf): Promise<void> {
  const { ringTimeout, ...changes } = asked
  const { status } = await cli.api().get(campaignView, apiPath('/v1/campaigns', campaignId))
  const history = await readOwnHistory(cli, { campaignId })
  const present = history.settings.pacing
  const next = { ...present, ...changes }
  refuseWrong(campaignId, { changes, next })
  const there = onTheLine(status)
  const agents = named ?? (there === 0 ? agentsAssumed : there)
  const world = await worldOf(history, agents)
  const done = await simulating(cli, { what: `what if (${campaignId})` }, async tools => {
    const ringTimeoutMs = ringTimeout === undefined ? history.settings.ringTimeoutMs : durationMs(ringTimeout)
    const changed = await worldOf({ ...history, settings: { ...history.settings, ringTimeoutMs } }, agents)
    const [before, after] = await Promise.all([expect(world, present, tools), expect(changed, next, tools)])
    const found = { present: { pacing: present, ...before }, changed: { pacing: next, ...after } }
    return { campaign: campaignId, applied: false, agents, basis: world.basis, ...found } as const
  })
  if (done === undefined) return
  cli.print(done.answer, () => resultWords(done.answer))
  tellEffort(cli, { seed: firstSeed, seeds, effort: done.effort })
  if (named === undefined && there === 0)
    cli.remark(`nobody is logged in: ${agentsAssumed} agents assumed, say --agents for another number`)
  cli.remark('nothing was changed: the same command without --what-if sets it')
}

/** What the daemon would refuse is not simulated. */
function refuseWrong(
  campaignId: string,
  { changes, next }: { changes: Static<typeof pacingSchema>; next: PacingSettings },
): void {
  const [problem] = problemsOf(pacingSchema, changes)
  const { abandonmentTarget, abandonmentRateMax } = next
  const wrong =
    problem !== undefined
      ? `${pathText(problem.path)} ${problem.text}`
      : abandonmentTarget > abandonmentRateMax
        ? `abandonmentTarget must not be above abandonmentRateMax (${abandonmentRateMax})`
        : undefined
  if (wrong !== undefined) throw new InputError('campaign-wrong', `campaign ${campaignId}: pacing: ${wrong}`)
}

function onTheLine({ agents }: CampaignStatus): number {
  return agents.available + agents.reserved + agents['on-call'] + agents['wrap-up'] + agents.paused + agents.breather
}

interface World {
  readonly basis: Basis
  scenarioFor(pacing: PacingSettings): Scenario
}

async function worldOf({ past, settings, trunk }: OwnHistory, agents: number): Promise<World> {
  const { fitHistory, historyShortage } = await import('../../../sim/scenarios/history.ts')
  const { scenarioOfHistory, scenarioWithCircumstances } = await import('../../../sim/study/forecast.ts')
  const { campaignId: name, ringTimeoutMs, waitMaxMs } = settings
  const at = (pacing: PacingSettings): Circumstances => {
    return { name, agents, hours, pacing, ringTimeoutMs, waitMaxMs, trunk }
  }
  const because = historyShortage(past)
  if (because === undefined) {
    const fit = fitHistory(past)
    const basis = { kind: 'history', attempts: fit.attempts } as const
    return { basis, scenarioFor: pacing => scenarioOfHistory(fit, at(pacing)) }
  }
  const { loadScenario } = await import('../../../sim/scenarios/scenarioFiles.ts')
  const assumed = loadScenario(`realistic-${nearest(agents)}`)
  const basis = { kind: 'assumption', scenario: assumed.name, because } as const
  return { basis, scenarioFor: pacing => scenarioWithCircumstances(assumed, at(pacing)) }
}

function nearest(agents: number): number {
  const apart = (count: number): number => Math.abs(Math.log(count / Math.max(1, agents)))
  return assumptions.reduce((best, count) => (apart(count) < apart(best) ? count : best))
}

async function expect(world: World, pacing: PacingSettings, tools: Simulating): Promise<Forecast> {
  const { forecast } = await import('../../../sim/study/forecast.ts')
  return forecast({ scenario: world.scenarioFor(pacing), pacing, firstSeed, seeds }, tools)
}

function resultWords({ agents, basis, present, changed }: WhatIfResult): string {
  const team = `${plural(agents, 'agent')}, ${seeds} simulated runs of ${hours} h that begin with nothing learned`
  const why =
    basis.kind === 'history'
      ? `as ${plural(basis.attempts, 'attempt')} of this campaign show it`
      : `assuming scenario ${basis.scenario}, because the history is too short: ${basis.because}`
  const row = (what: string, cell: (one: WhatIfResult['present']) => Cell): readonly Cell[] => [
    ...[what, cell(present), cell(changed)],
  ]
  const rows = [
    row('mode', ({ pacing }) => (pacing.mode === 'ratio' ? `ratio ${pacing.ratio}` : pacing.mode)),
    ...(present.pacing.mode === 'predictive' || changed.pacing.mode === 'predictive'
      ? [row('target', ({ pacing }) => (pacing.mode === 'predictive' ? percent(pacing.abandonmentTarget) : ''))]
      : []),
    row('limit', ({ pacing }) => percent(pacing.abandonmentRateMax)),
    row('dial level at most', ({ pacing }) => pacing.dialLevelMax),
    row('occupancy', ({ occupancy: { mean, ci95 } }) => `${percent(mean)} +/- ${(ci95 * 100).toFixed(1)}`),
    row('abandonment', ({ abandonmentRate }) => percent(abandonmentRate.pooled, 2)),
    row('in the worst run', ({ abandonmentRate }) => percent(abandonmentRate.max, 2)),
    row('calls an hour', ({ attemptsPerHour }) => Math.round(attemptsPerHour)),
    row('conversations an hour', ({ connectedPerHour }) => Math.round(connectedPerHour)),
  ]
  return `${team},\n${why}\n\n${table(['', 'now', 'changed'], rows)}`
}
