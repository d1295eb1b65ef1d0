import type { Metrics } from '../../app/monitoring/metrics.ts'
import { campaignFamilies } from './campaignFamilies.ts'
import { counted, type Family, maybe, only, seconds, stateRows } from './family.ts'

const breakerStates = ['closed', 'open', 'probing']

const daemonFamilies: readonly Family<Metrics>[] = [
  {
    name: 'dialwright_build_info',
    help: 'Always 1; says which version of the program, of the rules and of the zone data is at work.',
    kind: 'gauge',
    labels: ['version', 'rules', 'zone_data'],
    rows: ({ version, rulesVersion, zoneData }) => [
      { labels: { version, rules: rulesVersion, zone_data: zoneData.version }, value: 1 },
    ],
  },
  {
    name: 'dialwright_dialing_stopped',
    help: 'Whether this keeps every call from being made (1) or not (0).',
    kind: 'gauge',
    labels: ['reason'],
    rows: ({ stopped }) => stopped.map(({ reason, holds }) => ({ labels: { reason }, value: holds ? 1 : 0 })),
  },
  {
    name: 'dialwright_alarm_active',
    help: 'How many alarms of this code are on; one that is over has no series.',
    kind: 'gauge',
    labels: ['what', 'code'],
    rows: ({ board: { alarms } }) =>
      alarms.map(({ what, code }) => ({
        labels: { what, code },
        value: alarms.filter(alarm => alarm.code === code).length,
      })),
  },
  {
    name: 'dialwright_metrics_missing',
    help: 'Whether this part is left out (1), because the store could not tell within a second.',
    kind: 'gauge',
    labels: ['part'],
    rows: ({ missing }) =>
      (['ledger', 'lists'] as const).map(part => ({ labels: { part }, value: missing.includes(part) ? 1 : 0 })),
  },
  {
    name: 'dialwright_agents',
    help: 'Agents by state.',
    kind: 'gauge',
    labels: ['state'],
    rows: ({ board }) => counted('state', board.agents),
  },
  {
    name: 'dialwright_occupancy_ratio',
    help: 'Share 0..1 of the time of agents at work that went to calls and wrap-ups, since their sessions began.',
    kind: 'gauge',
    labels: [],
    rows: ({ board }) => only(board.occupancy),
  },
  {
    name: 'dialwright_live_calls',
    help: 'Calls that have not ended, by state.',
    kind: 'gauge',
    labels: ['state'],
    rows: ({ board }) => counted('state', board.calls),
  },
  {
    name: 'dialwright_agent_lines_total',
    help: 'Calls since the start of which the phone in the page has told how the line was, by how it sounded.',
    kind: 'counter',
    labels: ['light'],
    rows: ({ lines }) => counted('light', lines),
  },
  {
    name: 'dialwright_event_loop_lag_seconds',
    help: 'How late the daemon ran what was due, looked at ten times a second.',
    kind: 'histogram',
    labels: [],
    rows: ({ eventLoop }) => maybe(eventLoop),
  },
]

const pbxFamilies: readonly Family<Metrics>[] = [
  {
    name: 'dialwright_node_up',
    help: 'Whether the PBX is linked (1) or not (0).',
    kind: 'gauge',
    labels: ['node'],
    rows: ({ board }) =>
      board.nodes.map(({ nodeId, link }) => ({ labels: { node: nodeId }, value: link === 'up' ? 1 : 0 })),
  },
  {
    name: 'dialwright_node_breaker',
    help: 'The breaker of the PBX: 1 for the state it is in.',
    kind: 'gauge',
    labels: ['node', 'state'],
    rows: ({ board }) =>
      board.nodes.flatMap(({ nodeId, breaker }) =>
        stateRows(breakerStates, breaker?.state ?? 'closed', { node: nodeId }),
      ),
  },
  {
    name: 'dialwright_pbx_request_seconds',
    help: 'How long the PBX took to answer a request. ARI holds some back for as long as a sound plays.',
    kind: 'histogram',
    labels: ['node', 'interface'],
    rows: ({ pbxs }) =>
      pbxs.flatMap(({ nodeId, ari, ami }) => [
        { labels: { node: nodeId, interface: 'ari' }, value: ari },
        { labels: { node: nodeId, interface: 'ami' }, value: ami },
      ]),
  },
  {
    name: 'dialwright_calls_total',
    help: 'Calls that have ended since the start, by trunk and by how they ended.',
    kind: 'counter',
    labels: ['trunk', 'disposition'],
    rows: ({ runCounts }) =>
      runCounts.trunkCalls.map(({ trunkId, disposition, calls }) => ({
        labels: { trunk: trunkId, disposition },
        value: calls,
      })),
  },
  ...trunkGauges(),
  {
    name: 'dialwright_trunk_breaker',
    help: 'The breaker of the trunk: 1 for the state it is in.',
    kind: 'gauge',
    labels: ['trunk', 'node', 'state'],
    rows: ({ board }) =>
      board.trunks.flatMap(({ trunkId, nodeId, breaker }) =>
        stateRows(breakerStates, breaker.state, { trunk: trunkId, node: nodeId }),
      ),
  },
]

