import type { CampaignCourse, CourseView } from '../../api/course.ts'
import { refusalSentences } from '../../api/sentences.ts'
import { iso } from '../../api/views.ts'
import type { CampaignId } from '../../core/ids.ts'
import { minuteMs } from '../../core/time.ts'
import type { RefusalReason } from '../../core/vocabulary.ts'
import type { CampaignCounts, EngineReads } from '../../ports/engine.ts'

/** Half a day: a shift. */
const minutesKept = 720

const columns = ['attempts', 'answers', 'reached', 'abandoned', 'atWork', 'talking'] as const
type Column = (typeof columns)[number]
type Minute = Readonly<Record<Column, number>>

/** What the engine came to, minute by minute, since this run began; kept for half a day. */
export interface Course {
  view(): CourseView
  /** The minute that has just gone by; asked by itself once a minute. */
  look(): void
  close(): void
}

type Reads = Pick<EngineReads, 'board' | 'counts' | 'now'>

/** Begins to look. */
export function createCourse(gateway: Reads): Course {
  const since = gateway.now()
  const rows = new Map<CampaignId, Minute[]>()
  let before = figuresOf(gateway)
  let minutes = 0
  const look = (): void => {
    const figures = figuresOf(gateway)
    minutes += 1
    for (const [campaignId, now] of figures) keep(campaignId, minuteOf(now, before.get(campaignId)))
    before = figures
  }
  const keep = (campaignId: CampaignId, minute: Minute): void => {
    const kept = rows.get(campaignId)
    if (kept !== undefined) {
      kept.push(minute)
      if (kept.length > minutesKept) kept.shift()
      if (kept.every(isEmpty)) rows.delete(campaignId)
    } else if (!isEmpty(minute)) {
      const missed = Math.min(minutes, minutesKept) - 1
      rows.set(campaignId, [...Array.from({ length: missed }, () => nothing), minute])
    }
  }
  const timer = setInterval(look, minuteMs)
  timer.unref()
  return {
    look,
    view() {
      const counts = new Map(gateway.counts().campaigns.map(one => [one.campaignId, one]))
      return {
        from: iso(since + Math.max(0, minutes - minutesKept) * minuteMs),
        since: iso(since),
        campaigns: gateway
          .board()
          .campaigns.flatMap(({ campaignId, name }) =>
            viewCourse({ campaignId, name }, rows.get(campaignId), counts.get(campaignId)),
          ),
      }
    },
    close: () => clearInterval(timer),
  }
}

const nothing: Minute = { attempts: 0, answers: 0, reached: 0, abandoned: 0, atWork: 0, talking: 0 }

const none = { attempts: 0, connected: 0 }

/** What has been counted so far, however it was dialed, and the agents as they are. */
function figuresOf(gateway: Reads): ReadonlyMap<CampaignId, Minute> {
  return new Map(
    gateway.board().campaigns.map(({ campaignId, counters, agents, byHand: { attempts, connected } = none }) => {
      const { offline, ...working } = agents
      const figures = {
        attempts: counters.attempts + attempts,
        answers: counters.answeredByPerson + connected,
        reached: counters.connected + connected,
        abandoned: counters.abandoned,
        atWork: Object.values(working).reduce((sum, count) => sum + count, 0),
        talking: agents['on-call'],
      }
      return [campaignId, figures]
    }),
  )
}

function minuteOf(now: Minute, was: Minute = now): Minute {
  // An agent's word can take an answer back: what fell counts as nothing.
  const grown = (column: Column): number => Math.max(0, now[column] - was[column])
  return {
    attempts: grown('attempts'),
    answers: grown('answers'),
    reached: grown('reached'),
    abandoned: grown('abandoned'),
    atWork: now.atWork,
    talking: now.talking,
  }
}

function isEmpty(minute: Minute): boolean {
  return columns.every(column => minute[column] === 0)
}

function viewCourse(
  named: Pick<CampaignCourse, 'campaignId' | 'name'>,
  rows: readonly Minute[] | undefined,
  counts: CampaignCounts | undefined,
): readonly CampaignCourse[] {
  const heldBack = counts === undefined ? [] : heldBackOf(counts)
  if (rows === undefined && heldBack.length === 0) return []
  const column = (name: Column): number[] => (rows ?? []).map(row => row[name])
  return [
    {
      ...named,
      attempts: column('attempts'),
      answers: column('answers'),
      reached: column('reached'),
      abandoned: column('abandoned'),
      atWork: column('atWork'),
      talking: column('talking'),
      heldBack,
    },
  ]
}

function heldBackOf({ heldBack }: CampaignCounts): CampaignCourse['heldBack'] {
  const entries = Object.entries(heldBack) as readonly [RefusalReason, number][]
  return entries
    .map(([reason, times]) => ({ reason, says: refusalSentences[reason], times }))
    .sort((one, other) => other.times - one.times)
}
