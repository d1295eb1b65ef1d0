import type { CourseView } from '../../api/course.ts'
import type { Status } from '../../api/views.ts'
import { now } from '../parts/now.ts'
import { clock, count, percent, say, sayOf } from '../parts/words.ts'
import { heldBack, lately } from './course.ts'
import { type Agents, atWork, shareLeft, tightest } from './topics.ts'

interface FiguresProps {
  readonly status: Status
  readonly agents: Agents
  readonly course: CourseView | undefined
}

/** The first line is a sentence: nothing to do, or the gravest alarm and what to do. */
export function FirstLine({ status }: { readonly status: Status }) {
  const [gravest, ...others] = (status.alarms ?? []).filter(({ silenced }) => silenced === undefined)
  if (gravest === undefined)
    return (
      <p class="note first-line" role="status">
        {status.drain === undefined ? say('board.nothing') : say('board.draining')}
      </p>
    )
  return (
    <div class="note act first-line" role="status">
      <strong>{gravest.says}</strong>
      <p>{gravest.todo}</p>
      {others.length > 0 && <p class="muted small">{say('board.more-alarms', { count: others.length })}</p>}
    </div>
  )
}

/** Five figures: what is left before a limit, who talks, who waits, whom we reached, whom we spared. */
export function Figures({ status, agents, course }: FiguresProps) {
  return (
    <div class="figures five">
      <BudgetLeft status={status} />
      <Figure
        value={`${count(status.agents['on-call'])} / ${count(atWork(status.agents))}`}
        label={say('board.talking')}
        more={say('board.occupied', { share: percent(status.occupancy) })}
      />
      <LongestWait agents={agents} />
      <Reached course={course} />
      <Spared course={course} />
    </div>
  )
}

interface FigureProps {
  readonly value: string
  readonly label: string
  readonly more?: string | undefined
  readonly isWarning?: boolean
}

function Figure({ value, label, more, isWarning = false }: FigureProps) {
  return (
    <figure class="card figure">
      <b class={isWarning ? 'warns' : undefined}>{value}</b>
      <figcaption class="muted">{label}</figcaption>
      {more !== undefined && <span class="muted small">{more}</span>}
    </figure>
  )
}

function BudgetLeft({ status }: { readonly status: Status }) {
  const limit = tightest(status.campaigns)
  if (limit === undefined) return <Figure value="–" label={say('board.left')} more={say('board.no-limit')} />
  const { window, campaign } = limit
  const left = Math.floor(window.left)
  const share = shareLeft(limit)
  const values = { window: sayOf('window', window.window), rate: percent(rateOf(window)), max: percent(window.rateMax) }
  // With few answers nothing has been earned yet, and nothing is risked.
  const isEarned = window.answers * window.rateMax >= 1 || window.abandoned > 0
  const isSpent = isEarned && left <= 0
  const isNear = isEarned && share < 0.2
  return (
    <figure class="card figure wide">
      <b class={isSpent ? 'acts' : isNear ? 'warns' : undefined}>{count(left)}</b>
      <figcaption class="muted">{say('board.left')}</figcaption>
      <div class="meter" aria-hidden="true">
        <i style={`width:${share * 100}%`} data-near={isNear} data-over={isSpent} />
      </div>
      <span class="muted small">
        {`${campaign.name}: ${isEarned ? say('board.left-of', values) : say('board.not-earned', values)}`}
      </span>
    </figure>
  )
}

function rateOf({ answers, abandoned }: { readonly answers: number; readonly abandoned: number }): number {
  return answers === 0 ? 0 : abandoned / answers
}

function LongestWait({ agents }: { readonly agents: Agents }) {
  const since = Object.values(agents)
    .filter(({ state }) => state === 'available')
    .map(agent => Date.parse(agent.since))
  const label = say('board.longest-wait')
  if (since.length === 0) return <Figure value="–" label={label} more={say('board.nobody-waits')} />
  return (
    <Figure
      value={clock(now.value - Math.min(...since))}
      label={label}
      more={say('board.waiting', { count: count(since.length) })}
    />
  )
}

function Reached({ course }: { readonly course: CourseView | undefined }) {
  const label = say('board.reached')
  if (course === undefined) return <Figure value="–" label={label} />
  const [lastHour, before] = lately(course, 'reached', 60)
  return <Figure value={count(lastHour)} label={label} more={say('board.hour-before', { count: count(before) })} />
}

function Spared({ course }: { readonly course: CourseView | undefined }) {
  const label = say('board.spared')
  if (course === undefined) return <Figure value="–" label={label} />
  const { times, says } = heldBack(course)
  return (
    <Figure value={count(times)} label={label} more={says === undefined ? undefined : say('board.mostly', { says })} />
  )
}
