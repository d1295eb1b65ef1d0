import type { PhoneNumber } from '../../core/ids.ts'
import { numberProblems } from '../../numbers/phone.ts'
import { possibleNumbers } from '../../numbers/possible.ts'
import type { RowHints } from '../../numbers/rowNumbers.ts'
import { readFlag } from '../flags.ts'
import type { Header } from './header.ts'

/** What a row says about calls: nothing against them, that the person refuses them, or something that nobody can read. */
export type RowRefusal =
  | 'none'
  | { readonly kind: 'refused' | 'unreadable'; readonly column: string; readonly value: string }

/** Makes the reader of the columns that say who wants no calls. One refusal counts, whatever the other columns say. */
export function createRefusalReader({ flags, names }: Header): (cells: readonly string[]) => RowRefusal {
  return cells => {
    let unreadable: RowRefusal | undefined
    for (const { index, kind } of flags) {
      const value = cells[index] ?? ''
      const reading = readFlag(kind, value)
      if (reading === 'not-refused') continue
      const found = { column: names[index] ?? '', value } as const
      if (reading === 'refused') return { kind: 'refused', ...found }
      unreadable ??= { kind: 'unreadable', ...found }
    }
    return unreadable ?? 'none'
  }
}

/** The numbers for which a person refuses. */
export interface RefusedNumbers {
  readonly numbers: readonly PhoneNumber[]
  /** Cells that hold no number that can be read; what they may mean is among the numbers. */
  readonly unread: readonly { readonly reason: string; readonly value: string }[]
}

/** Every number of the row, to be called or not. */
export function refusedNumbers(
  { allNumbers }: Pick<Header, 'allNumbers'>,
  { read }: RowHints,
  cells: readonly string[],
): RefusedNumbers {
  const numbers = new Set<PhoneNumber>()
  const unread: { reason: string; value: string }[] = []
  const written = allNumbers.map(index => cells[index] ?? '').filter(value => value.trim() !== '')
  for (const value of written) {
    const reading = read(value)
    if (reading.valid) numbers.add(reading.number)
    else {
      for (const number of possibleNumbers(value, read).numbers) numbers.add(number)
      unread.push({ reason: `${reading.problem}: ${numberProblems[reading.problem]}`, value })
    }
  }
  if (written.length === 0) unread.push({ reason: `empty: ${numberProblems.empty}`, value: '' })
  return { numbers: [...numbers], unread }
}
