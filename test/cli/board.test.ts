import t from 'tap'
import type { AlarmView } from '../../src/api/alarms.ts'
import type { CampaignStatus, DecisionView, Status } from '../../src/api/views.ts'
import { plainLine, renderBoard } from '../../src/cli/terminal/board.ts'

const at = '2026-01-13T15:00:05.000Z'
const says = 'originated 2: an agent is expected to be free by the time somebody answers [free 1, ringing 3]'
const decision: DecisionView = {
  at,
  originate: 2,
  withdraw: 0,
  reason: 'predicted-release',
  times: 1,
  figures: { free: 1 },
  says,
}
const covered = {
  ...decision,
  originate: 0,
  reason: 'agents-covered',
  times: 14,
  says: 'originated none (14 times): every agent who is or will be free has a call on its way',
} as const

const campaign: CampaignStatus = {
  campaignId: 'spring',
  name: 'Spring offer',
  state: 'running',
  mode: 'predictive',
  agents: { offline: 2, calling: 0, available: 3, reserved: 1, 'on-call': 24, 'wrap-up': 8, paused: 4, breather: 0 },
  calls: { originating: 3, ringing: 21, screening: 0, waiting: 1, connected: 24, informing: 0, announcing: 0 },
  counters: {
    attempts: 6120,
    answered: 2541,
    answeredByPerson: 2500,
    connected: 2440,
    abandoned: 60,
    doNotCallBlocked: 31,
  },
  dialLevel: 0.69,
  dialLevelMax: 4,
  abandonmentRate: 0.024,
  abandonmentTarget: 0.027,
  abandonmentRateMax: 0.03,
  occupancy: 0.842,
  hopper: 120,
  windows: [],
  decisions: [decision, covered, decision],
}
const nobody = { offline: 0, calling: 0, available: 0, reserved: 0, 'on-call': 0, 'wrap-up': 0, paused: 0, breather: 0 }
const noCalls = { originating: 0, ringing: 0, screening: 0, waiting: 0, connected: 0, informing: 0, announcing: 0 }
const idle: CampaignStatus = {
  ...campaign,
  campaignId: 'autumn',
  name: 'autumn',
  state: 'stopped',
  agents: nobody,
  calls: noCalls,
  decisions: [],
  abandonmentRate: 0,
}
const trunk = {
  trunkId: 'main',
  nodeId: 'pbx1',
  channelsInUse: 30,
  channelsMax: 30,
  callsPerSecondMax: 5,
  shortCallRate: 0,
  breaker: { state: 'closed' as const, since: at, openings: 0, refusedRate: 0, falseAnswerRate: 0, says: 'is used' },
}
const status: Status = {
  at,
  agents: campaign.agents,
  calls: campaign.calls,
  occupancy: 0.842,
  nodes: [
    { nodeId: 'pbx1', link: 'up' },
    { nodeId: 'pbx2', link: 'down' },
  ],
  trunks: [trunk],
  campaigns: [campaign, idle],
}
const plain = { colour: false, timeZone: 'UTC' }

t.test(
  'the board shows agents, calls, dial level, abandonment against its target, occupancy and decisions',
  async t => {
    const board = renderBoard(status, { ...plain, width: 110 })
    t.equal(
      board,
      `Dialwright  15:00:05  pbx1 up  pbx2 down  main 30/30

Spring offer (spring)  running  predictive
  Agents       40  █████████████▓▒▒▒▒▒░░··  █ 24 on-call  ▓ 1 reserved  ▒ 8 wrap-up  ░ 3 available  · 4 paused
  Calls        49  ███████████████▓▒▒▒▒▒▒▒▒▒▒▒▒▒░░  █ 24 connected  ▓ 1 waiting  ▒ 21 ringing  ░ 3 originating
  Dial level  0.69 of at most 4     Occupancy  84.2 %    Hopper  120
  Abandonment 2.4 %  ████████████░┊░  target 2.7 %, limit 3.0 %  60 of 2500
  So far      attempts 6120  answered 2541  connected 2440  do-not-call 31
  Decisions   15:00:05   +2       predicted-release  an agent is expected to be free by the time somebody
                                                     answers
              15:00:05    0 x14   agents-covered     every agent who is or will be free has a call on its way
              15:00:05   +2       predicted-release

autumn  stopped  predictive  attempts 6120`,
    )
  },
)

