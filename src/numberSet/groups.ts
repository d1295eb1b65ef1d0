/**
 * Numbers by their upper digits, in the manner of Roaring bitmaps: those with the same `floor(number / 65536)` make a
 * group, which is a sorted array of the rest while that is smaller, and a bitmap else.
 */

/** So many numbers share a key. */
export const groupSpan = 65_536
/** A group of more numbers is a bitmap: of 4096 words, as long as the longest array. */
export const arrayMax = 4096

/** A group in its final form. */
export interface Group {
  readonly key: number
  readonly count: number
  /** `count` ascending values where `count` is at most {@link arrayMax}, else the 4096 words of a bitmap. */
  readonly words: Uint16Array
}

/** The group of a number. */
export function keyOf(integer: number): number {
  return Math.floor(integer / groupSpan)
}

/** How many words a group of that many numbers has. */
export function wordsOf(count: number): number {
  return Math.min(count, arrayMax)
}

/** Whether the group holds the value 0..65535. */
export function groupHas({ count, words }: Group, low: number): boolean {
  if (count > arrayMax) return bitmapHas(words, low)
  let from = 0
  let to = count
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((words[middle] ?? 0) < low) from = middle + 1
    else to = middle
  }
  return from < count && words[from] === low
}

/** Whether the bit of the value stands. */
export function bitmapHas(bitmap: Uint16Array, low: number): boolean {
  return (((bitmap[low >>> 4] ?? 0) >>> (low & 15)) & 1) === 1
}

/** Sets the bit of the value. */
export function bitmapAdd(bitmap: Uint16Array, low: number): void {
  const at = low >>> 4
  bitmap[at] = (bitmap[at] ?? 0) | (1 << (low & 15))
}

/** Clears the bit of the value. */
export function bitmapRemove(bitmap: Uint16Array, low: number): void {
  const at = low >>> 4
  bitmap[at] = (bitmap[at] ?? 0) & ~(1 << (low & 15))
}

/** How many bits stand. */
export function bitmapCount(bitmap: Uint16Array): number {
  let count = 0
  for (const word of bitmap) {
    // Counts pairs, then nibbles, then bytes of bits.
    let bits = word - ((word >>> 1) & 0x5555)
    bits = (bits & 0x3333) + ((bits >>> 2) & 0x3333)
    bits = (bits + (bits >>> 4)) & 0x0f0f
    count += (bits + (bits >>> 8)) & 0x1f
  }
  return count
}

/** Puts a group's numbers into a bitmap. */
export function addGroup(bitmap: Uint16Array, { count, words }: Group): void {
  if (count <= arrayMax) for (let at = 0; at < count; at += 1) bitmapAdd(bitmap, words[at] ?? 0)
  else for (let at = 0; at < arrayMax; at += 1) bitmap[at] = (bitmap[at] ?? 0) | (words[at] ?? 0)
}

/** A bitmap as a group; `undefined` where it is empty. The bitmap itself may become part of the group. */
export function groupOfBitmap(key: number, bitmap: Uint16Array): Group | undefined {
  const count = bitmapCount(bitmap)
  if (count === 0) return undefined
  return { key, count, words: count > arrayMax ? bitmap : valuesOfBitmap(bitmap, count) }
}

function valuesOfBitmap(bitmap: Uint16Array, count: number): Uint16Array {
  const values = new Uint16Array(count)
  let length = 0
  for (let at = 0; at < arrayMax; at += 1) {
    for (let word = bitmap[at] ?? 0; word !== 0; word &= word - 1) {
      values[length] = at * 16 + (31 - Math.clz32(word & -word))
      length += 1
    }
  }
  return values
}

/** The group's values 0..65535, ascending. */
export function lowsOf({ count, words }: Group): Uint16Array {
  return count > arrayMax ? valuesOfBitmap(words, count) : words.subarray(0, count)
}

/** The group's numbers, ascending. */
export function* numbersOf(group: Group): Iterable<number> {
  for (const low of lowsOf(group)) yield group.key * groupSpan + low
}
