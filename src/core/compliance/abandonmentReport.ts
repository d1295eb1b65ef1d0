import { given } from '../given.ts'
import type { CampaignId, InstantMs } from '../ids.ts'
import { monthStartAt } from '../pacing/calendar.ts'
import type { AbandonmentWindow } from '../pacing/pacer.ts'
import { kindOf } from '../pacing/window.ts'
import { hourMs } from '../time.ts'
import { type AbandonmentCounts, addCounts, noAbandonment } from './abandonment.ts'
import type { Purpose } from './rules.ts'

/** What was counted in a span of time for one campaign of an owner. */
export interface CountedCalls extends AbandonmentCounts {
  readonly sellerId: string
  readonly purpose: Purpose
  readonly campaignId: CampaignId
  readonly at: InstantMs
  readonly lengthMs: number
}

/** A window to report on, with whose law it is. */
export interface ReportedWindow extends AbandonmentWindow {
  /** `US-FTC`; `campaign` for the operator's own. */
  readonly law: string
  readonly rateMax: number
  /** Where it stands; absent for the operator's own. */
  readonly source?: string
  /** A call whose person hung up within the wait is no abandoned one by this law. */
  readonly excludesHungUpWaiting?: boolean
}

/** Whose calls a row is about: one campaign's, or all of a seller's for a purpose. */
export interface ReportScope {
  readonly sellerId: string
  readonly purpose: Purpose
  /** Absent: all campaigns of the owner. */
  readonly campaignId?: CampaignId
}

/** One line of the regulator's table. Rates 0..1; absent where nobody answered. */
export interface ReportRow extends ReportScope {
  readonly law: string
  readonly window: string
  readonly source?: string
  readonly from: InstantMs
  /** Exclusive. */
  readonly until: InstantMs
  readonly counts: AbandonmentCounts
  /** As detected at the answer. */
  readonly detected: ReportFigures
  /** Less what agents coded as machine; abandonments stay. This is what the limit is held against. */
  readonly corrected: ReportFigures
  /** As corrected, with persons hung up on as machines added to abandoned and answered: a reasoned estimate. */
  readonly estimated: ReportFigures
  readonly rateMax: number
  /** Abandonments that may still happen before the limit is reached, by the estimate; negative: it is broken. */
  readonly margin: number
}

/** One way to count. */
export interface ReportFigures {
  readonly answered: number
  readonly abandoned: number
  readonly rate?: number
}

/** What a report is made of. */
export interface ReportOptions {
  readonly spans: readonly CountedCalls[]
  readonly scope: ReportScope
  readonly windows: readonly ReportedWindow[]
  /** Of all persons, those hung up on as machines, by campaign: upper bounds. */
  readonly personTakenForMachineRates: ReadonlyMap<CampaignId, number>
  /** Periods that have something of [since, until); absent: the present one and the one before. */
  readonly since?: InstantMs
  readonly until: InstantMs
}

/** Successive periods of a minute over a year are nobody's law. */
const periodsMax = 1_000

/** The rows of one scope, window by window, periods in the order of time. */
export function abandonmentRows(options: ReportOptions): readonly ReportRow[] {
  const spans = options.spans.filter(span => isOf(span, options.scope))
  return options.windows.flatMap(window =>
    periodsOf(window, spans, options).map(period => rowOf(options, { window, period, spans })),
  )
}

interface Period {
  readonly from: InstantMs
  readonly until: InstantMs
}

function periodsOf(
  window: ReportedWindow,
  spans: readonly CountedCalls[],
  { since, until }: ReportOptions,
): readonly Period[] {
  const first = spans.reduce((earliest, { at }) => Math.min(earliest, at), until)
  switch (kindOf(window)) {
    case 'life':
      return [{ from: first, until }]
    case 'rolling':
      // By whole hours, the one that runs among them: at least the window's length.
      return [{ from: Math.floor((until - (window.lengthMs ?? 0)) / hourMs) * hourMs, until }]
    case 'calendar-month': {
      const starts = (at: InstantMs): InstantMs => monthStartAt(at, window.utcOffsetMs)
      const oldest = since ?? starts(until) - 1
      return successive(Math.max(starts(first), starts(oldest)), until, at => monthStartAt(at, window.utcOffsetMs, 1))
    }
    case 'successive': {
      const lengthMs = Math.max(1, window.lengthMs ?? 1)
      const startOf = (at: InstantMs): InstantMs => first + Math.floor((at - first) / lengthMs) * lengthMs
      const oldest = since ?? startOf(until) - 1
      return successive(Math.max(first, startOf(oldest)), until, at => at + lengthMs)
    }
  }
}

function successive(start: InstantMs, until: InstantMs, next: (at: InstantMs) => InstantMs): readonly Period[] {
  const periods: Period[] = []
  for (let from = start; from < until || periods.length === 0; from = next(from))
    periods.push({ from, until: next(from) })
  return periods.slice(-periodsMax)
}

function rowOf(
  options: ReportOptions,
  of: { readonly window: ReportedWindow; readonly period: Period; readonly spans: readonly CountedCalls[] },
): ReportRow {
  const { window, period } = of
  const inside = of.spans.filter(({ at }) => at >= period.from && at < Math.min(period.until, options.until))
  const counts = inside.reduce<AbandonmentCounts>(addCounts, noAbandonment)
  const abandoned = counts.abandoned + (window.excludesHungUpWaiting ? 0 : counts.hungUpWaiting)
  const persons = Math.max(0, counts.answered - counts.codedMachine)
  const hidden = inside.reduce((sum, span) => sum + hiddenOf(span, options), 0)
  const estimated = figures(persons + hidden, abandoned + hidden)
  return {
    ...options.scope,
    law: window.law,
    window: window.name,
    from: period.from,
    until: period.until,
    counts,
    ...given({ source: window.source }),
    detected: figures(counts.answered, abandoned),
    corrected: figures(persons, abandoned),
    estimated,
    rateMax: window.rateMax,
    margin: Math.floor(window.rateMax * estimated.answered - estimated.abandoned + 1e-9),
  }
}

/** Persons whom detection hung up on unseen: of all persons this share, so of those seen share / (1 - share). */
function hiddenOf(span: CountedCalls, { personTakenForMachineRates }: ReportOptions): number {
  const rate = Math.min(0.5, Math.max(0, personTakenForMachineRates.get(span.campaignId) ?? 0))
  return (Math.max(0, span.answered - span.codedMachine) * rate) / (1 - rate)
}

function figures(answered: number, abandoned: number): ReportFigures {
  return { answered, abandoned, ...(answered > 0 ? { rate: abandoned / answered } : {}) }
}

function isOf(span: CountedCalls, { sellerId, purpose, campaignId }: ReportScope): boolean {
  if (span.sellerId !== sellerId || span.purpose !== purpose) return false
  return campaignId === undefined || span.campaignId === campaignId
}