t.test('no line is wider than the window, nothing is higher, and colour changes no letter', async t => {
  const esc = String.fromCharCode(27)
  const colours = new RegExp(`${esc}\\[\\d+m`, 'g')
  for (const width of [40, 60, 80, 200]) {
    const board = renderBoard(status, { ...plain, width })
    for (const line of board.split('\n')) t.ok([...line].length <= width, `${width}: ${line}`)
    const coloured = renderBoard(status, { ...plain, colour: true, width })
    t.not(coloured, board)
    t.equal(coloured.replace(colours, ''), board)
  }
  for (const height of [24, 15, 10, 3]) {
    t.ok(renderBoard(status, { ...plain, width: 80, height }).split('\n').length <= height)
  }
  t.match(
    renderBoard({ ...status, campaigns: [] }, { ...plain, width: 80 }),
    /No campaign yet: dialwright campaign apply FILE/,
  )
})

t.test('what is at work comes before what rests, whole, and what finds no room is counted', async t => {
  const rest = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ ...idle, campaignId: `old-${index}`, name: `old-${index}` }))
  const many = { ...status, campaigns: [...rest(30), campaign] }
  const lines = renderBoard(many, { ...plain, width: 80, height: 23 }).split('\n')
  t.match(lines[2], /^Spring offer \(spring\) {2}running/)
  t.ok(lines.some(line => line.startsWith('  So far')))
  t.match(lines.at(-1), /^\d+ more: dialwright campaign list$/)
  const shown = lines.filter(line => /^old-\d+ {2}stopped/.test(line)).length
  t.equal(lines.at(-1), `${30 - shown} more: dialwright campaign list`)
  t.equal(lines.length, 23)

  const three = ['spring', 'summer', 'winter'].map(id => ({ ...campaign, campaignId: id, name: id }))
  const crowded = renderBoard({ ...status, campaigns: three }, { ...plain, width: 80, height: 23 })
  t.match(
    crowded,
    /spring {2}running[\s\S]*summer {2}running[\s\S]*So far[\s\S]*\n\nwinter {2}running {2}predictive {2}agents 40 {2}calls 49/,
  )
  const tiny = renderBoard({ ...status, campaigns: three }, { ...plain, width: 80, height: 6 }).split('\n')
  t.equal(tiny.length, 5)
  t.match(tiny, [/^Dialwright/, '', /^spring.*agents 40/, /^summer/, /^winter/])
  t.match(renderBoard({ ...status, campaigns: three }, { ...plain, width: 80, height: 4 }), /spring.*\n2 more: /)
  const alone = renderBoard(status, { ...plain, width: 80, height: 6 }).split('\n')
  t.match(
    alone,
    [/^Dialwright/, '', /^Spring offer/, /Agents/, /█/, /^1 more/],
    'rather the upper part of the only one than a line',
  )
  const kept = renderBoard(many, { ...plain, width: 110, height: 23 }).split('\n')
  t.equal(
    kept.filter(line => / 15:00:05 +(\+2|0) /.test(line)).length,
    3,
    'decisions stay where there is room for three lines of rest',
  )
  const busyAndRest = { ...status, campaigns: [...three, ...rest(30)] }
  const narrow = renderBoard(busyAndRest, { ...plain, width: 80, height: 23 }).split('\n')
  for (const id of ['spring', 'summer', 'winter'])
    t.ok(
      narrow.some(line => line.startsWith(`${id}  running`)),
      id,
    )
  t.equal(narrow.length, 23)
})

t.test('a stopped campaign with an agent on the line, or a call, is at work', async t => {
  const waiting = { ...idle, agents: { ...nobody, available: 1 } }
  t.match(renderBoard({ ...status, campaigns: [waiting] }, { ...plain, width: 110 }), /░ 1 available/)
  const ringing = { ...idle, calls: { ...noCalls, ringing: 1 } }
  t.match(renderBoard({ ...status, campaigns: [ringing] }, { ...plain, width: 110 }), /▒ 1 ringing/)
  const left = { ...idle, agents: { ...nobody, offline: 7 } }
  t.match(renderBoard({ ...status, campaigns: [left] }, { ...plain, width: 110 }), /^autumn {2}stopped {2}predictive/m)
})

