import type { Metrics } from '../../app/monitoring/metrics.ts'
import type { CampaignFigures } from '../../ports/engine.ts'
import { counted, type Family, type Row, stateRows } from './family.ts'

const campaignStates = ['running', 'paused', 'stopping', 'stopped']

type WindowFigures = CampaignFigures['windows'][number]

/** A gauge with one figure a campaign. */
function gauge(name: string, help: string, of: (campaign: CampaignFigures) => number): Family<Metrics> {
  const rows = ({ board }: Metrics): readonly Row[] =>
    board.campaigns.map(one => ({ labels: { campaign: one.campaignId }, value: of(one) }))
  return { name, help, kind: 'gauge', labels: ['campaign'], rows }
}

/** A gauge with a figure for each state or each kind of count. */
function gaugeBy(
  label: string,
  { name, help }: { readonly name: string; readonly help: string },
  of: (campaign: CampaignFigures) => Readonly<Record<string, number>>,
): Family<Metrics> {
  const rows = ({ board }: Metrics): readonly Row[] =>
    board.campaigns.flatMap(one => counted(label, of(one), { campaign: one.campaignId }))
  return { name, help, kind: 'gauge', labels: ['campaign', label], rows }
}

/** A gauge of the law's windows. */
function windowGauge(name: string, help: string, of: (window: WindowFigures) => number): Family<Metrics> {
  const rows = ({ board }: Metrics): readonly Row[] =>
    board.campaigns.flatMap(({ campaignId, windows }) =>
      windows.map(one => ({ labels: { campaign: campaignId, window: one.window, of: one.of }, value: of(one) })),
    )
  return { name, help, kind: 'gauge', labels: ['campaign', 'window', 'of'], rows }
}

/** Metrics of campaigns at work. */
export const campaignFamilies: readonly Family<Metrics>[] = [
  {
    name: 'dialwright_campaign_state',
    help: 'What the campaign does: 1 for the state it is in.',
    kind: 'gauge',
    labels: ['campaign', 'state'],
    rows: ({ board }) =>
      board.campaigns.flatMap(({ campaignId, state }) => stateRows(campaignStates, state, { campaign: campaignId })),
  },
  {
    name: 'dialwright_campaign_held',
    help: 'Why the last decision of a running campaign dialed nobody, 1; one that dials has no series.',
    kind: 'gauge',
    labels: ['campaign', 'reason'],
    rows: ({ held }) => held.map(({ campaignId, reason }) => ({ labels: { campaign: campaignId, reason }, value: 1 })),
  },
  {
    name: 'dialwright_campaign_calls_total',
    help: 'Calls of the campaign that have ended since the start, by how they ended.',
    kind: 'counter',
    labels: ['campaign', 'disposition'],
    rows: ({ runCounts }) =>
      runCounts.campaigns.flatMap(({ campaignId, calls }) => counted('disposition', calls, { campaign: campaignId })),
  },
  {
    name: 'dialwright_pacing_decisions_total',
    help: 'Decisions of the pacing since the start, by the reason that bound them.',
    kind: 'counter',
    labels: ['campaign', 'reason'],
    rows: ({ runCounts }) =>
      runCounts.campaigns.flatMap(({ campaignId, decisions }) =>
        counted('reason', decisions, { campaign: campaignId }),
      ),
  },
  {
    name: 'dialwright_answer_to_agent_seconds',
    help: 'From the answer of a person to the agent.',
    kind: 'histogram',
    labels: ['campaign'],
    rows: ({ runCounts }) =>
      runCounts.campaigns.map(({ campaignId, connectDelays }) => ({
        labels: { campaign: campaignId },
        value: connectDelays,
      })),
  },
  gaugeBy('state', { name: 'dialwright_campaign_agents', help: 'Agents of the campaign by state.' }, one => one.agents),
  gaugeBy(
    'state',
    { name: 'dialwright_campaign_live_calls', help: 'Calls of the campaign that have not ended, by state.' },
    one => one.calls,
  ),
  gaugeBy(
    'what',
    {
      name: 'dialwright_campaign_lifetime_calls',
      help: 'What the campaign has counted over all restarts; it falls when an agent says that it was a machine.',
    },
    ({ counters }) => ({
      attempts: counters.attempts,
      answered: counters.answered,
      'answered-by-person': counters.answeredByPerson,
      connected: counters.connected,
      abandoned: counters.abandoned,
      'do-not-call-blocked': counters.doNotCallBlocked,
    }),
  ),
  gauge('dialwright_campaign_hopper_leads', 'Leads that are cleared to be dialed next.', one => one.hopper),
  gauge('dialwright_campaign_dial_level', 'Calls in flight per working agent.', one => one.dialLevel),
  gauge(
    'dialwright_campaign_occupancy_ratio',
    "Share 0..1 of its agents' time at work that went to calls and wrap-ups.",
    one => one.occupancy,
  ),
  gauge(
    'dialwright_campaign_abandonment_ratio',
    'Abandoned among answered by a person, 0..1, over the life of the campaign.',
    one => one.abandonmentRate,
  ),
  gauge(
    'dialwright_campaign_abandonment_target_ratio',
    'What the pacing steers to, 0..1.',
    one => one.abandonmentTarget,
  ),
  windowGauge(
    'dialwright_abandonment_window_ratio',
    "Abandoned among answered by a person, 0..1, in a window of the law: of the campaign's calls, or of its seller's.",
    ({ answers, abandoned }) => (answers === 0 ? 0 : abandoned / answers),
  ),
  windowGauge('dialwright_abandonment_window_limit_ratio', 'The limit of the window, 0..1.', one => one.rateMax),
  windowGauge('dialwright_abandonment_window_answers', 'Answers by persons in the window.', one => one.answers),
  windowGauge(
    'dialwright_abandonment_budget_left_calls',
    'Abandonments that may still happen in the window before its limit is reached.',
    one => one.left,
  ),
]