function trunkGauges(): readonly Family<Metrics>[] {
  type Trunk = Metrics['board']['trunks'][number]
  const gauge = (name: string, help: string, of: (trunk: Trunk) => number): Family<Metrics> => ({
    name,
    help,
    kind: 'gauge',
    labels: ['trunk', 'node'],
    rows: ({ board }) =>
      board.trunks.map(one => ({ labels: { trunk: one.trunkId, node: one.nodeId }, value: of(one) })),
  })
  return [
    gauge('dialwright_trunk_channels_in_use', 'Channels of the trunk that calls hold.', one => one.channelsInUse),
    gauge('dialwright_trunk_channels_max', 'Channels that the trunk has.', one => one.channelsMax),
    gauge(
      'dialwright_trunk_short_call_ratio',
      'Share 0..1 of calls of 6 s or less among the last answered ones.',
      one => one.shortCallRate,
    ),
    gauge(
      'dialwright_trunk_refused_ratio',
      'Share 0..1 of the last calls that the carrier failed.',
      one => one.breaker.refusedRate,
    ),
  ]
}

const storeFamilies: readonly Family<Metrics>[] = [
  {
    name: 'dialwright_store_queued_writes',
    help: 'Writes that the store was asked for and has not answered; bulk: of imports, which wait behind all others.',
    kind: 'gauge',
    labels: ['queue'],
    rows: ({ storeLoad }) => counted('queue', storeLoad?.queued ?? {}),
  },
  {
    name: 'dialwright_store_records_waiting',
    help: 'Records of calls that wait for a store that does not take them.',
    kind: 'gauge',
    labels: [],
    rows: ({ runCounts }) => only(runCounts.recordsWaiting),
  },
  {
    name: 'dialwright_store_write_seconds',
    help: 'How long a write took from the asking until it was on disk or refused, imports aside.',
    kind: 'histogram',
    labels: [],
    rows: ({ storeLoad }) => maybe(storeLoad?.writes),
  },
  {
    name: 'dialwright_ledger_head_sequence',
    help: "Number of the ledger's newest entry.",
    kind: 'gauge',
    labels: [],
    rows: ({ ledgerHead }) => maybe(ledgerHead?.seq),
  },
  {
    name: 'dialwright_ledger_head_timestamp_seconds',
    help: "When what the ledger's newest entry tells happened, as seconds since 1970.",
    kind: 'gauge',
    labels: [],
    rows: ({ ledgerHead }) => maybe(ledgerHead && seconds(ledgerHead.at)),
  },
]

const dataFamilies: readonly Family<Metrics>[] = [
  {
    name: 'dialwright_do_not_call_list_numbers',
    help: 'Numbers on an imported do-not-call list; 0 for a list in brackets, which a law wants and nobody has imported.',
    kind: 'gauge',
    labels: ['list', 'kind'],
    rows: ({ lists }) => lists.map(({ list, kind, numbers }) => ({ labels: { list, kind }, value: numbers })),
  },
  {
    name: 'dialwright_do_not_call_list_timestamp_seconds',
    help: "The day of the list's content, as seconds since 1970.",
    kind: 'gauge',
    labels: ['list', 'kind'],
    rows: ({ lists }) =>
      lists.flatMap(({ list, kind, asOf }) =>
        asOf === undefined ? [] : [{ labels: { list, kind }, value: seconds(asOf) }],
      ),
  },
  {
    name: 'dialwright_do_not_call_list_age_limit_seconds',
    help: 'How old the law of a running campaign lets the list be.',
    kind: 'gauge',
    labels: ['list', 'kind'],
    rows: ({ lists }) =>
      lists.flatMap(({ list, kind, ageMaxMs }) =>
        ageMaxMs === undefined ? [] : [{ labels: { list, kind }, value: seconds(ageMaxMs) }],
      ),
  },
  {
    name: 'dialwright_zone_data_timestamp_seconds',
    help: 'The day on which the time zone data at work were published, as seconds since 1970.',
    kind: 'gauge',
    labels: [],
    rows: ({ zoneData }) => only(seconds(Date.parse(zoneData.published))),
  },
]

/** Every metric of our own, in the order of the answer. */
export const families: readonly Family<Metrics>[] = [
  ...daemonFamilies,
  ...campaignFamilies,
  ...pbxFamilies,
  ...storeFamilies,
  ...dataFamilies,
]
