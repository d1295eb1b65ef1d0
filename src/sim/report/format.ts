/** What a screen shows for a number that there is none of: nobody answered, no call was made. */
const none = '–'
// Unit and number stay on one line.
const space = '\u00a0'

/** A number with a fixed count of decimals, so that a column of them aligns. */
export function decimal(value: number, digits = 1): string {
  return Number.isFinite(value) ? value.toFixed(digits) : none
}

/** A ratio 0..1 as percent with a fixed count of decimals. */
export function percent(ratio: number, digits = 1): string {
  return Number.isFinite(ratio) ? `${(ratio * 100).toFixed(digits)}${space}%` : none
}

/** A ratio 0..1 as percent, as short as it can be written exactly to a thousandth of a point: `3 %`, `2.7 %`. */
export function shortPercent(ratio: number): string {
  return Number.isFinite(ratio) ? `${Number((ratio * 100).toFixed(3))}${space}%` : none
}

/** A ratio beside a limit: with as many decimals as it takes to see which is greater. */
export function percentAgainst(ratio: number, limit: number): string {
  const digits = [2, 3, 4].find(count => percent(ratio, count) !== percent(limit, count))
  return percent(ratio, digits ?? 5)
}

/** Seconds with one decimal. */
export function seconds(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(1)}${space}s` : none
}

/** Percentage points between two ratios, without a sign. */
export function points(difference: number): string {
  const text = Math.abs(difference * 100).toFixed(1)
  return `${text}${space}${text === '1.0' ? 'point' : 'points'}`
}

/** Knobs as a person reads them: `lines per agent 1.6`; empty without any. */
export function knobsInWords(knobs: Readonly<Record<string, number>>): string {
  return Object.entries(knobs)
    .map(([name, value]) => `${spaced(name)}${space}${Number(value.toPrecision(4))}`)
    .join(', ')
}

function spaced(name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
}
