import type { CourseView } from '../../api/course.ts'

/** Figures of some minutes together. */
export interface Stretch {
  /** When it begins, seconds since 1970. */
  readonly at: number
  readonly attempts: number
  readonly answers: number
  readonly reached: number
  readonly abandoned: number
  /** On the average of its minutes. */
  readonly atWork: number
  readonly talking: number
}

type Campaigns = CourseView['campaigns']
type Column = Exclude<keyof Stretch, 'at'>

/** The last hours of all campaigns together, in stretches of so many minutes; the last one may be shorter. */
export function stretches({ from, campaigns }: CourseView, minutes: number): readonly Stretch[] {
  const length = Math.max(0, ...campaigns.map(({ attempts }) => attempts.length))
  const begin = Date.parse(from) / 1000
  return Array.from({ length: Math.ceil(length / minutes) }, (_, index) => {
    const [first, end] = [index * minutes, Math.min(length, (index + 1) * minutes)]
    const sum = (column: Column): number => total(campaigns, column, { first, end })
    return {
      at: begin + first * 60,
      attempts: sum('attempts'),
      answers: sum('answers'),
      reached: sum('reached'),
      abandoned: sum('abandoned'),
      atWork: sum('atWork') / (end - first),
      talking: sum('talking') / (end - first),
    }
  })
}

/** A figure over the last so many minutes, and over as many before them. */
export function lately({ campaigns }: CourseView, column: Column, minutes: number): readonly [number, number] {
  const length = Math.max(0, ...campaigns.map(({ attempts }) => attempts.length))
  const part = (back: number): number => {
    const [first, end] = [Math.max(0, length - back * minutes), Math.max(0, length - (back - 1) * minutes)]
    return total(campaigns, column, { first, end })
  }
  return [part(1), part(2)]
}

/** Whom the gate has put off, and the most frequent reason. */
export function heldBack({ campaigns }: CourseView): { readonly times: number; readonly says: string | undefined } {
  const all = new Map<string, number>()
  for (const { says, times } of campaigns.flatMap(one => one.heldBack)) all.set(says, (all.get(says) ?? 0) + times)
  const sorted = [...all].sort(([, one], [, other]) => other - one)
  return { times: sorted.reduce((sum, [, times]) => sum + times, 0), says: sorted[0]?.[0] }
}

function total(
  campaigns: Campaigns,
  column: Column,
  { first, end }: { readonly first: number; readonly end: number },
): number {
  return campaigns.reduce((sum, one) => one[column].slice(first, end).reduce((some, count) => some + count, sum), 0)
}
