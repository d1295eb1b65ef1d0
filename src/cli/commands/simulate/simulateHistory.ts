import { InvalidArgumentError } from 'commander'
import { InputError } from '../../../errors.ts'
import type { Forecast } from '../../../ports/foresight/foresee.ts'
import type { HistoryFit } from '../../../sim/scenarios/history.ts'
import type { Cli } from '../../cli.ts'
import { hoursAndMinutes, percent, plural, table } from '../../terminal/format.ts'
import { type SimulateOptions, tellEffort } from './effort.ts'
import { type OwnHistory, readOwnHistory } from './ownHistory.ts'
import { type Simulating, simulating } from './simulating.ts'

const seedsDefault = 4
/** A working day: the careful start is a small part of it. */
const hours = 8

/** One team that was tried. */
interface Staffing extends Forecast {
  readonly agents: number
  readonly target: number
  /** Hours of dialing until every lead is finished; absent where nothing is dialed. */
  readonly hoursToFinish?: number
}

/** What the past says, and what it promises. */
interface HistoryResult {
  readonly campaign: string
  readonly mode: string
  readonly basis: { readonly attempts: number; readonly answeredByPerson: number } & Pick<HistoryFit, 'outcomes'> & {
      readonly times: HistoryFit['basis']
    }
  readonly leads: { readonly open: number; readonly attemptsPerLead: number }
  readonly seeds: number
  readonly staffings: readonly Staffing[]
}

/** `simulate --from-history`: what other teams and targets would make of the operator's own calls. */
export async function simulateHistory(cli: Cli, campaignId: string, options: SimulateOptions): Promise<void> {
  const { agents, seed, seeds = seedsDefault, threads } = options
  if (agents === undefined) throw new InvalidArgumentError('name the staffings to try, such as --agents 8,12,16')
  for (const key of ['policy', 'tune', 'html'] as const)
    if (options[key] !== undefined) throw new InvalidArgumentError(`--${key} goes with --scenario`)
  const { fitHistory, historyShortage } = await import('../../../sim/scenarios/history.ts')
  const history = await readOwnHistory(cli, { campaignId, days: options.days })
  const { abandonmentRateMax, abandonmentTarget } = history.settings.pacing
  const targets = [...new Set(options.target ?? [abandonmentTarget])]
  const over = targets.find(target => target > abandonmentRateMax)
  if (over !== undefined)
    throw new InvalidArgumentError(`target ${over} is over the limit of ${campaignId}, ${abandonmentRateMax}`)
  const shortage = historyShortage(history.past)
  if (shortage !== undefined) {
    const next = 'dial on, or try `dialwright simulate --scenario realistic-20`'
    throw new InputError('too-little-history', `campaign ${campaignId} has ${shortage}: ${next}`)
  }
  const fit = fitHistory(history.past)
  const teams = targets.flatMap(target => agents.map(count => ({ target, agents: count })))
  const done = await simulating(cli, { what: campaignId, threads }, tools =>
    tryTeams({ history, fit, teams, firstSeed: seed, seeds }, tools),
  )
  if (done === undefined) return
  cli.print(done.answer, () => resultWords(done.answer))
  tellEffort(cli, { seed, seeds, effort: done.effort })
  cli.remark('The list: hours of dialing, rests between attempts not counted; learning begins from nothing.')
}

interface Trial {
  readonly history: OwnHistory
  readonly fit: HistoryFit
  readonly teams: readonly { readonly agents: number; readonly target: number }[]
  readonly firstSeed: number
  readonly seeds: number
}

async function tryTeams({ history, fit, teams, ...trial }: Trial, tools: Simulating): Promise<HistoryResult> {
  const { attemptsPerLead, forecast, scenarioOfHistory } = await import('../../../sim/study/forecast.ts')
  const { settings, past, leads, trunk } = history
  const { campaignId, ringTimeoutMs, waitMaxMs, retry } = settings
  const perLead = attemptsPerLead(past, retry)
  const open = leads.total - leads.finished
  const staffings = await Promise.all(
    teams.map(async ({ agents, target }): Promise<Staffing> => {
      const pacing = { ...settings.pacing, abandonmentTarget: target }
      const circumstances = { name: campaignId, agents, hours, pacing, ringTimeoutMs, waitMaxMs, trunk }
      const found = await forecast({ scenario: scenarioOfHistory(fit, circumstances), pacing, ...trial }, tools)
      const finish = found.attemptsPerHour > 0 ? { hoursToFinish: (open * perLead) / found.attemptsPerHour } : {}
      return { agents, target, ...found, ...finish }
    }),
  )
  const { attempts, answeredByPerson, outcomes, basis } = fit
  return {
    campaign: campaignId,
    mode: settings.pacing.mode,
    basis: { attempts, answeredByPerson, outcomes, times: basis },
    leads: { open, attemptsPerLead: perLead },
    seeds: trial.seeds,
    staffings,
  }
}

function resultWords({ campaign, mode, basis, leads, staffings }: HistoryResult): string {
  const { outcomes } = basis
  const shares = Object.entries(outcomes).map(([word, share]) => `${word} ${percent(share)}`)
  const rows = basis.times.map(({ what, records, meanSec }) => [
    ...[what, `${meanSec.toFixed(1)} s`, records === 0 ? 'assumed: too few records' : plural(records, 'record')],
  ])
  const perLead = leads.attemptsPerLead.toFixed(1)
  return [
    `${campaign}: ${plural(basis.attempts, 'attempt')} on record, ${basis.answeredByPerson} answered by a person (${shares.join(', ')})\n\n`,
    table(['time', 'mean', 'rests on'], rows),
    `\n${plural(leads.open, 'lead')} not finished, about ${perLead} attempts each; mode ${mode}\n\n`,
    ...staffings.map(one => `${staffingWords(one, leads.open)}\n`),
  ].join('')
}

function staffingWords(one: Staffing, openLeads: number): string {
  const { agents, target, occupancy, attemptsPerHour, connectedPerHour, abandonmentRate, hoursToFinish } = one
  const list =
    openLeads === 0
      ? 'the list is finished'
      : hoursToFinish === undefined
        ? 'the list is never finished'
        : `list finished in ${hoursAndMinutes(hoursToFinish)}`
  return [
    `with ${plural(agents, 'agent')} at ${percent(target)}: occupancy ${percent(occupancy.mean)}`,
    `${Math.round(attemptsPerHour)} calls and ${Math.round(connectedPerHour)} conversations an hour`,
    `${percent(abandonmentRate.pooled)} abandoned`,
    list,
  ].join(', ')
}
