import type { CampaignStatus, Status } from '../../api/views.ts'
import { given } from '../../core/given.ts'
import { printable } from '../../core/printable.ts'
import { alarmLines } from './alarmLines.ts'
import { percent, plural, wrap } from './format.ts'
import { createPaint, type Ink, inked } from './paint.ts'
import { cut, type Draw, lengthOf, type Span } from './spans.ts'

/** How to draw the board. */
interface BoardOptions {
  /** Columns; no line is longer. */
  readonly width: number
  readonly colour: boolean
  /** Lines at most; decisions go first when they do not fit. Absent: as many as it takes. */
  readonly height?: number
  /** IANA zone of the times shown; absent: this machine's. */
  readonly timeZone?: string
}

type AgentState = keyof Status['agents']
type CallState = keyof Status['calls']

/** What a state looks like: a letterform that tells it without colour, and a colour. */
interface Look<State> {
  readonly state: State
  readonly glyph: string
  readonly ink: Ink
}

const agentLooks: readonly Look<AgentState>[] = [
  { state: 'on-call', glyph: '█', ink: 'green' },
  { state: 'reserved', glyph: '▓', ink: 'cyan' },
  { state: 'wrap-up', glyph: '▒', ink: 'yellow' },
  { state: 'available', glyph: '░', ink: 'blue' },
  { state: 'calling', glyph: '~', ink: 'magenta' },
  { state: 'paused', glyph: '·', ink: 'grey' },
  { state: 'breather', glyph: '-', ink: 'grey' },
]

const callLooks: readonly Look<CallState>[] = [
  { state: 'connected', glyph: '█', ink: 'green' },
  { state: 'waiting', glyph: '▓', ink: 'red' },
  { state: 'screening', glyph: '▓', ink: 'yellow' },
  { state: 'announcing', glyph: '!', ink: 'red' },
  { state: 'informing', glyph: '?', ink: 'magenta' },
  { state: 'ringing', glyph: '▒', ink: 'cyan' },
  { state: 'originating', glyph: '░', ink: 'blue' },
]

const widthMin = 40
const nameWidth = 14
/** A bar beside its words is at least so wide. */
const barWidthMin = 12
const barWidthMax = 40
const decisionsMax = 5
/** What a reason means is not broken into lines that are shorter. */
const saysWidthMin = 20

/** So many campaigns that rest have a line before a decision gives way to them. */
const restingMin = 3

/**
 * The live board as text: what `monitor` and the demo redraw in place. A pure function of the snapshot. Campaigns at work come first and
 * whole, as long as each of the others at work still has a line; those that rest have a line each, as far as there is room, and what has
 * none is counted.
 */
export function renderBoard(status: Status, options: BoardOptions): string {
  const width = Math.max(widthMin, options.width)
  const { height = Number.POSITIVE_INFINITY } = options
  const draw: Draw = { width, paint: createPaint(options.colour), time: clock(options.timeZone) }
  const none =
    status.campaigns.length === 0 ? ['', cut([{ text: 'No campaign yet: dialwright campaign apply FILE' }], draw)] : []
  const head = [...header(status, { draw, height }), ...none]
  const atWork = status.campaigns.filter(isAtWork)
  const resting = status.campaigns.filter(campaign => !isAtWork(campaign)).map(campaign => campaignLine(campaign, draw))
  const rest = resting.length === 0 ? 0 : 1 + Math.min(restingMin, resting.length)
  for (let decisions = decisionsMax; ; decisions -= 1) {
    const working = atWork.map(campaign => ({
      block: campaignLines(campaign, { draw, decisions }),
      line: campaignLine(campaign, draw),
    }))
    const needed = working.reduce((sum, { block }) => sum + block.length, head.length + rest)
    if (needed <= height || decisions === 0)
      return inked(asManyAsFit({ head, working, resting }, { height, draw }).join('\n'))
  }
}

/** Somebody is on the line for it, or called by it, or it dials. */
function isAtWork({ state, agents, calls }: CampaignStatus): boolean {
  const busy = [...Object.entries(agents).filter(([word]) => word !== 'offline'), ...Object.entries(calls)]
  return state === 'running' || state === 'stopping' || busy.some(([, count]) => count > 0)
}