t.test('equal decisions in a row are one line with how often', async t => {
  const decisions = [decision, decision, covered, covered, decision]
  const board = renderBoard({ ...status, campaigns: [{ ...campaign, decisions }] }, { ...plain, width: 110 })
  const lines = board.split('\n').filter(line => /\d\d:\d\d:\d\d {3}/.test(line))
  t.same(
    lines.map(line => /([+\d]\S*) (x\d+)? +(\S+)/.exec(line.slice(24))?.slice(1)),
    [
      ['+2', 'x2', 'predicted-release'],
      ['0', 'x28', 'agents-covered'],
      ['+2', undefined, 'predicted-release'],
    ],
  )
})

t.test('abandonment is green below its target, yellow above it, red above the limit', async t => {
  const ink = (abandonmentRate: number): string | undefined => {
    const board = renderBoard(
      { ...status, campaigns: [{ ...campaign, abandonmentRate }] },
      { ...plain, colour: true, width: 110 },
    )
    return /\[(\d+)m\d\.\d %/.exec(board.split('\n').find(line => line.includes('Abandonment')) ?? '')?.[1]
  }
  t.same([0.01, 0.028, 0.031].map(ink), ['32', '33', '31'])
  const noBudget = { ...campaign, abandonmentRate: 0, abandonmentTarget: 0, abandonmentRateMax: 0 }
  t.match(
    renderBoard({ ...status, campaigns: [noBudget] }, { ...plain, width: 110 }),
    /Abandonment.*0\.0 %.*limit 0\.0 %/,
  )
})

t.test('a plain line says the same for a log', async t => {
  t.equal(
    plainLine(campaign, at, 'UTC'),
    '15:00:05 | spring | running | agents 24 on-call 8 wrap-up 4 free 4 paused | calls 24 ringing 1 waiting 24 connected | dial level 0.69 | abandonment 2.4 % (target 2.7 %) | occupancy 84.2 % | attempts 6120 | last predicted-release',
  )
})

t.test('alarms stand above the campaigns with what to do, and leave them their room', async t => {
  const alarm = (subject: string, more: Partial<AlarmView> = {}): AlarmView => ({
    ...({ code: 'no-agents', what: 'campaign', severity: 'critical', stopsDialing: false } as const),
    ...{ subject, says: 'nobody is logged in', todo: 'log somebody in', since: at },
    ...more,
  })
  const silenced = { until: at, by: 'Ann', reason: 'known' }
  const board = (alarms: AlarmView[]) =>
    renderBoard({ ...status, alarms }, { ...plain, width: 80, height: 23 }).split('\n')
  t.same(board([alarm('spring'), alarm('x', { silenced })]).slice(1, 4), [
    'Alarm: campaign spring: nobody is logged in',
    '  -> log somebody in',
    'Alarms: 1 silenced: dialwright alarms',
  ])
  const many = board(['a', 'b', 'c', 'd', 'e', 'f'].map(subject => alarm(subject)))
  t.same(many.slice(1, 5), [
    'Alarm: campaign a: nobody is logged in',
    '  -> log somebody in',
    'Alarm: campaign b: nobody is logged in',
    'Alarms: 4 more: dialwright alarms',
  ])
  t.ok(many.length <= 23)
  for (const line of ['  Dial level', '  Abandonment', '  So far', '  Decisions'])
    t.ok(
      many.some(one => one.startsWith(line)),
      line,
    )
  const trunks = [{ ...trunk, breaker: { ...trunk.breaker, state: 'open' as const, says: 'is left alone' } }]
  const twice = renderBoard(
    { ...status, trunks, alarms: [alarm('main', { what: 'trunk', code: 'trunk-failing', says: 'is left alone' })] },
    { ...plain, width: 80 },
  )
  t.equal(twice.split('is left alone').length, 2, 'a trunk that has an alarm is told once')
})
