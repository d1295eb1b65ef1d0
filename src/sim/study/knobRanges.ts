import type { PolicyName } from '../rivals/policies.ts'

/** A knob's useful range, and where a search begins in it. */
export interface KnobRange {
  readonly name: string
  readonly min: number
  readonly max: number
  /** Values that a search tries first, within the range. */
  readonly grid: readonly number[]
  /** How the knob is felt: equal steps are equal differences, equal ratios, or equal ratios of what is missing to 1. */
  readonly scale: 'linear' | 'ratio' | 'tail'
  /** The product takes whole numbers only. */
  readonly whole?: boolean
}

const level: KnobRange = {
  name: 'level',
  min: 1,
  max: 10,
  scale: 'ratio',
  grid: [1, 1.15, 1.3, 1.5, 1.75, 2, 2.5, 3.2, 4.5, 6.5, 10],
}

/** The abandonment that a search is to meet decides where to look for a limit of drops. */
function adaptive(target: number): readonly KnobRange[] {
  return [
    { name: 'levelMax', min: 1, max: 10, scale: 'ratio', grid: [1.2, 1.5, 2, 3, 6] },
    // Agents who should wait: the level settles where so many are ready on the average.
    { name: 'differenceTarget', min: -40, max: 40, scale: 'linear', grid: [-8, -4, -2, -1, 0], whole: true },
    { name: 'dropLimit', min: 0.001, max: 1, scale: 'ratio', grid: [Math.min(1, Math.max(0.001, target)), 1] },
    { name: 'intensity', min: -40, max: 40, scale: 'linear', grid: [0], whole: true },
  ]
}

/** The knobs of a policy over their whole useful range. `target`: abandoned / answered that is to be met, 0..1. */
export function knobRangesOf(policy: PolicyName, target: number): readonly KnobRange[] {
  switch (policy) {
    case 'progressive':
    case 'predictive':
      return []
    case 'ratio':
      return [{ name: 'ratio', min: 1, max: 10, scale: 'ratio', grid: [1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 10] }]
    case 'kappa':
      return [
        {
          name: 'kappa',
          min: 0.5,
          max: 40,
          scale: 'ratio',
          grid: [1, 1.4, 2, 2.6, 3.3, 4.2, 5.5, 7.5, 10, 14, 20, 28, 40],
        },
      ]
    case 'kappa-tuned':
      return [
        { name: 'gain', min: 0.003, max: 1, scale: 'ratio', grid: [0.01, 0.03, 0.1, 0.3] },
        { name: 'start', min: 0.5, max: 20, scale: 'ratio', grid: [1, 2] },
        { name: 'targetShare', min: 0.5, max: 1.5, scale: 'linear', grid: [0.9, 1, 1.1] },
      ]
    case 'vicidial-ratio':
      return [level]
    case 'vicidial-hard':
    case 'vicidial-average':
    case 'vicidial-tapered':
      return adaptive(target)
    case 'issabel':
      return [
        { name: 'threshold', min: 0.05, max: 0.999, scale: 'tail', grid: [0.3, 0.5, 0.7, 0.8, 0.9, 0.97, 0.99] },
        { name: 'answerRateMin', min: 0.02, max: 1, scale: 'ratio', grid: [0.1, 0.2, 0.35, 0.6] },
      ]
  }
}

/** Where a value lies on its scale. */
export function positionOf({ scale }: KnobRange, value: number): number {
  switch (scale) {
    case 'linear':
      return value
    case 'ratio':
      return Math.log(value)
    case 'tail':
      return -Math.log(1 - value)
  }
}

/** The value at a position, inside the range, and no finer than anybody would set it. */
export function valueAt(range: KnobRange, position: number): number {
  const inside = Math.min(range.max, Math.max(range.min, unscaled(range.scale, position)))
  if (range.whole === true) return Math.round(inside)
  const digits = 3
  return Number(inside.toPrecision(digits))
}

function unscaled(scale: KnobRange['scale'], position: number): number {
  switch (scale) {
    case 'linear':
      return position
    case 'ratio':
      return Math.exp(position)
    case 'tail':
      return 1 - Math.exp(-position)
  }
}