/** A campaign in one line. */
function campaignLine({ name, campaignId, state, mode, agents, calls, counters }: CampaignStatus, draw: Draw): string {
  const title = name === campaignId ? name : `${name} (${campaignId})`
  const { offline: _, ...there } = agents
  const busy = [
    ['agents', sumOf(there)],
    ['calls', sumOf(calls)],
  ] as const
  const words = [...busy.filter(([, count]) => count > 0), ['attempts', counters.attempts] as const]
  const counts = `  ${mode}${words.map(([word, count]) => `  ${word} ${count}`).join('')}`
  return cut(
    [{ text: title }, { text: '  ' }, { text: state, ink: stateInks[state] }, { text: counts, ink: 'grey' }],
    draw,
  )
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

interface BoardParts {
  readonly head: readonly string[]
  /** At work: whole, and in one line. */
  readonly working: readonly { readonly block: readonly string[]; readonly line: string }[]
  readonly resting: readonly string[]
}

/** Whole campaigns, then lines of the others, then how many have found no room. */
function asManyAsFit(
  { head, working, resting }: BoardParts,
  { height, draw }: { readonly height: number; readonly draw: Draw },
): readonly string[] {
  const kept = resting.length > 0 ? 1 : 0
  const room = Math.max(0, height - head.length - kept)
  let whole = working.length
  const partsOf = (count: number) => [
    ...working.slice(0, count).flatMap(({ block }) => block),
    ...withGap(working.slice(count).map(({ line }) => line)),
  ]
  while (whole > 0 && partsOf(whole).length > room) whole -= 1
  // Rather the upper part of the only one than a line of it.
  const parts = whole === 0 && working.length === 1 ? (working[0]?.block.slice(0, room) ?? []) : partsOf(whole)
  const others = whole < working.length && working.length > 1 ? resting : withGap(resting)
  const lines = [...head, ...parts, ...others]
  if (lines.length <= height) return lines
  const cutOff = lines.slice(Math.max(0, height - 1)).filter(line => line !== '').length
  const more = cut([{ text: `${cutOff} more: dialwright campaign list`, ink: 'grey' }], draw)
  return [...lines.slice(0, Math.max(0, height - 1)), more]
}

function withGap(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines]
}

function clock(timeZone: string | undefined): (at: string) => string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeStyle: 'medium',
    ...given({ timeZone }),
  })
  return at => format.format(new Date(at))
}

function header(status: Status, { draw, height }: { draw: Draw; height: number }): string[] {
  const nodes: Span[] = status.nodes.flatMap(({ nodeId, link, breaker }): Span[] => [
    { text: `  ${nodeId} ` },
    { text: link, ink: link === 'up' ? 'green' : 'red' },
    ...(breaker === undefined ? [] : [{ text: ` (${breaker.says})`, ink: 'red' as const }]),
  ])
  const trunks: Span[] = status.trunks.map(({ trunkId, channelsInUse, channelsMax }) => ({
    text: `  ${trunkId} ${channelsInUse}/${channelsMax}`,
    ...(channelsInUse >= channelsMax ? { ink: 'yellow' as const } : {}),
  }))
  const told = new Set((status.alarms ?? []).filter(({ what }) => what === 'trunk').map(({ subject }) => subject))
  const failing = status.trunks.filter(({ trunkId, breaker }) => breaker.state !== 'closed' && !told.has(trunkId))
  return [
    cut([{ text: 'Dialwright', ink: 'bold' }, { text: `  ${draw.time(status.at)}` }, ...nodes, ...trunks], draw),
    ...drainLines(status, draw),
    ...alarmLines(status, { draw, height }),
    ...failing.map(({ trunkId, breaker }) => cut([{ text: `Trunk ${trunkId} ${breaker.says}`, ink: 'red' }], draw)),
  ]
}

function drainLines({ drain }: Status, draw: Draw): string[] {
  if (drain === undefined) return []
  const { state, calls, wrapUps, finish, deadlineAt } = drain
  const left = `${plural(calls, 'call')}, ${plural(wrapUps, 'wrap-up')}`
  const until = deadlineAt === undefined ? '' : `, until ${draw.time(deadlineAt)}`
  const what = state === 'drained' ? 'Drained' : `Draining: ${left} left${until}, then ${finish}`
  return [cut([{ text: `${what}: nothing more is dialed`, ink: 'yellow' }], draw)]
}

