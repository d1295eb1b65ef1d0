import type { CampaignCourse, CourseView } from '../../api/course.ts'
import { refusalSentences } from '../../api/sentences.ts'
import { iso } from '../../api/views.ts'
import type { CampaignId } from '../../core/ids.ts'
import { minuteMs } from '../../core/time.ts'
import type { RefusalReason } from '../../core/vocabulary.ts'
import type { CampaignCounts, CampaignFigures, EngineReads } from '../../ports/engine.ts'

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
  let before = gateway.board().campaigns
  let minutes = 0
  const look = (): void => {
    const { campaigns } = gateway.board()
    const known = new Map(before.map(one => [one.campaignId, one]))
    minutes += 1
    for (const campaign of campaigns) keep(campaign, known.get(campaign.campaignId))
    before = campaigns
  }
  const keep = (campaign: CampaignFigures, earlier: CampaignFigures | undefined): void => {
    const minute = minuteOf(campaign, earlier)
    const kept = rows.get(campaign.campaignId)
    if (kept !== undefined) {
      kept.push(minute)
      if (kept.length > minutesKept) kept.shift()
      if (kept.every(isEmpty)) rows.delete(campaign.campaignId)
    } else if (!isEmpty(minute)) {
      const missed = Math.min(minutes, minutesKept) - 1
      rows.set(campaign.campaignId, [...Array.from({ length: missed }, () => nothing), minute])
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

function minuteOf({ counters, agents }: CampaignFigures, earlier: CampaignFigures | undefined): Minute {
  const was = earlier?.counters
  // An agent's word can take an answer back: what fell counts as nothing.
  const grown = (now: number, then = now): number => Math.max(0, now - then)
  const { offline, ...working } = agents
  return {
    attempts: grown(counters.attempts, was?.attempts),
    answers: grown(counters.answeredByPerson, was?.answeredByPerson),
    reached: grown(counters.connected, was?.connected),
    abandoned: grown(counters.abandoned, was?.abandoned),
    atWork: Object.values(working).reduce((sum, count) => sum + count, 0),
    talking: agents['on-call'],
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