const stateInks: Readonly<Record<CampaignStatus['state'], Ink>> = {
  running: 'green',
  paused: 'yellow',
  stopping: 'yellow',
  stopped: 'grey',
}

function campaignLines(campaign: CampaignStatus, { draw, decisions }: { draw: Draw; decisions: number }): string[] {
  const { name, campaignId, state, mode, counters } = campaign
  const title = name === campaignId ? name : `${name} (${campaignId})`
  const dialLevel = `${campaign.dialLevel.toFixed(2)} of at most ${campaign.dialLevelMax}`
  const counts = `attempts ${counters.attempts}  answered ${counters.answered}  connected ${counters.connected}  do-not-call ${counters.doNotCallBlocked}`
  const heading: Span[] = [
    { text: title, ink: 'bold' },
    { text: '  ' },
    { text: state, ink: stateInks[state] },
    { text: `  ${mode}` },
  ]
  return [
    '',
    cut(heading, draw),
    ...statesLines('Agents', { looks: agentLooks, counts: campaign.agents, draw }),
    ...statesLines('Calls', { looks: callLooks, counts: campaign.calls, draw }),
    cut(
      [
        label('Dial level'),
        { text: dialLevel.padEnd(22) },
        { text: 'Occupancy  ' },
        { text: percent(campaign.occupancy).padEnd(10), ink: 'bold' },
        { text: `Hopper  ${campaign.hopper}` },
      ],
      draw,
    ),
    cut(abandonmentLine(campaign), draw),
    cut([label('So far'), { text: counts }], draw),
    ...(campaign.dayCap === undefined
      ? []
      : [cut([label('Day cap'), { text: campaign.dayCap.says, ink: 'red' }], draw)]),
    ...decisionLines(campaign, { draw, decisions }),
  ]
}

function label(text: string): Span {
  return { text: `  ${text.padEnd(nameWidth - 2)}`, ink: 'grey' }
}

interface StatesLine<State extends string> {
  readonly looks: readonly Look<State>[]
  readonly counts: Readonly<Record<State, number>>
  readonly draw: Draw
}

/** A name, a bar with a piece for each state, and the states in words: beside the bar, or below it where that is too narrow. */
function statesLines<State extends string>(name: string, { looks, counts, draw }: StatesLine<State>): string[] {
  const present = looks.filter(({ state }) => counts[state] > 0)
  const total = present.reduce((sum, { state }) => sum + counts[state], 0)
  if (total === 0) return [cut([label(name), { text: '  0' }], draw)]
  const words = present.flatMap(({ state, glyph, ink }, index): Span[] => [
    { text: index === 0 ? '' : '  ' },
    { text: `${glyph} ${counts[state]} ${state}`, ink },
  ])
  const head: Span[] = [label(name), { text: `${String(total).padStart(3)}  ` }]
  const beside = draw.width - lengthOf(head) - lengthOf(words) - 2
  const barWidth = Math.min(barWidthMax, beside >= barWidthMin ? beside : draw.width - lengthOf(head))
  const pieces = shares(
    present.map(({ state }) => counts[state]),
    Math.min(total, barWidth),
  )
  const bar = present.map(({ glyph, ink }, index): Span => ({ text: glyph.repeat(pieces[index] ?? 0), ink }))
  if (beside >= barWidthMin) return [cut([...head, ...bar, { text: '  ' }, ...words], draw)]
  return [cut([...head, ...bar], draw), cut([label(''), ...words], draw)]
}

/** Splits `width` in proportion to the counts; who is there at all gets a piece. */
function shares(counts: readonly number[], width: number): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const pieces = counts.map(count => Math.max(1, Math.round((count / total) * width)))
  for (let over = pieces.reduce((sum, piece) => sum + piece, 0) - width; over > 0; over -= 1) {
    const largest = pieces.indexOf(Math.max(...pieces))
    pieces[largest] = (pieces[largest] ?? 1) - 1
  }
  return pieces
}

/** The rate against its target and the law's limit, in figures and on a scale that ends at the limit. */
function abandonmentLine(campaign: CampaignStatus): Span[] {
  const { abandonmentRate: rate, abandonmentTarget: target, abandonmentRateMax: limit, counters } = campaign
  const ink: Ink = rate > limit ? 'red' : rate > target ? 'yellow' : 'green'
  const scale = 15
  const place = (ratio: number): number =>
    limit === 0 ? (ratio > 0 ? scale : 0) : Math.min(scale, Math.round((ratio / limit) * scale))
  const filled = place(rate)
  // Just below the cell that the target would fill, so that a rate on target touches it.
  const mark = Math.max(0, place(target) - 1)
  const cells = Array.from({ length: scale }, (_, cell) => (cell < filled ? '█' : cell === mark ? '┊' : '░')).join('')
  return [
    label('Abandonment'),
    { text: percent(rate).padEnd(7), ink },
    { text: cells, ink },
    { text: `  target ${percent(target)}, limit ${percent(limit)}` },
    { text: `  ${counters.abandoned} of ${counters.answeredByPerson}`, ink: 'grey' },
  ]
}

/** What a reason means is said once, at its newest decision, and goes on below where the line is too short for it. */
function decisionLines(campaign: CampaignStatus, { draw, decisions }: { draw: Draw; decisions: number }): string[] {
  const shown = foldedDecisions(campaign.decisions).slice(0, decisions)
  const reasonWidth = Math.max(...shown.map(({ reason }) => reason.length))
  const said = new Set<string>()
  return shown.flatMap((decision, index) => {
    const { originate, withdraw, reason, times } = decision
    const done = originate > 0 ? `+${originate}` : withdraw > 0 ? `-${withdraw}` : '0'
    const head: Span[] = [
      label(index === 0 ? 'Decisions' : ''),
      { text: `${draw.time(decision.at)}  ${done.padStart(3)} ${(times > 1 ? `x${times}` : '').padEnd(6)}` },
      { text: reason, ...given({ ink: originate > 0 ? ('green' as const) : undefined }) },
    ]
    const says = decision.says.replace(/^[^:]*: /, '').replace(/ \[.*$/, '')
    if (said.has(says)) return [cut(head, draw)]
    said.add(says)
    const gap = ' '.repeat(reasonWidth - reason.length + 2)
    const indent = ' '.repeat(lengthOf(head) + gap.length)
    const [first = '', ...more] = besideOrBelow(says, draw.width - indent.length)
    return [
      cut([...head, { text: `${gap}${first}`, ink: 'grey' }], draw),
      ...more.map(text => cut([{ text: `${indent}${text}`, ink: 'grey' }], draw)),
    ]
  })
}

/** In lines of so many columns; a text that finds next to no room there is cut instead. */
function besideOrBelow(text: string, columns: number): readonly string[] {
  return columns < saysWidthMin ? [text] : wrap(text, { width: columns, indent: '' }).trimEnd().split('\n')
}

/** Equal ones in a row are one, with how often; the newest tells when. */
function foldedDecisions(decisions: CampaignStatus['decisions']): CampaignStatus['decisions'] {
  const folded: CampaignStatus['decisions'][number][] = []
  for (const decision of decisions) {
    const last = folded.at(-1)
    const isSame = (['originate', 'withdraw', 'reason'] as const).every(key => last?.[key] === decision[key])
    if (last !== undefined && isSame) folded[folded.length - 1] = { ...last, times: last.times + decision.times }
    else folded.push(decision)
  }
  return folded
}

/** A campaign in one plain line, for logs and pipes. */
export function plainLine(campaign: CampaignStatus, at: string, timeZone?: string): string {
  const { agents, calls, counters } = campaign
  const [last] = campaign.decisions
  const parts = [
    clock(timeZone)(at),
    campaign.campaignId,
    campaign.state,
    `agents ${agents['on-call']} on-call ${agents['wrap-up']} wrap-up ${agents.reserved + agents.available} free ${agents.paused} paused`,
    `calls ${calls.originating + calls.ringing} ringing ${calls.waiting} waiting ${calls.connected} connected`,
    `dial level ${campaign.dialLevel.toFixed(2)}`,
    `abandonment ${percent(campaign.abandonmentRate)} (target ${percent(campaign.abandonmentTarget)})`,
    `occupancy ${percent(campaign.occupancy)}`,
    `attempts ${counters.attempts}`,
    ...(last === undefined ? [] : [`last ${last.reason}`]),
  ]
  return printable(parts.join(' | '))
}
